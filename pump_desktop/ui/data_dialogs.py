"""Questions before something happens to the data file: which backup, and what would be deleted."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from pump_desktop.domain.storage import Backup, Pruning
from pump_desktop.qt.tables.small import PruningModel, holds_text, made_text
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import Label

_RESTORE_WIDTH = 460
_LEAST_ROWS = 6
_PRUNING_COLUMNS = (
    Column(200, stretch=True),
    Column(120, numeric=True),
    Column(110, numeric=True),
    Column(130, numeric=True),
    Column(168, numeric=True),
)


class RestoreDialog(PlainDialog):
    """Asks whether a backup shall take the place of the present data; ``accepted`` says yes."""

    def __init__(self, backup: Backup, parent: QWidget) -> None:
        super().__init__("Restore a backup", _RESTORE_WIDTH, parent)
        self.backup = backup
        self.column.addWidget(
            Label(f"The backup of {made_text(backup)} holds {holds_text(backup)}.", wrap=True, figures=True)
        )
        self.column.addWidget(
            Label(
                "It takes the place of all runs and live streams. What is there now is put aside first, as "
                "the newest backup, so that you can go back. Live bets that arrive meanwhile are kept.",
                ink="secondary",
                wrap=True,
            )
        )
        self.add_buttons("Restore")
        # Labels that wrap ask for the height of a narrower dialog.
        self.resize(_RESTORE_WIDTH, self.column.heightForWidth(_RESTORE_WIDTH))


class PruneDialog(PlainDialog):
    """Shows what the deletion of old rounds would take; ``confirmed`` carries the Pruning."""

    confirmed = Signal(object)

    def __init__(self, pruning: Pruning, parent: QWidget) -> None:
        super().__init__("Delete old rounds", 760, parent)
        self._pruning = pruning
        self.column.addWidget(
            Label(
                f"{grouped(pruning.rounds)} rounds and {grouped(pruning.bets)} bets would go, so that "
                f"{grouped(pruning.keep)} rounds of each stream stay. Bookmarked bets stay in any case. "
                "A backup is made first.",
                wrap=True,
                figures=True,
            )
        )
        table = BigTable("What goes", _PRUNING_COLUMNS)
        self._model = PruningModel(self)
        self._model.set_rows(pruning.streams)
        table.setModel(self._model)
        table.set_columns(_PRUNING_COLUMNS)
        table.stand_in_rows(least=min(len(pruning.streams), _LEAST_ROWS), most=len(pruning.streams))
        self.column.addWidget(table)
        box = QDialogButtonBox()
        delete = Button(f"Delete {grouped(pruning.rounds)} rounds", "danger", "delete")
        keep = Button("Keep everything", "primary")
        box.addButton(delete, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(keep, QDialogButtonBox.ButtonRole.RejectRole)
        # Enter deletes nothing.
        keep.setDefault(True)
        box.accepted.connect(self._confirm)
        box.rejected.connect(self.reject)
        self.column.addWidget(box)

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._pruning)
        self.accept()
