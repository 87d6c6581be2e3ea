"""The window as a frame: shortcuts, the rail, small sizes, the theme, and no stray windows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.theme import Mode
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.rail import Rail
from pump_desktop.ui.kit.toast import Toast
from tests.ui.support.program import (
    Running,
    Start,
    child,
    choose,
    edit,
    request,
    select,
    table,
    toasts,
    type_into,
)


class WindowWatch(QObject):
    """Keeps the type of everything that opens as a window of its own."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.opened: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.opened.append(type(watched).__name__)
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[WindowWatch]:
    watch = WindowWatch(qapp)
    yield watch
    qapp.removeEventFilter(watch)


def test_shortcuts_lead_to_the_pages(running: Running) -> None:
    for keys, page, section in (
        ("Ctrl+2", running.runs, "runs"),
        ("Ctrl+1", running.scan, "scan"),
        ("Ctrl+2", running.runs, "runs"),
        ("Ctrl+N", running.scan, "scan"),
    ):
        running.press(keys, running.window)
        assert page.isVisible(), keys
        assert child(running.window, Rail).current == section
    assert QApplication.focusWidget() is edit(running.scan, "Server seed")
    running.settle()


def test_the_rail_leads_to_the_pages(running: Running) -> None:
    rail = child(running.window, Rail)
    rail.button("runs").click()
    assert running.runs.isVisible()
    assert rail.current == "runs"
    rail.button("scan").click()
    assert running.scan.isVisible()
    running.settle()


def test_the_keyboard_is_on_the_page_that_opens(running: Running) -> None:
    running.store()
    for keys, page in (("Ctrl+2", running.runs), ("Ctrl+1", running.scan)):
        running.press(keys)
        running.settle()
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.isAncestorOf(focus), keys


def test_the_rail_folds_below_1100_pixels(running: Running) -> None:
    rail = child(running.window, Rail)
    assert not rail.folded
    for width, folded in ((1099, True), (1100, False), (1024, True), (1600, False)):
        running.window.resize(width, 700)
        assert rail.folded is folded, width


def squeezed(running: Running) -> list[str]:
    """Give every visible button that has less room than its words need, or lies outside the window."""
    found = []
    for button in running.window.findChildren(QAbstractButton):
        left = button.mapTo(running.window, button.rect().topLeft()).x()
        inside = left >= 0 and left + button.width() <= running.window.width()
        # An icon's button has one size, whatever a style would like around it.
        needed = button.minimumSizeHint().width()
        cut = needed > button.width() and not isinstance(button, IconButton)
        if button.isVisible() and (cut or not inside):
            words = button.text() or button.accessibleName()
            found.append(f"{words}: {needed} in {button.width()} from {left}")
    return found


def test_no_button_is_cut_at_1024_by_700(running: Running) -> None:
    running.window.resize(1024, 700)
    assert running.window.width() == 1024
    places = {"first start": squeezed(running)}
    running.window.fill_sample()
    for difficulty in ("Easy", "Medium", "Hard", "Expert"):
        choose(running.scan, "Difficulty", difficulty)
        places[difficulty] = squeezed(running)
    running.scan_and_open(request(2000), "a name that is quite a bit longer than what usually fits there")
    places["distribution"] = squeezed(running)
    running.window.run_page.open_tab("Hits")
    running.settle()
    places["hits"] = squeezed(running)
    running.press("Ctrl+2")
    running.settle()
    select(table(running.window, "Runs"), 0)
    places["runs"] = squeezed(running)
    running.press("Del")
    places["runs, empty"] = squeezed(running)
    assert {place: cut for place, cut in places.items() if cut} == {}
    assert running.window.width() == 1024


def test_the_window_may_be_as_small_as_it_says(running: Running) -> None:
    running.scan_and_open(request(2000))
    running.window.resize(running.window.minimumSize())
    assert running.window.size() == running.window.minimumSize()
    for keys in ("Ctrl+1", "Ctrl+2"):
        running.press(keys)
        assert running.window.size() == running.window.minimumSize()
    running.settle()


def test_only_the_window_itself_opens_as_a_window(watch: WindowWatch, start: Start) -> None:
    """A widget shown before it has a parent flashes on the screen and takes the keyboard away."""
    running = start()
    running.scan_and_open(request(500))
    running.window.run_page.open_tab("Hits")
    running.press("Ctrl+2")
    running.settle()
    select(table(running.window, "Runs"), 0)
    running.press("Del")
    running.window.refuse("No.")
    assert watch.opened == ["Window"]
    assert running.window.isActiveWindow()


def test_the_theme_changes_and_is_kept(start: Start, qtbot: QtBot) -> None:
    running = start()
    looks = []
    for mode in (Mode.DARK, Mode.SYSTEM, Mode.LIGHT):
        with qtbot.waitSignal(running.program.overlays.theme_chosen) as told:
            running.press("Ctrl+Shift+L")
        assert told.args == [mode]
        assert toasts(running.window)[-1] == f"Theme: {mode}"
        image = running.window.grab().toImage()
        looks.append(image.pixelColor(image.width() - 2, 70))
        assert looks[-1] == running.program.appearance.theme.color("surface.window")
    assert looks[0] != looks[2]
    # Three keys in a row are three writes; the last one holds, and none before it comes back.
    qtbot.waitUntil(lambda: not running.program.preferences.busy)
    assert json.loads((running.data / "settings.json").read_text()) == {"theme": "light"}
    assert running.program.appearance.mode is Mode.LIGHT


def test_a_theme_that_cannot_be_kept_is_told(running: Running, qtbot: QtBot) -> None:
    (running.data / "settings.json").mkdir()
    running.press("Ctrl+Shift+L")
    assert running.program.appearance.theme.dark
    qtbot.waitUntil(lambda: any("settings file" in text for text in toasts(running.window)))
    assert running.program.appearance.theme.dark


def test_closing_tells_the_program(running: Running, qtbot: QtBot) -> None:
    with qtbot.waitSignal(running.window.closing):
        running.window.close()
    assert not running.window.isVisible()


def test_typing_goes_on_while_a_notice_is_shown(running: Running) -> None:
    field = type_into(running.scan, "Server seed", "ab")
    running.window.say("Something went well.")
    type_into(running.scan, "Server seed", "abc")
    assert field.text() == "abc"
    assert QApplication.focusWidget() is field


def test_more_notices_than_fit_wait_their_turn_and_close_with_the_rest(running: Running) -> None:
    for number in range(5):
        running.window.say(f"Notice {number}")
    assert toasts(running.window) == ["Notice 0", "Notice 1", "Notice 2"]
    ended = []
    for toast in running.window.findChildren(Toast):
        toast.closed.connect(lambda text=toast.text: ended.append(text))
    running.window.clear_toasts()
    assert sorted(ended) == [f"Notice {number}" for number in range(5)]
    assert toasts(running.window) == []


def test_an_open_menu_does_not_outlive_its_choice(running: Running, qtbot: QtBot) -> None:
    running.store()
    running.press("Ctrl+2")
    running.settle()
    before = len(running.runs.findChildren(QMenu))
    select(table(running.window, "Runs"), 0)
    running.runs._show_actions()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    qtbot.waitUntil(lambda: len(running.runs.findChildren(QMenu)) == before)
