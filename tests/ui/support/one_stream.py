"""One stream in the window of a whole program, and what tests do with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from pump_desktop.qt.tables.bets import BetColumn
from pump_desktop.ui.live.pins import PinCard
from pump_desktop.ui.live.stream_view import StreamView
from tests.live_samples import sample_bets
from tests.ui.support.live_program import LiveProgram
from tests.ui.support.program import column, commit, edit


class OneStream(LiveProgram):
    """A program whose Live page shows one stream, and what its tests do with it."""

    @property
    def view(self) -> StreamView:
        return self.page.view

    def fill(self, count: int, first: int = 1) -> None:
        """Post bets and wait until table and figures show them."""
        bets = sample_bets(first, count)
        for start in range(0, count, 500):
            self.post(bets[start : start + 500])
        self.wait_for(lambda: self.table.isVisible() and first + count - 1 in self.nonces)
        self.wait_for(lambda: self.facts()["Latest nonce"] == f"{first + count - 1:,}")
        self.wait_for(lambda: self.facts()["Return"] != "…")

    def key(self, letter: str) -> None:
        """Press a letter where the keyboard is."""
        self.running.press(letter)

    @property
    def row(self) -> int:
        return self.table.currentIndex().row()

    @property
    def cards(self) -> list[PinCard]:
        cards = [card for card in self.page.findChildren(PinCard) if not card.isHidden()]
        return sorted(cards, key=lambda card: card.x())

    def words(self) -> set[str]:
        """Give the words of the buttons that are seen."""
        return {one.text() for one in self.page.findChildren(QAbstractButton) if one.isVisible()}

    def unpin_first(self) -> None:
        """Take the first card away by keyboard."""
        self.cards[0].setFocus()
        QTest.keyClick(self.cards[0], Qt.Key.Key_Delete)

    def choose(self, words: str) -> None:
        """Choose from the menu beside the cards."""
        menu = self.view._cards._menu
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == words).trigger()

    @property
    def stars(self) -> list[int]:
        """The nonces of the rows with a star."""
        starred = column(self.table, BetColumn.STAR)
        return [nonce for nonce, star in zip(self.nonces, starred, strict=True) if star]

    def filter(self, text: str) -> QLineEdit:
        found = edit(self.page, "Show bets from this multiplier on")
        found.setFocus()
        found.selectAll()
        QTest.keyClick(found, Qt.Key.Key_Delete)
        commit(found, text)
        QTest.keyClick(found, Qt.Key.Key_Return)
        return found

    def jump(self, text: str) -> None:
        found = edit(self.page, "Go to nonce")
        found.setFocus()
        found.selectAll()
        commit(found, text)
        QTest.keyClick(found, Qt.Key.Key_Return)


def high(least: float, last: int, first: int = 1) -> list[int]:
    """Give the nonces of the sample with so high a result, latest first."""
    return [bet.nonce for bet in sample_bets(first, last) if bet.round_result >= least][::-1]
