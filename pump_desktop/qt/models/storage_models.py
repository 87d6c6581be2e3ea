"""Backups, and what the deletion of old rounds takes, as table rows."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt

from pump_desktop.domain.seeds import short_seed
from pump_desktop.domain.storage import Backup, StreamPruning
from pump_desktop.qt.icons import icon
from pump_desktop.qt.models.rows_model import Cell, Index, RowsModel
from pump_desktop.qt.numbers import bytes_text, counted, grouped

_DECORATION = int(Qt.ItemDataRole.DecorationRole)
_STATE = 4

_WHY = {
    "manual": "By hand",
    "before-restore": "Before a restore",
    "before-compact": "Before compacting",
    "before-delete": "Before deleting",
    "before-move": "Before a move",
}


def made_text(backup: Backup) -> str:
    """Give when a backup was made, in local time."""
    return f"{backup.at.astimezone():%Y-%m-%d %H:%M:%S}"


def why_text(backup: Backup) -> str:
    """Give what a backup was made for."""
    if backup.label.startswith("before-") and backup.label[7:].isdigit():
        return "Before an update"
    return _WHY.get(backup.label, backup.label)


def holds_text(backup: Backup) -> str:
    """Give what is in a backup."""
    return f"{counted(backup.runs, 'run')}, {counted(backup.bets, 'bet')}"


def state_text(backup: Backup) -> str:
    """Give whether a backup can be used."""
    if backup.healthy is False:
        return "Damaged"
    if backup.newer:
        return "Newer"
    return "Healthy" if backup.healthy else "Checking …"


class BackupsModel(RowsModel[Backup]):
    """The backups, newest first, with an icon before their state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_BACKUP_CELLS, parent)

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell, with an icon before the state."""
        if role == _DECORATION and index.isValid() and index.column() == _STATE:
            backup = self._rows[index.row()]
            if backup.healthy is False:
                return icon("error", "bad")
            if backup.newer:
                return icon("warn", "warn")
            return icon("good", "good") if backup.healthy else icon("time", "text.muted")
        return super().data(index, role)


class PruningModel(RowsModel[StreamPruning]):
    """What goes from each stream, and what stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(_PRUNING_CELLS, parent)


_BACKUP_CELLS: tuple[Cell[Backup], ...] = (
    Cell("Made", made_text),
    Cell("Why", why_text),
    Cell("Size", lambda backup: bytes_text(backup.size)),
    Cell("Holds", holds_text),
    Cell("State", state_text, lambda backup: str(backup.path)),
)

_PRUNING_CELLS: tuple[Cell[StreamPruning], ...] = (
    Cell("Stream", lambda one: short_seed(one.client_seed, 24), lambda one: one.client_seed),
    Cell("Rounds that go", lambda one: grouped(one.rounds)),
    Cell("Bets that go", lambda one: grouped(one.bets)),
    Cell("Rounds that stay", lambda one: grouped(one.kept_rounds)),
    Cell("Of them bookmarked", lambda one: grouped(one.bookmarked)),
)
