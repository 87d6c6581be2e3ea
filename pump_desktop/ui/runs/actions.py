"""What can be done with a stored run, from the list and from its own page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES, MAX_NONCE, ScanRequest, parse_wider_range
from pump_desktop.domain.runs import Run, RunRow
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.qt.work.undo import PendingDeletes
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.dialogs import NameDialog, NotesDialog, PlainDialog
from pump_desktop.ui.kit.edits import NumberEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.layout import hbox, stretch
from pump_desktop.ui.kit.saving import save_dialog, write_file
from pump_desktop.ui.kit.text import Label
from pump_desktop.ui.kit.toast import ToastArea

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


FACTORS = (2, 10)


class ExtendDialog(PlainDialog):
    """First and last nonce of the longer run; after ``accepted`` they are in ``wanted``."""

    def __init__(self, run: Run | RunRow, max_nonces: int, parent: QWidget) -> None:
        super().__init__("Extend run", 500, parent)
        self._run = run
        self._max_nonces = max_nonces
        self._wanted = (run.nonce_start, run.nonce_end)
        self._start = NumberEdit(run.nonce_start, "First nonce")
        self._end = NumberEdit(run.nonce_end, "Last nonce")
        self._fields = {
            "start": FieldBox("First nonce", self._start),
            "end": FieldBox("Last nonce", self._end),
        }
        self._buttons = [Button(f"×{factor}") for factor in FACTORS]
        self._outlook = Label("", ink="secondary", figures=True)
        self._lay_out()
        self._start.plain_changed.connect(self._edited)
        self._end.plain_changed.connect(self._edited)
        for button in self._buttons:
            button.clicked.connect(self._grow)
        self._edited()
        # Plain digits, as a field with the keyboard shows them: taking the groups off then would unselect.
        self._end.setText(self._end.plain)
        self._end.selectAll()
        self._end.setFocus()

    @property
    def wanted(self) -> tuple[int, int]:
        """First and last nonce of the longer run."""
        return self._wanted

    def accept(self) -> None:
        """Close, unless the range does not hold the run or adds nothing to it."""
        try:
            self._wanted = self._read()
        except FieldError as error:
            box = self._fields[error.field]
            box.set_error(field_sentence(error))
            # The sentence needs lines that were not there.
            self.adjustSize()
            box.editor.setFocus()
            return
        super().accept()

    def _lay_out(self) -> None:
        run = self._run
        known = (
            f"Nonces {grouped(run.nonce_start)} to {grouped(run.nonce_end)} are known and stay as they are. "
            "Only what is missing before and after them is scanned."
        )
        self.column.addWidget(Label(known, wrap=True))
        ends = hbox(
            *(stretch(box, 1, Qt.AlignmentFlag.AlignTop) for box in self._fields.values()), spacing=Space.M
        )
        self.column.addLayout(ends)
        longer = hbox(Label("Length", size=Type.HINT, ink="secondary"), spacing=Space.S)
        for factor, button in zip(FACTORS, self._buttons, strict=True):
            end = self._end_of(factor)
            button.setAccessibleName(f"{factor} times as long")
            button.setToolTip(plain_tip(f"{factor} times as long: up to nonce {grouped(end)}"))
            button.setEnabled(end <= MAX_NONCE and run.count * factor <= self._max_nonces)
            longer.addWidget(button)
        longer.addStretch(1)
        longer.addWidget(self._outlook)
        self.column.addLayout(longer)
        self.add_buttons("Extend")

    def _end_of(self, factor: int) -> int:
        return self._run.nonce_start + self._run.count * factor - 1

    def _read(self) -> tuple[int, int]:
        start, end = parse_wider_range(self._run, self._start.plain, self._end.plain, self._max_nonces)
        if (start, end) == (self._run.nonce_start, self._run.nonce_end):
            raise FieldError("end", "the run has these nonces already")
        return start, end

    @Slot()
    def _grow(self) -> None:
        factor = FACTORS[self._buttons.index(self.sender())]  # type: ignore[arg-type]  # one of ours
        self._start.set_plain(str(self._run.nonce_start))
        self._end.set_plain(str(self._end_of(factor)))

    @Slot()
    def _edited(self, _text: str = "") -> None:
        for box in self._fields.values():
            box.set_error(None)
        try:
            start, end = self._read()
        except FieldError:
            self._outlook.setText("")
            return
        count = end - start + 1
        self._outlook.setText(f"{grouped(count - self._run.count)} more, {grouped(count)} in all")


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
