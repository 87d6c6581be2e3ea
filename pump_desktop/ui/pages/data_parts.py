"""Parts of the data section: a titled part, and sizes as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pump_desktop.domain.storage import SizeKind, StoreSizes
from pump_desktop.qt.look.theme import Size, Space, current_theme
from pump_desktop.qt.text.numbers import bytes_text
from pump_desktop.ui.widgets.text import Label


class Part(QWidget):
    """A part of a section's card: a hairline above it unless it is the first, title and actions, content."""

    def __init__(self, title: str, *, first: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.S)
        if not first:
            line = QFrame()
            line.setProperty("ground", "line")
            line.setFixedHeight(1)
            self._column.addWidget(line)
            self._column.addSpacing(Space.S)
        self._head = QHBoxLayout()
        self._head.setSpacing(Space.S)
        self._head.addWidget(Label(title, weight=QFont.Weight.DemiBold))
        self._head.addStretch(1)
        # As high with buttons as without.
        self._head.addStrut(Size.CONTROL)
        self._column.addLayout(self._head)

    def add_action(self, action: QWidget) -> None:
        """Put a button at the right end of the title row."""
        self._head.addWidget(action)

    def add(self, content: QWidget | QLayout) -> None:
        """Put content below what is there."""
        if isinstance(content, QWidget):
            self._column.addWidget(content)
        else:
            self._column.addLayout(content)


class _Bar(QWidget):
    """A share of the widest bar, without words: the figure beside it says them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedHeight(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """Show a share from 0 to 1."""
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the share on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QRectF(self.rect())
        painter.setBrush(current_theme().color("surface.raised"))
        painter.drawRoundedRect(ground, 4, 4)
        if self._share > 0:
            ground.setWidth(max(8.0, ground.width() * self._share))
            painter.setBrush(current_theme().color("accent"))
            painter.drawRoundedRect(ground, 4, 4)


class SizeBars(QWidget):
    """The data file by kind: name, bar, figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(1, 1)
        self._rows: dict[SizeKind, tuple[_Bar, Label]] = {}
        for place, kind in enumerate(SizeKind):
            bar, figure = _Bar(), Label("–", ink="secondary", figures=True)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            figure.setMinimumWidth(84)
            figure.setAccessibleName(kind.value)
            grid.addWidget(Label(kind.value, ink="secondary"), place, 0)
            grid.addWidget(bar, place, 1)
            grid.addWidget(figure, place, 2)
            self._rows[kind] = (bar, figure)

    def show_sizes(self, sizes: StoreSizes) -> None:
        """Show how large every kind is, against the largest."""
        largest = max(1, *(size for _, size in sizes.parts))
        for kind, size in sizes.parts:
            bar, figure = self._rows[kind]
            bar.set_share(size / largest)
            figure.setText(bytes_text(size))
