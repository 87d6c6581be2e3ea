"""Deletions that can still be taken back: hidden at once, carried out when the undo has gone."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QObject, Signal

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.asking import Asker


class PendingDeletes(QObject):
    """Runs a person deleted, until ``carry_out`` or ``take_back``; a crash in between keeps them."""

    failed = Signal(str)

    def __init__(self, asker: Asker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
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

        self._asker.ask(self, lambda backend: backend.runs.delete(run_id), done, refused)

    def take_all(self) -> tuple[UUID, ...]:
        """Give everything that is still hidden, to be deleted while the program closes."""
        left = tuple(self._hidden)
        self._hidden.clear()
        return left
