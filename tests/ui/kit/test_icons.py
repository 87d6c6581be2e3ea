from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImageReader
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import pump_desktop
from pump_desktop.qt.look import icons
from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import TOKENS, Appearance, Mode
from pump_desktop.system.resources import resource
from pump_desktop.ui.kit.drawing import NEEDS, Drawing


def ink_of(
    found: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off
) -> set[str]:
    image = found.pixmap(QSize(24, 24), mode, state).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name().upper() for color in pixels if color.alpha() == 255}


@pytest.mark.parametrize("meaning", get_args(Meaning))
def test_every_meaning_draws_something(look: Appearance, meaning: Meaning) -> None:
    assert QColor(look.theme.hex("text.secondary")).isValid()
    image = icon(meaning).pixmap(20, 20).toImage()
    assert any(image.pixelColor(x, y).alpha() > 100 for x in range(20) for y in range(20))


def test_the_table_and_the_meanings_agree() -> None:
    assert set(icons._GLYPHS) == set(get_args(Meaning))


def test_every_meaning_is_asked_for() -> None:
    source = Path(pump_desktop.__file__).parent
    files = (source / "ui", source / "qt")
    told = "".join(
        file.read_text() for place in files for file in place.rglob("*.py") if file.stem != "icons"
    )
    assert [meaning for meaning in get_args(Meaning) if f'"{meaning}"' not in told] == []


def test_colours_of_states(look: Appearance) -> None:
    found = icon("bookmark", "text.muted", on="accent")
    assert ink_of(found) <= {look.theme.hex("text.muted")}
    assert ink_of(found, state=QIcon.State.On) <= {look.theme.hex("accent")}
    assert ink_of(found, QIcon.Mode.Disabled) <= {look.theme.hex("text.disabled")}


def test_a_copied_icon_outlives_its_original(look: Appearance) -> None:
    assert look.theme.name == "light"
    original = icon("bookmark")
    copy = QIcon(original)
    copy.addFile("")  # detaches, which clones the engine
    del original
    assert not copy.pixmap(16, 16).isNull()


@pytest.mark.parametrize("need", NEEDS)
def test_drawings_name_only_tokens(need: str) -> None:
    text = resource("icons", "drawings", f"{need}.svg").read_text()
    root = ET.fromstring(text)  # noqa: S314 - our own file
    assert root.get("viewBox") == "0 0 160 120"
    names = set(re.findall(r"var\(--([a-z0-9-]+), #[0-9A-F]{6}\)", text))
    assert names
    assert names <= {token.replace(".", "-") for token in TOKENS}
    assert not re.search(r'(stroke|fill)="#', text)


def test_a_drawing_is_painted_in_the_theme_worn(look: Appearance, qtbot: QtBot) -> None:
    drawing = Drawing("runs")
    qtbot.addWidget(drawing)
    seen = []
    for mode in (Mode.LIGHT, Mode.DARK):
        look.set_mode(mode)
        image = drawing.grab().toImage()
        names = {image.pixelColor(x, y).name().upper() for x in range(160) for y in range(120)}
        assert look.theme.hex("accent") in names
        seen.append(names)
    assert seen[0] != seen[1]


@pytest.mark.parametrize("side", [16, 24, 32, 48, 64, 128, 256, 512])
def test_the_application_icon_has_its_sizes(qapp: QApplication, side: int) -> None:
    assert qapp is not None
    reader = QImageReader(str(resource("icons", "app", f"pump-desktop-{side}.png")))
    assert reader.size() == QSize(side, side)
