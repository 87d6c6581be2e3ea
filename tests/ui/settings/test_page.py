"""The Settings page: what is changed is kept at once, applied without a restart, and can be put back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTime, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QLineEdit, QTimeEdit
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import QuietHours
from pump_desktop.qt.look.theme import Size
from pump_desktop.qt.tables.queue import PairColumn
from pump_desktop.system.settings import load_settings
from pump_desktop.ui.audit.panel import RevealBox
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.card import Card
from pump_desktop.ui.kit.rail import Rail
from pump_desktop.ui.kit.report_options import ReportOptions
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.runs.actions import ExtendDialog
from pump_desktop.ui.settings.fields import SettingsCard
from tests.ui.conftest import Stage
from tests.ui.support.program import (
    Running,
    Start,
    button,
    child,
    click,
    column,
    edit,
    lit,
    named,
    request,
    table,
    texts,
    type_into,
)
from tests.ui.support.settings_at import SettingsAt

NIGHT = QuietHours.parse(start="22:00", end="07:00")


@pytest.fixture
def at(running: Running, qtbot: QtBot) -> SettingsAt:
    return SettingsAt(running, qtbot)


def shown_cards(at: SettingsAt) -> list[str]:
    return [card.accessibleName() for card in at.page.findChildren(SettingsCard) if card.isVisible()]


def test_keys_and_the_status_line_lead_to_it(running: Running) -> None:
    window = running.window
    for keys in ("Ctrl+6", "Ctrl+,"):
        running.press(keys, window)
        assert window.pages.settings.isVisible(), keys
        assert child(window, Rail).current == "settings"
        running.press("Ctrl+1", window)
        assert not window.pages.settings.isVisible()
    window.pages.settings.open_section("diagnostics")
    window._status._listener.click()
    assert window.pages.settings.isVisible()
    assert QApplication.focusWidget() is edit(window.pages.settings, "Port")


def test_a_number_is_kept_and_holds_at_once(at: SettingsAt) -> None:
    at.type("Longest range", "5k")
    at.settle()
    assert at.file == {"max_nonces": 5000}
    assert "Saved" in texts(at.field("max_nonces"))
    scan = at.running.scan
    at.running.window.open_section("scan")
    scan.fill(request(5001))
    scan.submit()
    assert lit(scan) == {"Last nonce": "5,001 nonces are more than the 5,000 a run may hold."}
    at.running.window.open_section("settings")
    at.type("Longest range", "5001")
    at.settle()
    at.running.window.open_section("scan")
    with at.qtbot.waitSignal(at.running.program.scans.finished):
        scan.submit()
    at.running.settle()


def test_the_longest_range_reaches_extensions_and_the_queue(at: SettingsAt) -> None:
    run = at.running.store(end=400)
    at.running.scan.show_several()
    queue = at.running.scan.queue_view
    assert queue is not None
    at.type("Longest range", "1000")
    at.settle()
    window = at.running.window
    window.run_actions.act("extend", run)
    (dialog,) = window.findChildren(ExtendDialog)
    assert button(dialog, "2 times as long").isEnabled()
    assert not button(dialog, "10 times as long").isEnabled()
    dialog.reject()
    window.open_section("scan")
    queue.entry.set_text("server,client,1,1001\nserver,client,1,1000")
    lines = table(queue, "Lines of the list")
    at.wait_for(lambda: len(column(lines, PairColumn.REMARK)) == 2)
    assert ["exceeds maximum of 1000" in words for words in column(lines, PairColumn.REMARK)] == [True, False]


def test_what_is_wrong_is_said_where_it_stands_and_never_kept(at: SettingsAt) -> None:
    at.type("Longest range", "many")
    type_into(at.page, "Port", "70000")
    wrong = {
        "Longest range": "Longest range must be a whole number of at least 1.",
        "Port": "Port must be a whole number from 0 to 65535.",
    }
    assert lit(at.page) == wrong
    at.running.press("Ctrl+2", at.running.window)
    at.running.settle()
    at.running.press("Ctrl+6", at.running.window)
    assert (at.text("Longest range"), at.text("Port")) == ("many", "70000")
    assert lit(at.page) == wrong
    assert at.file == {}
    click(at.field("max_nonces"), "Reset Longest range to its default")
    assert at.text("Longest range") == "100,000,000"
    at.type("Port", "0")
    assert lit(at.page) == {}


def test_a_file_that_cannot_be_written_is_a_sentence_and_the_text_stays(at: SettingsAt) -> None:
    (at.running.data / "settings.json").mkdir()
    at.type("Rate limit", "50")
    click(at.page, "Compact")
    at.settle()
    said = lit(at.page)
    assert said.keys() == {"Rate limit", "Density"}
    assert all(f"{at.running.data / 'settings.json'} cannot be read: " in words for words in said.values())
    assert at.text("Rate limit") == "50"
    assert at.running.program.preferences.settings.ingest_rate_limit == 12_000
    assert at.field("density").value == "comfortable"
    (at.running.data / "settings.json").rmdir()
    QTest.keyClick(edit(at.page, "Rate limit"), Qt.Key.Key_Return)
    at.settle()
    assert at.file == {"ingest_rate_limit": 50}
    assert "Rate limit" not in lit(at.page)


def test_theme_and_density_change_at_once(at: SettingsAt) -> None:
    at.running.store(end=500)
    at.click("Dark")
    assert at.running.program.appearance.theme.dark
    at.running.window.open_section("runs")
    at.running.settle()
    rows = child(at.running.runs, BigTable)
    assert rows.rowHeight(0) == Size.ROW
    at.running.window.open_section("settings")
    at.click("Compact")
    at.running.window.open_section("runs")
    assert rows.rowHeight(0) == 22
    at.running.press("Ctrl+Shift+L")
    at.settle()
    assert at.file == {"theme": "system", "density": "compact"}
    assert at.field("theme").value == "system"


def test_what_comes_from_outside_is_shown_as_fixed(
    start: Start, qtbot: QtBot, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUMP_INGEST_PORT", "0")
    monkeypatch.setenv("PUMP_INGEST_TOKEN", "word-from-outside")
    monkeypatch.setenv("PUMP_THEME", "light")
    at = SettingsAt(start(load_settings({"data_dir": data, "max_nonces": 77})), qtbot)
    for name, words in (
        ("ingest_port", "Set by PUMP_INGEST_PORT."),
        ("theme", "Set by PUMP_THEME."),
        ("max_nonces", "Set by --max-nonces."),
    ):
        assert words in texts(at.field(name))
        assert not at.field(name).box.editor.isEnabled()
    assert "Set by PUMP_INGEST_TOKEN." in texts(at.page)
    assert not button(at.page, "New token …").isEnabled()
    at.running.press("Ctrl+Shift+L", at.running.window)
    at.click("Reset all")
    assert at.file == {}
    assert at.text("Longest range") == "77"


class TestReset:
    def test_one_setting_goes_back_and_comes_again(self, at: SettingsAt) -> None:
        at.type("Rate limit", "777")
        at.settle()
        at.click("Reset Rate limit to its default")
        assert at.file == {}
        assert at.text("Rate limit") == "12,000"
        assert child(at.page, Banner).text == "Rate limit is back at its default."
        at.click("Undo")
        assert at.file == {"ingest_rate_limit": 777}
        assert at.text("Rate limit") == "777"
        assert not [banner for banner in at.page.findChildren(Banner) if banner.isVisible()]

    def test_all_go_back_and_come_again(self, start: Start, qtbot: QtBot, data: Path) -> None:
        # A flag, so that no test takes the usual port.
        at = SettingsAt(start(load_settings({"data_dir": data, "ingest_port": 0})), qtbot)
        at.type("Longest range", "123456")
        for words in ("Compact", "Hide seeds until I ask for them", "Sound with a notice"):
            at.click(words)
        kept = {"max_nonces": 123_456, "density": "compact", "hide_seeds": True, "notice_sound": False}
        assert at.file == kept
        at.type("Rate limit", "wrong")
        at.click("Reset all")
        assert at.file == {}
        assert lit(at.page) == {}
        assert (at.text("Longest range"), at.text("Rate limit")) == ("100,000,000", "12,000")
        at.click("Undo")
        assert at.file == kept
        assert at.field("density").value == "compact"


def test_a_search_leaves_what_has_the_words(at: SettingsAt) -> None:
    everything = shown_cards(at)
    assert everything == ["Listener", "Limits", "Look", "Notices", "Privacy", "Diagnostics"]
    at.running.press("Ctrl+F", at.page)
    box = QApplication.focusWidget()
    assert box is edit(at.page, "Search settings")
    QTest.keyClicks(box, "rate LIMIT")
    assert shown_cards(at) == ["Listener"]
    assert at.field("ingest_rate_limit").isVisible()
    assert not at.field("ingest_port").isVisible()
    type_into(at.page, "Search settings", "notifications hours")
    assert shown_cards(at) == ["Notices"]
    assert not at.field("desktop_notices").isVisible()
    type_into(at.page, "Search settings", "zebra")
    assert shown_cards(at) == []
    assert "No setting has these words." in texts(at.page)
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert shown_cards(at) == everything
    assert at.field("ingest_port").isVisible()


def test_a_section_from_elsewhere_stands_in_the_list_and_is_found(at: SettingsAt) -> None:
    label = QLabel("Where the file is")
    at.page.add_section("extra", "Extra", label, "somewhere elsewhere")
    at.page.open_section("extra")
    at.wait_for(label.isVisible)
    type_into(at.page, "Search settings", "elsewhere")
    (card,) = [card for card in at.page.findChildren(Card) if card.isVisible()]
    assert card.accessibleName() == "Extra"
    assert label.isVisible()


class TestPrivacy:
    def test_seeds_are_hidden_where_they_show(self, at: SettingsAt) -> None:
        run = at.running.store(end=200)
        at.running.window.open_run(run)
        at.running.settle()
        page = at.running.window.run_page
        verify = at.running.window.pages.verify
        assert "Hide seeds" in names(page)
        at.running.window.open_section("settings")
        at.click("Hide seeds until I ask for them")
        at.running.window.open_run(run)
        assert "Show seeds" in names(page)
        assert not [words for words in texts(page) if run.client_seed in words]
        for inside in (at.running.scan, verify):
            assert edit(inside, "Server seed").echoMode() is QLineEdit.EchoMode.Password
        at.running.settle()

    def test_it_is_so_from_the_start_and_for_reports(self, start: Start, qtbot: QtBot, stage: Stage) -> None:
        at = SettingsAt(start(hide_seeds=True), qtbot)
        box = RevealBox()
        stage(box)
        for inside in (at.running.scan, box):
            assert edit(inside, "Server seed").echoMode() is QLineEdit.EchoMode.Password
        assert not ReportOptions("Save report", "One file.", at.page).with_seeds
        at.click("Leave seeds out of reports")
        assert at.file == {"hide_seeds_in_exports": False}
        assert ReportOptions("Save report", "One file.", at.page).with_seeds


def names(inside: QObject) -> set[str]:
    return {one.accessibleName() for one in inside.findChildren(QAbstractButton)}


class TestQuietHours:
    def test_they_are_observed_and_kept(self, at: SettingsAt, start: Start, qtbot: QtBot) -> None:
        feed = at.running.window.live_side.panels._feed
        named(at.page, QCheckBox, "Quiet hours").click()
        at.settle()
        assert at.file == {"quiet_hours": "22:00-07:00"}
        with qtbot.waitSignal(feed.quiet_hours_changed):
            named(at.page, QTimeEdit, "Quiet hours begin").setTime(QTime(23, 30))
            at.wait_for(lambda: at.file == {"quiet_hours": "23:30-07:00"})
        # The rules hear of it on the live thread, which may have other work first.
        hours = QuietHours.parse(start="23:30", end="07:00")
        at.wait_for(lambda: at.running.backend.alerts._notices.quiet_hours == hours)
        at.running.close()
        again = SettingsAt(start(load_settings({"data_dir": at.running.data, "ingest_port": 0})), qtbot)
        assert again.running.window.live_side.panels._feed.quiet_hours == hours
        assert named(again.page, QTimeEdit, "Quiet hours begin").time() == QTime(23, 30)

    def test_two_equal_hours_are_told_and_not_kept(self, at: SettingsAt) -> None:
        named(at.page, QCheckBox, "Quiet hours").click()
        at.settle()
        named(at.page, QTimeEdit, "Quiet hours end").setTime(QTime(22, 0))
        at.wait_for(lambda: bool(lit(at.page)))
        assert lit(at.page) == {"Quiet hours": "They must begin and end at two different times."}
        assert at.file == {"quiet_hours": "22:00-07:00"}
        at.click("Reset Quiet hours to its default")
        assert (lit(at.page), at.file) == ({}, {})
        assert not named(at.page, QCheckBox, "Quiet hours").isChecked()

    def test_those_set_beside_the_rules_are_the_same(self, at: SettingsAt) -> None:
        at.running.window.live_side.panels._feed.set_quiet_hours(NIGHT)
        at.wait_for(lambda: at.file == {"quiet_hours": "22:00-07:00"})
        at.settle()
        assert named(at.page, QCheckBox, "Quiet hours").isChecked()
        assert at.running.backend.alerts._notices.quiet_hours == NIGHT


def test_what_is_typed_last_is_kept_when_the_program_ends(at: SettingsAt) -> None:
    type_into(at.page, "Longest range", "4321")
    at.running.window.close()
    at.running.close()
    assert json.loads((at.running.data / "settings.json").read_text()) == {"max_nonces": 4321}


class Folders(QObject):
    """Stands where the system's file manager would."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def test_the_log_folder_opens(at: SettingsAt) -> None:
    folders = Folders()
    QDesktopServices.setUrlHandler("file", folders, "open")  # type: ignore[arg-type]  # bytes are refused
    try:
        (at.running.data / "logs").mkdir(exist_ok=True)
        at.click("Open log folder")
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert folders.opened == [str(at.running.data / "logs")]
