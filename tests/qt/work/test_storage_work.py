"""Work on the data file: one piece at a time, questions behind it, and exactly one word at its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.storage import Backup, StorageProgress
from pump_desktop.qt.work.jobs import Job, JobRunner
from pump_desktop.qt.work.storage import StorageWork
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.storage import Storage
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


class Page(QObject):
    """Keeps what the work says, in its order."""

    def __init__(self, work: StorageWork) -> None:
        super().__init__()
        self.said: list[object] = []
        work.busy_changed.connect(self.said.append)
        work.progress.connect(self.said.append)

    def fail(self, error: KnownError) -> None:
        self.said.append(str(error))


@pytest.fixture
def work(runner: JobRunner, tmp_path: Path) -> Iterator[StorageWork]:
    backend = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    door: Future[Backend] = Future()
    door.set_result(backend)
    yield StorageWork(runner, door)
    backend.close()


def back_up(storage: Storage, job: Job) -> Backup:
    return storage.back_up("manual", job.tell, job.is_cancelled)


def test_work_is_told_about_and_its_result_comes_when_nothing_is_busy(
    qtbot: QtBot, work: StorageWork
) -> None:
    page = Page(work)
    made: list[tuple[Backup, bool]] = []
    assert work.do("Making a backup", back_up, lambda one: made.append((one, work.busy)), page.fail)
    qtbot.waitUntil(lambda: bool(made))
    ((backup, busy),) = made
    assert backup.path.exists()
    assert not busy
    assert page.said[:2] == [True, StorageProgress("Making a backup")]
    assert page.said[-1] is False


def test_a_second_piece_is_refused_and_a_question_waits(qtbot: QtBot, work: StorageWork) -> None:
    page, go_on, order = Page(work), Event(), list[str]()

    def wait(_storage: Storage, _job: Job) -> str:
        return "work" if go_on.wait(10) else "nobody came"

    assert work.do("Waiting", wait, order.append, page.fail)
    assert not work.do("Waiting", wait, order.append, page.fail)
    work.ask(page, lambda storage: len(storage.backups()), lambda _count: order.append("question"), page.fail)
    go_on.set()
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["work", "question"]


def test_work_that_is_stopped_says_that_the_data_is_as_it_was(qtbot: QtBot, work: StorageWork) -> None:
    page, go_on, made = Page(work), Event(), list[object]()
    work.ask(page, lambda _storage: go_on.wait(10), made.append, page.fail)
    assert work.do("Making a backup", back_up, made.append, page.fail)
    work.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: "Stopped. The data is as it was." in page.said)
    assert made == [True]
    assert not work.busy


@pytest.mark.expects_warning
def test_a_bug_comes_out_as_one_and_the_next_piece_runs(qtbot: QtBot, work: StorageWork) -> None:
    page, made = Page(work), list[Backup]()

    def fail(_storage: Storage, _job: Job) -> Backup:
        raise ZeroDivisionError

    with qtbot.waitSignal(work.broke) as told:
        work.do("Failing", fail, made.append, page.fail)
    assert isinstance(told.args[0], ZeroDivisionError)
    assert work.do("Making a backup", back_up, made.append, page.fail)
    qtbot.waitUntil(lambda: bool(made))
