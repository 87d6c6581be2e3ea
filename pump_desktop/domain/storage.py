"""The data file as a person looks after it: what is in it, its backups, and what would be deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from pump_desktop.domain.errors import FieldError

MOST_ROUNDS_KEPT = 2**53 - 1


class SizeKind(StrEnum):
    """What takes room in the data file."""

    RUNS = "Runs"
    OUTCOMES = "Outcomes of runs"
    BETS = "Live bets"
    ROUNDS = "Live rounds"
    STREAMS = "Streams, alerts and marks"
    REJECTED = "Rejected messages"
    OTHER = "Schema and other"
    FREE = "Free pages"
    LOG = "Write-ahead log"


@dataclass(frozen=True, slots=True)
class StoreSizes:
    """Bytes by kind, every kind once, in the order of SizeKind; ``total`` is file and log together."""

    path: Path
    parts: tuple[tuple[SizeKind, int], ...]

    @property
    def total(self) -> int:
        """Bytes of all kinds together."""
        return sum(size for _, size in self.parts)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The outcome of an integrity check; ``problems`` are sentences, none for a healthy file.

    ``kept_logs`` are copies of logs that had lost something by damage before. ``contradictions`` are
    sentences about figures that do not fit what they are counted from: the file can be read, but not all in
    it is right.
    """

    path: Path
    problems: tuple[str, ...]
    kept_logs: tuple[Path, ...] = ()
    contradictions: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether it can be used: every page and row can be read."""
        return not self.problems

    @property
    def flawless(self) -> bool:
        """Whether nothing was found at all."""
        return self.healthy and not self.contradictions

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        if self.flawless:
            return f"{self.path} is healthy.{self.note}"
        if self.healthy:
            more = len(self.contradictions) - 1
            rest = "" if not more else f" (and {more} more)"
            return f"{self.path} can be read, but {self.contradictions[0].rstrip('.')}{rest}.{self.note}"
        more = len(self.problems) - 1
        rest = "" if not more else f" (and {more} more)"
        return f"{self.path} is damaged: {self.problems[0].rstrip('.')}{rest}.{self.note}"

    @property
    def note(self) -> str:
        """Name the damaged logs that are kept, behind a blank; empty without."""
        if not self.kept_logs:
            return ""
        names = ", ".join(one.name for one in self.kept_logs)
        return f" Damaged logs that lost commits are kept beside it: {names}."


@dataclass(frozen=True, slots=True)
class LogLoss:
    """What a damaged log may have lost, at most, and the copies of log and data file as they were found."""

    path: Path
    commits: int
    kept: tuple[Path, ...]

    @property
    def sentence(self) -> str:
        """Say it, and where the copies are."""
        lost = (
            f"it may have lost up to {self.commits:,} commits, the last bets and runs that were stored"
            if self.commits
            else "all it held is in the data file, so nothing is lost"
        )
        copies = ""
        if self.kept:
            names = " and ".join(one.name for one in self.kept)
            copies = f" It is kept as it was found, with the data file: {names} in {self.path.parent}."
        return f"The log of {self.path} was damaged: {lost}.{copies}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many rows of each table were left out of what was asked for, because they cannot be read."""

    path: Path
    tables: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        count = sum(self.tables.values())
        rows = "1 row is damaged and is" if count == 1 else f"{count:,} rows are damaged and are"
        places = ", ".join(f"{table} {number:,}" for table, number in sorted(self.tables.items()))
        return (
            f"{rows} left out of lists and exports ({places}). 'pump-desktop data check' names them; "
            "a backup may still have them."
        )


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of the data file; ``healthy`` is None until somebody has checked it.

    ``revision`` is the schema it was written with, None when that cannot be read; ``newer`` says that this
    version of the program cannot use it.
    """

    path: Path
    at: datetime
    label: str
    size: int
    revision: str | None
    newer: bool = False
    healthy: bool | None = None
    runs: int = 0
    bets: int = 0

    @property
    def usable(self) -> bool:
        """Whether it may be put back, as far as is known."""
        return self.revision is not None and not self.newer and self.healthy is not False


@dataclass(frozen=True, slots=True)
class StreamPruning:
    """What the deletion of old rounds takes from one stream: nonces before ``first_kept``."""

    stream_id: UUID
    client_seed: str
    server_seed_hashed: str
    rounds: int
    bets: int
    kept_rounds: int
    bookmarked: int
    first_kept: int


@dataclass(frozen=True, slots=True)
class Pruning:
    """What goes when only the newest ``keep`` rounds of each stream stay; only streams that lose some."""

    keep: int
    streams: tuple[StreamPruning, ...]

    @property
    def rounds(self) -> int:
        """Rounds that go."""
        return sum(stream.rounds for stream in self.streams)

    @property
    def bets(self) -> int:
        """Bets that go with them."""
        return sum(stream.bets for stream in self.streams)


@dataclass(frozen=True, slots=True)
class Pruned:
    """Rounds and bets that have gone; ``stopped`` when more were to go."""

    rounds: int
    bets: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class StorageProgress:
    """How far a piece of work on the data file is; ``total`` 0 where that cannot be known."""

    doing: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back, and where the file that stood there before is now."""

    backup: Path | None
    put_aside: Path
    runs: int
    bets: int


@dataclass(frozen=True, slots=True)
class Compacted:
    """Bytes of the data file before and after."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The data folder's new place, and the old one, which still holds what it held."""

    former: Path
    folder: Path
    runs: int
    bets: int


def parse_rounds_kept(value: object) -> int:
    """Give how many rounds of each stream to keep; raises FieldError."""
    text = str(value).strip().replace(",", "")
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()):
        raise FieldError("retain_rounds", "Rounds to keep must be a whole number of at least 1.")
    count = int(text) if len(text) <= 16 else MOST_ROUNDS_KEPT + 1
    if not 1 <= count <= MOST_ROUNDS_KEPT:
        raise FieldError("retain_rounds", "Rounds to keep must be a whole number of at least 1.")
    return count
