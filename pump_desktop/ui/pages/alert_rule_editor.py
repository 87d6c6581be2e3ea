"""Where one alert rule is written: its form at the left, what it would have said at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.alerts import AlertRule, RuleDraft
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.pages.alert_preview_view import AlertPreviewView
from pump_desktop.ui.pages.alert_rule_form import AlertRuleForm
from pump_desktop.ui.pages.alert_words import StreamNames
from pump_desktop.ui.widgets.banner import Banner
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.text import SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

# After the last keystroke: a preview reads up to 100,000 rounds.
ASK_MS = 300
_FORM_WIDTH = 380


class AlertRuleEditor(QWidget):
    """``stored`` carries the AlertRule once it is in force, ``left`` that somebody went back."""

    stored = Signal(object)
    left = Signal()

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._rule: AlertRule | None = None
        self._begun: RuleDraft | None = None
        self._title = SectionTitle()
        self._banner = Banner("bad")
        self._banner.hide()
        self._form = AlertRuleForm()
        self._preview = AlertPreviewView(asker)
        self._back = Button("Back to the rules")
        self._save = Button("Save rule", "primary")
        self._save.setDefault(True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(ASK_MS)
        self._lay_out()
        self._form.changed.connect(self._edited)
        self._typing.timeout.connect(self._try)
        self._back.clicked.connect(self.left)
        self._save.clicked.connect(self.save)

    @property
    def form(self) -> AlertRuleForm:
        """The form."""
        return self._form

    @property
    def preview(self) -> AlertPreviewView:
        """What the rule would have said."""
        return self._preview

    @property
    def edited(self) -> bool:
        """Whether something stands in the form that is not stored."""
        try:
            return self._form.read() != self._begun
        except FieldError:
            return True

    def open(
        self, rule: AlertRule | None, names: StreamNames, stream_id: UUID | None, *, for_all: bool = False
    ) -> None:
        """Write a rule anew, or a new one for this stream or for all; it is tried on this stream first."""
        self._rule = rule
        self._title.setText("New rule" if rule is None else "Edit rule")
        self._save.setText("Add rule" if rule is None else "Save rule")
        self._save.setEnabled(True)
        self._banner.hide()
        self._form.set_streams(names)
        # A stream that was deleted meanwhile is not offered.
        here = None if for_all or stream_id not in names else stream_id
        self._form.fill(None if rule is None else rule.draft, here)
        self._begun = self._form.read()
        self._preview.set_streams(names, stream_id)
        self._try()
        self._form.focus_first()

    @Slot()
    def save(self) -> None:
        """Store the rule, or light the field that is wrong."""
        try:
            draft = self._form.read()
        except FieldError as error:
            self._form.show_error(error, focus=True)
            return
        rule = self._rule

        def work(backend: Backend) -> AlertRule:
            alerts = backend.alerts
            return (alerts.add(draft) if rule is None else alerts.change(rule.id, draft)).result()

        self._save.setEnabled(False)
        self._banner.hide()
        self._asker.ask(self, work, self._stored, self._refused)

    def _lay_out(self) -> None:
        self._form.setFixedWidth(_FORM_WIDTH)
        line = QFrame()
        line.setProperty("ground", "line")
        line.setFixedWidth(1)
        sides = QHBoxLayout()
        sides.setSpacing(Space.L)
        sides.addWidget(self._form)
        sides.addWidget(line)
        sides.addWidget(self._preview, 1)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self._title)
        column.addWidget(self._banner)
        column.addLayout(sides, 1)
        column.addLayout(foot)

    @Slot()
    def _edited(self) -> None:
        self._typing.start()

    @Slot()
    def _try(self) -> None:
        """Try the rule as it stands on past rounds, or light the field that is wrong."""
        self._typing.stop()
        draft: RuleDraft | None = None
        try:
            draft = self._form.read()
        except FieldError as error:
            self._form.show_error(error)
        self._preview.hold_stream(self._form.stream_id)
        self._preview.show_draft(draft)

    def _stored(self, rule: AlertRule) -> None:
        self._rule, self._begun = rule, rule.draft
        self._save.setEnabled(True)
        self.stored.emit(rule)

    def _refused(self, error: KnownError) -> None:
        self._save.setEnabled(True)
        self._banner.show_sentence("bad", str(error))
