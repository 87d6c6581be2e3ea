"""Imports beside the window: real files, a real database, one last word."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.imports import ColumnMap, ImportDefaults, ImportProgress, ImportReport
from pump_desktop.domain.live import StreamQuery
from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.services.backend import Backend
from tests.qt.listener import Listener

COLUMNS = ColumnMap(nonce="nonce", amount="amount", payout="payout", round_result="result")
SEEDS = ImportDefaults("client", "a" * 64, Difficulty.EXPERT)


@pytest.fixture
def imports(runner: JobRunner, door: Future[Backend]) -> Imports:
    return Imports(runner, door)


def bets(path: Path, count: int) -> Path:
    rows = "".join(f"{nonce},0.5,0,1.63\n" for nonce in range(1, count + 1))
    path.write_text(f"nonce,amount,payout,result\n{rows}", encoding="utf-8")
    return path


def stored(backend: Backend) -> int:
    return sum(row.total_bets for row in backend.live.streams(StreamQuery()).items)


def under_way(imports: Imports) -> Path | None:
    return imports.path


def test_a_file_is_imported_told_about_and_reported(
    qtbot: QtBot, imports: Imports, backend: Backend, tmp_path: Path
) -> None:
    listener = Listener(imports)
    path = bets(tmp_path / "bets.csv", 3000)
    with qtbot.waitSignal(imports.finished) as told:
        assert imports.start(path, COLUMNS, SEEDS)
        assert under_way(imports) == path
        assert not imports.start(path, COLUMNS, SEEDS)
    assert under_way(imports) is None
    report = told.args[0]
    assert isinstance(report, ImportReport)
    assert (report.read, report.accepted, report.refused, report.cancelled) == (3000, 3000, 0, False)
    assert stored(backend) == 3000
    assert listener.words[0] == "started"
    assert listener.last_words == ["finished"]
    last = listener.told("progress")[-1]
    assert isinstance(last, ImportProgress)
    assert (last.read, last.bytes_done) == (3000, path.stat().st_size)
    assert listener.threads == {QThread.currentThread()}


def test_a_stopped_import_keeps_and_reports_what_it_stored(
    qtbot: QtBot, imports: Imports, backend: Backend, tmp_path: Path
) -> None:
    path = bets(tmp_path / "bets.csv", 200_000)
    imports.progress.connect(imports.cancel)
    with qtbot.waitSignal(imports.finished) as told:
        imports.start(path, COLUMNS, SEEDS)
    report = told.args[0]
    assert report.cancelled
    assert 0 < report.accepted == stored(backend) < 200_000


def test_one_that_is_stopped_before_it_begins_says_so(
    qtbot: QtBot, imports: Imports, backend: Backend, runner: JobRunner, tmp_path: Path
) -> None:
    listener = Listener(imports)
    go_on = threading.Event()
    runner.submit(lambda _job: go_on.wait(5))
    with qtbot.waitSignal(imports.cancelled):
        imports.start(bets(tmp_path / "bets.csv", 10), COLUMNS, SEEDS)
        imports.cancel()
        go_on.set()
    assert listener.last_words == ["cancelled"]
    assert (under_way(imports), stored(backend)) == (None, 0)


def test_a_failure_carries_its_sentence_and_the_next_may_start(
    qtbot: QtBot, imports: Imports, backend: Backend, tmp_path: Path
) -> None:
    with qtbot.waitSignal(imports.failed) as told:
        imports.start(tmp_path / "none.csv", COLUMNS, SEEDS)
    assert isinstance(told.args[0], KnownError)
    assert "is not there" in str(told.args[0])
    path = bets(tmp_path / "bets.csv", 10)
    with qtbot.waitSignal(imports.failed) as told:
        imports.start(path, COLUMNS, ImportDefaults())
    assert isinstance(told.args[0], FieldError)
    assert told.args[0].field == "client_seed"
    with qtbot.waitSignal(imports.finished):
        assert imports.start(path, COLUMNS, SEEDS)
    assert stored(backend) == 10


def test_cancel_without_an_import_does_nothing(imports: Imports) -> None:
    listener = Listener(imports)
    imports.cancel()
    assert listener.words == []
