"""``python -m tools.load_streams``: what a batch of 1,000 new streams costs among many.

Meanwhile another client posts single bets to one stream: the longest of its answers is how long others wait.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from tools.load_client import bet
from tools.load_lists import Caller
from tools.load_server import Server, serving, windowed

TOGETHER = 1_000
MEASURED = 5


class Others:
    """Posts single bets until the end of a block, and keeps the seconds of each answer."""

    def __init__(self, server: Server) -> None:
        self._caller = Caller(server)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._post)
        self.seconds: list[float] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()
        self._caller.close()

    def _post(self) -> None:
        number = 0
        while not self._ended.wait(0.005):
            number += 1
            started = time.perf_counter()
            self._caller.call("POST", "/live/ingest", bet(number, "another"))
            self.seconds.append(time.perf_counter() - started)


def post_streams(caller: Caller, first: int) -> float:
    """Post one bet to each of 1,000 streams, and return the seconds until the answer."""
    batch = [bet(1, f"stream-{number}") for number in range(first, first + TOGETHER)]
    started = time.perf_counter()
    caller.call("POST", "/live/ingest/batch", batch)
    return time.perf_counter() - started


def main() -> int:
    """Fill a listener with streams and time the next ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=15_000)
    parser.add_argument("--window", action="store_true", help="with the window open")
    options = parser.parse_args()
    start = windowed if options.window else serving
    with tempfile.TemporaryDirectory(prefix="pump-streams-") as folder, start(Path(folder)) as server:
        caller = Caller(server)
        first_ones = [post_streams(caller, first) for first in range(0, options.streams, TOGETHER)]
        with Others(server) as others:
            seconds = [
                post_streams(caller, options.streams + number * TOGETHER) for number in range(MEASURED)
            ]
        caller.close()
    print(f"1,000 new streams in one batch, the first ones   {first_ones[0]:7.2f} s")
    print(
        f"the same when {options.streams:,} exist               {max(seconds):7.2f} s (worst of {MEASURED})"
    )
    print(f"longest answer to single bets meanwhile         {max(others.seconds):7.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
