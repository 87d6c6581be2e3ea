"""Deletions that can still be taken back: hidden at once, carried out when the undo has gone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.qt.work.query import Asker

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_log = logging.getLogger(__name__)


def delete_run(backend: Backend, run_id: UUID) -> None:
    """Delete a run for good."""
    backend.runs.delete(run_id)


def delete_stream(backend: Backend, stream_id: UUID) -> None:
    """Delete a stream for good, with all its bets."""
    backend.live.delete(stream_id).result()


def delete_at_the_end(backend: Backend, runs: Iterable[UUID], streams: Iterable[UUID]) -> None:
    """Carry out the deletions that still had an undo when the program ended; what fails is in the log."""
    wanted = [(delete_run, one) for one in runs] + [(delete_stream, one) for one in streams]
    for delete, one in wanted:
        try:
            delete(backend, one)
        except NotFoundError:
            _log.info("%s had gone before: its deletion was under way when the threads ended", one)
        except KnownError as error:
            _log.warning("%s was not deleted: %s", one, error)


class PendingDeletes(QObject):
    """Runs, or streams, a person deleted, until ``carry_out`` or ``take_back``; a crash keeps them."""

    failed = Signal(str)

    def __init__(
        self,
        asker: Asker,
        parent: QObject | None = None,
        *,
        delete: Callable[[Backend, UUID], None] = delete_run,
    ) -> None:
        super().__init__(parent)
        self._asker = asker
        self._delete = delete
        self._hidden: dict[UUID, None] = {}

    def __contains__(self, run_id: object) -> bool:
        """Tell whether a run is hidden because it will be deleted."""
        return run_id in self._hidden

    @property
    def hidden(self) -> tuple[UUID, ...]:
        """The runs that are hidden now."""
        return tuple(self._hidden)

    def add(self, run_id: UUID) -> None:
        """Hide a run."""
        self._hidden[run_id] = None

    def take_back(self, run_id: UUID) -> None:
        """Show it again."""
        self._hidden.pop(run_id, None)

    def carry_out(self, run_id: UUID) -> None:
        """Delete it for good, unless it was taken back."""
        if run_id not in self._hidden:
            return

        def done(_nothing: None) -> None:
            self._hidden.pop(run_id, None)

        def refused(error: KnownError) -> None:
            self._hidden.pop(run_id, None)
            self.failed.emit(str(error))

        self._asker.ask(self, lambda backend: self._delete(backend, run_id), done, refused)

    def take_all(self) -> tuple[UUID, ...]:
        """Give everything that is still hidden, to be deleted while the program closes."""
        left = tuple(self._hidden)
        self._hidden.clear()
        return left
