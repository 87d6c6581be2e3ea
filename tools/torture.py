"""``make torture``: SIGKILL at random moments, restart, and every acknowledged message is compared.

Rounds of load: 16 connections post single messages, batches, heartbeats and things sent before, beside a
scan; with ``--xvfb`` every other round is the window on an X server, otherwise all are ``serve``. One kill
in ten comes while the program still starts. With ``--beside`` two more processes give storage commands
meanwhile, and are killed with it. Then each long operation is killed at random moments of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tools.display import on_display, x_display
from tools.load_server import Server, serving, windowed
from tools.proof_tables import keep, markdown, where
from tools.torture_check import Findings, compare
from tools.torture_clients import Ledger, load_until
from tools.torture_keeper import KEPT, MOVED, Kept, keepers
from tools.torture_operations import Tortured, torture_operations

Start = Callable[[Path], AbstractContextManager[Server]]

# Long enough for a scan to end in about half of the rounds, its kernel loaded first.
LONGEST_LOAD = 2.0
# Long enough for some storage commands.
LONGEST_BESIDE = 6.0
LONGEST_START = 2.0
# What is sent again is newer than what storage commands delete.
REPEATED = 500
AT_START = 0.1


class Rounds:
    """The rounds of load and kill in one data folder."""

    def __init__(self, folder: Path, seed: int, starts: list[tuple[str, Start]], *, beside: bool) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._starts = starts
        self.ledger = Ledger(repeated=REPEATED if beside else 0)
        self.kept = Kept() if beside else None
        self.kills = dict.fromkeys((name for name, _ in starts), 0)
        self.at_start = 0
        self._whole: set[str] = set()

    def go(self, number: int) -> Findings:
        """Start, compare what earlier rounds were told, load and kill; give the comparison."""
        name, start = self._starts[number % len(self._starts)]
        if self._chance.random() < AT_START:
            self._kill_at_start()
        with start(self._folder) as server, ExitStack() as stack:
            found = self._compare(server, self._whole)
            longest, end_beside = LONGEST_LOAD, stack.close
            if self.kept is not None:
                seed = self._chance.randrange(2**32)
                longest = LONGEST_BESIDE
                end_beside = stack.enter_context(keepers(self._folder, seed, self.kept))
            seconds = self._chance.uniform(0.02, longest)
            asyncio.run(load_until(server, self.ledger, self._chance, seconds, end_beside))
            server.process.wait(30)
        self.kills[name] += 1
        return found

    def settle(self) -> Findings:
        """Start once more, compare, and end in order."""
        with serving(self._folder) as server:
            return self._compare(server, set())

    def wrong(self) -> list[str]:
        """Give what the storage commands beside did that they must not."""
        if self.kept is None:
            return []
        moved = self._folder.with_name(MOVED) / "pump.db"
        return [*self.kept.wrong, *([f"{moved} is there"] if moved.exists() else [])]

    def _compare(self, server: Server, whole: set[str]) -> Findings:
        return compare(server.database, self.ledger, whole, None if self.kept is None else KEPT)

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
        *([("deleted by `data prune`", last.pruned)] if rounds.kept is not None else []),
        ("lost", last.lost),
        ("doubled", last.doubled),
        ("changed", last.changed),
        ("runs acknowledged / stored", f"{len(ledger.runs)} / {last.runs}"),
        ("runs lost", last.lost_runs),
        ("half runs", last.half_runs),
        ("streams whose figures are not those of their rows", last.miscounted),
        ("PRAGMA integrity_check", last.integrity),
    ]
    if rounds.kept is not None:
        rows.append(("storage commands beside, done/refused", rounds.kept.row))
        rows.append(("of these wrong", "; ".join(rounds.wrong()) or "nothing"))
    return markdown(("load", "figure"), rows)


def run_rounds(
    folder: Path, count: int, seed: int, starts: list[tuple[str, Start]], *, beside: bool
) -> tuple[Rounds, Findings]:
    """Do so many rounds; ends at the first that finds something wrong."""
    rounds = Rounds(folder, seed, starts, beside=beside)
    for number in range(count):
        found = rounds.go(number)
        if (number + 1) % 10 == 0:
            say(f"{number + 1} rounds, {len(rounds.ledger.acknowledged):,} acknowledged, {found}")
        if not found.good or rounds.wrong():
            break
    return rounds, rounds.settle()


def say(line: str) -> None:
    """Tell on stderr what goes on."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Torture, print the tables, keep them as JSON; 1 when anything acknowledged was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="rounds of load and kill (100)")
    parser.add_argument("--kills", type=int, default=10, help="kills of each long operation (10), 0 for none")
    parser.add_argument("--only", default="", help="the operations with this in their name")
    parser.add_argument("--seed", type=int, default=None, help="for the random moments (a new one)")
    parser.add_argument(
        "--xvfb", action="store_true", help="every other round is the window, on an X server if Xvfb is there"
    )
    parser.add_argument("--beside", action="store_true", help="with storage commands beside each round")
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
        if options.xvfb and shutil.which("Xvfb") is not None:
            environment = on_display(stack.enter_context(x_display()))
            starts.append(("window", lambda folder: windowed(folder, **environment)))
        elif options.xvfb:
            starts.append(("window (offscreen)", windowed))
        rounds, last = run_rounds(folder / "load", options.rounds, seed, starts, beside=options.beside)
        print(f"{rounds_table(rounds, last)}\n", flush=True)
        operations = []
        if options.kills:
            operations = torture_operations(folder / "operations", options.kills, seed, say, options.only)
            print(f"{Tortured.table(operations)}\n")
    print(f"{time.monotonic() - began:.0f} s")
    kept = keep(
        "torture",
        {
            "seed": seed,
            "seconds": time.monotonic() - began,
            "kills": rounds.kills | {"start": rounds.at_start},
            "sent": len(rounds.ledger.sent),
            "acknowledged": len(rounds.ledger.acknowledged),
            "statuses": rounds.ledger.statuses,
            "beside": None if rounds.kept is None else {n: getattr(rounds.kept, n) for n in Kept.__slots__},
            "findings": {name: getattr(last, name) for name in Findings.__slots__},
            "operations": [one.as_json() for one in operations],
        },
        options.json,
    )
    print(f"Kept in {kept}")
    return 0 if last.good and not rounds.wrong() and all(one.good for one in operations) else 1


if __name__ == "__main__":
    sys.exit(main())
