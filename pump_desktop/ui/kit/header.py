"""The 56-pixel header of a page: title, filters, and the page's one primary action."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QWidget

from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.theme import Size, Space
from pump_desktop.ui.kit.layout import STRETCH, hbox
from pump_desktop.ui.kit.text import ElidedLabel


class PageHeader(QFrame):
    """Title at the left, search and filters after it, actions at the right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "header")
        self.setFixedHeight(Size.HEADER)
        self._leading = hbox()
        self._filters = hbox()
        self._actions = hbox()
        self._title = ElidedLabel(title, size=Type.TITLE, weight=QFont.Weight.DemiBold)
        for slot in (self._leading, self._filters, self._actions):
            slot.setSpacing(Space.S)
        self._row = hbox(
            self._leading,
            self._title,
            Space.L,
            self._filters,
            STRETCH,
            self._actions,
            into=self,
            margins=(Space.XL, 0, Space.XL, 0),
            spacing=Space.S,
        )

    @property
    def title(self) -> str:
        """The page's title."""
        return self._title.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)

    def add_leading(self, widget: QWidget) -> None:
        """Put a widget before the title, such as a back button."""
        self._leading.addWidget(widget)

    def add_filter(self, widget: QWidget) -> None:
        """Put a search field or filter after the title."""
        self._filters.addWidget(widget)

    def add_action(self, widget: QWidget) -> None:
        """Put an action at the right; add the primary one last."""
        self._actions.addWidget(widget)
