"""How long the window's thread takes for bets that arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter
from uuid import UUID

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import BetRow
from pump_desktop.qt.look.theme import Size
from pump_desktop.qt.tables.bet_columns import BetColumns
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.live.bets_table import BetsTable
from tools.bench_figures import Figure

ARRIVING = 1_000
LOADED = 190_000
APPEND_MS = 16.0
FRAME_MS = 1000 / 60
SIZE = (1140, 680)


def _bets(first: int, count: int) -> BetColumns:
    now = utc_now()
    table = PAYOUTS[Difficulty.EXPERT]
    return BetColumns(
        BetRow(
            id=number,
            stream_id=UUID(int=1),
            antebot_bet_id=str(number),
            received_at=now,
            date_time=now + timedelta(seconds=number),
            nonce=number,
            amount=0.002,
            payout=0.0056,
            currency="ltc",
            difficulty=Difficulty.EXPERT,
            round_target=2.8,
            round_result=table[number % 16],
            safe_pumps=number % 16,
            verdict=None,
            duplicate_nonce=False,
            distance=number % 500,
        )
        for number in range(first, first + count)
    )


def bench_live(*, quick: bool) -> Iterator[Figure]:
    """Yield how long 1,000 bets take to come into a long table, and the screen of them to be painted."""
    loaded = 10_000 if quick else LOADED
    model = BetsModel(utc_now)
    table = BetsTable(model)
    table.resize(*SIZE)
    table.show()
    model.add_newer(_bets(1, loaded))
    table.grab()
    appended, painted = [], []
    for turn in range(5 if quick else 30):
        # Away from the top half of the time: there the view is held still as well.
        table.verticalScrollBar().setValue(500 if turn % 2 else 0)
        fresh = _bets(loaded + 1 + turn * ARRIVING, ARRIVING)
        began = perf_counter()
        model.add_newer(fresh)
        appended.append(perf_counter() - began)
        began = perf_counter()
        table.viewport().grab()
        painted.append(perf_counter() - began)
    rows = table.viewport().height() // Size.ROW
    table.close()
    table.deleteLater()
    model.deleteLater()
    yield Figure(
        f"{ARRIVING:,} live bets into a table of {loaded:,}", median(appended) * 1000, "ms", APPEND_MS,
        more=f"worst {max(appended) * 1000:.1f} ms",
    )  # fmt: skip
    yield Figure(
        "a screen of live bets painted", median(painted) * 1000, "ms", FRAME_MS,
        more=f"{rows} rows, worst {max(painted) * 1000:.0f} ms",
    )  # fmt: skip
