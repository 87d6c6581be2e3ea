from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from pump_desktop.qt.look.theme import (
    SERIES,
    TOKENS,
    Theme,
    ThemeFileError,
    Token,
    built_in_theme,
    current_theme,
    palette_of,
    style_sheet,
    theme_from_file,
    wear,
)
from pump_desktop.system.resources import resource

THEMES = [built_in_theme("light"), built_in_theme("dark")]
GROUNDS: tuple[Token, ...] = ("surface.window", "surface.card", "surface.raised")
AA = 4.5
# Marks and edges that carry meaning (WCAG 1.4.11).
MARK = 3.0


def luminance(value: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    color = QColor(value)
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(theme: Theme, ink: Token, ground: Token) -> float:
    light, dark = sorted((luminance(theme.hex(ink)), luminance(theme.hex(ground))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
class TestContrast:
    @pytest.mark.parametrize("ink", ["text.primary", "text.secondary", "text.muted"])
    @pytest.mark.parametrize("ground", [*GROUNDS, "surface.hover"])
    def test_words_are_readable_on_every_ground(self, theme: Theme, ink: Token, ground: Token) -> None:
        assert contrast(theme, ink, ground) >= AA

    @pytest.mark.parametrize("ink", ["accent", "good", "warn", "bad", "expected"])
    @pytest.mark.parametrize("ground", GROUNDS)
    def test_states_are_readable_as_words(self, theme: Theme, ink: Token, ground: Token) -> None:
        assert contrast(theme, ink, ground) >= AA

    @pytest.mark.parametrize("ground", ["accent", "accent.hover", "accent.pressed"])
    def test_words_on_the_accent_are_readable(self, theme: Theme, ground: Token) -> None:
        assert contrast(theme, "accent.text", ground) >= AA

    @pytest.mark.parametrize("ground", ["accent.soft", "good.soft", "warn.soft", "bad.soft", "selection"])
    def test_words_on_tints_are_readable(self, theme: Theme, ground: Token) -> None:
        assert contrast(theme, "text.primary", ground) >= AA
        assert contrast(theme, "text.secondary", ground) >= AA

    @pytest.mark.parametrize("ground", ["accent.soft", "good.soft", "warn.soft", "bad.soft"])
    def test_the_signs_of_banners_stand_out_on_their_tints(self, theme: Theme, ground: Token) -> None:
        sign = TOKENS[TOKENS.index(ground) - 1] if ground != "accent.soft" else "accent"
        assert contrast(theme, sign, ground) >= MARK

    @pytest.mark.parametrize("ink", ["good", "warn", "bad"])
    def test_verdicts_in_a_table_are_readable_as_words(self, theme: Theme, ink: Token) -> None:
        # A row that is wrong has a tint of its own; a chosen row writes its verdict in selection.text.
        assert contrast(theme, ink, "bad.soft") >= AA
        assert contrast(theme, "selection.text", "selection") >= AA

    def test_the_chosen_segment_is_readable_in_all_its_lines(self, theme: Theme) -> None:
        assert all(contrast(theme, ink, "accent.soft") >= AA for ink in ("text.primary", "text.muted"))

    def test_danger_is_readable_while_pointed_at(self, theme: Theme) -> None:
        assert contrast(theme, "bad", "bad.soft") >= AA
        assert all(contrast(theme, "accent", ground) >= AA for ground in ("surface.hover", "surface.card"))

    @pytest.mark.parametrize("level", range(7))
    def test_tiers_stand_out_as_marks(self, theme: Theme, level: int) -> None:
        token = TOKENS[TOKENS.index("tier.0") + level]
        # Bars of the tape lie on a card; the dots of the table also on a chosen, told or wrong row.
        for ground in ("surface.card", "surface.window"):
            assert contrast(theme, token, ground) >= MARK

    def test_marks_of_controls_stand_out(self, theme: Theme) -> None:
        # The edge of an empty check box; the edges of fields are an ornament, their ground tells them.
        assert contrast(theme, "text.muted", "surface.raised") >= MARK
        assert contrast(theme, "accent.text", "accent") >= MARK
        assert contrast(theme, "expected", "surface.card") >= MARK

    def test_disabled_words_are_still_words(self, theme: Theme) -> None:
        # WCAG exempts what cannot be used (1.4.3); readable enough to know what is off is asked here.
        assert contrast(theme, "text.disabled", "surface.card") >= 1.9

    @pytest.mark.parametrize("token", SERIES)
    def test_series_are_readable_as_words(self, theme: Theme, token: Token) -> None:
        assert contrast(theme, token, "surface.card") >= AA

    def test_the_focus_ring_stands_out(self, theme: Theme) -> None:
        assert all(contrast(theme, "focus", ground) >= 3 for ground in GROUNDS)


def test_both_files_have_the_same_keys() -> None:
    files = [json.loads(resource("themes", f"{name}.json").read_text()) for name in ("light", "dark")]
    assert files[0].keys() == files[1].keys()
    assert files[0]["colors"].keys() == files[1]["colors"].keys() == set(TOKENS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: data["colors"].pop("accent"), "lacks accent"),
        (lambda data: data["colors"].update({"akzent": "#112233"}), "unknown tokens: akzent"),
        (lambda data: data["colors"].update({"line": "red"}), "line must be a colour"),
        (lambda data: data.update({"dark": "yes"}), "true or false"),
        (lambda data: data.pop("name"), "exactly name, dark and colors"),
    ],
)
def test_a_wrong_theme_file_is_named(tmp_path: Path, change: object, sentence: str) -> None:
    data = json.loads(resource("themes", "light.json").read_text())
    assert callable(change)
    change(data)
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(data))
    with pytest.raises(ThemeFileError, match=sentence) as caught:
        theme_from_file(file)
    assert "mine.json" in str(caught.value)


def test_a_missing_or_broken_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ThemeFileError, match=r"gone\.json cannot be read"):
        theme_from_file(tmp_path / "gone.json")
    (tmp_path / "half.json").write_text("{")
    with pytest.raises(ThemeFileError, match="not valid JSON"):
        theme_from_file(tmp_path / "half.json")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_palette_role_is_set_in_every_group(qapp: QApplication, theme: Theme) -> None:
    assert qapp is not None
    palette = palette_of(theme)
    skipped = {QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles}
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled):
        unset = [r for r in QPalette.ColorRole if r not in skipped and not palette.isBrushSet(group, r)]
        assert unset == []


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_style_sheet_is_filled_and_names_only_files_that_exist(theme: Theme) -> None:
    sheet = style_sheet(theme)
    assert "@{" not in sheet
    assert theme.hex("accent") in sheet
    for name in set(re.findall(r'url\("icons:([^"]+)"\)', sheet)):
        assert resource("icons", *name.split("/")).is_file()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_marks_of_controls_wear_theme_colours(theme: Theme) -> None:
    known = set(theme.colors.values())
    files = list(resource("icons", "controls", theme.name).glob("*.svg"))
    assert files
    for file in files:
        used = set(re.findall(r"#[0-9A-Fa-f]{6}", file.read_text()))
        assert used, file.name
        assert used <= known, file.name


def test_the_application_keeps_the_theme(qapp: QApplication) -> None:
    assert current_theme().name == "light"
    wear(qapp, built_in_theme("dark"))
    assert current_theme() is built_in_theme("dark")
    qapp.setProperty("theme", None)
    assert current_theme().name == "light"


def test_a_colour_can_be_made_lighter(qapp: QApplication) -> None:
    assert qapp is not None
    assert built_in_theme("dark").color("accent", 0.5).alpha() in {127, 128}
    assert built_in_theme("dark").tier(6).name().upper() == built_in_theme("dark").hex("tier.6")
