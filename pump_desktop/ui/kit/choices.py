"""Choices that several pages offer: how a multiplier is matched, and which difficulty is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match
from pump_desktop.ui.kit.segmented import Segment, Segmented


class MatchChoice(Segmented):
    """Exactly a multiplier, or at least it; ``width`` is what it takes where there is room."""

    def __init__(self, match: Match, width: int = 0, parent: QWidget | None = None) -> None:
        segments = [Segment(Match.EXACT, "Exactly"), Segment(Match.AT_LEAST, "At least")]
        super().__init__(segments, match, "Match", parent)
        if width:
            self.set_least_width(width)

    @property
    def match(self) -> Match:
        """What is chosen."""
        return Match(self.value or Match.EXACT)

    def show_match(self, match: Match) -> None:
        """Choose without telling: a page begins again with another run."""
        self.blockSignals(True)
        self.set_value(match)
        self.blockSignals(False)


class DifficultyFilter(QComboBox):
    """One difficulty, or all of them."""

    def __init__(self, every: str = "All difficulties", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Difficulty")
        self.addItem(every, None)
        for difficulty in Difficulty:
            self.addItem(difficulty.label, difficulty.value)

    @property
    def difficulty(self) -> Difficulty | None:
        """What is chosen; None is every one of them."""
        chosen = self.currentData()
        return None if chosen is None else Difficulty(chosen)

    def show_difficulty(self, difficulty: Difficulty | None) -> None:
        """Choose one, or all of them."""
        self.setCurrentIndex(self.findData(None if difficulty is None else difficulty.value))
