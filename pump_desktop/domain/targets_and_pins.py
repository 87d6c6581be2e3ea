"""What alert rules look for: a multiplier with its match, and the numbers a person types for a rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import EXACT_TOLERANCE, PAYOUTS, Difficulty, target_p_at_least, target_p_exact
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


_ENTRIES = sorted({entry for table in PAYOUTS.values() for entry in table})
HIGHEST = _ENTRIES[-1]


@dataclass(frozen=True, slots=True)
class Target(Pin):
    """A multiplier that a rule looks for: it is hit now and then, and not by every result."""

    @classmethod
    def parse(cls, *, target: object, match: object) -> Target:
        """Check both; raises FieldError when no result, or every result, would be a hit."""
        found = cls(parse_number("target", target), _match(match))
        chances = [found.probability(difficulty) for difficulty in Difficulty]
        if not any(chances):
            raise FieldError("target", found._never())
        if all(chance == 1 for chance in chances):
            raise FieldError("target", "target must be above 1.00: every result is 1.00x or more")
        return found

    @property
    def words(self) -> str:
        """The target as part of a sentence."""
        text = times(self.multiplier)
        return f"exactly {text}" if self.match is Match.EXACT else f"{text} or more"

    def _never(self) -> str:
        if self.multiplier > HIGHEST:
            return f"target must be at most {times(HIGHEST)}, the highest result there is"
        near = [max((entry for entry in _ENTRIES if entry < self.multiplier), default=_ENTRIES[0])]
        near.append(min(entry for entry in _ENTRIES if entry > self.multiplier))
        return f"target {times(self.multiplier)} is on no table; the nearest entries: " + " and ".join(
            times(entry) for entry in dict.fromkeys(near)
        )


def times(multiplier: float) -> str:
    """Give a multiplier as sentences here say it: ``11,200.65x``."""
    return f"{multiplier:,.2f}x"


def duration(seconds: int) -> str:
    """Give whole seconds in the largest unit that fits: ``90 seconds``, ``2 minutes``, ``1 hour``."""
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"
    return "0 seconds"


def _match(value: object) -> Match:
    try:
        return Match(str(value))
    except ValueError:
        raise FieldError("match", f"match must be one of: {', '.join(Match)}") from None


def parse_number(field: str, value: object) -> float:
    """Give a finite number above zero, also from text such as ``34.68x`` or ``99 %``; raises FieldError."""
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("xX×%"))
        except ValueError:
            raise FieldError(field, f"{field} must be a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(field, f"{field} must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number <= 0:
        raise FieldError(field, f"{field} must be a finite number above zero")
    return number


def parse_whole(field: str, value: object, low: int, high: int) -> int:
    """Give a whole number between two; raises FieldError on ``field``."""
    if isinstance(value, str):
        text = value.strip()
        # int() of a megabyte of digits would take seconds; no limit here has 20.
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise FieldError(field, f"{field} must be a whole number between {low} and {high}")
    return value
