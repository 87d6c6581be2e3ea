"""A snapshot's figures beside those of now: what passes its filter, then and today."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.live import Snapshot, SnapshotComparison, SnapshotFilter
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.rows import Cell, RowsModel
from pump_desktop.qt.text.numbers import grouped, multiplier_text
from pump_desktop.qt.text.times import when_text
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.table import BigTable, Column
from pump_desktop.ui.widgets.text import ElidedLabel, Label

_COLUMNS = (
    Column(100, stretch=True, sortable=False),
    Column(88, numeric=True, sortable=False),
    Column(88, numeric=True, sortable=False),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, then and now."""

    name: str
    then: str
    now: str


class ThenAndNow(QWidget):
    """``left`` goes back to the list, ``again`` asks for the figures of now once more."""

    left = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._back = IconButton("back", "Back to the snapshots")
        self._name = ElidedLabel("", weight=QFont.Weight.DemiBold)
        self._refresh = IconButton("refresh", "Read the figures of now again")
        self._filter = Label("", size=Type.HINT, ink="secondary", wrap=True)
        self._then = Label("", size=Type.HINT, ink="muted", wrap=True)
        self._highest = Label("", figures=True, wrap=True)
        self._model: RowsModel[Line] = RowsModel(
            (
                Cell("Figure", lambda line: line.name),
                Cell("Then", lambda line: line.then),
                Cell("Now", lambda line: line.now),
            ),
            self,
        )
        self._table = BigTable("Then and now", _COLUMNS)
        self._table.setModel(self._model)
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        head.addWidget(self._back)
        head.addWidget(self._name, 1)
        head.addWidget(self._refresh)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._filter)
        words.addWidget(self._then)
        words.addSpacing(Space.S)
        words.addWidget(self._highest)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addLayout(words)
        column.addWidget(self._table, 1)
        self._back.clicked.connect(self.left)
        self._refresh.clicked.connect(self.again)

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that is compared."""
        return self._snapshot

    @property
    def highest(self) -> str:
        """What is said of the highest multiplier."""
        return self._highest.text()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._model.rows

    def show_comparison(self, comparison: SnapshotComparison) -> None:
        """Show the figures of a snapshot beside those of now."""
        snapshot = comparison.snapshot
        self._snapshot = snapshot
        self._name.setText(snapshot.name)
        self._filter.setText(filter_text(snapshot.filter))
        self._then.setText(f"Taken {when_text(snapshot.created_at)}. Rounds count without the filter.")
        self._highest.setText(_highest_text(comparison))
        self._model.set_rows(_lines(comparison))

    def take_focus(self) -> None:
        """Put the keyboard on the figures."""
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)


def filter_text(wanted: SnapshotFilter) -> str:
    """Say a snapshot's filter: ``Expert bets of at least 34.68x``."""
    difficulty, least = wanted.get("difficulty"), wanted.get("min_multiplier")
    words = f"{difficulty.capitalize()} bets" if isinstance(difficulty, str) else "All bets"
    if isinstance(least, int | float):
        words = f"{words.replace('All bets', 'Bets')} of at least {multiplier_text(least)}"
    return words


def _lines(comparison: SnapshotComparison) -> list[Line]:
    then, now = comparison.then, comparison.now
    counts = [("Bets", then.bets, now.bets), ("Rounds", then.rounds, now.rounds)]
    multipliers = sorted(then.bets_by_multiplier.keys() | now.bets_by_multiplier.keys(), reverse=True)
    by_multiplier = [
        (multiplier_text(one), then.bets_by_multiplier.get(one, 0), now.bets_by_multiplier.get(one, 0))
        for one in multipliers
    ]
    return [Line(name, grouped(was), grouped(is_now)) for name, was, is_now in (*counts, *by_multiplier)]


def _highest_text(comparison: SnapshotComparison) -> str:
    then, now = comparison.then.highest, comparison.now.highest
    if now is None:
        return "No bet passes the filter."
    if then == now:
        return f"Highest then and now: {multiplier_text(now)}"
    was = "none" if then is None else multiplier_text(then)
    return f"Highest then: {was}, now: {multiplier_text(now)}"
