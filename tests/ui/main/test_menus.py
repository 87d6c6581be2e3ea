"""The menu bar, the palette, about, help and keys of the whole program, by keyboard where there is one."""

from __future__ import annotations

import re
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop import __version__
from pump_desktop.domain.game import PAYOUTS
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.qt.look.theme import Mode
from pump_desktop.ui.kit.dialogs import NameDialog
from pump_desktop.ui.kit.keys_overlay import KeysOverlay
from pump_desktop.ui.main.about import AboutDialog
from pump_desktop.ui.main.help import TOPICS, HelpWindow, help_text, topic_for
from pump_desktop.ui.main.menus import MenuActions
from pump_desktop.ui.main.pages import SECTIONS
from pump_desktop.ui.main.palette import Palette
from tests.ui.support.outside import shown_folders
from tests.ui.support.program import (
    SERVER,
    Running,
    child,
    click,
    edit,
    named,
    select,
    table,
    toasts,
    type_into,
)


def menus(running: Running) -> MenuActions:
    found = running.program.overlays.menus
    found.refresh()
    return found


def state(running: Running, *words: str) -> list[bool]:
    found = menus(running)
    return [found.is_possible(found.action(word)) for word in words]


def test_no_key_is_claimed_twice(running: Running) -> None:
    """A key of a menu that a visible page also listens to would be ambiguous and do nothing."""
    owned = [key.toString() for _, action in menus(running).actions() for key in action.shortcuts()]
    assert len(owned) == len(set(owned))
    assert {"Ctrl+N", "Ctrl+K", "F1", "Ctrl+Q", "Ctrl+1", "Ctrl+5", "F8"} <= set(owned)
    for entry in SECTIONS:
        running.window.open_section(entry.key)
        running.settle()
        keys = {shortcut.key().toString() for shortcut in running.window.findChildren(QShortcut)}
        assert not keys & set(owned), entry.key


def test_run_actions_are_enabled_where_they_do_something(running: Running, qtbot: QtBot) -> None:
    names = ("Rename …", "Compare runs", "Delete", "Export …")
    for client in ("a", "b"):
        running.store(client=client)
    assert state(running, *names, "Start scan", "Cancel scan") == [False] * 4 + [True, False]
    running.window.open_section("runs")
    running.settle()
    assert state(running, *names, "Start scan", "Find on this page") == [False] * 5 + [True]
    view = table(running.window, "Runs")
    select(view, 0)
    assert state(running, *names) == [True, True, True, True]
    select(view, 0, 1)
    assert state(running, *names) == [False, True, True, False]
    menus(running).action("Find on this page").trigger()
    assert QApplication.focusWidget() is edit(running.runs, "Search runs")
    select(view, 1)
    menus(running).action("Rename …").trigger()
    dialog = child(running.window, NameDialog)
    QTest.keyClicks(child(dialog, QLineEdit), "c")
    with qtbot.waitSignal(running.window.run_actions.changed) as told:
        click(dialog, "Rename")
    assert told.args[0].name == "c"
    running.settle()


def test_copy_takes_from_where_the_keyboard_was(running: Running) -> None:
    field = type_into(running.scan, "Client seed", "some words")
    assert state(running, "Copy", "Select all") == [False, True]
    menus(running).action("Select all").trigger()
    menus(running).action("Copy").trigger()
    assert QGuiApplication.clipboard().text() == "some words"
    assert field.selectedText() == "some words"


def test_folders_open_and_themes_change(running: Running) -> None:
    with shown_folders() as shown:
        menus(running).action("Open data folder").trigger()
    assert shown == [str(running.data)]
    menus(running).action("Dark theme").trigger()
    assert running.program.appearance.mode is Mode.DARK
    assert toasts(running.window) == ["Theme: dark"]
    menus(running)
    assert menus(running).action("Dark theme").isChecked()
    assert not menus(running).action("Light theme").isChecked()


def test_roles_are_those_of_a_mac(running: Running) -> None:
    roles = {action.menuRole() for _, action in menus(running).actions()}
    assert {QAction.MenuRole.AboutRole, QAction.MenuRole.QuitRole, QAction.MenuRole.NoRole} <= roles


class TestPalette:
    def opened(self, running: Running, qtbot: QtBot) -> Palette:
        with qtbot.waitActive(running.window):
            running.window.activateWindow()
        running.press("Ctrl+K", running.window)
        palette = child(running.window, Palette)
        qtbot.waitUntil(palette._field.hasFocus)
        return palette

    def lists(self, palette: Palette, title: str) -> bool:
        return title in self.titles(palette)

    def titles(self, palette: Palette) -> list[str]:
        return [entry.title for entry in palette.entries]

    def test_a_page_by_a_few_letters(self, running: Running, qtbot: QtBot) -> None:
        palette = self.opened(running, qtbot)
        assert QApplication.focusWidget() is named(palette, QLineEdit, "Go to anything")
        QTest.keyClicks(palette._field, "ver")
        assert self.titles(palette)[0] == "Verify"
        running.press("Return")
        qtbot.waitUntil(lambda: running.window.section == "verify")
        qtbot.waitUntil(lambda: running.window.findChild(Palette) is None)

    def test_each_page_stands_there_once_and_first(self, running: Running, qtbot: QtBot) -> None:
        words = [section.word for section in SECTIONS]
        assert self.titles(self.opened(running, qtbot))[: len(words) + 1].count("Settings") == 1
        assert self.titles(child(running.window, Palette))[: len(words)] == words

    def test_a_run_by_name_and_by_seeds(self, running: Running, qtbot: QtBot) -> None:
        running.store(client="Zebra client")
        other = running.store(server="q" * 40, client="other")
        wanted = running.backend.runs.rename(other.id, "Morning walk")
        for letters in ("mowa", "qqqqq", wanted.server_seed_sha256[:6]):
            palette = self.opened(running, qtbot)
            QTest.keyClicks(named(palette, QLineEdit, "Go to anything"), letters)
            qtbot.waitUntil(partial(self.lists, palette, "Morning walk"))
            assert self.titles(palette)[0] == "Morning walk", letters
            assert "Zebra client" not in self.titles(palette)
            running.press("Esc")
            qtbot.waitUntil(lambda: running.window.findChild(Palette) is None)
        palette = self.opened(running, qtbot)
        QTest.keyClicks(named(palette, QLineEdit, "Go to anything"), "morning")
        qtbot.waitUntil(lambda: "Morning walk" in self.titles(palette))
        running.press("Return")
        qtbot.waitUntil(lambda: running.window.pages.shown_run is not None)
        shown = running.window.pages.shown_run
        assert shown is not None
        assert shown.run is not None
        assert shown.run.id == wanted.id
        running.settle()

    def test_arrows_walk_and_nothing_is_said_so(self, running: Running, qtbot: QtBot) -> None:
        palette = self.opened(running, qtbot)
        running.settle()
        assert _unnamed(palette) == []
        count = len(palette.entries)
        assert count > 5
        running.press("Up")
        assert palette._list.currentIndex().row() == count - 1
        running.press("Down")
        assert palette._list.currentIndex().row() == 0
        QTest.keyClicks(named(palette, QLineEdit, "Go to anything"), "zzzqq")
        qtbot.waitUntil(lambda: palette._nothing.text() == "Nothing fits “zzzqq”.")
        assert palette.entries == ()
        running.press("Return")
        assert palette.isVisible()


class TestHelp:
    def test_f1_opens_the_page_that_suits(self, running: Running, qtbot: QtBot) -> None:
        running.window.open_section("live")
        running.press("F1", running.window)
        window = child(running.window, HelpWindow)
        assert window.topic == topic_for("live") == "antebot"
        assert _unnamed(window) == []
        shown = child(window, QTextBrowser)
        assert "127.0.0.1" in shown.toPlainText()
        field = edit(window, "Search the help")
        QTest.keyClicks(field, "holm")
        assert window.topic == "statistics"
        assert shown.textCursor().selectedText().casefold() == "holm"
        assert shown.extraSelections()
        field.clear()
        QTest.keyClicks(field, "no such word")
        assert any("No help page has" in label for label in _labels(window))
        before = shown.toHtml()
        running.program.appearance.set_mode(Mode.DARK)
        assert shown.toHtml() != before
        window.close()
        qtbot.waitUntil(lambda: running.window.findChild(HelpWindow) is None)

    def test_links_lead_to_pages_and_figures_are_those_of_the_game(self) -> None:
        keys = {topic.key for topic in TOPICS}
        for topic in TOPICS:
            links = re.findall(r'href="([^"]+)"', help_text(topic.key))
            assert {link.removesuffix(".html") for link in links} <= keys
        cells = r"<td>(\w+)</td><td>(\d+)</td><td>(\d+)</td><td>([\d,.]+)x</td>"
        rows = re.findall(cells, help_text("game"))
        assert len(rows) == 4
        for (name, pops, most, highest), (difficulty, table_) in zip(rows, PAYOUTS.items(), strict=True):
            assert name == difficulty.label
            assert int(pops) == difficulty.pops
            assert int(most) == len(table_) - 1 == 25 - difficulty.pops
            assert float(highest.replace(",", "")) == table_[-1]


def _unnamed(inside: QWidget) -> list[str]:
    """Give the widgets a keyboard comes to that a screen reader has no word for."""
    found = [inside, *inside.findChildren(QWidget)]
    reached = [widget for widget in found if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [
        type(widget).__name__
        for widget in reached
        if not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton | QLabel) and widget.text())
        and not widget.windowTitle()
    ]


def _labels(inside: QWidget) -> list[str]:
    return [label.text() for label in inside.findChildren(QLabel)]


def test_about_names_versions_and_copies_them(running: Running) -> None:
    menus(running).action("About Pump Desktop").trigger()
    dialog = child(running.window, AboutDialog)
    running.settle()
    assert _unnamed(dialog) == []
    click(dialog, "Copy versions and folders")
    text = QGuiApplication.clipboard().text()
    for wanted in (__version__, ENGINE_VERSION, str(running.data), "SQLite: 3.", "Kernel: ", "Qt: 6."):
        assert wanted in text
    assert "…" not in text
    assert SERVER not in text


@pytest.mark.parametrize(
    ("section", "group"),
    [("scan", "Scan"), ("runs", "Runs"), ("live", "Streams"), ("settings", "Settings")],
)
def test_keys_of_the_page_and_of_everywhere(running: Running, section: str, group: str) -> None:
    running.window.open_section(section)
    running.settle()
    running.press("Ctrl+/", running.window)
    overlay = child(running.window, KeysOverlay)
    words = _labels(overlay)
    assert {group, "Everywhere"} <= set(words)
    assert overlay.height() <= 700


def test_every_key_shown_is_one_a_page_listens_to(running: Running) -> None:
    """Words in a menu that no key stands behind would be a lie."""
    find, again = "Find on this page", "Read again"
    kept = (("runs", find), ("runs", again), ("live", find), ("compare", again), ("settings", find))
    for section, words in kept:
        running.window.open_section(section)
        running.settle()
        assert state(running, words) == [True], (section, words)
    action = menus(running).action("Find on this page")
    assert action.text().partition("\t")[2] == QKeySequence("Ctrl+F").toString(
        QKeySequence.SequenceFormat.NativeText
    )
