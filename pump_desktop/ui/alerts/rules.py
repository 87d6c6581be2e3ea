"""All alert rules and the quiet hours; a rule is written on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from pump_desktop.domain.alert_notices import RuleStatus
from pump_desktop.domain.alerts import MAX_RULES, AlertRule
from pump_desktop.domain.errors import KnownError, NotFoundError
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.live.bets_feed import last_seen_streams
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.alerts import AlertRulesModel
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import counted
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.alerts.rule_editor import AlertRuleEditor
from pump_desktop.ui.alerts.words import StreamNames, stream_name
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button, IconButton
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import STRETCH, hbox, pages, stretch, vbox
from pump_desktop.ui.kit.quiet_hours import QuietHoursRow
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.alerts.alerts import Alerts
    from pump_desktop.services.backend import Backend


# As many streams are offered as a page of them holds; others when a rule is for them.
_OFFERED = 100
_COLUMNS = (
    Column(200, sortable=False),
    Column(200, stretch=True, sortable=False),
    Column(180, sortable=False),
    Column(96, sortable=False),
)
_EMPTY = "No alert rule yet. A rule tells when a stream shows something, such as a high result or a silence."


class _Rules(NamedTuple):
    """All rules, what they do, and the streams they may be for."""

    rules: tuple[AlertRule, ...]
    statuses: tuple[RuleStatus, ...]
    names: dict[UUID, str]


class AlertRulesList(QWidget):
    """``edit_asked`` carries an AlertRule to write anew, or None for a new one.

    ``changed`` follows each change that is in force now.
    """

    edit_asked = Signal(object)
    changed = Signal()

    def __init__(self, asker: Asker, stream_id: UUID | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._stream = stream_id
        self._names: StreamNames = {}
        self._question = LatestQuery(asker, self)
        # What waits for the rules to be read, which rule is to be selected then, and what the banner offers.
        self._then: Callable[[], None] | None = None
        self._wanted: UUID | None = None
        self._offer: Callable[[], None] | None = None
        self._count = Label("", ink="secondary", figures=True)
        self._edit = IconButton("rename", "Edit the rule (Enter)")
        self._delete = IconButton("delete", "Delete the rule (Delete)")
        self._new = Button("New rule", "primary", "add")
        self._banner = Banner("info")
        self._banner.hide()
        self._model = AlertRulesModel(self)
        self._table = BigTable("Alert rules", _COLUMNS)
        self._table.setModel(self._model)
        self._table.set_columns(_COLUMNS)
        self._table.setSelectionMode(BigTable.SelectionMode.SingleSelection)
        self._empty = EmptyState("alerts", _EMPTY, "New rule", meaning="add")
        self._stack = pages(self._table, self._empty)
        self._lay_out()
        self._wire()
        self._show_actions()

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """The rules that are listed."""
        return self._model.rules

    @property
    def names(self) -> StreamNames:
        """The streams a rule may be for."""
        return self._names

    @property
    def table(self) -> BigTable:
        """The table of the rules."""
        return self._table

    def reload(self, wanted: UUID | None = None) -> None:
        """Read all rules again, and select this one."""
        self._wanted = wanted or self._wanted
        stream_id = self._stream
        self._question.ask(lambda backend: _read(backend, stream_id), self._came, self._not_read)

    def after_reading(self, then: Callable[[], None]) -> None:
        """Do something with the rules once they have been read."""
        if not self._question.pending:
            then()
        else:
            self._then = then

    def offer(self, sentence: str, action: str, act: Callable[[], None]) -> None:
        """Say something and offer to do something about it."""
        self._banner.show_sentence("info", sentence, action)
        self._offer = act

    @Slot(str)
    def show_problem(self, sentence: str) -> None:
        """Say what went wrong."""
        self._offer = None
        self._banner.show_sentence("bad", sentence)

    @Slot()
    def drop_offer(self) -> None:
        """Offer nothing any more."""
        self._offer = None
        self._banner.hide()

    def focus_rules(self) -> None:
        """Put the keyboard on the rules, or on the button that makes the first one."""
        (self._table if self.rules else self._empty.button).setFocus()

    def _lay_out(self) -> None:
        vbox(
            hbox(self._count, STRETCH, self._edit, self._delete, Space.S, self._new, spacing=Space.XS),
            self._banner,
            stretch(self._stack),
            into=self,
            spacing=Space.M,
        )

    def _wire(self) -> None:
        self._new.clicked.connect(self._ask_new)
        self._empty.acted.connect(self._ask_new)
        self._edit.clicked.connect(self._edit_chosen)
        self._delete.clicked.connect(self._delete_chosen)
        self._banner.acted.connect(self._take_offer)
        self._banner.dismissed.connect(self.drop_offer)
        self._model.switched.connect(self._switch)
        self._table.row_opened.connect(self._edit_chosen)
        self._table.selectionModel().currentRowChanged.connect(self._show_actions)
        for keys, act in (("Del", self._delete_chosen), ("F2", self._edit_chosen), ("Space", self._flip)):
            shortcut = QShortcut(QKeySequence(keys), self._table, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    # What the backend answers.

    def _came(self, found: _Rules) -> None:
        self._names = found.names
        wanted, row = self._wanted, self._table.currentIndex().row()
        self._wanted = None
        self._model.set_rules(*found)
        place = None if wanted is None else self._model.row_of(wanted)
        if place is None and self._table.currentIndex().row() < 0 and found.rules:
            place = min(max(row, 0), len(found.rules) - 1)
        if place is not None:
            self._table.selectRow(place)
        self._show_rules()
        then, self._then = self._then, None
        if then is not None:
            then()

    def _not_read(self, error: KnownError) -> None:
        self.show_problem(str(error))

    def _change(self, work: Callable[[Alerts], Future[Any]], then: Callable[[Any], None]) -> None:
        """Change a rule, and go on once that is in force."""

        def done(answer: Any) -> None:
            then(answer)
            self.reload()
            self.changed.emit()

        self._asker.ask(self, lambda backend: work(backend.alerts).result(), done, self._refused)

    def _refused(self, error: KnownError) -> None:
        self.show_problem(str(error))
        if isinstance(error, NotFoundError):
            # A rule goes with its stream.
            self.reload()

    # What a person does.

    @Slot()
    def _ask_new(self) -> None:
        self.edit_asked.emit(None)

    @Slot()
    def _edit_chosen(self, _row: int = 0) -> None:
        if rule := self._chosen():
            self.edit_asked.emit(rule)

    @Slot()
    def _delete_chosen(self) -> None:
        if rule := self._chosen():
            sentence = f"“{rule.name}” deleted."
            self._change(
                lambda alerts: alerts.delete(rule.id),
                lambda _none: self.offer(sentence, "Undo", lambda: self._put_back(rule)),
            )

    @Slot()
    def _flip(self) -> None:
        if rule := self._chosen():
            self._switch(rule, not rule.draft.enabled)

    @Slot(object, bool)
    def _switch(self, rule: AlertRule, enabled: bool) -> None:
        self._change(lambda alerts: alerts.set_enabled(rule.id, enabled=enabled), self._want)

    def _put_back(self, rule: AlertRule) -> None:
        self._change(lambda alerts: alerts.add(rule.draft), self._want)

    def _want(self, rule: AlertRule) -> None:
        self._wanted = rule.id

    @Slot()
    def _take_offer(self) -> None:
        offer = self._offer
        self.drop_offer()
        if offer is not None:
            self.focus_rules()
            offer()

    # What is shown.

    def _show_rules(self) -> None:
        count = len(self.rules)
        full = count >= MAX_RULES
        self._count.setText(counted(count, "rule"))
        self._stack.setCurrentWidget(self._table if count else self._empty)
        for part in (self._count, self._edit, self._delete, self._new):
            part.setVisible(count > 0)
        self._new.setEnabled(not full)
        self._new.setToolTip(
            plain_tip(f"There are {MAX_RULES} rules already; delete one first." if full else "")
        )
        self._show_actions()

    @Slot()
    def _show_actions(self, *_rows: Any) -> None:
        for button in (self._edit, self._delete):
            button.setEnabled(self._chosen() is not None)

    def _chosen(self) -> AlertRule | None:
        row = self._table.currentIndex().row()
        return self.rules[row] if 0 <= row < len(self.rules) else None


def _read(backend: Backend, stream_id: UUID | None) -> _Rules:
    rules, statuses = backend.alerts.rules(), backend.alerts.statuses()
    names = {
        row.id: stream_name(row.client_seed, row.server_seed_hashed)
        for row in last_seen_streams(backend, _OFFERED)
    }
    others = {stream_id} | {rule.draft.stream_id for rule in rules}
    for other in others - names.keys():
        if other is not None:
            try:
                key = backend.live.key_of(other)
            except NotFoundError:
                # Deleted since.
                continue
            names[other] = stream_name(key.client_seed, key.server_seed_hashed)
    return _Rules(rules, statuses, names)


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
        vbox(
            stretch(self._list),
            line,
            hbox(stretch(self._quiet), self._close, spacing=Space.L),
            into=self._rules,
            spacing=Space.M,
        )
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
