"""A stream of millions of rounds: its bytes on disk, its metrics, and old rounds deleted beside a listener.

    .venv/bin/python -m tools.load_scale --rounds 5000000 --keep 1000000

Every second round is a bet with a random UUID, a time, a currency and a target, the others are heartbeats.
With ``--folder`` the filled folder is kept: what stands there already is measured and not filled again.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import Accepted, Bet, Heartbeat, Message
from pump_desktop.engine.kernels import choose_kernel, replay
from pump_desktop.services.backend import open_backend
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.live_samples import sample_key
from tools.load_client import bet
from tools.load_lists import Caller
from tools.load_server import Server, post, serving

TOGETHER = 1_000
WAITING = 20
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TEN = (1.63, 2.8, 4.95, 9.08, 17.34, 34.68, 164.72, 1066.73, 11200.65, 48536.13)
TABLE = PAYOUTS[Difficulty.EXPERT]


def fill(folder: Path, count: int) -> None:
    """Store rounds of the sample seed pair through the store's own ingest."""
    key, seeds, dice = sample_key(), sample_request(), Random(1)
    outcomes = replay(choose_kernel(), seeds.server_seed, seeds.client_seed, 1, count, Difficulty.EXPERT)
    backend = open_backend(Settings(), resolve_paths(folder))
    waiting: deque[Future[list[Accepted]]] = deque()

    def message(nonce: int, k: int) -> Message:
        if nonce % 2 == 0:
            return Heartbeat(key, nonce, TABLE[k], Difficulty.EXPERT, k)
        return Bet(
            stream=key,
            antebot_bet_id=str(UUID(int=dice.getrandbits(128), version=4)),
            nonce=nonce,
            amount=0.00213,
            payout=0.005964 if k >= 2 else 0.0,
            currency="ltc",
            difficulty=Difficulty.EXPERT,
            round_target=2.8,
            round_result=TABLE[k],
            safe_pumps=k,
            date_time=BEGAN + timedelta(seconds=nonce / 2),
        )

    for first in range(0, count, TOGETHER):
        ks = outcomes[first : first + TOGETHER].tolist()
        waiting.append(backend.live.ingest([message(nonce, k) for nonce, k in enumerate(ks, first + 1)]))
        if len(waiting) > WAITING:
            waiting.popleft().result()
    for stored in waiting:
        stored.result()
    backend.close()


def tell_bytes(path: Path) -> None:
    """Print what takes how much room, table by table and index by index."""
    with closing(sqlite3.connect(path)) as connection:
        (rounds,) = connection.execute("SELECT count(*) FROM live_rounds").fetchone()
        (bets,) = connection.execute("SELECT count(*) FROM live_bets").fetchone()
        parts = connection.execute(
            "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC"
        ).fetchall()
    print(f"{rounds:,} rounds, {bets:,} of them bets")
    for name, size in parts:
        if size > rounds / 2:
            print(f"  {name:<44}{size / 1e6:>9,.1f} MB{size / rounds:>8.1f} bytes a round")
    size = sum(size for _, size in parts)
    print(f"  {'together':<44}{size / 1e6:>9,.1f} MB{size / rounds:>8.1f} bytes a round")


def tell_metrics(server: Server, stream_id: str, repeats: int) -> None:
    """Print how long the metrics of a stream take over HTTP."""
    caller = Caller(server)
    for match in ("exact", "at_least"):
        for multipliers in (TEN[:1], TEN):
            wanted = ",".join(str(one) for one in multipliers)
            path = f"/live/streams/{stream_id}/metrics?multipliers={wanted}&match={match}&bucket_size=10000"
            seconds = []
            for _ in range(repeats):
                started = time.perf_counter()
                caller.call("GET", path)
                seconds.append(time.perf_counter() - started)
            print(
                f"metrics, {len(multipliers):>2} multipliers, {match:<8}"
                f"  median {statistics.median(seconds):6.2f} s   worst {max(seconds):6.2f} s"
            )
    caller.close()


class Poster(threading.Thread):
    """Posts single bets to a stream of its own, one every 50 ms, and keeps statuses and seconds."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server
        self._ended = threading.Event()
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []

    def run(self) -> None:
        """Post until ``end()``."""
        number = 0
        while not self._ended.wait(0.05):
            number += 1
            started = time.perf_counter()
            try:
                post(self._server, bet(number, "beside"))
                self.statuses[200] += 1
            except urllib.error.HTTPError as error:
                with error:
                    self.statuses[error.code] += 1
            self.seconds.append(time.perf_counter() - started)

    def end(self) -> None:
        """Stop posting."""
        self._ended.set()
        self.join()


def tell_pruning(server: Server, folder: Path, keep: int, limit_s: float) -> None:
    """Delete old rounds in a process of its own while bets are posted, and print what both had of it."""
    before = _rounds(server.database)
    poster = Poster(server)
    poster.start()
    started = time.perf_counter()
    command = ["data", "prune", "--keep", str(keep), "--yes"]
    pruning = subprocess.Popen(
        [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), *command], env=os.environ
    )
    try:
        ended = f"exit code {pruning.wait(limit_s)}"
    except subprocess.TimeoutExpired:
        pruning.kill()
        pruning.wait()
        ended = "ended by this tool"
    seconds = time.perf_counter() - started
    poster.end()
    gone = before - _rounds(server.database) + poster.statuses[200]
    ordered = sorted(poster.seconds)
    print(f"{gone:,} rounds deleted in {seconds:,.0f} s, backup included ({ended})")
    median, late = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000
    print(f"bets posted meanwhile, by status: {dict(poster.statuses)}")
    print(f"  median {median:,.0f} ms   p99 {late:,.0f} ms   worst {ordered[-1] * 1000:,.0f} ms")


def _rounds(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (rounds,) = connection.execute("SELECT sum(total_rounds) FROM live_streams").fetchone()
    return int(rounds)


def _longest_stream(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (stream_id,) = connection.execute(
            "SELECT id FROM live_streams ORDER BY total_rounds DESC LIMIT 1"
        ).fetchone()
    return str(stream_id)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a folder and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5_000_000)
    parser.add_argument("--keep", type=int, default=1_000_000, help="rounds to keep; 0 deletes none")
    parser.add_argument("--limit", type=float, default=3_600, help="seconds after which a deletion is ended")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="kept; must be empty, or filled by this tool")
    options = parser.parse_args(arguments)
    kept: Path | None = options.folder
    with tempfile.TemporaryDirectory(prefix="pump-scale-") if kept is None else nullcontext(kept) as name:
        folder = Path(name)
        if not (folder / "pump.db").exists():
            started = time.perf_counter()
            fill(folder, options.rounds)
            print(f"{options.rounds:,} rounds stored in {time.perf_counter() - started:,.0f} s", flush=True)
        tell_bytes(folder / "pump.db")
        with serving(folder) as server:
            tell_metrics(server, _longest_stream(server.database), options.repeats)
            if options.keep:
                tell_pruning(server, folder, options.keep, options.limit)
    return 0


if __name__ == "__main__":
    sys.exit(main())
