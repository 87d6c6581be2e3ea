"""A larger nonce range for a stored run: what it must hold, and what of it is still to be scanned."""

from __future__ import annotations

from dataclasses import replace

from pump_desktop.domain.errors import FieldError, RangeTooLargeError
from pump_desktop.domain.requests import DEFAULT_MAX_NONCES, ScanRequest, parse_nonce
from pump_desktop.domain.runs import Run, RunRow


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
