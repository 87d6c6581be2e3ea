"""A stream of a million bets opened in the window: until its newest rows and its figures stand there.

    .venv/bin/python -m tools.load_open --bets 1000000

The rows go into the store through the same service as posted ones. Figures of a large stream are added up in
small steps, so the cards are there at once and complete a little later; both moments are told.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

# Before anybody imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, SignalInstance

from pump_desktop.app import make_application
from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.domain.live import Bet
from pump_desktop.engine.kernels import choose_kernel, replay
from pump_desktop.program import Program
from pump_desktop.services.backend import open_backend
from pump_desktop.services.sample import sample_request
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.live_samples import sample_key
from tools.bench_lag import Watch

TOGETHER = 1_000
GOAL_MS = 300.0


def fill(folder: Path, count: int) -> UUID:
    """Store the first bets of the sample seed pair, and give their stream."""
    key, seeds = sample_key(), sample_request()
    outcomes = replay(choose_kernel(), seeds.server_seed, seeds.client_seed, 1, count, Difficulty.EXPERT)
    table = PAYOUTS[Difficulty.EXPERT]
    backend = open_backend(Settings(), resolve_paths(folder))
    for first in range(0, count, TOGETHER):
        bets = [
            Bet(
                stream=key,
                antebot_bet_id=f"open-{nonce}",
                nonce=nonce,
                amount=0.002,
                payout=0.0,
                currency="ltc",
                difficulty=Difficulty.EXPERT,
                round_target=None,
                round_result=table[k],
                safe_pumps=k,
                date_time=None,
            )
            for nonce, k in enumerate(outcomes[first : first + TOGETHER].tolist(), first + 1)
        ]
        accepted = backend.live.ingest(bets).result()
    backend.close()
    return accepted[0].stream_id


def wait(signal: SignalInstance, ready: Callable[[], bool]) -> None:
    """Let the loop run until something is so, asked each time the signal comes."""
    loop = QEventLoop()

    def look(*_told: object) -> None:
        if ready():
            loop.quit()

    signal.connect(look)
    if not ready():
        loop.exec()
    signal.disconnect(look)


def main() -> int:
    """Fill a store, open its stream in the window, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bets", type=int, default=1_000_000)
    options = parser.parse_args()
    app = make_application(["load-open"])
    with tempfile.TemporaryDirectory(prefix="pump-open-") as folder:
        stream_id = fill(Path(folder), options.bets)
        program = Program(app, Settings(ingest_port=0), resolve_paths(Path(folder)))
        program.show()
        warm = QEventLoop()
        program.warm.connect(warm.quit)
        warm.exec()
        view, page = program.window.live_page.view, program.window.live_page
        watch = Watch()
        watch.start()
        started = time.perf_counter()
        program.window.open_stream(stream_id)
        wait(view._feed.opened, lambda: view.model.rowCount() > 0 and page.stream_id == stream_id)
        rows = time.perf_counter() - started
        wait(view._boards.changed, lambda: view._boards.board is not None)
        figures = time.perf_counter() - started
        wait(view._boards.changed, lambda: not (view._boards.board is None or view._boards.board.behind))
        complete = time.perf_counter() - started
        watch.stop()
        program.stop()
    print(f"a stream of {options.bets:,} bets opened in the window")
    print(f"  newest rows      {rows * 1000:>8,.0f} ms")
    print(f"  tiles and cards  {figures * 1000:>8,.0f} ms   goal {GOAL_MS:.0f} ms")
    print(f"  all added up     {complete * 1000:>8,.0f} ms")
    print(f"  loop held        {watch.worst_lag * 1000:>8,.0f} ms at most")
    return 0 if figures * 1000 <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
