"""Bets out of a file as frozen values: what the file is, which column means what, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Message
from pump_desktop.domain.seeds import looks_like_hash, parse_seed

MAX_CURRENCY = 32
# More are counted, and not kept.
MAX_REFUSALS = 1_000


class FileKind(StrEnum):
    """What a file of bets is made of."""

    CSV = "csv"
    JSON_LINES = "json lines"
    JSON_ARRAY = "json array"
    LOG = "log"

    @property
    def unit(self) -> str:
        """What ``Refusal.place`` counts."""
        return "entry" if self is FileKind.JSON_ARRAY else "line"


@dataclass(frozen=True, slots=True)
class ImportSample:
    """The beginning of a file; ``rows`` are the first 20, a cell to a column.

    Columns of nested JSON have a dot in their names; without ``header`` they are numbered.
    """

    path: Path
    kind: FileKind
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    separator: str
    header: bool
    size: int


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column each field is read from; None where the file has none."""

    bet_id: str | None = None
    date_time: str | None = None
    nonce: str | None = None
    amount: str | None = None
    payout: str | None = None
    currency: str | None = None
    difficulty: str | None = None
    round_target: str | None = None
    round_result: str | None = None
    client_seed: str | None = None
    server_seed_hashed: str | None = None
    server_seed: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What holds for every row that does not say it itself."""

    client_seed: str | None = None
    server_seed_hashed: str | None = None
    difficulty: Difficulty | None = None
    currency: str | None = None

    @classmethod
    def parse(
        cls,
        *,
        client_seed: object = None,
        server_seed_hashed: object = None,
        difficulty: object = None,
        currency: object = None,
    ) -> ImportDefaults:
        """Check what was typed, empty text standing for none; raises FieldError."""
        seed_hash = _seed("server_seed_hashed", server_seed_hashed)
        if seed_hash is not None and looks_like_hash(seed_hash):
            seed_hash = seed_hash.lower()
        return cls(
            client_seed=_seed("client_seed", client_seed),
            server_seed_hashed=seed_hash,
            difficulty=None if difficulty is None or difficulty == "" else Difficulty.parse(difficulty),
            currency=_currency(currency),
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, and the sentence that refuses it."""

    place: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as it would be stored, or the sentence that refuses it."""

    place: int
    message: Message | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The first rows as they would be stored; ``remarks`` say what is made up or left out."""

    kind: FileKind
    rows: tuple[PreviewRow, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """A moment of an import."""

    read: int
    accepted: int
    known: int
    refused: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file: rows read, new, stored before and refused; a cancelled one is not read whole.

    ``made_ids`` bets had no id of their own. ``refusals`` holds the first thousand.
    """

    kind: FileKind
    read: int
    accepted: int
    known: int
    refused: int
    made_ids: int
    refusals: tuple[Refusal, ...]
    streams: tuple[UUID, ...]
    cancelled: bool

    @property
    def sentence(self) -> str:
        """All of it in plain words."""
        parts = [
            f"{_counted(self.read, 'row')} read",
            f"{self.accepted:,} new",
            f"{self.known:,} stored before",
            f"{self.refused:,} refused",
        ]
        begin = "Stopped: " if self.cancelled else ""
        return f"{begin}{', '.join(parts)}."


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _seed(field: str, value: object) -> str | None:
    return None if value is None or value == "" else parse_seed(field, value)


def _currency(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_CURRENCY or not value.isprintable():
        raise FieldError("currency", f"currency must be at most {MAX_CURRENCY} characters, such as btc")
    return value.strip().lower() or None
