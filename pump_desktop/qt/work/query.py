"""Questions of pages to the services: asked in the window's thread, answered there, worked on elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal, Slot

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.work.jobs import BackendSource, Job, JobRunner

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

T = TypeVar("T")


@dataclass(slots=True)
class Question:
    """A question under way; after ``forget()`` its answer is dropped."""

    owner: QObject
    then: Callable[[Any], None]
    failed: Callable[[KnownError], None] | None
    forgotten: bool = False
    ended: bool = False

    def forget(self) -> None:
        """Drop the answer when it comes: a newer question has been asked."""
        self.forgotten = True


class Asker(QObject):
    """Runs questions to the backend in order; unexpected errors come out as ``broke``."""

    sentence = Signal(str)
    broke = Signal(object)

    def __init__(self, runner: JobRunner, backend: BackendSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._backend = backend
        self._open: dict[Job, Question] = {}

    def ask(
        self,
        owner: QObject,
        work: Callable[[Backend], T],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None] | None = None,
    ) -> Question:
        """Run ``work(backend)`` on the worker thread and ``then(answer)`` in this one.

        A KnownError goes to ``failed``, or to ``sentence`` without one. Answers for an owner that is gone
        are dropped.
        """
        question = Question(owner, then, failed)
        job = self._runner.submit(lambda _job: work(self._backend.result()))
        self._open[job] = question
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        return question

    def _take(self) -> Question | None:
        question = self._open.pop(self.sender())  # type: ignore[call-overload]  # always one of our jobs
        question.ended = True
        wanted = not question.forgotten and shiboken6.isValid(question.owner)
        return question if wanted else None

    @Slot(object)
    def _on_finished(self, answer: object) -> None:
        if question := self._take():
            question.then(answer)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        question = self._take()
        if not isinstance(error, KnownError):
            # A bug is told, whether anybody still waits for the answer or not.
            self.broke.emit(error)
        elif question is None:
            return
        elif question.failed is not None:
            question.failed(error)
        else:
            self.sentence.emit(str(error))

    @Slot()
    def _on_cancelled(self) -> None:
        self._take()


class LatestQuery:
    """One question of an owner at a time: a new one takes the place of the former, whose answer goes."""

    def __init__(self, asker: Asker, owner: QObject) -> None:
        self._asker = asker
        self._owner = owner
        self._question: Question | None = None

    @property
    def pending(self) -> bool:
        """Whether an answer is on its way."""
        return self._question is not None and not self._question.ended

    def ask(
        self,
        work: Callable[[Backend], T],
        then: Callable[[T], None],
        failed: Callable[[KnownError], None] | None = None,
    ) -> None:
        """Ask as ``Asker.ask()`` does, instead of what was asked before."""
        self.drop()
        self._question = self._asker.ask(self._owner, work, then, failed)

    def drop(self) -> None:
        """Drop the answer that is on its way, if there is one."""
        if self._question is not None:
            self._question.forget()
            self._question = None
