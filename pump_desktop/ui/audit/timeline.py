"""When each hash of a chain was first seen, used and opened, and what that proves: a vertical line."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QWidget

from pump_desktop.domain.audits import Commitment, RevealedBy
from pump_desktop.domain.seeds import short_seed
from pump_desktop.qt.look.fonts import Type
from pump_desktop.qt.look.icons import Meaning, paint_icon
from pump_desktop.qt.look.theme import Space, Token, current_theme
from pump_desktop.qt.text.foreign import plain_tip
from pump_desktop.qt.text.numbers import grouped
from pump_desktop.qt.text.times import when_text
from pump_desktop.ui.kit.layout import vbox
from pump_desktop.ui.kit.text import Label

# Older ones of a longer chain are told in one line.
MOST = 30

_MARK = 18
_KEPT: dict[bool | None, tuple[Meaning, Token, str]] = {
    True: ("good", "good", "Committed"),
    False: ("warn", "warn", "Not proved"),
    None: ("locked", "text.muted", "Not revealed"),
}
_BY = {RevealedBy.PASTE: "by hand", RevealedBy.SIMULATION: "in a bet"}


class _Mark(QWidget):
    """The mark of one stream on the line that joins all of them."""

    def __init__(self, meaning: Meaning, ink: Token, *, first: bool, last: bool) -> None:
        super().__init__()
        self._meaning, self._ink = meaning, ink
        self._first, self._last = first, last
        self.setFixedWidth(_MARK)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line above and below, and the icon between."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setPen(QPen(theme.color("line.strong"), 1))
        middle = _MARK // 2
        if not self._first:
            painter.drawLine(middle, 0, middle, 1)
        if not self._last:
            painter.drawLine(middle, _MARK + 4, middle, self.height())
        paint_icon(painter, QRectF(0, 2, _MARK, _MARK), self._meaning, theme.color(self._ink))


class _Entry(QWidget):
    """One stream: its hash, its three moments, and what they prove."""

    def __init__(self, one: Commitment, *, here: bool, first: bool, last: bool) -> None:
        super().__init__()
        meaning, ink, word = _KEPT[one.kept]
        moments = one.moments
        name = Label(
            f"{word} · this stream" if here else word,
            weight=QFont.Weight.DemiBold if here else QFont.Weight.Medium,
        )
        hashed = Label(short_seed(moments.server_seed_hashed, 8), mono=True, size=Type.HINT, ink="secondary")
        hashed.setToolTip(plain_tip(moments.server_seed_hashed))
        facts = QGridLayout()
        facts.setHorizontalSpacing(Space.S)
        facts.setVerticalSpacing(2)
        facts.setColumnStretch(1, 1)
        for row, (what, when) in enumerate(_facts(one)):
            facts.addWidget(Label(what, size=Type.HINT, ink="muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(Label(when, size=Type.HINT, ink="secondary", figures=True, wrap=True), row, 1)
        reading = Label(one.reading, size=Type.HINT, ink="secondary", wrap=True)
        words = vbox(name, hashed, facts, reading, margins=(0, 0, 0, Space.L), spacing=Space.XS)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_Mark(meaning, ink, first=first, last=last), 0, 0)
        grid.addLayout(words, 0, 1)
        self.setAccessibleName(f"{name.text()}: hash {moments.server_seed_hashed}")
        said = [f"{what} {when}." for what, when in _facts(one)]
        self.setAccessibleDescription(" ".join([*said, one.reading]))


class CommitmentTimeline(QWidget):
    """The streams that share a client seed, in the order of their first bets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Commitment, ...], UUID | None] = ((), None)
        self._column = vbox(into=self, spacing=0)

    @property
    def chain(self) -> tuple[Commitment, ...]:
        """What is shown."""
        return self._shown[0]

    def show_chain(self, chain: Sequence[Commitment], stream_id: UUID | None) -> None:
        """Show a chain; the entry of one stream is marked as the one that is open."""
        wanted = (tuple(chain), stream_id)
        if wanted == self._shown:
            return
        self._shown = wanted
        while item := self._column.takeAt(0):
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        left = max(0, len(chain) - MOST)
        if left:
            words = "1 earlier stream is" if left == 1 else f"{grouped(left)} earlier streams are"
            self._column.addWidget(Label(f"{words} not shown.", size=Type.HINT, ink="muted"))
        shown = chain[left:]
        for place, one in enumerate(shown):
            here = one.moments.stream_id == stream_id
            self._column.addWidget(_Entry(one, here=here, first=place == 0, last=place == len(shown) - 1))


def _facts(one: Commitment) -> list[tuple[str, str]]:
    """Give what there is to say of one stream, and when it was."""
    moments = one.moments
    facts = [("Hash seen", when_text(moments.seen_at, seconds=True))]
    last = moments.last_made_at or moments.last_received_at
    if last is not None:
        facts.append(("Bets until", when_text(last, seconds=True)))
    if moments.bets and moments.first_nonce is not None and moments.last_nonce is not None:
        nonces = f"nonces {grouped(moments.first_nonce)} to {grouped(moments.last_nonce)}"
        facts.append(("Bets", f"{grouped(moments.bets)}, {nonces}"))
    if moments.revealed_at is not None and moments.revealed_by is not None:
        by = _BY[moments.revealed_by]
        facts.append(("Revealed", f"{when_text(moments.revealed_at, seconds=True)}, {by}"))
    return facts
