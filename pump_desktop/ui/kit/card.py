"""Cards and tiles: the grounds a page's content stands on."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLayout, QSizePolicy, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.ui.kit.layout import STRETCH, hbox, stretch, vbox
from pump_desktop.ui.kit.text import ElidedLabel, FigureLabel, Ink, SectionTitle


class Card(QFrame):
    """A framed ground with an optional row of title and actions; content goes into ``body``."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self._head = QWidget(self)
        self._title = SectionTitle(parent=self._head)
        self._row = hbox(self._title, STRETCH, into=self._head, spacing=Space.S)
        self._head.setFixedHeight(Size.CONTROL)
        self.body = vbox(spacing=Space.M)
        self._outer = vbox(
            self._head,
            stretch(self.body),
            into=self,
            margins=(Space.L, Space.M, Space.L, Space.L),
            spacing=Space.M,
        )
        self._actions = 0
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Change the title; without title and actions the row is gone."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self._show_head()

    def add_action(self, action: QWidget) -> None:
        """Put a button at the right end of the title row."""
        self._row.addWidget(action)
        self._actions += 1
        self._show_head()

    def add(self, content: QWidget | QLayout, stretch: int = 0) -> None:
        """Put content below what is there."""
        if isinstance(content, QWidget):
            self.body.addWidget(content, stretch)
        else:
            self.body.addLayout(content, stretch)

    def _show_head(self) -> None:
        shown = bool(self._title.text()) or self._actions > 0
        self._head.setVisible(shown)
        self._outer.setContentsMargins(Space.L, Space.M if shown else Space.L, Space.L, Space.L)


class Tile(QFrame):
    """One large figure with what it is above and what to make of it below."""

    def __init__(self, label: str, figure: str = "–", sub: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(132)
        self._label = ElidedLabel(label, size=Type.HINT, ink="secondary", weight=QFont.Weight.Medium)
        self._figure = FigureLabel(figure)
        self._sub = ElidedLabel(sub, size=Type.HINT, ink="muted", figures=True)
        vbox(
            self._label,
            self._figure,
            self._sub,
            into=self,
            margins=(Space.L, Space.M, Space.L, Space.M),
            spacing=Space.XS,
        )
        self._describe()

    def set_figure(self, figure: str, sub: str | None = None, ink: Ink = "primary") -> None:
        """Change the figure, and the words below it when ``sub`` is given."""
        self._figure.setText(figure)
        self._figure.setToolTip(plain_tip(figure))
        self._figure.set_ink(ink)
        if sub is not None:
            self._sub.setText(sub)
        self._describe()

    def set_sub(self, sub: str, ink: Ink = "muted") -> None:
        """Change the words below."""
        self._sub.setText(sub)
        self._sub.set_ink(ink)
        self._describe()

    def set_label(self, label: str) -> None:
        """Change what the figure is."""
        self._label.setText(label)
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._label.text()}: {self._figure.text()}")
        self.setAccessibleDescription(self._sub.text())
