"""What is compared: a card a side, with the letter and colour it has in charts and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QSizePolicy, QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.seeds import short_seed
from pump_desktop.domain.sides import SideKey, SideKind
from pump_desktop.qt.look.fonts import Type, ui_font
from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import SERIES, Space, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.layout import hbox, stretch, vbox
from pump_desktop.ui.kit.text import ElidedLabel, Glyph

if TYPE_CHECKING:
    from pump_desktop.services.compare.compare import ComparedSide

_BADGE = 22
_CHOICE = 28
KIND_ICONS: dict[SideKind, Meaning] = {
    SideKind.RUN: "runs",
    SideKind.STREAM: "live",
    SideKind.SNAPSHOT: "snapshot",
}
KIND_WORDS = {
    SideKind.RUN: "Run",
    SideKind.STREAM: "Live stream",
    SideKind.SNAPSHOT: "Snapshot",
}


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
    """One side; ``remove_asked`` carries its key, ``difficulty_asked`` also another Difficulty."""

    remove_asked = Signal(object)
    difficulty_asked = Signal(object, object)

    def __init__(self, place: int, side: ComparedSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key: SideKey = side.key
        self.setProperty("ground", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = ElidedLabel("", weight=QFont.Weight.Medium)
        self._facts = ElidedLabel("", size=Type.HINT, ink="muted", figures=True)
        self._mark = Glyph("warn", "warn", 14)
        self._difficulty = QComboBox()
        self._difficulty.setFixedHeight(_CHOICE)
        self._difficulty.setAccessibleName(f"Difficulty of {side.label}")
        self._difficulty.activated.connect(self._difficulty_chosen)
        remove = IconButton("close", f"Remove {side.label}")
        remove.clicked.connect(self._remove)
        hbox(
            Badge(place, side.label),
            stretch(
                vbox(
                    hbox(
                        Glyph(KIND_ICONS[side.key.kind], "text.muted", 14),
                        stretch(self._name),
                        spacing=Space.XS,
                    ),
                    hbox(self._mark, stretch(self._facts), spacing=Space.XS),
                    spacing=0,
                )
            ),
            self._difficulty,
            remove,
            into=self,
            margins=(Space.M, Space.XS, Space.XS, Space.XS),
            spacing=Space.S,
        )
        self.show_side(side)

    def show_side(self, side: ComparedSide) -> None:
        """Show the same side as it is now."""
        source = side.source
        kind = KIND_WORDS[side.key.kind]
        start, end = grouped(source.nonce_start), grouped(source.nonce_end)
        facts = (
            f"{kind} · {source.difficulty.label} · {start} – {end} · "
            f"{short_seed(source.server_seed_sha256, 4)} · {short_seed(source.client_seed, 5)}"
        )
        if side.key.kind is not SideKind.RUN:
            what = kind if side.name == source.client_seed else f"{kind} of {source.client_seed}"
            rounds = f"{grouped(source.count)} rounds in {start} – {end}"
            facts = f"{what} · {source.difficulty.label} · {rounds}"
        self._name.setText(side.name)
        played = side.difficulties
        if [self._difficulty.itemData(at) for at in range(self._difficulty.count())] != list(played):
            self._difficulty.clear()
            for difficulty in played:
                self._difficulty.addItem(difficulty.label, difficulty)
        self._difficulty.setCurrentIndex(self._difficulty.findData(source.difficulty))
        self._difficulty.setVisible(len(played) > 1)
        self._facts.setText(facts)
        said = [side.reason and f"Counts only. {side.reason}", side.note]
        if side.reason:
            self._mark.set_glyph("warn", "warn")
        else:
            self._mark.set_glyph("info", "text.muted")
        self._mark.setVisible(any(said))
        self.setToolTip(
            plain_tip(
                "\n".join(
                    [
                        f"{kind}: {side.name}",
                        f"Server seed SHA-256 {source.server_seed_sha256}",
                        f"Client seed {source.client_seed}",
                        *filter(None, said),
                    ]
                )
            )
        )
        self.setAccessibleName(f"{side.label}: {side.name}, {facts}")
        self.setAccessibleDescription(" ".join([kind, *filter(None, said)]))

    @Slot(int)
    def _difficulty_chosen(self, place: int) -> None:
        self.difficulty_asked.emit(self.key, Difficulty(self._difficulty.itemData(place)))

    @Slot()
    def _remove(self) -> None:
        self.remove_asked.emit(self.key)


class SideCards(QWidget):
    """Two or three cards a row; ``remove_asked`` carries the key of a side to be left out."""

    remove_asked = Signal(object)
    difficulty_asked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[_SideCard] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.S)

    def show_sides(self, sides: tuple[ComparedSide, ...]) -> None:
        """Show these sides instead; the same ones only with their figures of now."""
        if [card.key for card in self._cards] == [side.key for side in sides]:
            for card, side in zip(self._cards, sides, strict=True):
                card.show_side(side)
            return
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [_SideCard(place, side, self) for place, side in enumerate(sides)]
        columns = 2 if len(sides) in {2, 4} else 3
        for place, card in enumerate(self._cards):
            card.remove_asked.connect(self._removed)
            card.difficulty_asked.connect(self.difficulty_asked)
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < columns))

    @Slot(object)
    def _removed(self, key: SideKey) -> None:
        self.remove_asked.emit(key)
