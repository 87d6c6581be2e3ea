"""What alert rules have said, of this stream or of all, and what each rule does here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from pump_desktop.domain.alert_notices import AlertRaised, RuleState, RuleStatus
from pump_desktop.domain.alerts import AlertRule
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.tables.sentences import Sentence, SentencesModel
from pump_desktop.qt.text.numbers import counted, grouped
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.alerts.rules import AlertRulesDialog
from pump_desktop.ui.alerts.words import STATE_ICONS
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.layout import hbox, pages, stretch
from pump_desktop.ui.kit.segmented import Segment, Segmented
from pump_desktop.ui.kit.sentence_view import SentenceView
from pump_desktop.ui.kit.stream_panel import StreamPanel
from pump_desktop.ui.kit.text import Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

Standing = tuple[tuple[AlertRule, ...], tuple[RuleStatus, ...]]

_HERE, _ALL = "here", "all"
_MEASURE = 240
# The share of the panel's height that the rules may take from the notices.
_RULES_SHARE = 0.4
_NO_RULE = "No rule watches this stream yet. A rule tells of high results, missing nonces, silence and more."
_NOTHING = {
    _HERE: "Nothing told of this stream since the program started.",
    _ALL: "Nothing told of any stream since the program started.",
}
_STATE_WORDS = {
    RuleState.WATCHING: "watching",
    RuleState.UNTOLD: "cannot be told",
    RuleState.FAILED: "stopped",
    RuleState.OFF: "off",
}


class AlertsPanel(StreamPanel):
    """``stream_asked`` carries the id of another stream that a notice is of."""

    title = "Alerts"

    stream_asked = Signal(object)

    def __init__(self, asker: Asker, feed: AlertFeed, parent: QWidget | None = None) -> None:
        super().__init__(asker, parent)
        self._feed = feed
        # None until they have been read for the stream that is open.
        self._rules: tuple[AlertRule, ...] | None = None
        # Where to jump once another stream is open.
        self._wanted: tuple[UUID, int] | None = None
        self._which = Segmented(
            [Segment(_HERE, "This stream"), Segment(_ALL, "All streams")], _HERE, "Notices of"
        )
        self._edit = Button("Rules …")
        self._notices = SentenceView("Notices", feed.model)
        self._no_rule = EmptyState("alerts", _NO_RULE, "New rule …", kind="secondary", measure=_MEASURE)
        self._silence = Label("", ink="muted", wrap=True)
        self._silence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = pages(self._no_rule, self._silence, self._notices)
        self._summary = Label("", size=Type.HINT, ink="secondary", figures=True, wrap=True)
        self._model = SentencesModel(self)
        self._standing = SentenceView("What each rule does on this stream", self._model)
        self._lay_out()
        self._which.changed.connect(self._show_which)
        self._edit.clicked.connect(self._open_rules)
        self._no_rule.acted.connect(self._write_rule)
        self._notices.opened.connect(self._open_row)
        self._standing.opened.connect(self._open_rule)
        for told in (feed.model.rowsInserted, feed.model.rowsRemoved, feed.model.modelReset):
            told.connect(self._show_stack)
        self._show_which()

    def refresh(self) -> None:
        """Read again what each rule does on this stream."""
        self._read(_standing_of, self._came)

    @Slot(object)
    def open_notice(self, notice: AlertRaised) -> None:
        """Go to what a notice is about, in another stream if need be."""
        if notice.stream_id != self.stream_id:
            self._wanted = None if notice.nonce is None else (notice.stream_id, notice.nonce)
            self.stream_asked.emit(notice.stream_id)
        elif notice.nonce is not None:
            self.nonce_asked.emit(notice.nonce)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the rules the room they need, up to a share."""
        super().resizeEvent(event)
        self._fit()

    def _changed(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted[0] == self.stream_id:
            # The other panels and the table are still being shown the stream.
            QTimer.singleShot(0, self, lambda: self._jump(*wanted))
        self._rules = None
        self._model.set_sentences(())
        self._summary.setText("")
        self._show_which()

    def _lay_out(self) -> None:
        rules = hbox(stretch(self._summary), self._edit, spacing=Space.S)
        self._column.setSpacing(Space.S)
        self._column.addWidget(self._which)
        self._column.addWidget(self._stack, 1)
        self._column.addLayout(rules)
        self._column.addWidget(self._standing)

    def _jump(self, stream_id: UUID, nonce: int) -> None:
        if stream_id == self.stream_id:
            self.nonce_asked.emit(nonce)

    def _came(self, standing: Standing) -> None:
        rules, statuses = standing
        by_id = {rule.id: rule for rule in rules}
        shown = [status for status in statuses if status.rule_id in by_id]
        self._rules = tuple(by_id[status.rule_id] for status in shown)
        self._model.set_sentences([_sentence(by_id[status.rule_id], status) for status in shown])
        self._summary.setText(_summary(shown))
        self._show_stack()

    @Slot()
    def _show_which(self, _which: str = "") -> None:
        self._feed.model.show_stream(self.stream_id if self._which.value == _HERE else None)
        self._show_stack()

    @Slot()
    def _show_stack(self, *_rows: object) -> None:
        self._silence.setText("" if self._rules is None else _NOTHING[self._which.value or _HERE])
        empty = self._no_rule if self._rules == () else self._silence
        self._stack.setCurrentWidget(self._notices if self._feed.model.rowCount() else empty)
        self._standing.setVisible(bool(self._rules))
        self._fit()

    def _fit(self) -> None:
        room = round(self.height() * _RULES_SHARE)
        self._standing.setFixedHeight(min(self._standing.content_height, max(room, 60)))

    @Slot(int)
    def _open_row(self, row: int) -> None:
        self.open_notice(self._feed.model.notice_at(row))

    @Slot()
    def _open_rules(self) -> None:
        self._dialog()

    @Slot()
    def _write_rule(self) -> None:
        self._dialog().write_rule()

    @Slot(int)
    def _open_rule(self, row: int) -> None:
        if self._rules is not None:
            self._dialog().edit_rule(self._rules[row].id)

    def _dialog(self) -> AlertRulesDialog:
        for_all = self._which.value == _ALL
        dialog = AlertRulesDialog(self._asker, self._feed, self.stream_id, self, for_all=for_all)
        dialog.changed.connect(self.refresh)
        dialog.open()
        return dialog


def _standing_of(backend: Backend, stream_id: UUID) -> Standing:
    return backend.alerts.rules(), backend.alerts.statuses(stream_id)


def _sentence(rule: AlertRule, status: RuleStatus) -> Sentence:
    meaning, ink = STATE_ICONS[status.state]
    return Sentence(rule.name, status.sentence, meaning, ink)


def _summary(statuses: list[RuleStatus]) -> str:
    """Give how many rules do what: ``3 rules here: 2 watching, 1 off``."""
    counts = [
        f"{grouped(count)} {words}"
        for state, words in _STATE_WORDS.items()
        if (count := sum(status.state is state for status in statuses))
    ]
    rules = counted(len(statuses), "rule")
    return f"{rules} here: {', '.join(counts)}" if counts else "No rule here"
