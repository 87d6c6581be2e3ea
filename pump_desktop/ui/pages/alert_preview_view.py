"""What a rule would have said of the stored rounds of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from pump_desktop.domain.alert_notices import AlertPreview
from pump_desktop.domain.alerts import RuleDraft
from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space, Token
from pump_desktop.qt.tables.alerts import KIND_ICONS
from pump_desktop.qt.tables.sentences import Sentence, SentencesModel
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.work.query import Asker, Question
from pump_desktop.ui.pages.alert_words import StreamNames
from pump_desktop.ui.pages.sentence_view import SentenceView
from pump_desktop.ui.widgets.field import FieldBox
from pump_desktop.ui.widgets.style import announce
from pump_desktop.ui.widgets.text import Glyph, Label

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend

_UNFINISHED = "Shows what the rule would have said, once all fields are right."
_NO_STREAM = "Shows what the rule would have said, once a stream has arrived."


class AlertPreviewView(QWidget):
    """How often, and the last times; the newest question wins."""

    def __init__(self, asker: Asker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._draft: RuleDraft | None = None
        self._question: Question | None = None
        self._streams = QComboBox()
        self._streams.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._glyph = Glyph("info", "text.muted", 18)
        self._sentence = Label("", weight=QFont.Weight.DemiBold, figures=True, wrap=True, selectable=True)
        self._last = Label("", ink="secondary", figures=True)
        self._model = SentencesModel(self)
        self._times = SentenceView("Times at which the rule would have spoken", self._model)
        self._times.setSelectionMode(SentenceView.SelectionMode.SingleSelection)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._sentence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(FieldBox("Tried on past rounds of", self._streams))
        column.addLayout(head)
        column.addWidget(self._last)
        column.addWidget(self._times, 1)
        column.addStretch(0)
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
        if self._question is not None:
            self._question.forget()
            self._question = None
        draft, stream_id = self._draft, self.stream_id
        if draft is None or stream_id is None:
            self._clear(_UNFINISHED if draft is None else _NO_STREAM)
            return

        def work(backend: Backend) -> AlertPreview:
            return backend.alerts.preview(draft, stream_id)

        # What was said before stays until the answer is there, muted: blank in between, it would flicker.
        self._sentence.set_ink("muted")
        self._question = self._asker.ask(self, work, self._came, self._failed)

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
