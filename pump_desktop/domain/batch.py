"""Seed pairs on their way through the scan queue, as frozen values."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pump_desktop.domain.errors import FieldError
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run


class PairState(StrEnum):
    """Where a queued pair stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ScannedPair:
    """A seed pair that has been scanned: its run, and how many nonces ended at each k."""

    number: int
    run_id: UUID
    server_seed_sha256: str
    client_seed: str
    start: int
    end: int
    difficulty: Difficulty
    counts: tuple[int, ...]

    @classmethod
    def of(cls, number: int, run: Run) -> ScannedPair:
        """Give the pair of a run that has just been made."""
        counted = run.summary.counts_by_multiplier
        return cls(
            number=number,
            run_id=run.id,
            server_seed_sha256=run.server_seed_sha256,
            client_seed=run.client_seed,
            start=run.nonce_start,
            end=run.nonce_end,
            difficulty=run.difficulty,
            counts=tuple(counted.get(str(entry), 0) for entry in PAYOUTS[run.difficulty]),
        )

    @property
    def nonces(self) -> int:
        """Number of nonces."""
        return self.end - self.start + 1

    @property
    def highest(self) -> float:
        """The highest multiplier that came."""
        return max(entry for entry, count in zip(PAYOUTS[self.difficulty], self.counts, strict=True) if count)


@dataclass(frozen=True, slots=True)
class QueuedPair:
    """A line of the queue: what is to be scanned and how far that is; ``number`` stays when others go."""

    number: int
    name: str
    request: ScanRequest
    server_seed_sha256: str
    state: PairState = PairState.WAITING
    done: int = 0
    rate: float = 0.0
    scanned: ScannedPair | None = None
    problem: str = ""


MAX_LINES = 10_000
MAX_CHARACTERS = 4_000_000
# Two seeds of the longest kind, quoted, with their nonces fit three times.
MAX_LINE = 2_000

_COLUMNS = ("server_seed", "client_seed", "start", "end", "difficulty")
_HEADINGS = {
    "server_seed": "server_seed",
    "server": "server_seed",
    "serverseed": "server_seed",
    "client_seed": "client_seed",
    "client": "client_seed",
    "clientseed": "client_seed",
    "start": "start",
    "first": "start",
    "first_nonce": "start",
    "nonce_start": "start",
    "from": "start",
    "end": "end",
    "last": "end",
    "last_nonce": "end",
    "nonce_end": "end",
    "to": "end",
    "difficulty": "difficulty",
}
_SEPARATORS = ("\t", ";", ",", " ")
# Lines looked at to learn the separator.
_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class PairDefaults:
    """What stands for the fields a line leaves out, as typed."""

    start: str
    end: str
    difficulty: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """One line as it was written; what it leaves out is empty, and one that cannot be read has a problem."""

    number: int
    server_seed: str = ""
    client_seed: str = ""
    start: str = ""
    end: str = ""
    difficulty: str = ""
    problem: str = ""

    def request(self, defaults: PairDefaults, max_nonces: int) -> ScanRequest:
        """Give the scan this line asks for; raises FieldError for the first field that is wrong."""
        if self.problem:
            raise FieldError("pairs", self.problem)
        difficulty = Difficulty.parse(self.difficulty or defaults.difficulty)
        return ScanRequest.parse(
            server_seed=self.server_seed,
            client_seed=self.client_seed,
            start=self.start or defaults.start,
            end=self.end or defaults.end,
            difficulty=difficulty,
            targets=usual_targets(difficulty),
            max_nonces=max_nonces,
        )


@dataclass(frozen=True, slots=True)
class CheckedPair:
    """A line and the scan it asks for, or its problem; ``repeats`` is the line that asked the same before."""

    line: PairLine
    request: ScanRequest | None = None
    problem: str = ""
    repeats: int | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PairList:
    """All lines of a list in order; ``header`` is the number of the line that names the columns."""

    pairs: tuple[CheckedPair, ...] = ()
    header: int | None = None

    @property
    def ready(self) -> tuple[ScanRequest, ...]:
        """The scans that are asked for, each once."""
        return tuple(pair.request for pair in self.pairs if pair.request is not None and pair.repeats is None)

    @property
    def wrong(self) -> tuple[CheckedPair, ...]:
        """The lines that have a problem."""
        return tuple(pair for pair in self.pairs if pair.request is None)

    @property
    def repeated(self) -> int:
        """How many lines ask for what another line has asked for."""
        return sum(pair.repeats is not None for pair in self.pairs)


def usual_targets(difficulty: Difficulty) -> tuple[float, ...]:
    """Give the targets of a scan that names none: rare ones, but for the two that hardly ever come."""
    return PAYOUTS[difficulty][-5:-2]


def lines_of(text: str) -> list[str]:
    """Give the lines of a text, whatever system wrote it; a byte order mark is no part of the first."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def read_pairs(text: str, defaults: PairDefaults, max_nonces: int) -> PairList:
    """Give every line of a list with its scan or its problem; raises FieldError on ``pairs`` past a limit."""
    if len(text) > MAX_CHARACTERS:
        raise FieldError(
            "pairs", f"This list holds {len(text):,} characters; {MAX_CHARACTERS:,} is the limit. Split it."
        )
    lines = [(number, line) for number, line in enumerate(lines_of(text), 1) if line.strip(" \t,;")]
    separator = _separator([line for _, line in lines[:_LOOKED_AT]])
    columns = _header(_fields(lines[0][1], separator), separator) if lines else None
    header = None
    if columns is not None:
        header = lines.pop(0)[0]
    if len(lines) > MAX_LINES:
        raise FieldError(
            "pairs", f"This list holds {len(lines):,} pairs; {MAX_LINES:,} is the limit. Split it."
        )
    read = [_line(number, line, separator, columns or _COLUMNS) for number, line in lines]
    return PairList(tuple(_checked(read, defaults, max_nonces)), header)


def left_over(text: str, pairs: PairList) -> str:
    """Give the lines that have a problem, under their header: what is still to be mended."""
    lines = lines_of(text)
    wrong = [pair.line.number for pair in pairs.wrong]
    if wrong and pairs.header is not None:
        wrong.insert(0, pairs.header)
    return "\n".join(lines[number - 1] for number in wrong)


def _checked(read: Sequence[PairLine], defaults: PairDefaults, max_nonces: int) -> Iterator[CheckedPair]:
    seen: dict[ScanRequest, int] = {}
    for line in read:
        try:
            request = line.request(defaults, max_nonces)
        except FieldError as error:
            yield CheckedPair(line, problem=_plain(str(error)))
            continue
        first = seen.setdefault(request, line.number)
        yield CheckedPair(line, request, repeats=None if first == line.number else first)


def _plain(sentence: str) -> str:
    """Give a contract sentence in the words of someone who typed a list."""
    if sentence == "end must be >= start":
        return "the last nonce must not be smaller than the first"
    return sentence.replace("_", " ")


def _fields(line: str, separator: str) -> list[str] | str:
    """Give the fields of one line, or why it has none."""
    if len(line) > MAX_LINE:
        return f"this line is longer than {MAX_LINE:,} characters"
    try:
        # Line by line: one quote that is never closed would swallow all lines behind it.
        fields = next(csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error:
        return "a quote is not closed or not at its end"
    if '"' not in line:
        # A seed may end in a blank; who means one puts it in quotes.
        fields = [field.strip() for field in fields]
    while fields and not fields[-1].strip():
        fields.pop()
    return fields


def _header(fields: list[str] | str, separator: str) -> tuple[str, ...] | None:
    """Give the column of each field where the line names columns, both seeds among them."""
    # Seeds may be called "server" and "client"; where a nonce stands, it is a pair.
    if isinstance(fields, str) or any(field.strip().isdigit() for field in fields):
        return None
    words = ["_".join(field.lower().replace("_", " ").split()) for field in fields]
    if separator == " ":
        # "server seed" is two fields here; the first word says which column is meant.
        words = [word for word in words if word not in {"seed", "nonce"}]
    columns = tuple(_HEADINGS.get(word, "") for word in words)
    known = [column for column in columns if column]
    complete = {"server_seed", "client_seed"} <= set(known)
    return columns if complete and len(known) == len(set(known)) else None


def _line(number: int, line: str, separator: str, order: Sequence[str]) -> PairLine:
    fields = _fields(line, separator)
    if isinstance(fields, str):
        return PairLine(number, problem=fields)
    if len(fields) > len(order):
        return PairLine(number, problem=f"this line has {len(fields)} fields, {len(order)} at most are read")
    given = {column: field for column, field in zip(order, fields, strict=False) if column}
    return PairLine(
        number,
        server_seed=given.get("server_seed", ""),
        client_seed=given.get("client_seed", ""),
        start=given.get("start", "").strip(),
        end=given.get("end", "").strip(),
        difficulty=given.get("difficulty", "").strip(),
    )


def _separator(lines: Sequence[str]) -> str:
    """Give the separator under which the lines look most like seed pairs."""

    def likeness(separator: str) -> tuple[int, int]:
        cut = [_fields(line, separator) for line in lines]
        if cut and _header(cut[0], separator) is not None:
            return len(lines) * len(_COLUMNS) + 1, 0
        good = [fields for fields in cut if isinstance(fields, list) and len(fields) >= 2]
        return sum(len(fields) for fields in good if _is_pair(fields)), len(good)

    return max(_SEPARATORS, key=likeness)


def _is_pair(fields: Sequence[str]) -> bool:
    nonces, rest = fields[2:4], fields[4:]
    return all(nonce.isdigit() or not nonce for nonce in nonces) and all(
        word.strip().lower() in {*Difficulty, ""} for word in rest
    )
