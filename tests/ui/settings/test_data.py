"""The data section: everything about the data file, with the whole program behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.app import preferences
from pump_desktop.qt.look.theme import row_height
from pump_desktop.ui.settings.data import DataSection, PruneDialog, RestoreDialog
from tests.api.samples import bet
from tests.store.damage import BETS, counts, fill, overwrite_page
from tests.ui.support.program import (
    Running,
    Start,
    button,
    child,
    click,
    column,
    select,
    table,
    texts,
    toasts,
    type_into,
)


@pytest.fixture
def running(data: Path, start: Start) -> Running:
    """Give a program with a run and bets."""
    fill(data / "pump.db")
    return start()


@pytest.fixture
def section(running: Running, qtbot: QtBot) -> Iterator[DataSection]:
    """Give the section in a window of its own, wired as the program wires it."""
    made = DataSection(running.program.storage, lambda: running.program.data_folder, None)
    made.replaced.connect(running.program.data_replaced)
    made.moved.connect(running.program.data_moved)
    running.program.went_on.connect(made.show_moved)
    made.resize(900, 900)
    with qtbot.waitExposed(made):
        made.show()
    idle(running, qtbot)
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


def idle(running: Running, qtbot: QtBot) -> None:
    """Wait until nothing is under way and every question has its answer."""
    qtbot.waitUntil(lambda: not running.program._storing.busy and not running.program._queries.busy)


def back_up(running: Running, section: DataSection, qtbot: QtBot) -> None:
    click(section, "Back up now")
    idle(running, qtbot)


def shown_runs(running: Running) -> int:
    """Give how many runs the Runs page lists."""
    return table(running.runs, "Runs").model().rowCount()


def said(section: DataSection) -> str:
    """Give the sentence across the section."""
    assert section._banner.isVisible()
    return section._banner.text


def test_what_is_said_at_its_top_is_brought_into_sight(running: Running, qtbot: QtBot) -> None:
    window = running.window
    window.resize(1024, 700)
    window.open_section("settings")
    page = window.pages.settings
    (section,) = page.findChildren(DataSection)
    idle(running, qtbot)
    bar = page._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    assert button(section, "Show what would go").visibleRegion().boundingRect().height() > 0
    click(section, "Show what would go")
    idle(running, qtbot)
    qtbot.waitUntil(lambda: not section._banner.visibleRegion().isEmpty())
    assert said(section) == "No stream has more than 100,000 rounds: nothing would go."


def test_figures_that_cannot_be_read_leave_the_page_where_it_is(section: DataSection) -> None:
    looked: list[object] = []
    section.look_asked.connect(looked.append)
    section._not_read(KnownError("The file cannot be read."))
    assert said(section) == "The file cannot be read."
    assert looked == []


def test_the_table_of_backups_is_as_high_as_its_rows(
    running: Running, section: DataSection, qtbot: QtBot
) -> None:
    heights = []
    for _backup in range(2):
        back_up(running, section, qtbot)
        heights.append(table(section, "Backups").maximumHeight())
    assert heights[1] - heights[0] == row_height()


def test_it_tells_where_the_data_is_and_how_large(running: Running, section: DataSection) -> None:
    words = texts(section)
    assert any(str(running.data / "pump.db") in text for text in words)
    assert "Live bets" in words
    assert any(text.endswith("kB") for text in words)
    assert "There is no backup yet. “Back up now” makes the first one." in words
    assert not button(section, "Restore …").isEnabled()


def test_a_backup_is_made_listed_checked_and_restored(
    running: Running, section: DataSection, qtbot: QtBot
) -> None:
    back_up(running, section, qtbot)
    backups = table(section, "Backups")
    assert column(backups, 1) == ["By hand"]
    assert column(backups, 3) == [f"1 run, {BETS:,} bets"]
    assert column(backups, 4) == ["Healthy"]
    # The only one is chosen already.
    assert button(section, "Restore …").isEnabled()
    running.store()
    running.window.open_section("runs")
    idle(running, qtbot)
    assert shown_runs(running) == 2
    click(section, "Restore …")
    dialog = child(section, RestoreDialog)
    assert any("put aside first" in text for text in texts(dialog))
    with qtbot.waitSignal(section.replaced):
        click(dialog, "Restore")
    idle(running, qtbot)
    assert said(section).endswith("-before-restore.db.")
    assert running.stored() == ["run 0"]
    # The window shows what is there now.
    assert shown_runs(running) == 1
    assert column(backups, 1) == ["Before a restore", "By hand"]


def test_damage_found_by_the_check_is_told_and_healed(
    running: Running, section: DataSection, qtbot: QtBot
) -> None:
    back_up(running, section, qtbot)
    click(section, "Check the file")
    idle(running, qtbot)
    assert said(section) == f"{running.data / 'pump.db'} is healthy."
    overwrite_page(running.data / "pump.db")
    click(section, "Check the file")
    idle(running, qtbot)
    assert "is damaged: pages of the table live_bets cannot be read" in said(section)
    click(section, "Back up now")
    idle(running, qtbot)
    assert "no backup was made of it" in said(section)
    select(table(section, "Backups"), 0)
    click(section, "Restore …")
    with qtbot.waitSignal(section.replaced):
        click(child(section, RestoreDialog), "Restore")
    idle(running, qtbot)
    assert counts(running.data / "pump.db") == (1, BETS)
    assert len(list(running.data.glob("pump-damaged-*.db"))) == 1


def test_old_rounds_are_shown_before_they_go(running: Running, section: DataSection, qtbot: QtBot) -> None:
    type_into(section, "Rounds to keep of each stream", "0")
    click(section, "Show what would go …")
    assert section._keep_box.error == "Rounds to keep must be a whole number of at least 1."
    type_into(section, "Rounds to keep of each stream", "5000")
    click(section, "Show what would go …")
    idle(running, qtbot)
    assert said(section) == "No stream has more than 5,000 rounds: nothing would go."
    type_into(section, "Rounds to keep of each stream", "1000")
    click(section, "Show what would go …")
    idle(running, qtbot)
    dialog = child(section, PruneDialog)
    assert column(table(dialog, "What goes"), 1) == [f"{BETS - 1000:,}"]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert counts(running.data / "pump.db") == (1, BETS)
    click(section, "Show what would go …")
    idle(running, qtbot)
    dialog = child(section, PruneDialog)
    with qtbot.waitSignal(section.said) as told:
        click(dialog, f"Delete {BETS - 1000:,} rounds")
    assert told.args == [f"{BETS - 1000:,} rounds and {BETS - 1000:,} bets were deleted."]
    idle(running, qtbot)
    assert counts(running.data / "pump.db") == (1, 1000)
    with qtbot.waitSignal(section.said) as told:
        click(section, "Compact the file")
    assert told.args[0].startswith("Compacted: ")
    idle(running, qtbot)
    assert column(table(section, "Backups"), 1) == ["Before compacting", "Before deleting"]


def test_the_folder_moves_and_the_program_goes_on_there(
    running: Running, section: DataSection, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: bool(running.program.listening.status.url))
    url, token = running.program.listening.status.url, running.program.listening.status.token
    target = tmp_path / "another place"
    with qtbot.waitSignal(running.program.ready):
        section.move_to(str(target))
    qtbot.waitUntil(lambda: running.program.listening.status.state == "listening")
    idle(running, qtbot)
    assert running.program.data_folder == target
    assert "delete it when you no longer need it" in said(section)
    assert any(str(target / "pump.db") in text for text in texts(section))
    # Scripts know address and token, and go on posting.
    assert running.program.listening.status.url == url
    answer = httpx.post(f"{url}/live/ingest", json=bet(1), headers={"X-Ingest-Token": token}, timeout=20)
    assert answer.status_code == 200
    assert counts(target / "pump.db") == (1, BETS + 1)
    assert counts(running.data / "pump.db") == (1, BETS)


def test_a_move_that_the_next_start_would_not_know_leaves_the_data_where_it_was(
    running: Running, section: DataSection, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[threading.Thread] = []
    heard: list[str] = []
    section.look_asked.connect(lambda _part: heard.append(section._banner.text))

    def refuse(_former: Path | None, folder: Path) -> bool:
        asked.append(threading.current_thread())
        raise KnownError(f"The settings file cannot name {folder.name}.")

    monkeypatch.setattr(preferences, "remember_folder", refuse)
    section.move_to(str(tmp_path / "another"))
    sentence = "The data stays where it was. The settings file cannot name another."
    qtbot.waitUntil(lambda: sentence in toasts(running.window))
    # Written beside the window, and what is posted is taken again.
    assert threading.current_thread() not in asked
    # It was never said that the data is elsewhere.
    assert not [words for words in heard if "another" in words]
    assert running.program.data_folder == running.data
    running.store()
    assert counts(running.data / "pump.db") == (2, BETS)


def test_a_folder_that_holds_data_is_refused_and_all_goes_on(
    running: Running, section: DataSection, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "pump.db").write_bytes(b"somebody's")
    section.move_to(str(tmp_path / "taken"))
    idle(running, qtbot)
    assert "holds a pump.db already" in said(section)
    running.store()
    assert counts(running.data / "pump.db") == (2, BETS)
