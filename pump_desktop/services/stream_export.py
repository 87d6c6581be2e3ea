"""A stream's bets as CSV, written page by page in constant memory and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pump_desktop.domain.live import BetRow

HEADER = (
    "nonce,antebot_bet_id,date_time,received_at,amount,payout,difficulty,round_target,round_result,verdict\n"
)

# A cell that begins with one of these is a formula to a spreadsheet (the last two after it trims them).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


class _Lines(list[str]):
    """Lines as a csv writer hands them over, one whole line at a time."""

    write = list.append


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Give rows as CSV that ends its lines with a line feed; a cell with a line break is quoted."""
    lines = _Lines()
    # Python before 3.13 quotes no line break but those of its line end: with "\n" a cell's "\r" split a row.
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join([f"{line[:-2]}\n" for line in lines])


def plain_cell(text: str) -> str:
    """Give text that a spreadsheet shows and does not compute: a quote stands before a formula's sign."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
