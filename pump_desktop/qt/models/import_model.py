"""A file of bets as table rows: as it stands, as it would be stored, and what was refused of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt

from pump_desktop.domain.imports import ImportPreview, ImportReport, ImportSample, PreviewRow, Refusal
from pump_desktop.domain.live import Bet, Message
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.icons import icon
from pump_desktop.qt.models.rows_model import Cell, Index, RowsModel
from pump_desktop.qt.numbers import amount_text, grouped, multiplier_text

_DECORATION = int(Qt.ItemDataRole.DecorationRole)

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
        if role == _DECORATION and index.isValid() and index.column() == PREVIEW_OUTCOME:
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
