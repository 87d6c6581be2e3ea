"""Notices of alert rules as rows, newest first: those of one stream, or of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QAbstractTableModel,
    QObject,
    Qt,
    Signal,
)

from pump_desktop.domain.alert_notices import AlertRaised, RuleState, RuleStatus
from pump_desktop.domain.alerts import AlertKind, AlertRule
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Token
from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index
from pump_desktop.qt.tables.sentences import Sentence, sentence_data
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.times import time_text

STATE_WORDS = {
    RuleState.WATCHING: "Watching",
    RuleState.OFF: "Off",
    RuleState.UNTOLD: "Cannot be told",
    RuleState.FAILED: "Stopped",
}


class RuleColumn(IntEnum):
    """Columns of the rules."""

    NAME = 0
    WORDS = 1
    STREAM = 2
    STATE = 3


_RULE_TITLES = {
    RuleColumn.NAME: "Rule",
    RuleColumn.WORDS: "Tells of",
    RuleColumn.STREAM: "Stream",
    RuleColumn.STATE: "State",
}


class AlertRulesModel(QAbstractTableModel):
    """Rules, oldest first; ``switched`` carries the AlertRule whose box was clicked, and what it shall be."""

    switched = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rules: tuple[AlertRule, ...] = ()
        self._statuses: dict[UUID, RuleStatus] = {}
        self._names: Mapping[UUID, str] = {}

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """What is shown."""
        return self._rules

    def set_rules(
        self, rules: Sequence[AlertRule], statuses: Sequence[RuleStatus], names: Mapping[UUID, str]
    ) -> None:
        """Show these rules with what they do, and streams by their names."""
        ids = [rule.id for rule in rules]
        same = ids == [rule.id for rule in self._rules]
        if not same:
            self.beginResetModel()
        self._rules, self._names = tuple(rules), names
        self._statuses = {status.rule_id: status for status in statuses}
        if not same:
            self.endResetModel()
        elif ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, len(RuleColumn) - 1))

    def row_of(self, rule_id: UUID) -> int | None:
        """Give the row of a rule."""
        return next((row for row, rule in enumerate(self._rules) if rule.id == rule_id), None)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of rules."""
        return 0 if parent.isValid() else len(self._rules)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(RuleColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _RULE_TITLES[RuleColumn(section)]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the name have a box."""
        flags = super().flags(index)
        named = index.isValid() and index.column() == RuleColumn.NAME
        return flags | Qt.ItemFlag.ItemIsUserCheckable if named else flags

    def data(self, index: Index, role: int = 0) -> Any:
        """Give a cell as text, its box, its tool tip, or the rule."""
        if not index.isValid():
            return None
        rule = self._rules[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(rule, index.column())
            case Qt.ItemDataRole.CheckStateRole if index.column() == RuleColumn.NAME:
                return Qt.CheckState.Checked if rule.draft.enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                status = self._statuses.get(rule.id)
                told = "" if status is None or status.state is RuleState.WATCHING else f"\n{status.sentence}"
                return plain_tip(f"{rule.name}\n{rule.condition.words}{told}")
            case _ if role == NATIVE_ROLE:
                return rule
        return None

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """Ask for a rule to be switched; its box changes once that is stored."""
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == RuleColumn.NAME:
            self.switched.emit(self._rules[index.row()], Qt.CheckState(value) is Qt.CheckState.Checked)
        return False

    def _text(self, rule: AlertRule, column: int) -> str:
        match column:
            case RuleColumn.NAME:
                return rule.name
            case RuleColumn.WORDS:
                return rule.condition.words
            case RuleColumn.STREAM:
                stream_id = rule.draft.stream_id
                return "All streams" if stream_id is None else self._names.get(stream_id, "One stream")
        status = self._statuses.get(rule.id)
        return "" if status is None else STATE_WORDS[status.state]


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
            self.beginInsertRows(ROOT, 0, 0)
            self._shown.insert(0, notice)
            self.endInsertRows()
        if len(self._notices) <= MOST_NOTICES:
            return None
        oldest = self._notices.pop()
        if self._fits(oldest):
            last = len(self._shown) - 1
            self.beginRemoveRows(ROOT, last, last)
            self._shown.pop()
            self.endRemoveRows()
        return oldest

    def rowCount(self, parent: Index = ROOT) -> int:
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
