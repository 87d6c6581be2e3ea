"""The Live page before the first bet: how to connect Antebot, where to post to, and with which token."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.qt.app.listening import ListenerState, ListenerStatus
from pump_desktop.qt.app.preferences import HIDDEN
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.pages.live_words import ingest_url
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.card import Card
from pump_desktop.ui.widgets.drawing import Drawing
from pump_desktop.ui.widgets.fact import Fact
from pump_desktop.ui.widgets.text import CentredSentence

_MEASURE = 420
# With hyphens at which no line breaks.
_WAITING = (
    "No live bets yet. Connect Antebot, or let a script of your own post to this address, with the token as "
    "its X\u2011Ingest\u2011Token."
)
_SENTENCES = {
    ListenerState.OFF: "No live bets yet, and the listener is not running.",
    ListenerState.STARTING: "No live bets yet. The listener is starting …",
    ListenerState.LISTENING: _WAITING,
    ListenerState.REFUSED: "No live bets yet. None can arrive until the listener has a port.",
}


class LiveEmpty(QWidget):
    """A drawing, a sentence, the button that connects (``connect_asked``), and what an own script needs."""

    connect_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._sentence = CentredSentence("", _MEASURE)
        self._connect = Button("Connect Antebot", "primary", "connect")
        self._connect.clicked.connect(self.connect_asked)
        self._address = Fact("Address", mono=True)
        self._token = Fact("Token", mono=True)
        self._card = Card()
        self._card.setFixedWidth(_MEASURE)
        self._card.add(self._address)
        self._card.add(self._token)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.L)
        column.addStretch(2)
        column.addWidget(Drawing("live"), 0, centre)
        column.addWidget(self._sentence, 0, centre)
        column.addWidget(self._connect, 0, centre)
        column.addWidget(self._card, 0, centre)
        column.addStretch(3)
        self.show_listener(ListenerStatus(ListenerState.OFF))

    def focus_first(self) -> None:
        """Put the keyboard on the button."""
        self._connect.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_listener(self, status: ListenerStatus) -> None:
        """Say where bets can be posted to, or why nowhere."""
        listening = status.state is ListenerState.LISTENING
        sentence = _SENTENCES[status.state]
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)
        self._card.setVisible(listening)
        if listening:
            self._address.show_value(ingest_url(status))
            self._token.show_value(HIDDEN, status.token)
