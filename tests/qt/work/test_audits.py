"""Audits as the window sees them: one at a time, told about, ended with exactly one word."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from pump_desktop.domain.audits import AuditProgress, StreamAudit
from pump_desktop.domain.errors import ConflictError, FieldError, NotFoundError
from pump_desktop.qt.work import audits as module
from pump_desktop.qt.work.audits import Audits
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.services.backend import Backend
from pump_desktop.store.live import audit_reads
from tests.services.samples import SEED, bet, send


@pytest.fixture
def audits(runner: JobRunner, door: Future[Backend]) -> Audits:
    return Audits(runner, door)


class Listener(QObject):
    """Collects what audits say, and in which thread."""

    def __init__(self, audits: Audits) -> None:
        super().__init__()
        self.told: list[tuple[Any, ...]] = []
        self.threads: set[QThread] = set()
        audits.started.connect(self._started)
        audits.progress.connect(self._progress)
        audits.finished.connect(self._finished)
        audits.failed.connect(self._failed)
        audits.cancelled.connect(self._cancelled)

    @property
    def words(self) -> list[str]:
        """What was said, progress aside."""
        return [word for word, *_ in self.told if word != "progress"]

    def _hear(self, *said: Any) -> None:
        self.told.append(said)
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def _started(self, stream_id: UUID) -> None:
        self._hear("started", stream_id)

    @Slot(object, object)
    def _progress(self, stream_id: UUID, progress: AuditProgress) -> None:
        self._hear("progress", stream_id, progress)

    @Slot(object, object)
    def _finished(self, stream_id: UUID, audit: StreamAudit) -> None:
        self._hear("finished", stream_id, audit)

    @Slot(object, object)
    def _failed(self, stream_id: UUID, error: Exception) -> None:
        self._hear("failed", stream_id, error)

    @Slot(object)
    def _cancelled(self, stream_id: UUID) -> None:
        self._hear("cancelled", stream_id)


def stored(backend: Backend, count: int = 20, **changes: Any) -> UUID:
    return send(backend.live, [bet(n, **changes) for n in range(1, count + 1)])[0].stream_id


def test_an_audit_ends_with_one_word_in_the_window_s_thread(
    qtbot: QtBot, backend: Backend, audits: Audits
) -> None:
    stream_id = stored(backend)
    listener = Listener(audits)
    assert audits.made(stream_id) is None
    with qtbot.waitSignal(audits.finished):
        assert audits.start(stream_id, SEED)
        assert audits.stream_id == stream_id
    assert listener.words == ["started", "finished"]
    assert {said[1] for said in listener.told} == {stream_id}
    assert listener.threads == {QThread.currentThread()}
    audit = audits.made(stream_id)
    assert audit is listener.told[-1][2]
    assert audit is not None
    assert (audit.audit.checked, audit.mismatches) == (20, 0)
    assert audits.latest is None
    assert backend.live.stream(stream_id).row.revealed


def test_a_second_audit_waits_its_turn(qtbot: QtBot, backend: Backend, audits: Audits) -> None:
    first, second = stored(backend, 3000), stored(backend, clientSeed="other")
    with qtbot.waitSignal(audits.finished):
        assert audits.start(first, SEED)
        assert not audits.start(second, SEED)
        assert not audits.start(first)
        assert audits.stream_id == first
    with qtbot.waitSignal(audits.finished) as told:
        assert audits.start(second, SEED)
    assert told.args[0] == second


def test_a_wrong_seed_fails_and_nothing_is_stored(qtbot: QtBot, backend: Backend, audits: Audits) -> None:
    stream_id = stored(backend)
    listener = Listener(audits)
    with qtbot.waitSignal(audits.failed):
        audits.start(stream_id, "another seed")
    error = listener.told[-1][2]
    assert isinstance(error, FieldError)
    assert error.field == "server_seed"
    assert listener.words == ["started", "failed"]
    assert not backend.live.stream(stream_id).row.revealed
    with qtbot.waitSignal(audits.failed):
        audits.start(stream_id)
    assert isinstance(listener.told[-1][2], ConflictError)


@pytest.fixture
def long_stream(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Give a stream whose audit takes a second: five rows to a page, and each page is a commit."""
    monkeypatch.setattr(audit_reads, "PAGE_ROWS", 5)
    return stored(backend, 2_000)


def test_a_cancelled_audit_keeps_what_it_stored(
    qtbot: QtBot, backend: Backend, audits: Audits, long_stream: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream_id = long_stream
    listener = Listener(audits)
    with qtbot.waitSignal(audits.progress):
        audits.start(stream_id, SEED)
    with qtbot.waitSignal(audits.cancelled):
        audits.cancel()
    assert listener.words == ["started", "cancelled"]
    assert audits.made(stream_id) is None
    detail = backend.live.stream(stream_id)
    assert detail.row.revealed
    assert detail.audit.checked < 2_000
    monkeypatch.undo()
    # And the next one goes on to the end.
    with qtbot.waitSignal(audits.finished):
        assert audits.start(stream_id)
    assert backend.live.stream(stream_id).audit.checked == 2_000


def test_a_stream_that_is_gone_fails_with_a_sentence(qtbot: QtBot, backend: Backend, audits: Audits) -> None:
    stream_id = stored(backend)
    backend.live.delete(stream_id).result(10)
    listener = Listener(audits)
    with qtbot.waitSignal(audits.failed):
        audits.start(stream_id, SEED)
    assert isinstance(listener.told[-1][2], NotFoundError)


def test_only_so_many_audits_are_kept(
    qtbot: QtBot, backend: Backend, audits: Audits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    streams = [stored(backend, 2, clientSeed=f"client {number}") for number in range(3)]
    for stream_id in (*streams, streams[1]):
        with qtbot.waitSignal(audits.finished):
            audits.start(stream_id, SEED)
    assert [audits.made(stream_id) is not None for stream_id in streams] == [False, True, True]


def test_an_audit_under_way_ends_with_the_program(qtbot: QtBot, backend: Backend, long_stream: UUID) -> None:
    door: Future[Backend] = Future()
    door.set_result(backend)
    runner = JobRunner("closing")
    audits = Audits(runner, door)
    listener = Listener(audits)
    with qtbot.waitSignal(audits.progress):
        audits.start(long_stream, SEED)
    assert runner.stop()
    qtbot.waitUntil(lambda: not runner.busy)
    assert listener.words == ["started", "cancelled"]
