"""What can be done with a stored run, from the list and from its own page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.requests import DEFAULT_MAX_NONCES, ScanRequest
from pump_desktop.domain.runs import Run, RunRow
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.dialogs import NameDialog, NotesDialog
from pump_desktop.ui.extend_dialog import ExtendDialog
from pump_desktop.ui.saving import save_dialog, write_file
from pump_desktop.ui.widgets.toast import ToastArea

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

UNDO_SECONDS = 8.0


class RunActions(QObject):
    """``changed`` carries a Run that is other now, ``added`` a new one, ``hidden`` the ids of deleted ones.

    ``returned`` says that deleted runs are back, ``rescan_asked`` carries a ScanRequest, ``extend_asked`` a
    Run with the first and last nonce it is to have, and ``compare_asked`` a tuple of run ids.
    """

    changed = Signal(object)
    added = Signal(object)
    hidden = Signal(object)
    returned = Signal()
    rescan_asked = Signal(object)
    extend_asked = Signal(object, object, object)
    compare_asked = Signal(object)

    def __init__(
        self,
        asker: Asker,
        deletes: PendingDeletes,
        toasts: ToastArea,
        window: QWidget,
        max_nonces: int = DEFAULT_MAX_NONCES,
    ) -> None:
        super().__init__(window)
        self._max_nonces = max_nonces
        self._asker = asker
        self._deletes = deletes
        self._toasts = toasts
        self._window = window

    def set_max_nonces(self, most: int) -> None:
        """Offer to extend runs up to another length."""
        self._max_nonces = most

    @Slot(str, object)
    def act(self, name: str, run: Run | RunRow) -> None:
        """Do what a menu's action says with one run."""
        actions: dict[str, Callable[[Run | RunRow], None]] = {
            "rename": self._rename,
            "notes": self._edit_notes,
            "duplicate": self._duplicate,
            "rescan": self._rescan,
            "extend": self._extend,
            "compare": self._compare,
            "export": self._export,
            "delete": self._delete,
        }
        actions[name](run)

    @Slot(object)
    def compare_runs(self, runs: Sequence[Run | RunRow]) -> None:
        """Ask for runs to be put side by side."""
        self.compare_asked.emit(tuple(run.id for run in runs))

    @Slot(object)
    def delete_runs(self, runs: Sequence[Run | RunRow]) -> None:
        """Hide runs, and delete them when their Undo has gone."""
        run_ids = tuple(run.id for run in runs)
        for run_id in run_ids:
            self._deletes.add(run_id)
        self.hidden.emit(run_ids)
        words = "Run deleted" if len(run_ids) == 1 else f"{grouped(len(run_ids))} runs deleted"
        toast = self._toasts.say(words, action="Undo", seconds=UNDO_SECONDS, tone="info")
        toast.acted.connect(lambda: self._undo(run_ids))
        toast.closed.connect(lambda: self._carry_out(run_ids))

    def export_to(self, run: Run | RunRow, path: str) -> None:
        """Write every nonce of a run to a CSV file."""

        def pieces(backend: Backend) -> Iterable[str]:
            from pump_desktop.services.runs.export import Export, export_csv  # noqa: PLC0415 - in the worker

            return export_csv(backend.runs, backend.runs.get(run.id), Export.FULL)

        write_file(self._asker, self, path, pieces, self._say)

    def _say(self, sentence: str) -> None:
        self._toasts.say(sentence)

    def _rename(self, run: Run | RunRow) -> None:
        dialog = NameDialog(run.name, self._window)

        def accepted() -> None:
            # Read here: by the time the worker asks, the dialog may be gone.
            name = dialog.name
            self._change(lambda backend: backend.runs.rename(run.id, name))

        dialog.accepted.connect(accepted)
        dialog.open()

    def _edit_notes(self, run: Run | RunRow) -> None:
        dialog = NotesDialog(run.notes, self._window)

        def accepted() -> None:
            notes = dialog.notes
            self._change(lambda backend: backend.runs.set_notes(run.id, notes))

        dialog.accepted.connect(accepted)
        dialog.open()

    def _change(self, work: Callable[[Backend], Run]) -> None:
        self._asker.ask(self, work, self.changed.emit)

    def _duplicate(self, run: Run | RunRow) -> None:
        self._asker.ask(self, lambda backend: backend.runs.duplicate(run.id), self._duplicated)

    def _duplicated(self, run: Run) -> None:
        self.added.emit(run)
        self._say(f"Duplicated as “{run.name}”")

    def _rescan(self, run: Run | RunRow) -> None:
        self._asker.ask(self, lambda backend: backend.runs.get(run.id), self._ask_again)

    def _ask_again(self, run: Run) -> None:
        seeds = (run.server_seed, run.client_seed)
        self.rescan_asked.emit(
            ScanRequest(*seeds, run.nonce_start, run.nonce_end, run.difficulty, run.targets)
        )

    def _extend(self, run: Run | RunRow) -> None:
        dialog = ExtendDialog(run, self._max_nonces, self._window)

        def accepted() -> None:
            start, end = dialog.wanted
            # The list's row has no server seed, and the run may be another by now than when it was listed.
            self._asker.ask(
                self,
                lambda backend: backend.runs.get(run.id),
                lambda found: self.extend_asked.emit(found, start, end),
            )

        dialog.accepted.connect(accepted)
        dialog.open()

    def _compare(self, run: Run | RunRow) -> None:
        self.compare_runs([run])

    def _export(self, run: Run | RunRow) -> None:
        dialog = save_dialog(self._window, "Export all nonces as CSV", "nonces.csv")
        dialog.fileSelected.connect(lambda path: self.export_to(run, path))
        dialog.open()

    def _delete(self, run: Run | RunRow) -> None:
        self.delete_runs([run])

    def _undo(self, run_ids: tuple[UUID, ...]) -> None:
        for run_id in run_ids:
            self._deletes.take_back(run_id)
        self.returned.emit()

    def _carry_out(self, run_ids: tuple[UUID, ...]) -> None:
        for run_id in run_ids:
            self._deletes.carry_out(run_id)
