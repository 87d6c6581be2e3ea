"""Where one alert rule is written: its form at the left, what it would have said at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from pump_desktop.domain.alert_notices import AlertPreview
from pump_desktop.domain.alerts import AlertRule, RuleDraft
from pump_desktop.domain.errors import FieldError, KnownError
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space, Token
from pump_desktop.qt.tables.alerts import KIND_ICONS
from pump_desktop.qt.tables.sentences import Sentence, SentencesModel
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.ui.alerts.rule_form import AlertRuleForm
from pump_desktop.ui.alerts.words import StreamNames
from pump_desktop.ui.kit.banner import Banner
from pump_desktop.ui.kit.buttons import Button
from pump_desktop.ui.kit.field import FieldBox
from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, stretch, vbox
from pump_desktop.ui.kit.sentence_view import SentenceView
from pump_desktop.ui.kit.style import announce
from pump_desktop.ui.kit.text import Glyph, Label, SectionTitle

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


_UNFINISHED = "Shows what the rule would have said, once all fields are right."
_NO_STREAM = "Shows what the rule would have said, once a stream has arrived."


class AlertPreviewView(QWidget):
    """How often, and the last times; the newest question wins."""

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft: RuleDraft | None = None
        self._question = LatestQuery(asker, self)
        self._streams = QComboBox()
        self._streams.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._glyph = Glyph("info", "text.muted", 18)
        self._sentence = Label("", weight=QFont.Weight.DemiBold, figures=True, wrap=True, selectable=True)
        self._last = Label("", ink="secondary", figures=True)
        self._model = SentencesModel(self)
        self._times = SentenceView("Times at which the rule would have spoken", self._model)
        self._times.setSelectionMode(SentenceView.SelectionMode.SingleSelection)
        vbox(
            FieldBox("Tried on past rounds of", self._streams),
            hbox(aligned(self._glyph, Qt.AlignmentFlag.AlignTop), stretch(self._sentence), spacing=Space.S),
            self._last,
            stretch(self._times),
            stretch(factor=0),
            into=self,
            spacing=Space.M,
        )
        self._last.hide()
        self._times.hide()
        self._streams.currentIndexChanged.connect(self._ask)
        self._say("info", "text.muted", _UNFINISHED)

    @property
    def stream_id(self) -> UUID | None:
        """The stream the rule is tried on."""
        chosen = self._streams.currentData()
        return None if chosen is None else UUID(chosen)

    @property
    def sentence(self) -> str:
        """What is said of the past."""
        return self._sentence.text()

    def set_streams(self, names: StreamNames, stream_id: UUID | None) -> None:
        """Offer streams to try a rule on, this one first of all."""
        with QSignalBlocker(self._streams):
            self._streams.clear()
            for one, name in names.items():
                self._streams.addItem(name, str(one))
            if stream_id in names:
                self._streams.setCurrentIndex(self._streams.findData(str(stream_id)))

    def hold_stream(self, stream_id: UUID | None) -> None:
        """Try a rule of one stream on that stream, and one of all streams on any."""
        if stream_id is not None:
            with QSignalBlocker(self._streams):
                self._streams.setCurrentIndex(self._streams.findData(str(stream_id)))
        self._streams.setEnabled(stream_id is None and self._streams.count() > 0)

    def show_draft(self, draft: RuleDraft | None) -> None:
        """Try a rule; None while its fields are not right."""
        self._draft = draft
        self._ask()

    @Slot()
    def _ask(self, _place: int = 0) -> None:
        self._question.drop()
        draft, stream_id = self._draft, self.stream_id
        if draft is None or stream_id is None:
            self._clear(_UNFINISHED if draft is None else _NO_STREAM)
            return

        def work(backend: Backend) -> AlertPreview:
            return backend.alerts.preview(draft, stream_id)

        # What was said before stays until the answer is there, muted: blank in between, it would flicker.
        self._sentence.set_ink("muted")
        self._question.ask(work, self._came, self._failed)

    def _came(self, preview: AlertPreview) -> None:
        draft = self._draft
        if draft is None:
            return
        if preview.reason is not None:
            self._say("warn", "warn", preview.reason)
        else:
            self._say("history", "text.secondary", preview.sentence)
        meaning, ink = KIND_ICONS[draft.condition.kind]
        self._model.set_sentences([Sentence(one.sentence, "", meaning, ink) for one in preview.last])
        self._times.scrollToTop()
        shown = len(preview.last)
        self._last.setText("The last one" if shown == 1 else f"The last {grouped(shown)} of them")
        for part in (self._last, self._times):
            part.setVisible(shown > 0)

    def _failed(self, error: KnownError) -> None:
        self._clear("")
        self._say("error", "bad", str(error))

    def _clear(self, sentence: str) -> None:
        self._model.set_sentences(())
        self._last.hide()
        self._times.hide()
        self._say("info", "text.muted", sentence)
        self._sentence.set_ink("muted")

    def _say(self, meaning: Meaning, ink: Token, sentence: str) -> None:
        self._glyph.set_glyph(meaning, ink)
        self._sentence.set_ink("primary")
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)
            announce(self._sentence, sentence)


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
        vbox(
            self._title,
            self._banner,
            stretch(hbox(self._form, line, stretch(self._preview), spacing=Space.L)),
            hbox(self._back, STRETCH, self._save, spacing=Space.S),
            into=self,
            spacing=Space.M,
        )

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
