"""One test of fairness on a line of its own: question, plain sentence, p-values and verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Space
from pump_desktop.qt.text.numbers import p_value_text
from pump_desktop.ui.widgets.banner import TONE_ICON, Tone
from pump_desktop.ui.widgets.text import Glyph, Label

if TYPE_CHECKING:
    from pump_desktop.stats.fairness import Fairness, FairnessTest

_TOP = Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | _TOP
_WORDS: dict[Tone, str] = {"good": "As expected", "warn": "Unusual", "info": "Not tested"}
# As wide as "As expected" in a longer language.
_ALONE, _CORRECTED = 72, 108


def tone_of(test: FairnessTest) -> Tone:
    """Give how a test came out among all that were made."""
    if test.adjusted is None:
        return "info"
    return "warn" if test.unusual else "good"


def verdict_tone(fairness: Fairness) -> Tone:
    """Give how all tests together came out."""
    tones = {tone_of(test) for test in fairness.tests}
    if "warn" in tones:
        return "warn"
    return "good" if "good" in tones else "info"


class _Columns(QHBoxLayout):
    """The columns headings and tests share."""

    def __init__(self, words: QWidget, alone: QWidget, corrected: QWidget) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, Space.S, 0)
        self.setSpacing(Space.M)
        self.addWidget(words, 1, _TOP)
        for figures, width in ((alone, _ALONE), (corrected, _CORRECTED)):
            figures.setFixedWidth(width)
            self.addWidget(figures, 0, _TOP)


class FairnessHeadings(QWidget):
    """What stands in the columns below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words, alone, corrected = (
            Label(text, size=Type.HINT, ink="muted") for text in ("Test", "Alone", "Corrected")
        )
        alone.setToolTip("The p-value as if this were the only test")
        corrected.setToolTip("The p-value corrected for the number of tests (Holm)")
        for label in (alone, corrected):
            label.setAlignment(_RIGHT)
        self.setLayout(_Columns(words, alone, corrected))


class FairnessCard(QWidget):
    """One test under a hairline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glyph = Glyph("info", "accent")
        self._name = Label("", weight=QFont.Weight.DemiBold)
        self._question = Label("", size=Type.HINT, ink="muted", wrap=True)
        self._reading = Label("", ink="secondary", figures=True, wrap=True)
        self._alone = Label("", ink="secondary", figures=True)
        self._corrected = Label("", figures=True, weight=QFont.Weight.DemiBold)
        self._word = Label("", size=Type.HINT, ink="secondary")
        for label in (self._alone, self._corrected, self._word):
            label.setAlignment(_RIGHT)
        rule = QFrame()
        rule.setProperty("ground", "line")
        rule.setFixedHeight(1)
        title = QHBoxLayout()
        title.setSpacing(Space.S)
        title.addWidget(self._glyph)
        title.addWidget(self._name, 1)
        words, corrected = (
            _stacked(title, self._question, self._reading),
            _stacked(self._corrected, self._word),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, Space.S)
        column.setSpacing(Space.S)
        column.addWidget(rule)
        column.addLayout(_Columns(words, self._alone, corrected))

    def show_test(self, test: FairnessTest) -> None:
        """Show a test, or why it was not made."""
        tone = tone_of(test)
        sentence = test.reason or f"{test.statistic}. {test.reading}"
        self._glyph.set_glyph(*TONE_ICON[tone])
        self._word.setText(_WORDS[tone])
        self._name.setText(test.name)
        self._question.setText(test.question)
        self._reading.setText(sentence)
        self._alone.setText("–" if test.p_value is None else p_value_text(test.p_value))
        self._corrected.setText("–" if test.adjusted is None else p_value_text(test.adjusted))
        self.setAccessibleName(f"{test.name}: {_WORDS[tone]}, {self._corrected.text()}")
        self.setAccessibleDescription(sentence)


def _stacked(*parts: QWidget | QLayout) -> QWidget:
    inside = QWidget()
    lines = QVBoxLayout(inside)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(2)
    for part in parts:
        if isinstance(part, QLayout):
            lines.addLayout(part)
        else:
            lines.addWidget(part)
    return inside
