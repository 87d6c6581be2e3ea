"""Words and figures: labels by size and ink, one that elides, one that shrinks, and a lone icon."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from pump_desktop.qt.look.fonts import Type, mono_font, tabular, ui_font
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.style import set_style_property

Ink = Literal["primary", "secondary", "muted", "accent", "good", "warn", "bad"]


class Label(QLabel):
    """Plain text in one of the five sizes and one ink."""

    def __init__(
        self,
        text: str = "",
        *,
        size: Type = Type.BODY,
        ink: Ink = "primary",
        weight: QFont.Weight = QFont.Weight.Normal,
        figures: bool = False,
        mono: bool = False,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        # Names and seeds come from outside; a label never reads them as HTML.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(mono_font(size) if mono else ui_font(size, weight, figures=figures))
        self.setWordWrap(wrap)
        self.setProperty("ink", ink)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self.setText(text)

    def set_ink(self, ink: Ink) -> None:
        """Change the ink."""
        set_style_property(self, "ink", ink)


class SectionTitle(Label):
    """The title of a section or card, 15 px."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> None:
        super().__init__(text, size=Type.SECTION, weight=QFont.Weight.DemiBold, wrap=wrap, parent=parent)


class CentredSentence(Label):
    """A sentence that wraps at one width, centred, and is as high as its lines."""

    def __init__(self, text: str, measure: int, parent: QWidget | None = None) -> None:
        super().__init__("", size=Type.SECTION, ink="secondary", wrap=True, parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(measure)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Change the sentence and the height."""
        super().setText(text)
        # A centred label is given its size hint, which knows nothing of the width it wraps at.
        self.setFixedHeight(max(self.heightForWidth(self.width()), 0))


class ElidedLabel(Label):
    """One line that gives way with an ellipsis and shows the whole text as its tool tip."""

    def __init__(
        self,
        text: str = "",
        *,
        size: Type = Type.BODY,
        ink: Ink = "primary",
        weight: QFont.Weight = QFont.Weight.Normal,
        figures: bool = False,
        mono: bool = False,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, size=size, ink=ink, weight=weight, figures=figures, mono=mono, parent=parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def elided(self) -> bool:
        """Tell whether some of the text is hidden."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def minimumSizeHint(self) -> QSize:
        """Allow as little as a few letters."""
        full = super().minimumSizeHint()
        return QSize(min(full.width(), self.fontMetrics().horizontalAdvance("MMM…")), full.height())

    def event(self, event: QEvent) -> bool:
        """Show the whole text as tool tip only while it is cut."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(event.globalPos(), plain_tip(self.text() if self.elided else ""), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the part that fits."""
        painter = QPainter(self)
        rect = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, rect.width())
        # A selection colour or a disabled label is already in the palette the style sheet sets.
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(rect, int(self.alignment() | Qt.TextFlag.TextSingleLine), text)


class FigureLabel(Label):
    """A large figure that shrinks in steps to fit, and only then elides."""

    STEPS = (Type.FIGURE, 24, Type.TITLE, 17, Type.SECTION, Type.BODY)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, size=Type.FIGURE, weight=QFont.Weight.DemiBold, figures=True, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def fitting_font(self, width: int) -> QFont:
        """Give the largest step whose text fits into ``width``, or the smallest."""
        font = QFont(self.font())
        for size in self.STEPS:
            font.setPixelSize(size)
            if QFontMetrics(font).horizontalAdvance(self.text()) <= width:
                break
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the figure in the size that fits, on one baseline for all sizes."""
        painter = QPainter(self)
        rect = self.contentsRect()
        font = self.fitting_font(rect.width())
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(self.palette().color(self.foregroundRole()))
        baseline = rect.top() + (rect.height() + self.fontMetrics().capHeight()) // 2
        painter.drawText(
            rect.left(),
            baseline,
            metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, rect.width()),
        )


class Glyph(QWidget):
    """A lone icon beside words; it says nothing to a screen reader, the words do."""

    def __init__(
        self, meaning: Meaning, ink: Token = "text.secondary", side: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._meaning = meaning
        self._ink = ink
        self.setFixedSize(side, side)

    def set_glyph(self, meaning: Meaning, ink: Token) -> None:
        """Show another icon."""
        self._meaning, self._ink = meaning, ink
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the colour its token has now."""
        painter = QPainter(self)
        paint_icon(painter, QRect(self.rect()), self._meaning, current_theme().color(self._ink))


def columns_font(size: Type = Type.BODY) -> QFont:
    """Give the face for numbers that stand in columns."""
    return tabular(ui_font(size))
