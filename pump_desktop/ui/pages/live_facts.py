"""What a stream is and how far it has come: seed pair, counts, highest multiplier, last nonce."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.numbers import grouped, multiplier_text
from pump_desktop.qt.theme import Space
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.fact import Fact

# Below this the facts stand in two rows.
_ONE_ROW = 1_040
# Row, column and columns taken of each fact; seed and hash need twice the room of a number.
_IN_ONE_ROW = ((0, 0, 2), (0, 2, 2), (0, 4, 1), (0, 5, 1), (0, 6, 1), (0, 7, 1))
_IN_TWO_ROWS = ((0, 0, 2), (0, 2, 2), (1, 0, 1), (1, 1, 1), (1, 2, 1), (1, 3, 1))
_COLUMNS = {True: 8, False: 4}
_HASH = "Server seed SHA-256"


class StreamFacts(Card):
    """One row of facts about a stream, two where room is short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._client = Fact("Client seed", mono=True)
        self._hash = Fact(_HASH, mono=True)
        self._bets = Fact("Bets", copyable=False)
        self._rounds = Fact("Rounds", copyable=False)
        self._highest = Fact("Highest", copyable=False)
        self._last = Fact("Last nonce", copyable=False)
        self._facts = (
            self._client,
            self._hash,
            self._bets,
            self._rounds,
            self._highest,
            self._last,
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.S)
        self.add(self._grid)
        self._one_row: bool | None = None
        self._arrange(one_row=False)

    def show_stream(self, row: StreamRow) -> None:
        """Show a stream as it stands."""
        self._client.show_value(short_seed(row.client_seed, 12), row.client_seed)
        self._hash.set_label(f"{_HASH} · {'revealed' if row.revealed else 'not revealed yet'}")
        self._hash.show_value(short_seed(row.server_seed_hashed, 8), row.server_seed_hashed)
        self._bets.show_value(grouped(row.total_bets))
        self._rounds.show_value(grouped(row.total_rounds))
        highest = row.highest_multiplier
        self._highest.show_value("–" if highest is None else multiplier_text(highest))
        self._last.show_value("–" if row.last_nonce is None else grouped(row.last_nonce))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one row or in two."""
        super().resizeEvent(event)
        self._arrange(one_row=event.size().width() >= _ONE_ROW)

    def _arrange(self, *, one_row: bool) -> None:
        if one_row == self._one_row:
            return
        self._one_row = one_row
        places = _IN_ONE_ROW if one_row else _IN_TWO_ROWS
        for column in range(max(_COLUMNS.values())):
            self._grid.setColumnStretch(column, 1 if column < _COLUMNS[one_row] else 0)
        for fact, (row, column, span) in zip(self._facts, places, strict=True):
            self._grid.addWidget(fact, row, column, 1, span)
