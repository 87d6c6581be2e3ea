"""Alert rules as frozen values: what a person may be told of a stream, checked once by parse()."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.targets_and_pins import HIGHEST, Target, duration, parse_number, parse_whole, times

MAX_RULES = 100
MAX_RULE_NAME = 80

MIN_PERCENTILE = 50.0
# 1 of 1,000,000 stretches.
MAX_PERCENTILE = 99.9999
MAX_CLUSTER_HITS = 1_000
MAX_CLUSTER_NONCES = 1_000_000
# What the watcher knows of the nonces it saw reaches back as far, however many of them are missing.
MAX_MISSING_NONCES = 10_000
MIN_SILENCE_S = 5
MAX_SECONDS = 86_400


class AlertKind(StrEnum):
    """The kinds of rules."""

    THRESHOLD = "threshold"
    GAP = "gap"
    CLUSTER = "cluster"
    MISMATCH = "mismatch"
    MISSING = "missing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A result of at least a multiplier."""

    at_least: float

    kind: ClassVar[AlertKind] = AlertKind.THRESHOLD

    @classmethod
    def parse(cls, *, at_least: object) -> Threshold:
        """Check the multiplier; raises FieldError."""
        number = parse_number("at_least", at_least)
        if number > HIGHEST:
            raise FieldError(
                "at_least",
                f"at_least must be at most {times(HIGHEST)}, the highest result there is",
            )
        if number <= 1:
            raise FieldError("at_least", "at_least must be above 1.00: every result is 1.00x or more")
        return cls(number)

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        return f"A result of {times(self.at_least)} or more"

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        return {"at_least": self.at_least}


@dataclass(frozen=True, slots=True)
class GapPercentile:
    """A stretch without a hit of a length that only (100 - percentile) % of stretches reach."""

    target: Target
    percentile: float

    kind: ClassVar[AlertKind] = AlertKind.GAP

    @classmethod
    def parse(cls, *, target: object, match: object, percentile: object) -> GapPercentile:
        """Check all three; raises FieldError."""
        found = Target.parse(target=target, match=match)
        share = parse_number("percentile", percentile)
        if share >= 100:
            raise FieldError("percentile", "percentile must be below 100, which no stretch ever reaches")
        if not MIN_PERCENTILE <= share <= MAX_PERCENTILE:
            raise FieldError(
                "percentile", f"percentile must be between {MIN_PERCENTILE:g} and {MAX_PERCENTILE:.4f}"
            )
        return cls(found, share)

    @property
    def share(self) -> float:
        """The share of stretches that reach the length, at most."""
        # 100 - 99.9 is 0.0999…94: rounded, so that a length is not one round too long.
        return round(1 - self.percentile / 100, 12)

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        return (
            f"A stretch without {self.target.words} of a length that 1 of "
            f"{round(1 / self.share):,} stretches reaches"
        )

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        return {
            "target": self.target.multiplier,
            "match": self.target.match.value,
            "percentile": self.percentile,
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several hits within so many nonces, or arriving within so many seconds; one of the two is None."""

    target: Target
    count: int
    nonces: int | None = None
    seconds: int | None = None

    kind: ClassVar[AlertKind] = AlertKind.CLUSTER

    @classmethod
    def parse(
        cls, *, target: object, match: object, count: object, nonces: object = None, seconds: object = None
    ) -> Cluster:
        """Check everything; raises FieldError, also when both or none of nonces and seconds are given."""
        found = Target.parse(target=target, match=match)
        hits = parse_whole("count", count, 2, MAX_CLUSTER_HITS)
        if (nonces is None) == (seconds is None):
            raise FieldError("nonces", "nonces or seconds must be given, and not both")
        if nonces is None:
            return cls(found, hits, seconds=parse_whole("seconds", seconds, 1, MAX_SECONDS))
        within = parse_whole("nonces", nonces, 2, MAX_CLUSTER_NONCES)
        if hits > within:
            raise FieldError("count", f"count must be at most {within}: {within} nonces hold no more hits")
        return cls(found, hits, nonces=within)

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        within = f"{self.nonces:,} nonces" if self.nonces is not None else duration(self.seconds or 0)
        return f"{self.count:,} results of {self.target.words} within {within}"

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        within = {"seconds": self.seconds} if self.nonces is None else {"nonces": self.nonces}
        return {
            "target": self.target.multiplier,
            "match": self.target.match.value,
            "count": self.count,
            **within,
        }


@dataclass(frozen=True, slots=True)
class WrongResult:
    """A reported result that the server seed does not give."""

    kind: ClassVar[AlertKind] = AlertKind.MISMATCH

    @classmethod
    def parse(cls) -> WrongResult:
        """Give the rule; there is nothing to check."""
        return cls()

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        return "A reported result that the server seed does not give"

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        return {}


@dataclass(frozen=True, slots=True)
class MissingNonces:
    """At least so many of the newest nonces were not observed."""

    missing: int
    nonces: int

    kind: ClassVar[AlertKind] = AlertKind.MISSING

    @classmethod
    def parse(cls, *, missing: object, nonces: object) -> MissingNonces:
        """Check both; raises FieldError."""
        within = parse_whole("nonces", nonces, 2, MAX_MISSING_NONCES)
        count = parse_whole("missing", missing, 1, MAX_MISSING_NONCES)
        if count >= within:
            raise FieldError(
                "missing", f"missing must be below {within}: the newest nonce itself is never missing"
            )
        return cls(count, within)

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        return f"{self.missing:,} or more of the newest {self.nonces:,} nonces missing"

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        return {"missing": self.missing, "nonces": self.nonces}


@dataclass(frozen=True, slots=True)
class Silent:
    """No new message for so many seconds."""

    seconds: int

    kind: ClassVar[AlertKind] = AlertKind.SILENT

    @classmethod
    def parse(cls, *, seconds: object) -> Silent:
        """Check the seconds; raises FieldError."""
        return cls(parse_whole("seconds", seconds, MIN_SILENCE_S, MAX_SECONDS))

    @property
    def words(self) -> str:
        """What is told of, in a line."""
        return f"No message for {duration(self.seconds)}"

    def values(self) -> dict[str, object]:
        """Give what parse() takes."""
        return {"seconds": self.seconds}


Condition = Threshold | GapPercentile | Cluster | WrongResult | MissingNonces | Silent


def parse_condition(kind: object, values: Mapping[str, object]) -> Condition:
    """Give the condition of a kind from what parse() of that kind takes; other keys are ignored."""
    get = values.get
    match kind:
        case AlertKind.THRESHOLD:
            return Threshold.parse(at_least=get("at_least"))
        case AlertKind.GAP:
            return GapPercentile.parse(target=get("target"), match=get("match"), percentile=get("percentile"))
        case AlertKind.CLUSTER:
            return Cluster.parse(
                target=get("target"),
                match=get("match"),
                count=get("count"),
                nonces=get("nonces"),
                seconds=get("seconds"),
            )
        case AlertKind.MISMATCH:
            return WrongResult.parse()
        case AlertKind.MISSING:
            return MissingNonces.parse(missing=get("missing"), nonces=get("nonces"))
        case AlertKind.SILENT:
            return Silent.parse(seconds=get("seconds"))
    raise FieldError("kind", f"kind must be one of: {', '.join(AlertKind)}")


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a person wants it; without a stream it holds for all."""

    name: str
    condition: Condition
    stream_id: UUID | None = None
    enabled: bool = True
    desktop: bool = False
    sound: bool = False

    @classmethod
    def parse(
        cls,
        *,
        name: object,
        kind: object,
        values: Mapping[str, object],
        stream_id: UUID | None = None,
        enabled: bool = True,
        desktop: bool = False,
        sound: bool = False,
    ) -> RuleDraft:
        """Check everything once; raises FieldError for the first input that is wrong."""
        return cls(_name(name), parse_condition(kind, values), stream_id, enabled, desktop, sound)

    def applies_to(self, stream_id: UUID) -> bool:
        """Tell whether the rule watches a stream."""
        return self.enabled and self.stream_id in {None, stream_id}


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A stored rule."""

    id: UUID
    created_at: datetime
    draft: RuleDraft

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.draft.name

    @property
    def condition(self) -> Condition:
        """What the rule tells of."""
        return self.draft.condition


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise FieldError("name", "name must be text")
    name = " ".join(value.split())
    if not name:
        raise FieldError("name", "name cannot be empty")
    if len(name) > MAX_RULE_NAME:
        raise FieldError("name", f"name must be at most {MAX_RULE_NAME} characters")
    if not name.isprintable():
        raise FieldError("name", "name holds a character that cannot be shown")
    return name
