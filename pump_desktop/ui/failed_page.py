"""What stands in the place of a page that could not be made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pump_desktop.ui.widgets.empty import EmptyState
from pump_desktop.ui.widgets.header import PageHeader


class FailedPage(QWidget):
    """Says that a page cannot be shown; ``again_asked`` carries its key. All other pages go on."""

    again_asked = Signal(str)

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setAccessibleName(f"{title} could not be opened")
        state = EmptyState(
            "quiet",
            f"{title} could not be opened because of an unexpected error. The log has its details; "
            "everything else goes on.",
            "Try again",
            meaning="refresh",
        )
        state.acted.connect(self._ask)
        self.button = state.button
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(PageHeader(title))
        column.addWidget(state, 1)

    def _ask(self) -> None:
        self.again_asked.emit(self.key)
