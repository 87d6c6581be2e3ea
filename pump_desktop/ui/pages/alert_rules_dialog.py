"""All alert rules and the quiet hours; a rule is written on a page of its own."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pump_desktop.domain.alerts import AlertRule
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.dialogs import PlainDialog
from pump_desktop.ui.pages.alert_rule_editor import AlertRuleEditor
from pump_desktop.ui.pages.alert_rules_list import AlertRulesList
from pump_desktop.ui.pages.quiet_hours import QuietHoursRow
from pump_desktop.ui.widgets.buttons import Button


class AlertRulesDialog(PlainDialog):
    """``changed`` follows each change of a rule that is in force now.

    A new rule begins as one of the stream it was opened from, or ``for_all``.
    """

    changed = Signal()

    def __init__(
        self,
        asker: Asker,
        feed: AlertFeed,
        stream_id: UUID | None,
        parent: QWidget,
        *,
        for_all: bool = False,
    ) -> None:
        super().__init__("Alert rules", 800, parent)
        self.resize(860, 580)
        self._stream = stream_id
        self._for_all = for_all
        self._list = AlertRulesList(asker, stream_id)
        self._quiet = QuietHoursRow(feed.quiet_hours)
        self._close = Button("Close")
        self._editor = AlertRuleEditor(asker)
        self._rules = QWidget()
        self._pages = QStackedWidget()
        self._lay_out()
        self._list.edit_asked.connect(self._open)
        self._list.changed.connect(self.changed)
        self._editor.stored.connect(self._stored)
        self._editor.left.connect(self._leave)
        self._close.clicked.connect(self.reject)
        self._quiet.changed.connect(feed.set_quiet_hours)
        feed.failed.connect(self._list.show_problem)
        self._list.reload()
        self._list.after_reading(self._list.focus_rules)

    @property
    def editor(self) -> AlertRuleEditor:
        """Where a rule is written."""
        return self._editor

    @property
    def rules(self) -> AlertRulesList:
        """All rules."""
        return self._list

    @property
    def writing(self) -> bool:
        """Whether a rule is being written."""
        return self._pages.currentWidget() is self._editor

    def edit_rule(self, rule_id: UUID) -> None:
        """Write a rule anew, once the rules have been read."""
        self._list.after_reading(lambda: self._open_by_id(rule_id))

    def write_rule(self) -> None:
        """Write a new rule, once the streams it may be for have been read."""
        self._list.after_reading(lambda: self._open(None))

    def reject(self) -> None:
        """Go back to the rules, and from there close."""
        if self.writing:
            self._leave()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Keep the quiet hours that were typed last."""
        self._quiet.settle()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, whatever is shown."""
        self._pages.setCurrentWidget(self._rules)
        super().closeEvent(event)

    def _lay_out(self) -> None:
        line = QFrame()
        line.setProperty("ground", "line")
        line.setFixedHeight(1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.L)
        foot.addWidget(self._quiet, 1)
        foot.addWidget(self._close)
        rules = QVBoxLayout(self._rules)
        rules.setContentsMargins(0, 0, 0, 0)
        rules.setSpacing(Space.M)
        rules.addWidget(self._list, 1)
        rules.addWidget(line)
        rules.addLayout(foot)
        self._pages.addWidget(self._rules)
        self._pages.addWidget(self._editor)
        self.column.addWidget(self._pages)

    def _open_by_id(self, rule_id: UUID) -> None:
        for rule in self._list.rules:
            if rule.id == rule_id:
                self._open(rule)

    @Slot(object)
    def _open(self, rule: AlertRule | None) -> None:
        self._list.drop_offer()
        self._editor.open(rule, self._list.names, self._stream, for_all=self._for_all)
        self._go_on()

    @Slot(object)
    def _stored(self, rule: AlertRule) -> None:
        self._pages.setCurrentWidget(self._rules)
        self._list.reload(rule.id)
        self._list.after_reading(self._list.focus_rules)
        self.changed.emit()

    @Slot()
    def _leave(self) -> None:
        if self._editor.edited:
            name = self._editor.form.name.strip() or "the rule"
            self._list.offer(f"The changes to “{name}” are not saved.", "Go on editing", self._go_on)
        self._pages.setCurrentWidget(self._rules)
        self._list.focus_rules()

    def _go_on(self) -> None:
        self._pages.setCurrentWidget(self._editor)
        self._editor.form.focus_first()
