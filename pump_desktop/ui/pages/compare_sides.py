"""What is compared: a card a side, with the letter and colour it has in charts and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pump_desktop.domain.runs import Run
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.fonts import Type, ui_font
from pump_desktop.qt.numbers import grouped
from pump_desktop.qt.theme import SERIES, Space, current_theme
from pump_desktop.ui.widgets.buttons import IconButton
from pump_desktop.ui.widgets.text import ElidedLabel

if TYPE_CHECKING:
    from pump_desktop.services.compare import ComparedSide

_BADGE = 22


def side_name(run: Run) -> str:
    """Give what a run goes by."""
    return run.name or run.client_seed


class Badge(QWidget):
    """A side's letter on a disc of its colour."""

    def __init__(self, place: int, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._label = label
        self.setFixedSize(_BADGE, _BADGE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint disc and letter."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(SERIES[self._place]))
        painter.drawEllipse(self.rect())
        painter.setFont(ui_font(Type.HINT, QFont.Weight.Bold))
        painter.setPen(theme.color("surface.card"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._label)


class _SideCard(QFrame):
    """One side; ``remove_asked`` carries its run's id."""

    remove_asked = Signal(object)

    def __init__(self, place: int, side: ComparedSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        run = side.source
        self._id = run.id
        self.setProperty("ground", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name = ElidedLabel(side_name(run), weight=QFont.Weight.Medium)
        facts = ElidedLabel(
            f"{run.difficulty.label} · {grouped(run.nonce_start)} – {grouped(run.nonce_end)} · "
            f"{short_seed(run.server_seed_sha256, 4)} · {short_seed(run.client_seed, 5)}",
            size=Type.HINT,
            ink="muted",
            figures=True,
        )
        self.setToolTip(
            f"{side_name(run)}\nServer seed SHA-256 {run.server_seed_sha256}\nClient seed {run.client_seed}"
        )
        self.setAccessibleName(f"{side.label}: {side_name(run)}, {facts.text()}")
        remove = IconButton("close", f"Remove {side.label}")
        remove.clicked.connect(self._remove)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        row.setSpacing(Space.S)
        row.addWidget(Badge(place, side.label))
        row.addLayout(words, 1)
        row.addWidget(remove)

    @Slot()
    def _remove(self) -> None:
        self.remove_asked.emit(self._id)


class SideCards(QWidget):
    """Two or three cards a row; ``remove_asked`` carries the id of a run to be left out."""

    remove_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[_SideCard] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.S)

    def show_sides(self, sides: tuple[ComparedSide, ...]) -> None:
        """Show these sides instead."""
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [_SideCard(place, side, self) for place, side in enumerate(sides)]
        columns = 2 if len(sides) in {2, 4} else 3
        for place, card in enumerate(self._cards):
            card.remove_asked.connect(self._removed)
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < columns))

    @Slot(object)
    def _removed(self, run_id: UUID) -> None:
        self.remove_asked.emit(run_id)
