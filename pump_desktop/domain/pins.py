"""Multipliers a person keeps an eye on in a stream, and those that are offered for each difficulty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from pump_desktop.domain.difficulty import Difficulty
from pump_desktop.domain.odds import target_p_at_least, target_p_exact
from pump_desktop.domain.payouts import EXACT_TOLERANCE
from pump_desktop.domain.runs import Match

MAX_PINS = 12


@dataclass(frozen=True, slots=True)
class Pin:
    """One multiplier under one match mode."""

    multiplier: float
    match: Match = Match.EXACT

    @property
    def least(self) -> float:
        """The lowest result that matches."""
        return self.multiplier - EXACT_TOLERANCE

    @property
    def most(self) -> float:
        """The highest result that matches."""
        return self.multiplier + EXACT_TOLERANCE if self.match is Match.EXACT else float("inf")

    def probability(self, difficulty: Difficulty) -> Fraction:
        """Give the chance of a match in one round."""
        chance = target_p_exact if self.match is Match.EXACT else target_p_at_least
        return chance(difficulty, self.multiplier)


def _pins(*multipliers: float) -> tuple[Pin, ...]:
    return tuple(Pin(multiplier) for multiplier in multipliers)


PRESETS: Mapping[Difficulty, tuple[Pin, ...]] = MappingProxyType(
    {
        Difficulty.EASY: _pins(4.90, 8.17, 12.25, 24.50),
        Difficulty.MEDIUM: _pins(26.83, 64.40, 225.40, 563.50, 2254.00),
        Difficulty.HARD: _pins(40.46, 112.70, 413.23, 2479.40, 8677.90),
        Difficulty.EXPERT: _pins(34.68, 164.72, 400.02, 1066.73, 3200.18, 11200.65),
    }
)


@dataclass(frozen=True, slots=True)
class PinWish:
    """What a person wants to see; without ``pins`` those of the difficulty, ``subject`` is the strip's."""

    pins: tuple[Pin, ...] | None = None
    subject: Pin | None = None
    presets: Mapping[Difficulty, tuple[Pin, ...]] = field(default_factory=lambda: PRESETS)
