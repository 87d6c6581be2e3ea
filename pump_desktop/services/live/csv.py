"""A stream's bets as CSV, written page by page in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pump_desktop.domain.live import BetRow
from pump_desktop.services.imports.files import csv_lines, plain_cell

HEADER = (
    "nonce,antebot_bet_id,date_time,received_at,amount,payout,difficulty,round_target,round_result,verdict\n"
)


def stream_csv(pages: Iterable[Sequence[BetRow]]) -> Iterator[str]:
    """Yield the header and then every page of bets; a missing value is an empty cell."""
    yield HEADER
    for page in pages:
        yield csv_lines(_cells(bet) for bet in page)


def _cells(bet: BetRow) -> tuple[object, ...]:
    return (
        bet.nonce,
        plain_cell(bet.antebot_bet_id),
        "" if bet.date_time is None else _time(bet.date_time),
        _time(bet.received_at),
        bet.amount,
        bet.payout,
        bet.difficulty.value,
        "" if bet.round_target is None else bet.round_target,
        bet.round_result,
        "" if bet.verdict is None else bet.verdict.value,
    )


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
