"""The messages that came last, stored or refused, as table rows, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt

from pump_desktop.domain.live import BetRow, RejectedMessage, RoundRow, StreamRow
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.icons import icon
from pump_desktop.qt.models.rows_model import Cell, Index, RowsModel
from pump_desktop.qt.numbers import grouped, multiplier_text

_DECORATION = int(Qt.ItemDataRole.DecorationRole)
_OUTCOME = 1
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message: when it came, what became of it, and what it said."""

    at: datetime
    refused: bool
    outcome: str
    said: str


def stored_bet(stream: StreamRow, bet: BetRow) -> SeenMessage:
    """Give a bet that was stored."""
    said = f"Bet, nonce {grouped(bet.nonce)}, {multiplier_text(bet.round_result)}"
    return SeenMessage(bet.received_at, refused=False, outcome=_stored(stream), said=said)


def stored_round(stream: StreamRow, one: RoundRow) -> SeenMessage:
    """Give a heartbeat that was stored."""
    said = f"Heartbeat, nonce {grouped(one.nonce)}, {multiplier_text(one.round_result)}"
    return SeenMessage(one.received_at, refused=False, outcome=_stored(stream), said=said)


def refused_message(message: RejectedMessage) -> SeenMessage:
    """Give a message that was refused, with its reason."""
    return SeenMessage(message.received_at, refused=True, outcome=message.reason, said=message.body)


def _stored(stream: StreamRow) -> str:
    return f"Stored in {short_seed(stream.client_seed, 8)}"


def _one_line(text: str) -> str:
    return " ".join(text[:_LONGEST].split())


class MessagesModel(RowsModel[SeenMessage]):
    """When, what became of it with an icon, and what the message said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_CELLS, parent)

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell, with an icon before what became of the message."""
        if role == _DECORATION and index.isValid() and index.column() == _OUTCOME:
            return icon("error", "bad") if self._rows[index.row()].refused else icon("good", "good")
        return super().data(index, role)


_CELLS: tuple[Cell[SeenMessage], ...] = (
    Cell("Received", lambda seen: f"{seen.at.astimezone():%Y-%m-%d %H:%M:%S}"),
    Cell(
        "Outcome",
        lambda seen: f"Refused: {seen.outcome}" if seen.refused else seen.outcome,
        lambda seen: seen.outcome,
    ),
    Cell("Message", lambda seen: _one_line(seen.said), lambda seen: seen.said[:_LONGEST]),
)
