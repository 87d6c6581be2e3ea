"""The buttons at the head of a stream: pause, freeze, drawer, keys, and a menu of what is done seldom."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from pump_desktop.qt.look.icons import Meaning, icon
from pump_desktop.qt.look.theme import Space
from pump_desktop.ui.widgets.buttons import IconButton

_ACTIONS: tuple[tuple[str, str, Meaning], ...] = (
    ("Export bets as CSV …", "export", "export"),
    ("Delete stream", "delete", "delete"),
)


class StreamButtons(QWidget):
    """``export_asked`` and ``delete_asked`` come from the menu; the other buttons are there to connect to."""

    export_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pause = _toggle("pause", "Pause the table ( P )")
        self.freeze = _toggle("freeze", "Freeze everything ( F )")
        self.drawer = _toggle("drawer", "Drawer ( D )")
        self.keys = IconButton("help", "Keys ( ? )")
        more = IconButton("more", "More")
        more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for words, what, meaning in _ACTIONS:
            action = QAction(icon(meaning), words, menu)
            action.setData(what)
            menu.addAction(action)
        menu.triggered.connect(self._chosen)
        more.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        for button in (self.pause, self.freeze, self.drawer, self.keys, more):
            row.addWidget(button)

    @property
    def held(self) -> str:
        """What holds the table still, in a word; empty while nothing does."""
        return "Frozen" if self.freeze.isChecked() else "Paused" if self.pause.isChecked() else ""

    @Slot()
    def go_on(self) -> None:
        """End pause and freeze."""
        self.pause.setChecked(False)
        self.freeze.setChecked(False)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        (self.export_asked if action.data() == "export" else self.delete_asked).emit()


def _toggle(meaning: Meaning, name: str) -> IconButton:
    button = IconButton(meaning, name, on="accent")
    button.setCheckable(True)
    return button
