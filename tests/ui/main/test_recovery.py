"""A damaged data file at start, seen through the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from pytestqt.qtbot import QtBot

from pump_desktop.services.backend import open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.store.damage import (
    BETS,
    DAMAGES,
    counts,
    fill,
    flip_log,
    leave_log,
    overwrite_page,
    truncate,
    zero_header,
)
from tests.ui.support.program import Running, Start, button, click, texts, toasts


@pytest.fixture
def filled(data: Path) -> Path:
    """Give a data file with a run, bets and a backup, closed."""
    fill(data / "pump.db")
    backend = open_backend(Settings(), resolve_paths(data))
    backend.storage.back_up()
    backend.close()
    return data / "pump.db"


def offered(running: Running, qtbot: QtBot) -> list[str]:
    """Wait for the offer, and give what it says."""
    qtbot.waitUntil(running.window.recovery.isVisible)
    return texts(running.window.recovery)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_newest_healthy_backup_is_offered_and_put_back(
    filled: Path, start: Start, qtbot: QtBot, damage: Callable[[Path], None]
) -> None:
    damage(filled)
    damaged = filled.read_bytes()
    running = start()
    sentence, offer = offered(running, qtbot)
    assert sentence.startswith(f"{filled} is ")
    assert offer.startswith("The newest healthy backup is of ")
    assert f"holds 1 run, {BETS:,} bets." in offer
    assert not running.window._trouble.banner.isVisible()
    with qtbot.waitSignal(running.program.ready):
        click(running.window, "Put the backup back")
    assert not running.window.recovery.isVisible()
    running.settle()
    assert running.stored() == ["run 0"]
    assert counts(filled) == (1, BETS)
    (aside,) = filled.parent.glob("pump-damaged-*.db")
    assert aside.read_bytes() == damaged
    assert toasts(running.window) == [f"The damaged file is kept as {aside.name}."]


def test_without_a_healthy_backup_a_fresh_start_is_offered(filled: Path, start: Start, qtbot: QtBot) -> None:
    (backup,) = (filled.parent / "backups").iterdir()
    overwrite_page(backup)
    zero_header(filled)
    damaged = filled.read_bytes()
    running = start()
    assert offered(running, qtbot)[1].startswith("There is no healthy backup of it.")
    assert not running.window.recovery._restore.isVisible()
    assert button(running.window, "Choose another folder …").isEnabled()
    with qtbot.waitSignal(running.program.ready):
        click(running.window, "Start fresh")
    running.settle()
    assert counts(filled) == (0, 0)
    (aside,) = filled.parent.glob("pump-damaged-*.db")
    assert aside.read_bytes() == damaged
    running.store()
    assert counts(filled) == (1, 0)


def test_a_backup_that_is_gone_meanwhile_is_a_sentence_and_the_offers_stay(
    filled: Path, start: Start, qtbot: QtBot
) -> None:
    truncate(filled)
    damaged = filled.read_bytes()
    running = start()
    offered(running, qtbot)
    shutil.rmtree(filled.parent / "backups")
    with qtbot.waitSignal(running.program.recovering.failed):
        click(running.window, "Put the backup back")
    assert texts(running.window.recovery)[1].startswith("There is no backup ")
    assert button(running.window, "Start fresh").isEnabled()
    assert filled.read_bytes() == damaged


@pytest.mark.expects_warning
def test_what_a_damaged_log_has_lost_is_said_above_all_pages(data: Path, start: Start) -> None:
    leave_log(data / "pump.db", 20)
    flip_log(data / "pump.db")
    running = start()
    running.settle()
    banner = running.window._trouble.loss
    (log,) = data.glob("pump-lost-*.log")
    assert banner.isVisible()
    assert banner.text.startswith(f"The log of {data / 'pump.db'} was damaged: it may have lost up to ")
    assert log.name in banner.text
    running.window.open_section("live")
    assert banner.isVisible()
    banner._close.click()
    assert not running.window._trouble.isVisible()


@pytest.mark.expects_warning
def test_rows_that_cannot_be_read_are_told_above_all_pages(filled: Path, start: Start) -> None:
    running = start()
    running.settle()
    banner = running.window._trouble.left_out
    assert not banner.isVisible()
    with closing(connect(filled)) as connection, connection:
        connection.execute("UPDATE runs SET notes = CAST(X'66FF' AS TEXT)")
    running.runs.reload()
    running._qtbot.waitUntil(banner.isVisible)
    assert banner.text.startswith("1 row is damaged and is left out of lists and exports (runs 1).")
    running.close()
    again = start()
    again.settle()
    # The first question is asked before anybody listens.
    assert again.window._trouble.left_out.isVisible()
    assert again.runs._model.rowCount() == again.runs._model.total == 0
