"""``make torture``: SIGKILL at random moments, restart, and every acknowledged message is compared.

Rounds of load: 16 connections post single messages, batches, heartbeats and things sent before, beside a
scan; with ``--xvfb`` every other round is the window on an X server, otherwise all are ``serve``. One kill
in ten comes while the program still starts. Then each long operation is killed at random moments of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tests.tools.display import on_display, x_display
from tests.tools.load_server import Server, serving, windowed
from tests.tools.proof_tables import keep, markdown, where
from tests.tools.torture_check import Findings, compare
from tests.tools.torture_clients import Ledger, load_until
from tests.tools.torture_operations import Tortured, torture_operations

Start = Callable[[Path], AbstractContextManager[Server]]

# Long enough for a scan to end in about half of the rounds, its kernel loaded first.
LONGEST_LOAD = 2.0
LONGEST_START = 2.0
AT_START = 0.1


class Rounds:
    """The rounds of load and kill in one data folder."""

    def __init__(self, folder: Path, seed: int, starts: list[tuple[str, Start]]) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._starts = starts
        self.ledger = Ledger()
        self.kills = dict.fromkeys((name for name, _ in starts), 0)
        self.at_start = 0
        self._whole: set[str] = set()

    def go(self, number: int) -> Findings:
        """Start, compare what earlier rounds were told, load and kill; give the comparison."""
        name, start = self._starts[number % len(self._starts)]
        if self._chance.random() < AT_START:
            self._kill_at_start()
        with start(self._folder) as server:
            found = compare(server.database, self.ledger, self._whole)
            asyncio.run(
                load_until(server, self.ledger, self._chance, self._chance.uniform(0.02, LONGEST_LOAD))
            )
            server.process.wait(30)
        self.kills[name] += 1
        return found

    def settle(self) -> Findings:
        """Start once more, compare, and end in order."""
        with serving(self._folder) as server:
            return compare(server.database, self.ledger, set())

    def _kill_at_start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "pump_desktop",
            "--data-dir",
            str(self._folder),
            "serve",
            "--port",
            "0",
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(self._chance.uniform(0.1, LONGEST_START))
            except subprocess.TimeoutExpired:
                process.kill()
        self.at_start += 1


def rounds_table(rounds: Rounds, last: Findings) -> str:
    """Give the figures of all rounds as a table."""
    ledger = rounds.ledger
    kills = ", ".join(f"{count} {name}" for name, count in rounds.kills.items())
    rows: list[tuple[str, object]] = [
        ("kills under load", kills),
        ("kills at start", rounds.at_start),
        ("messages sent (repeats apart)", len(ledger.sent)),
        ("acknowledged", len(ledger.acknowledged)),
        ("stored rounds", last.stored),
        ("lost", last.lost),
        ("doubled", last.doubled),
        ("changed", last.changed),
        ("runs acknowledged / stored", f"{len(ledger.runs)} / {last.runs}"),
        ("runs lost", last.lost_runs),
        ("half runs", last.half_runs),
        ("PRAGMA integrity_check", last.integrity),
    ]
    return markdown(("load", "figure"), rows)


def run_rounds(
    folder: Path, count: int, seed: int, starts: list[tuple[str, Start]]
) -> tuple[Rounds, Findings]:
    """Do so many rounds; ends at the first that finds something wrong."""
    rounds = Rounds(folder, seed, starts)
    for number in range(count):
        found = rounds.go(number)
        if (number + 1) % 10 == 0:
            say(f"{number + 1} rounds, {len(rounds.ledger.acknowledged):,} acknowledged, {found}")
        if not found.good:
            break
    return rounds, rounds.settle()


def say(line: str) -> None:
    """Tell on stderr what goes on."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Torture, print the tables, keep them as JSON; 1 when anything acknowledged was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="rounds of load and kill (100)")
    parser.add_argument("--kills", type=int, default=10, help="kills of each long operation (10)")
    parser.add_argument("--only", default="", help="the operations with this in their name")
    parser.add_argument("--seed", type=int, default=None, help="for the random moments (a new one)")
    parser.add_argument("--xvfb", action="store_true", help="every other round is the window on an X server")
    parser.add_argument("--json", type=Path, help="where the figures go (proof/torture.json)")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    print(f"{where()}, seed {seed}\n")
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pump-torture-")))
        starts: list[tuple[str, Start]] = [("headless", serving)]
        if options.xvfb:
            display = stack.enter_context(x_display())
            environment = on_display(display)
            starts.append(("window", lambda folder: windowed(folder, **environment)))
        rounds, last = run_rounds(folder / "load", options.rounds, seed, starts)
        print(f"{rounds_table(rounds, last)}\n", flush=True)
        operations = torture_operations(folder / "operations", options.kills, seed, say, options.only)
    print(f"{Tortured.table(operations)}\n\n{time.monotonic() - began:.0f} s")
    kept = keep(
        "torture",
        {
            "seed": seed,
            "seconds": time.monotonic() - began,
            "kills": rounds.kills | {"start": rounds.at_start},
            "sent": len(rounds.ledger.sent),
            "acknowledged": len(rounds.ledger.acknowledged),
            "statuses": rounds.ledger.statuses,
            "findings": {name: getattr(last, name) for name in Findings.__slots__},
            "operations": [one.as_json() for one in operations],
        },
        options.json,
    )
    print(f"Kept in {kept}")
    return 0 if last.good and all(one.good for one in operations) else 1


if __name__ == "__main__":
    sys.exit(main())
