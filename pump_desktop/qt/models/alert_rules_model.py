"""Alert rules as rows: name with an on/off box, what each tells of, where, and what it does now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pump_desktop.domain.alert_notices import RuleState, RuleStatus
from pump_desktop.domain.alerts import AlertRule
from pump_desktop.qt.foreign_text import plain_tip
from pump_desktop.qt.models.roles import NATIVE_ROLE

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()

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


_TITLES = {
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

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Give the number of rules."""
        return 0 if parent.isValid() else len(self._rules)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Give the number of columns."""
        return 0 if parent.isValid() else len(RuleColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Give a column's title."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[RuleColumn(section)]
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
