"""All keys of a page in one dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.theme import Radius, Space, current_theme
from pump_desktop.ui.kit.dialogs import PlainDialog
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.style import paint_box
from pump_desktop.ui.kit.text import Label, SectionTitle

_CAP = 24


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Keys, each of which does it, and what that is."""

    keys: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that belong together."""

    title: str
    hints: tuple[KeyHint, ...]


class KeyCap(QWidget):
    """One key as it stands on a keyboard."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        wide = QFontMetrics(self._font()).horizontalAdvance(key) + 2 * Space.S
        self.setFixedSize(max(_CAP, wide), _CAP)
        self.setAccessibleName(f"Key {key}")

    @staticmethod
    def _font() -> QFont:
        return ui_font(Type.HINT, QFont.Weight.Medium)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cap and its letter."""
        theme, painter = current_theme(), QPainter(self)
        fill, edge = theme.color("surface.raised"), theme.color("line.strong")
        paint_box(painter, self.rect(), Radius.CONTROL - 2, fill=fill, border=edge)
        painter.setFont(self._font())
        painter.setPen(theme.color("text.primary"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._key)


class KeysOverlay(PlainDialog):
    """Lists keys by group; Escape and Return close it."""

    def __init__(self, groups: Sequence[KeyGroup], parent: QWidget, *, columns: int = 1) -> None:
        super().__init__("Keys", 440 if columns == 1 else 940, parent)
        self.column.setSpacing(Space.M)
        sides = [vbox(spacing=Space.M) for _ in range(columns)]
        self.column.addLayout(hbox(*(stretch(side) for side in sides), spacing=Space.XXL))
        for place, group in enumerate(groups):
            # The last group, which is the longest, has the last column for itself.
            side = sides[-1] if place == len(groups) - 1 else sides[0]
            side.addWidget(SectionTitle(group.title))
            grid = QGridLayout()
            grid.setHorizontalSpacing(Space.L)
            grid.setVerticalSpacing(Space.XS)
            grid.setColumnMinimumWidth(0, 96)
            grid.setColumnStretch(1, 1)
            for row, hint in enumerate(group.hints):
                caps = hbox(*(KeyCap(key) for key in hint.keys), STRETCH, spacing=Space.XS)
                grid.addLayout(caps, row, 0)
                grid.addWidget(Label(hint.words, ink="secondary"), row, 1)
            side.addLayout(grid)
        for side in sides:
            side.addStretch(1)
        self.add_close("Close")
