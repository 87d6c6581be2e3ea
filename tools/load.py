"""``make load``: how many bets a second the listener takes, how long an answer takes, and what is stored.

By default the window is open beside the listener, as it is for a person; ``--serve`` measures without it.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from tools.load_client import Tally, post_batches, post_singles
from tools.load_server import Server, serving, windowed

BATCH = 1000


def report(name: str, messages: int, tally: Tally, goal: str) -> None:
    """Print one line of figures."""
    rate = messages / tally.seconds
    print(
        f"{name:<28}{rate:>9,.0f} messages/s   p50 {tally.quantile(0.5) * 1000:6.1f} ms   "
        f"p99 {tally.quantile(0.99) * 1000:6.1f} ms   statuses {tally.statuses}   goal {goal}"
    )


async def measure(server: Server, seconds: float, batches: int) -> set[int]:
    """Post singles for some seconds and then batches; give the numbers that were acknowledged."""
    await post_singles(server.port, server.token, connections=16, stop=_after(0.5))
    singles = await post_singles(
        server.port, server.token, connections=16, stop=_after(seconds), first=1_000_000
    )
    report("singles, 16 connections", len(singles.latencies), singles, ">= 2,000/s, p99 <= 40 ms")
    many = await post_batches(server.port, server.token, size=BATCH, count=batches, first=10_000_000)
    report(f"batches of {BATCH}", len(many.acknowledged), many, ">= 20,000/s")
    return {*singles.acknowledged, *many.acknowledged}


def _after(seconds: float) -> Timer:
    return Timer(time.monotonic() + seconds)


class Timer:
    """True once a moment has passed."""

    def __init__(self, until: float) -> None:
        self._until = until

    def __call__(self) -> bool:
        """Tell whether it has passed."""
        return time.monotonic() >= self._until


def stored_numbers(database: Path) -> list[int]:
    """Give the numbers of the stored load bets, repeats included."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute("select antebot_bet_id from live_bets").fetchall()
    finally:
        connection.close()
    return [int(identity.removeprefix("load-")) for (identity,) in rows]


def main() -> int:
    """Measure and compare what was answered with what is stored."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--serve", action="store_true", help="without the window")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pump-load-") as folder:
        start = serving if options.serve else windowed
        print(f"listener {'alone' if options.serve else 'with the window open'}")
        with start(Path(folder)) as server:
            answered = asyncio.run(measure(server, options.seconds, options.batches))
        stored = stored_numbers(server.database)
        lost, doubled = answered - set(stored), len(stored) - len(set(stored))
        print(f"answered {len(answered):,}   stored {len(stored):,}   lost {len(lost)}   doubled {doubled}")
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main())
