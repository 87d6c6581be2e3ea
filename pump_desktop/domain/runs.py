"""Stored replays as frozen values: the whole run, its row in a list, and the question a list answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.seeds import parse_text

MAX_NAME_LENGTH = 120
MAX_NOTES_LENGTH = 10_000


class Match(StrEnum):
    """How a nonce matches a target: its table value equals it, or is at least it."""

    EXACT = "exact"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run says at a glance; counts are keyed by the multiplier as Python prints the float."""

    count: int
    max_multiplier: float
    median_multiplier: float
    mean_multiplier: float
    counts_by_target: Mapping[str, int]
    counts_at_least: Mapping[str, int]
    counts_by_multiplier: Mapping[str, int]
    top_max: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One stored replay, without its outcome vector; ``created_at`` is aware and in UTC."""

    id: UUID
    created_at: datetime
    name: str
    notes: str
    server_seed: str
    server_seed_sha256: str
    client_seed: str
    nonce_start: int
    nonce_end: int
    difficulty: Difficulty
    targets: tuple[float, ...]
    duration_ms: int
    engine_version: str
    outcome_digest: str
    summary: RunSummary

    @property
    def count(self) -> int:
        """Number of nonces."""
        return self.nonce_end - self.nonce_start + 1


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as a list shows it: no server seed, no large fields."""

    id: UUID
    created_at: datetime
    name: str
    notes: str
    server_seed_sha256: str
    client_seed: str
    nonce_start: int
    nonce_end: int
    difficulty: Difficulty
    targets: tuple[float, ...]
    duration_ms: int
    engine_version: str
    outcome_digest: str
    max_multiplier: float

    @property
    def count(self) -> int:
        """Number of nonces."""
        return self.nonce_end - self.nonce_start + 1


class RunSort(StrEnum):
    """Columns a list of runs can be ordered by."""

    CREATED = "created_at"
    NAME = "name"
    CLIENT_SEED = "client_seed"
    DIFFICULTY = "difficulty"
    NONCE_START = "nonce_start"
    COUNT = "count"
    HIGHEST = "max_multiplier"
    DURATION = "duration_ms"


@dataclass(frozen=True, slots=True)
class SeedPair:
    """What runs of one seed pair share, without the server seed itself."""

    server_seed_sha256: str
    client_seed: str


@dataclass(frozen=True, slots=True)
class RunGroup:
    """The runs of one seed pair that match a query, in figures."""

    pair: SeedPair
    runs: int
    count: int
    newest: datetime
    difficulties: frozenset[Difficulty]
    max_multiplier: float


@dataclass(frozen=True, slots=True)
class RunQuery:
    """A page of runs: ``search`` is a literal substring of client seed or name, any letter case.

    ``pair`` asks for the runs of one seed pair; the runs in ``without`` are passed over. ``server_seed`` asks
    for server seeds that begin so.
    """

    search: str = ""
    difficulty: Difficulty | None = None
    pair: SeedPair | None = None
    without: frozenset[UUID] = frozenset()
    server_seed: str = ""
    sort: RunSort = RunSort.CREATED
    descending: bool = True
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page of a list and the total it is a page of; ``left_out`` rows of the page cannot be read."""

    items: tuple[RunRow, ...]
    total: int
    limit: int
    offset: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class RunGroupPage:
    """One page of groups, the one with the newest run first; ``total`` groups hold ``runs`` runs.

    ``left_out`` groups of the page cannot be read.
    """

    items: tuple[RunGroup, ...]
    total: int
    runs: int
    limit: int
    offset: int
    left_out: int = 0


def parse_search(value: object) -> str:
    """Give the text to search runs for; raises FieldError on ``search``."""
    return parse_text("search", value)


def parse_name(value: object) -> str:
    """Give a run's name on one line, at most 120 characters; raises FieldError on ``name``."""
    name = " ".join(parse_text("name", value).split())
    if len(name) > MAX_NAME_LENGTH:
        raise FieldError("name", f"name must be at most {MAX_NAME_LENGTH} characters")
    return name


def parse_notes(value: object) -> str:
    """Give a run's notes, at most 10,000 characters; raises FieldError on ``notes``."""
    notes = parse_text("notes", value)
    if len(notes) > MAX_NOTES_LENGTH:
        raise FieldError("notes", f"notes must be at most {MAX_NOTES_LENGTH} characters")
    return notes
