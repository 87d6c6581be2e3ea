"""What a list shows while it has nothing to show: a drawing, one sentence, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.buttons import Button, Kind
from pump_desktop.ui.kit.drawing import Drawing, Need
from pump_desktop.ui.kit.text import CentredSentence

_MEASURE = 420


class EmptyState(QWidget):
    """A drawing, a sentence that says what to do next, and the button that does it (``acted``)."""

    acted = Signal()

    def __init__(
        self,
        need: Need,
        sentence: str,
        action: str = "",
        *,
        kind: Kind = "primary",
        meaning: Meaning | None = None,
        measure: int = _MEASURE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.L)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Drawing(need), 0, centre)
        self._sentence = CentredSentence(sentence, measure)
        column.addWidget(self._sentence, 0, centre)
        self.button = Button(action, kind, meaning)
        self.button.clicked.connect(self.acted)
        column.addWidget(self.button, 0, centre)
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self.button.setVisible(bool(action))
        column.addStretch(3)

    def set_sentence(self, sentence: str, action: str | None = None) -> None:
        """Change the sentence, and the button's words when given."""
        self._sentence.setText(sentence)
        if action is not None:
            self.button.setText(action)
            self.button.setVisible(bool(action))
