"""What a person may ask of the engine, parsed once at the edge and trusted inside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pump_desktop.domain.errors import FieldError, RangeTooLargeError
from pump_desktop.domain.game import Difficulty, target_p_exact
from pump_desktop.domain.runs import Match, Run, RunRow
from pump_desktop.domain.seeds import parse_seed

MAX_NONCE = 2**53 - 1
DEFAULT_MAX_NONCES = 100_000_000
MAX_TARGETS = 100

_WHOLE = re.compile(r"[+-]?[0-9]+")


def parse_nonce(field: str, value: object) -> int:
    """Give a nonce, 1 to 2^53 - 1, from an integer or its decimal text; raises FieldError on ``field``."""
    if isinstance(value, str) and _WHOLE.fullmatch(text := value.strip()):
        # 20 digits decide it; int() of a megabyte of digits would take seconds.
        value = int(text) if len(text) <= 20 else MAX_NONCE + 1
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(field, f"{field} must be a whole number")
    if not 1 <= value <= MAX_NONCE:
        raise FieldError(field, f"{field} must be between 1 and {MAX_NONCE}")
    return value


def parse_target(value: object) -> float:
    """Give one target multiplier, a finite number above zero; raises FieldError on ``targets``."""
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("xX×"))
        except ValueError:
            raise FieldError("targets", "all targets must be numbers") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError("targets", "all targets must be numbers")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FieldError("targets", "all targets must be finite numbers")
    if number <= 0:
        raise FieldError("targets", "all targets must be positive")
    return number


def parse_targets(values: object) -> tuple[float, ...]:
    """Give targets without repeats, ascending; raises FieldError on ``targets``."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise FieldError("targets", "targets must be a list of numbers")
    targets = tuple(sorted({parse_target(value) for value in values}))
    if not targets:
        raise FieldError("targets", "targets cannot be empty")
    if len(targets) > MAX_TARGETS:
        raise FieldError("targets", f"targets cannot hold more than {MAX_TARGETS} numbers")
    return targets


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """One replay: a seed pair, an inclusive nonce range, a difficulty, and the multipliers of interest."""

    server_seed: str
    client_seed: str
    start: int
    end: int
    difficulty: Difficulty
    targets: tuple[float, ...]

    @property
    def count(self) -> int:
        """Number of nonces."""
        return self.end - self.start + 1

    @classmethod
    def parse(
        cls,
        *,
        server_seed: object,
        client_seed: object,
        start: object,
        end: object,
        difficulty: object,
        targets: object,
        max_nonces: int = DEFAULT_MAX_NONCES,
    ) -> ScanRequest:
        """Check everything once; raises FieldError for the first input that is wrong."""
        request = cls(
            server_seed=parse_seed("server_seed", server_seed),
            client_seed=parse_seed("client_seed", client_seed),
            start=parse_nonce("start", start),
            end=parse_nonce("end", end),
            difficulty=Difficulty.parse(difficulty),
            targets=parse_targets(targets),
        )
        if request.end < request.start:
            raise FieldError("end", "end must be >= start")
        if request.count > max_nonces:
            raise RangeTooLargeError(request.count, max_nonces)
        return request


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """One bet to redo by hand."""

    server_seed: str
    client_seed: str
    nonce: int
    difficulty: Difficulty

    @classmethod
    def parse(
        cls, *, server_seed: object, client_seed: object, nonce: object, difficulty: object
    ) -> VerifyRequest:
        """Check everything once; raises FieldError for the first input that is wrong."""
        return cls(
            server_seed=parse_seed("server_seed", server_seed),
            client_seed=parse_seed("client_seed", client_seed),
            nonce=parse_nonce("nonce", nonce),
            difficulty=Difficulty.parse(difficulty),
        )


def parse_wider_range(
    run: Run | RunRow, start: object, end: object, max_nonces: int = DEFAULT_MAX_NONCES
) -> tuple[int, int]:
    """Give first and last nonce of a range that holds the run's own; raises FieldError."""
    first, last = parse_nonce("start", start), parse_nonce("end", end)
    if first > run.nonce_start:
        raise FieldError("start", f"start must be at most {run.nonce_start}, where the run starts")
    if last < run.nonce_end:
        raise FieldError("end", f"end must be at least {run.nonce_end}, where the run ends")
    if last - first + 1 > max_nonces:
        raise RangeTooLargeError(last - first + 1, max_nonces)
    return first, last


def wider_request(run: Run, start: int, end: int) -> ScanRequest:
    """Give the scan that would give the run over a larger range."""
    return ScanRequest(run.server_seed, run.client_seed, start, end, run.difficulty, run.targets)


def missing_before(run: Run, request: ScanRequest) -> ScanRequest | None:
    """Give the part of a larger range that lies before the run, if there is one."""
    return replace(request, end=run.nonce_start - 1) if request.start < run.nonce_start else None


def missing_after(run: Run, request: ScanRequest) -> ScanRequest | None:
    """Give the part of a larger range that lies after the run, if there is one."""
    return replace(request, start=run.nonce_end + 1) if request.end > run.nonce_end else None


def usual_target(difficulty: Difficulty, targets: Sequence[float]) -> tuple[float, Match]:
    """Give the smallest target of the table, exactly; when none is on it, the smallest one, at least."""
    met = [target for target in targets if target_p_exact(difficulty, target)]
    return (min(met), Match.EXACT) if met else (min(targets), Match.AT_LEAST)
