"""Storage commands given one after the other beside a program that takes bets, in a process of their own.

    python -m tools.torture_keeper commands|window FOLDER SEED

``commands`` gives them as the command line does, each opening and closing the file; ``window`` has the file
open all the time, as a second window's services have, and can move the folder. Each line of its output says
what was done and how it ended, until it is killed.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pump_desktop.cli.main import run
from pump_desktop.domain.errors import KnownError
from pump_desktop.services.backend import open_backend
from pump_desktop.services.storage import Storage
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings

KEPT = 3_000
MOVED = "moved"


def storage_commands(kept: int) -> dict[str, tuple[str, ...]]:
    """Return the arguments of every ``data`` command; ``prune`` keeps so many rounds of each stream."""
    return {
        "backup": ("backup",),
        "backups": ("backups",),
        "check": ("check",),
        "compact": ("compact",),
        "prune": ("prune", "--keep", str(kept), "--yes"),
        "restore": ("restore", "--yes"),
        "size": ("size",),
    }


COMMANDS = storage_commands(KEPT)
# These need the file for themselves; beside a program that takes bets they are refused.
ALONE = frozenset({"restore", "move"})
KINDS = ("commands", "window")


@dataclass(slots=True)
class Kept:
    """What came of all storage commands so far: how often each was done and refused, and what was wrong."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        """Enter one line of a keeper."""
        said = json.loads(line)
        work, code, sentence = said["work"], said["code"], said["said"]
        (self.refused if code == 2 else self.done)[work] += 1
        if code == 2:
            self.sentences[f"{work}: {sentence}"] += 1
        if code not in {0, 2} or "Traceback" in sentence or (work in ALONE and code == 0):
            self.wrong.append(f"{work} ended with {code}: {sentence}")

    @property
    def row(self) -> str:
        """Say how often each was done, and how often refused."""
        works = sorted(self.done.keys() | self.refused.keys())
        return ", ".join(f"{work} {self.done[work]}/{self.refused[work]}" for work in works)


class Keeper:
    """A process that gives storage commands until it is killed."""

    def __init__(self, kind: str, folder: Path, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.torture_keeper", kind, str(folder), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout is None:
            raise RuntimeError("no standard output")
        self._lines = self._process.stdout
        if not self._lines.readline():
            raise RuntimeError(f"the storage commands ended with {self._process.wait()} before they began")

    def kill(self, kept: Kept) -> None:
        """Kill it wherever it is, and enter what it did."""
        ended = self._process.poll()
        self._process.kill()
        self._process.wait(30)
        for line in self._lines:
            # The last one may be cut off.
            if line.endswith("\n"):
                kept.hear(line)
        self._lines.close()
        if ended is not None:
            kept.wrong.append(f"the storage commands ended with {ended}")


@contextlib.contextmanager
def keepers(folder: Path, seed: int, kept: Kept) -> Iterator[Callable[[], None]]:
    """Have storage commands given by both kinds of keeper, until what this gives is called or it ends."""
    running = [Keeper(kind, folder, seed) for kind in KINDS]

    def end() -> None:
        while running:
            running.pop().kill(kept)

    try:
        yield end
    finally:
        end()


def _commands(folder: Path) -> dict[str, Callable[[], tuple[int, str]]]:
    def give(arguments: tuple[str, ...]) -> tuple[int, str]:
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            code = run(["--data-dir", str(folder), "data", *arguments])
        return code, said.getvalue()

    return {work: partial(give, arguments) for work, arguments in COMMANDS.items()}


def _window(folder: Path) -> dict[str, Callable[[], tuple[int, str]]]:
    storage: Storage = open_backend(Settings(), resolve_paths(folder)).storage

    def give(work: Callable[[], object]) -> tuple[int, str]:
        try:
            work()
        except KnownError as error:
            return 2, str(error)
        return 0, ""

    works: dict[str, Callable[[], object]] = {
        "backup": storage.back_up,
        "backups": lambda: storage.backups(check=True),
        "check": storage.check,
        "compact": storage.compact,
        "move": lambda: storage.move_to(folder.with_name(MOVED), folder),
        "prune": lambda: storage.prune(storage.pruning(KEPT)),
        "restore": lambda: storage.restore(storage.backups()[0].path),
        "size": storage.sizes,
    }
    return {name: partial(give, work) for name, work in works.items()}


def main() -> None:
    """Give storage commands without end."""
    kind, folder, seed = sys.argv[1], Path(sys.argv[2]).absolute(), int(sys.argv[3])
    works = {"commands": _commands, "window": _window}[kind](folder)
    # A restore of the window needs one to choose.
    works["backup"]()
    output, chance = sys.stdout, random.Random(seed)
    print("begun", file=output, flush=True)
    while True:
        work = chance.choice(sorted(works))
        code, said = works[work]()
        plain = " ".join(said.replace(str(folder), "…").split())
        print(json.dumps({"work": work, "code": code, "said": plain}), file=output, flush=True)


if __name__ == "__main__":
    main()
