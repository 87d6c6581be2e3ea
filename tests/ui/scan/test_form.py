"""The Scan page's form: what it refuses, what it cleans, and what it says will happen."""

from __future__ import annotations

import hashlib
from math import comb

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import MAX_NONCE
from pump_desktop.ui.kit.chips import ChipBox
from pump_desktop.ui.kit.segmented import Segmented
from pump_desktop.ui.kit.text import Glyph, Label
from tests.ui.support.program import (
    CLIENT,
    SERVER,
    Running,
    Start,
    button,
    choose,
    click,
    edit,
    lit,
    named,
    request,
    texts,
    type_into,
)

OWN = "Another target multiplier"


def chosen(running: Running) -> list[str]:
    return list(named(running.scan, ChipBox, "Targets").checked)


def offered(running: Running) -> list[str]:
    return list(named(running.scan, ChipBox, "Targets").keys)


def typed(running: Running) -> list[str]:
    """Give everything a person typed, as it stands."""
    return [found.text() for found in running.scan.findChildren(QLineEdit)]


WRONG = [
    ("Server seed", "", "Server seed cannot be empty."),
    ("Server seed", "   ", "Server seed cannot be empty."),
    ("Server seed", "s" * 257, "Server seed must be at most 256 characters (this one has 257)."),
    ("Client seed", "", "Client seed cannot be empty."),
    ("Client seed", " \u3000 ", "Client seed cannot be empty."),
    ("First nonce", "0", f"First nonce must be between 1 and {MAX_NONCE}."),
    ("First nonce", "-5", f"First nonce must be between 1 and {MAX_NONCE}."),
    ("First nonce", "", "First nonce must be a whole number."),
    ("First nonce", "x", "First nonce must be a whole number."),
    ("First nonce", "5²", "First nonce must be a whole number."),
    ("Last nonce", "1.5", "Last nonce must be a whole number."),
    ("Last nonce", str(MAX_NONCE + 1), f"Last nonce must be between 1 and {MAX_NONCE}."),
    ("Last nonce", "4", "The last nonce must not be smaller than the first."),
    ("Last nonce", "5005", "5,001 nonces are more than the 5,000 a run may hold."),
]


def test_a_wrong_field_is_lit_alone_and_nothing_happens(start: Start, qtbot: QtBot) -> None:
    running = start(max_nonces=5000)
    for field, text, sentence in WRONG:
        running.scan.fill(request(100, start=5))
        type_into(running.scan, field, text)
        button(running.scan, "Start scan").setFocus()
        before = typed(running)
        with qtbot.assertNotEmitted(running.program.scans.started):
            running.press("Ctrl+Return")
        assert lit(running.scan) == {field: sentence}, text
        assert sentence in texts(running.scan)
        assert QApplication.focusWidget() is edit(running.scan, field), text
        # A number loses its groups while the keyboard is on it.
        assert [now.replace(",", "") for now in typed(running)] == [was.replace(",", "") for was in before]
        # The first touch of the field takes the sentence off.
        QTest.keyClicks(edit(running.scan, field), "7")
        assert lit(running.scan) == {}, text
    assert running.stored() == []


def test_only_the_first_wrong_field_is_lit(running: Running) -> None:
    type_into(running.scan, "Last nonce", "x")
    running.press("Ctrl+Return")
    assert list(lit(running.scan)) == ["Server seed"]
    type_into(running.scan, "Server seed", "s")
    running.press("Return")
    assert list(lit(running.scan)) == ["Client seed"]


def test_no_target_at_all_is_lit_at_the_targets(running: Running, qtbot: QtBot) -> None:
    running.scan.fill(request(100))
    for key in chosen(running):
        named(running.scan, ChipBox, "Targets").chip(key).click()
    assert "Choose at least one target." in texts(running.scan)
    with qtbot.assertNotEmitted(running.program.scans.started):
        running.press("Ctrl+Return")
    assert lit(running.scan) == {"Targets": "Targets cannot be empty."}
    assert QApplication.focusWidget() is edit(running.scan, OWN)
    named(running.scan, ChipBox, "Targets").chip("34.68").click()
    assert lit(running.scan) == {}


def test_an_own_target_that_is_no_number_above_zero(running: Running) -> None:
    before = chosen(running)
    for text in ("0", "-2", "nan", "inf", "1e400", "text", "", "1,2,3", "4 x 5"):
        own = type_into(running.scan, OWN, text)
        QTest.keyClick(own, Qt.Key.Key_Return)
        assert lit(running.scan) == {OWN: "A target is a number above 0, such as 400.02."}, text
        assert QApplication.focusWidget() is own
        assert own.text() == text
        assert chosen(running) == before
        QTest.keyClicks(own, "1")
        assert lit(running.scan) == {}, text


def test_an_own_target_of_the_table_is_chosen(running: Running) -> None:
    for text, key in (
        ("9.08", "9.08"),
        ("400.02x", "400.02"),
        ("11,200.65", "11200.65"),
        ("11 200.65 x", "11200.65"),
        ("1,066.73×", "1066.73"),
        ("400,02", "400.02"),
        ("11.200,65", "11200.65"),
        ("4.950", "4.95"),
        ("3\u202f203\u202f384.80x", "3203384.8"),
    ):
        running.scan.fill(request(100))
        own = type_into(running.scan, OWN, text)
        QTest.keyClick(own, Qt.Key.Key_Return)
        assert set(chosen(running)) == {"34.68", "164.72", key}, text
        assert own.text() == ""
        assert not any("not in the" in text for text in texts(running.scan))
        assert [float(key) for key in offered(running)] == sorted(float(key) for key in offered(running))


def test_an_own_target_off_the_table_names_its_neighbours(running: Running) -> None:
    type_into(running.scan, OWN, "250")
    click(running.scan, "Add this target")
    hint = "250.00x is not in the expert table, so no nonce equals it. Nearest: 164.72x and 400.02x."
    assert hint in texts(running.scan)
    assert "250.0" in chosen(running)
    assert "never" in texts(running.scan)
    # On another table it is another matter.
    choose(running.scan, "Difficulty", "Hard")
    assert hint not in texts(running.scan)
    assert "250.0" not in offered(running)


def test_a_target_that_is_typed_and_not_added_is_taken_when_the_scan_starts(
    running: Running, qtbot: QtBot
) -> None:
    running.scan.fill(request(100))
    own = type_into(running.scan, OWN, "1,066.73x")
    with qtbot.waitSignal(running.program.scans.finished) as told:
        running.press("Ctrl+Return")
    assert told.args[0].run.targets == (34.68, 164.72, 1066.73)
    assert own.text() == ""
    assert set(chosen(running)) == {"34.68", "164.72", "1066.73"}
    running.settle()
    # It is enough of a target where no chip is chosen.
    running.press("Ctrl+N")
    for key in chosen(running):
        named(running.scan, ChipBox, "Targets").chip(key).click()
    type_into(running.scan, OWN, "250")
    with qtbot.waitSignal(running.program.scans.finished) as told:
        running.press("Ctrl+Return")
    assert told.args[0].run.targets == (250.0,)
    running.settle()


def test_a_typed_target_that_cannot_be_one_is_lit_and_nothing_starts(running: Running, qtbot: QtBot) -> None:
    running.scan.fill(request(100))
    own = type_into(running.scan, OWN, "much")
    with qtbot.assertNotEmitted(running.program.scans.started):
        running.press("Ctrl+Return")
        assert lit(running.scan) == {OWN: "A target is a number above 0, such as 400.02."}
        for key in chosen(running):
            named(running.scan, ChipBox, "Targets").chip(key).click()
        running.press("Ctrl+Return")
    assert lit(running.scan) == {OWN: "A target is a number above 0, such as 400.02."}
    assert QApplication.focusWidget() is own
    assert own.text() == "much"
    # Another field that is wrong comes first, as in the form.
    type_into(running.scan, "Last nonce", "x")
    running.press("Ctrl+Return")
    assert lit(running.scan)["Last nonce"] == "Last nonce must be a whole number."


def test_odd_digits_in_a_nonce_are_no_accident(running: Running) -> None:
    cases: dict[str, int | None] = {"²": None, "1" * 5000: None, "٣": None, "10K": 10_000}
    for text, plain in cases.items():
        last = type_into(running.scan, "Last nonce", text)
        click(named(running.scan, Segmented, "Number of nonces"), "10K")
        assert last.text() == "10,000"
        first = type_into(running.scan, "First nonce", text)
        said = "First and last nonce do not make a range yet." in texts(running.scan)
        assert said == (plain is None), text[:9]
        click(named(running.scan, Segmented, "Number of nonces"), "100K")
        assert first.text().replace(",", "") == str(plain or 1)


def test_presets_keep_the_first_nonce(running: Running) -> None:
    presets = named(running.scan, Segmented, "Number of nonces")

    def preset() -> str | None:
        return presets.value

    assert preset() == "1000000"
    type_into(running.scan, "First nonce", "501")
    assert preset() is None
    click(presets, "100K")
    assert (edit(running.scan, "First nonce").text(), edit(running.scan, "Last nonce").text()) == (
        "501",
        "100,500",
    )
    assert preset() == "100000"
    type_into(running.scan, "Last nonce", "10500")
    assert preset() == "10000"
    type_into(running.scan, "First nonce", str(MAX_NONCE - 5))
    click(presets, "10M")
    assert edit(running.scan, "Last nonce").text().replace(",", "") == str(MAX_NONCE)


def test_another_difficulty_changes_the_targets_and_keeps_the_seeds(running: Running) -> None:
    running.scan.fill(request(100, targets=(9.08, 250)), "my name")
    for difficulty in (Difficulty.EASY, Difficulty.MEDIUM, Difficulty.HARD, Difficulty.EXPERT):
        choose(running.scan, "Difficulty", difficulty.label)
        assert offered(running) == [str(entry) for entry in PAYOUTS[difficulty][-8:]]
        assert len(chosen(running)) == 3
        assert edit(running.scan, "Server seed").text() == SERVER
        assert edit(running.scan, "Client seed").text() == CLIENT
        assert edit(running.scan, "Name").text() == "my name"
        assert edit(running.scan, "Last nonce").text() == "100"


def test_a_name_stays_with_the_seeds_it_came_with(running: Running) -> None:
    running.scan.fill(request(100), "Sample seed pair")
    type_into(running.scan, "Last nonce", "200")
    assert edit(running.scan, "Name").text() == "Sample seed pair"
    type_into(running.scan, "Client seed", "mine")
    assert edit(running.scan, "Name").text() == ""
    # A name that somebody typed stays.
    running.scan.fill(request(100), "Sample seed pair")
    type_into(running.scan, "Name", "my name")
    type_into(running.scan, "Client seed", "mine")
    assert edit(running.scan, "Name").text() == "my name"


def test_a_pasted_seed_is_cleaned_and_a_typed_one_is_not(running: Running) -> None:
    server = edit(running.scan, "Server seed")
    server.setFocus()
    QGuiApplication.clipboard().setText(f'  "{SERVER}"\n')
    running.press("Ctrl+V")
    assert server.text() == SERVER
    assert "Blanks or quotes around the pasted seed were taken off." in texts(running.scan)
    type_into(running.scan, "Client seed", " a ")
    assert edit(running.scan, "Client seed").text() == " a "


def test_the_hash_under_the_seed_is_its_sha256(running: Running) -> None:
    assert "shown here as you type" in texts(running.scan)
    copy = button(running.scan, "Copy server seed hash")
    for seed in (SERVER, "s", " s ", "Saat ü 🎈"):
        type_into(running.scan, "Server seed", seed)
        wanted = hashlib.sha256(seed.encode()).hexdigest()
        assert wanted in texts(running.scan)
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == wanted
        edit(running.scan, "Server seed").clear()
        assert wanted not in texts(running.scan)
        assert not copy.isEnabled()


def test_the_hash_of_a_known_seed_gets_a_warning(running: Running, qtbot: QtBot) -> None:
    running.store()
    hashed = hashlib.sha256(SERVER.encode()).hexdigest()
    warning = (
        "This is the SHA-256 of a server seed you already have. Paste the revealed seed itself, not its hash."
    )
    type_into(running.scan, "Server seed", hashed)
    qtbot.waitUntil(lambda: warning in texts(running.scan))
    # A sign stands before it, in the ink of warnings, and no field is lit.
    (words,) = [label for label in running.scan.findChildren(Label) if label.text() == warning]
    assert words.property("ink") == "warn"
    signs = [found for found in running.scan.findChildren(Glyph) if found.parent() is words.parent()]
    assert [sign.isVisible() for sign in signs] == [True]
    assert lit(running.scan) == {}
    type_into(running.scan, "Client seed", "other")
    assert warning in texts(running.scan)
    type_into(running.scan, "Server seed", hashed[:-1])
    assert warning not in texts(running.scan)
    edit(running.scan, "Server seed").setText(hashed.upper())
    qtbot.waitUntil(lambda: warning in texts(running.scan))


def test_a_warning_that_comes_late_is_not_shown_at_another_seed(running: Running, qtbot: QtBot) -> None:
    running.store()
    type_into(running.scan, "Server seed", hashlib.sha256(SERVER.encode()).hexdigest())
    running.scan._seed_check.timeout.emit()
    type_into(running.scan, "Server seed", "another")
    running.settle()
    assert not any("SHA-256 of" in text for text in texts(running.scan))
    qtbot.waitUntil(lambda: not running.scan._seed_check.isActive())
    running.settle()
    assert not any("SHA-256 of" in text for text in texts(running.scan))


def test_the_outlook_equals_the_closed_forms(running: Running) -> None:
    """Expert pops 10 of 25: P(k or more) is C(25-k, 10) / C(25, 10)."""
    running.scan.fill(request(5_000_000, targets=(34.68, 11200.65, 250.0)))
    all_ways = comb(25, 10)
    exactly = comb(19, 10) - comb(18, 10)  # 34.68x is k = 6
    rare = comb(13, 10) - comb(12, 10)  # 11,200.65x is k = 12
    seen = texts(running.scan)
    assert "5,000,000" in seen
    assert f"1 in {all_ways / exactly:.0f}" in seen
    assert f"{5_000_000 * exactly / all_ways:,.0f}" in seen
    assert f"1 in {round(all_ways / comb(19, 10))}" in seen
    assert f"1 in {round(all_ways / rare):,}" in seen
    assert f"{5_000_000 * rare / all_ways:,.0f}" in seen
    assert f"1 in {round(all_ways / comb(13, 10)):,}" in seen
    # 250x is off the table: never exactly, at least from 400.02x (k = 9) on.
    assert "never" in seen
    assert f"1 in {round(all_ways / comb(16, 10)):,}" in seen
    type_into(running.scan, "Last nonce", "100")
    assert f"{100 * exactly / all_ways:.1f}" in texts(running.scan)


def test_the_outlook_tells_the_time_once_the_speed_is_known(running: Running, qtbot: QtBot) -> None:
    running.window.fill_sample()
    qtbot.waitUntil(lambda: bool(running.scan._rates))
    running.scan.set_rates(dict.fromkeys(Difficulty, 1_000_000.0))
    running.scan.fill(request(90_000_000))
    assert "About 1\u00a0min 30\u00a0s" in texts(running.scan)
    running.scan.set_range("1", "999999")
    assert "Less than a second" in texts(running.scan)


def test_the_seed_can_be_hidden_while_it_is_typed(running: Running) -> None:
    running.scan.fill(request(100))
    click(running.scan, "Hide server seed")
    assert edit(running.scan, "Server seed").displayText() != SERVER
    assert edit(running.scan, "Server seed").text() == SERVER
    assert hashlib.sha256(SERVER.encode()).hexdigest() in texts(running.scan)


def test_the_field_for_another_target_begins_where_the_name_does(running: Running) -> None:
    page = running.scan
    own, name = named(page, QLineEdit, OWN), named(page, QLineEdit, "Name")
    assert own.mapTo(page, own.rect().topLeft()).x() == name.mapTo(page, name.rect().topLeft()).x()
