"""Notices of alert rules as rows, newest first: those of one stream, or of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.qt.icons import Meaning
from pump_desktop.qt.models.sentences_model import Sentence, sentence_data
from pump_desktop.qt.theme import Token
from pump_desktop.qt.times import time_text

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
# As many as the service keeps.
MOST_NOTICES = 100

KIND_ICONS: dict[AlertKind, tuple[Meaning, Token]] = {
    AlertKind.THRESHOLD: ("target", "accent"),
    AlertKind.GAP: ("gaps", "accent"),
    AlertKind.CLUSTER: ("density", "accent"),
    AlertKind.MISMATCH: ("error", "bad"),
    AlertKind.MISSING: ("nonce", "warn"),
    AlertKind.SILENT: ("time", "warn"),
}


class AlertsModel(QAbstractListModel):
    """The last 100 notices of all streams; while a stream is chosen, its rows are the ones shown."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._notices: list[AlertRaised] = []
        self._shown: list[AlertRaised] = []
        self._stream: UUID | None = None
        self._names: Mapping[UUID, str] = {}

    @property
    def notices(self) -> tuple[AlertRaised, ...]:
        """All notices, shown or not, newest first."""
        return tuple(self._notices)

    def notice_at(self, row: int) -> AlertRaised:
        """Give the notice of a row."""
        return self._shown[row]

    def show_stream(self, stream_id: UUID | None) -> None:
        """Show the notices of one stream, or of all, which then say of which stream they are."""
        if stream_id != self._stream:
            self._stream = stream_id
            self._reset()

    def set_names(self, names: Mapping[UUID, str]) -> None:
        """Say streams by these names."""
        self._names = names
        if self._shown and self._stream is None:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def set_notices(self, notices: Sequence[AlertRaised]) -> None:
        """Take other notices, newest first."""
        if list(notices[:MOST_NOTICES]) != self._notices:
            self._notices = list(notices[:MOST_NOTICES])
            self._reset()

    def add(self, notice: AlertRaised) -> AlertRaised | None:
        """Put a notice on top, and give the oldest one beyond 100, which goes."""
        self._notices.insert(0, notice)
        if self._fits(notice):
            self.beginInsertRows(_ROOT, 0, 0)
            self._shown.insert(0, notice)
            self.endInsertRows()
        if len(self._notices) <= MOST_NOTICES:
            return None
        oldest = self._notices.pop()
        if self._fits(oldest):
            last = len(self._shown) - 1
            self.beginRemoveRows(_ROOT, last, last)
            self._shown.pop()
            self.endRemoveRows()
        return oldest

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of notices that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = 0) -> Any:
        """Give the words of a notice, or its row as a Sentence."""
        return sentence_data(self._sentence(self._shown[index.row()]), role) if index.isValid() else None

    def _fits(self, notice: AlertRaised) -> bool:
        return self._stream in {None, notice.stream_id}

    def _reset(self) -> None:
        self.beginResetModel()
        self._shown = [notice for notice in self._notices if self._fits(notice)]
        self.endResetModel()

    def _sentence(self, notice: AlertRaised) -> Sentence:
        parts = [time_text(notice.raised_at.astimezone(), self._now()), notice.rule_name]
        if self._stream is None:
            parts.append(self._names.get(notice.stream_id, ""))
        meaning, ink = KIND_ICONS[notice.kind]
        return Sentence(notice.sentence, " · ".join(part for part in parts if part), meaning, ink)
