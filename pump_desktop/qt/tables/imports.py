"""The messages that came last, stored or refused, as table rows, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt

from pump_desktop.domain.imports import ImportPreview, ImportReport, ImportSample, PreviewRow, Refusal
from pump_desktop.domain.live import Bet, BetRow, Message, RejectedMessage, RoundRow, StreamRow
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.tables.rows import DECORATION, Cell, Index, RowsModel
from pump_desktop.qt.text.numbers import amount_text, grouped, multiplier_text

# Places of the columns of PreviewModel.
PREVIEW_PLACE, PREVIEW_OUTCOME = 0, 1


class SampleModel(RowsModel[tuple[str, ...]]):
    """The first rows of a file, a column to each of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), parent)

    def show_sample(self, sample: ImportSample) -> None:
        """Show the rows of another file."""
        self.beginResetModel()
        self._cells = tuple(Cell(name, _at(place), _at(place)) for place, name in enumerate(sample.columns))
        self._rows = sample.rows
        self.endResetModel()


class PreviewModel(RowsModel[PreviewRow]):
    """The first rows as they would be stored; a row that would be refused says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_PREVIEW, parent)
        self._unit = "line"

    def show_preview(self, preview: ImportPreview) -> None:
        """Show the rows of another look at a file."""
        self._unit = preview.kind.unit
        self.set_rows(preview.rows)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title; the first says what is counted."""
        title = super().headerData(section, orientation, role)
        return self._unit.capitalize() if section == PREVIEW_PLACE and title else title

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell, with an icon where it says what becomes of the row."""
        if role == DECORATION and index.isValid() and index.column() == PREVIEW_OUTCOME:
            return icon("good", "good") if self._rows[index.row()].message else icon("error", "bad")
        return super().data(index, role)


class RefusalsModel(RowsModel[Refusal]):
    """The rows that were refused, each with its sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_REFUSALS, parent)
        self._unit = "line"

    def show_report(self, report: ImportReport) -> None:
        """Show what was refused of another file."""
        self._unit = report.kind.unit
        self.set_rows(report.refusals)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title; the first says what is counted."""
        title = super().headerData(section, orientation, role)
        return self._unit.capitalize() if section == 0 and title else title


def _at(place: int) -> Callable[[tuple[str, ...]], str]:
    return lambda row: row[place]


def _outcome(row: PreviewRow) -> str:
    if row.message is None:
        return f"Refused: {row.sentence}"
    return "Bet" if isinstance(row.message, Bet) else "Round"


def _of_message(read: Callable[[Message], str]) -> Callable[[PreviewRow], str]:
    return lambda row: "" if row.message is None else read(row.message)


def _of_bet(read: Callable[[Bet], str]) -> Callable[[PreviewRow], str]:
    return lambda row: read(row.message) if isinstance(row.message, Bet) else ""


def _time(bet: Bet) -> str:
    return "" if bet.date_time is None else f"{bet.date_time.astimezone():%Y-%m-%d %H:%M:%S}"


_PREVIEW: tuple[Cell[PreviewRow], ...] = (
    Cell("Line", lambda row: grouped(row.place)),
    Cell("Taken as", _outcome, _outcome),
    Cell("Nonce", _of_message(lambda one: grouped(one.nonce))),
    Cell("Result", _of_message(lambda one: multiplier_text(one.round_result))),
    Cell("Amount", _of_bet(lambda bet: amount_text(bet.amount, bet.currency or ""))),
    Cell("Payout", _of_bet(lambda bet: amount_text(bet.payout, bet.currency or ""))),
    Cell("Difficulty", _of_message(lambda one: "" if one.difficulty is None else one.difficulty.label)),
    Cell("Time", _of_bet(_time)),
    Cell("Bet id", _of_bet(lambda bet: bet.antebot_bet_id), _of_bet(lambda bet: bet.antebot_bet_id)),
    Cell("Client seed", _of_message(lambda one: one.stream.client_seed)),
    Cell(
        "Hashed server seed",
        _of_message(lambda one: short_seed(one.stream.server_seed_hashed)),
        _of_message(lambda one: one.stream.server_seed_hashed),
    ),
)

_REFUSALS: tuple[Cell[Refusal], ...] = (
    Cell("Line", lambda refusal: grouped(refusal.place)),
    Cell("Why", lambda refusal: refusal.sentence, lambda refusal: refusal.sentence),
)


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
        if role == DECORATION and index.isValid() and index.column() == _OUTCOME:
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
