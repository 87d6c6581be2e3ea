"""Which column of a file means what, and what holds for rows that do not say it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.imports import MAX_CURRENCY, ColumnMap, ImportDefaults
from pump_desktop.domain.live import StreamRow
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.edits import SeedEdit
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.field_words import field_sentence
from pump_desktop.ui.kit.layout import STRETCH, vbox

# The fields of a bet, those first that every row needs.
FIELDS: dict[str, str] = {
    "nonce": "Nonce",
    "round_result": "Result multiplier",
    "amount": "Amount",
    "payout": "Payout",
    "client_seed": "Client seed",
    "server_seed_hashed": "Hashed server seed",
    "difficulty": "Difficulty",
    "currency": "Currency",
    "round_target": "Target multiplier",
    "date_time": "Time",
    "bet_id": "Bet id",
    "server_seed": "Server seed",
    "kind": "Message type",
}
_NONE = "–"
_DEFAULT = "Where a row has none"


class ColumnBox(QComboBox):
    """The columns of a file, or none of them; the wheel changes it only when it has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.addItem(_NONE, None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the form scroll under the pointer."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ImportColumnsForm(QScrollArea):
    """``changed`` follows every change by a person."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns = {field: ColumnBox() for field in FIELDS}
        self._client = SeedEdit("client seed")
        self._hash = SeedEdit("hashed server seed")
        self._difficulty = ColumnBox()
        for difficulty in Difficulty:
            self._difficulty.addItem(difficulty.label, difficulty.value)
        self._currency = QLineEdit()
        self._currency.setMaxLength(MAX_CURRENCY)
        self._column_boxes = {field: FieldBox(FIELDS[field], box) for field, box in self._columns.items()}
        self._default_boxes = {
            "client_seed": FieldBox(_DEFAULT, self._client),
            "server_seed_hashed": FieldBox(_DEFAULT, self._hash),
            "difficulty": FieldBox(_DEFAULT, self._difficulty),
            "currency": FieldBox(_DEFAULT, self._currency),
        }
        for name, default in self._default_boxes.items():
            default.editor.setAccessibleName(f"{FIELDS[name]} where a row has none")
        for name, column in self._columns.items():
            column.setAccessibleName(f"Column of {FIELDS[name].lower()}")
        self._lay_out()
        for box in (*self._columns.values(), self._difficulty):
            box.activated.connect(self._edited)
        for editor in (self._client, self._hash, self._currency):
            editor.textChanged.connect(self._edited)

    @property
    def column_map(self) -> ColumnMap:
        """The chosen columns."""
        return ColumnMap(**{field: box.currentData() for field, box in self._columns.items()})

    def defaults(self) -> ImportDefaults:
        """Give what was typed for all rows; raises FieldError, said at its field."""
        try:
            return ImportDefaults.parse(
                client_seed=self._client.text(),
                server_seed_hashed=self._hash.text(),
                difficulty=self._difficulty.currentData(),
                currency=self._currency.text(),
            )
        except FieldError as error:
            self._light(self._default_boxes[error.field], error)
            raise

    def show_columns(self, columns: Sequence[str], guess: ColumnMap) -> None:
        """Offer the columns of another file, with a guess chosen."""
        chosen = asdict(guess)
        for field, box in self._columns.items():
            box.clear()
            box.addItem(_NONE, None)
            for column in columns:
                box.addItem(column, column)
            box.setCurrentIndex(max(0, box.findData(chosen[field])))
        self.clear_errors()

    def show_stream(self, row: StreamRow) -> None:
        """Offer a stream's seed pair for rows that name none."""
        self._client.setText(row.client_seed)
        self._hash.setText(row.server_seed_hashed)

    def show_error(self, error: FieldError) -> bool:
        """Say what is wrong at the column it is about; tell whether there is one."""
        box = self._column_boxes.get(error.field)
        if box is not None:
            self._light(box, error)
        return box is not None

    def clear_errors(self) -> None:
        """Say that nothing is wrong."""
        for box in (*self._column_boxes.values(), *self._default_boxes.values()):
            box.set_error(None)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.S)
        stops: list[QWidget] = []
        for field, box in self._column_boxes.items():
            # What holds for all rows stands beside the column it stands in for.
            for part in filter(None, (box, self._default_boxes.get(field))):
                grid.addWidget(part, len(stops) // 2, len(stops) % 2, Qt.AlignmentFlag.AlignTop)
                stops.append(part.editor)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        page = QWidget()
        page.setProperty("ground", "page")
        vbox(grid, STRETCH, into=page, margins=(0, 0, Space.M, 0), spacing=Space.S)
        self.setWidget(page)
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)

    def _light(self, box: FieldBox, error: FieldError) -> None:
        box.set_error(field_sentence(error))
        self.ensureWidgetVisible(box)

    @Slot()
    def _edited(self) -> None:
        self.clear_errors()
        self.changed.emit()
