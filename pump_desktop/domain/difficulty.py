"""The four difficulties and the board they share."""

from __future__ import annotations

from enum import StrEnum

from pump_desktop.domain.errors import FieldError

POSITIONS = 25


class Difficulty(StrEnum):
    """How many of the 25 positions pop."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXPERT = "expert"

    @property
    def pops(self) -> int:
        """Number of popping positions M."""
        return _POPS[self]

    @property
    def max_safe(self) -> int:
        """Largest possible number of safe pumps, 25 - M."""
        return POSITIONS - _POPS[self]

    @property
    def label(self) -> str:
        """The name as a title, such as ``Expert``."""
        return self.value.capitalize()

    @classmethod
    def parse(cls, value: object) -> Difficulty:
        """Read a difficulty in any letter case; raises FieldError on ``difficulty``."""
        if isinstance(value, Difficulty):
            return value
        if isinstance(value, str):
            try:
                return cls(value.strip().lower())
            except ValueError:
                pass
        raise FieldError("difficulty", "difficulty must be one of: easy, medium, hard, expert")


_POPS = {Difficulty.EASY: 1, Difficulty.MEDIUM: 3, Difficulty.HARD: 5, Difficulty.EXPERT: 10}
