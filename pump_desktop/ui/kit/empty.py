"""What a list shows while it has nothing to show: a drawing, one sentence, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.kit.buttons import Button, Kind
from pump_desktop.ui.kit.drawing import Drawing, Need
from pump_desktop.ui.kit.layout import aligned, stretch, vbox
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
        centre = Qt.AlignmentFlag.AlignHCenter
        self._sentence = CentredSentence(sentence, measure)
        self.button = Button(action, kind, meaning)
        self.button.clicked.connect(self.acted)
        vbox(
            stretch(factor=2),
            aligned(Drawing(need), centre),
            aligned(self._sentence, centre),
            aligned(self.button, centre),
            stretch(factor=3),
            into=self,
            margins=Space.XL,
            spacing=Space.L,
        )
        # Only now: shown before it has a parent, it would be a window of its own for a moment.
        self.button.setVisible(bool(action))

    def set_sentence(self, sentence: str, action: str | None = None) -> None:
        """Change the sentence, and the button's words when given."""
        self._sentence.setText(sentence)
        if action is not None:
            self.button.setText(action)
            self.button.setVisible(bool(action))
