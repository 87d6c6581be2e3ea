"""Long operations killed in the middle: each in a fresh copy of a folder, at random moments of its own."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tools.proof_tables import markdown
from tools.torture_check import integrity, reading

LONGEST = 60.0
# A kill shortly after the usual end shows that an operation that was told to be done is done.
BEYOND = 1.1


class Operation(Protocol):
    """Something that takes a while and may be killed in it."""

    name: str
    # What a kill half-way must leave, in words for the table.
    leaves: str
    # How long it goes on after its answer, when it does.
    goes_on_s: float

    def missing(self) -> str:
        """Say why it cannot be tried here; empty when it can."""
        ...

    def template(self, folder: Path) -> None:
        """Fill a folder that every try begins with a copy of."""
        ...

    def begin(self, folder: Path) -> Running:
        """Start it."""
        ...

    def problems(self, folder: Path, told_done: bool) -> list[str]:
        """Give what is not as it must be after a kill; the folder is at rest."""
        ...


class Running:
    """An operation under way in a process: known to have begun, and then ended or killed."""

    def __init__(
        self,
        process: subprocess.Popen[bytes] | subprocess.Popen[str],
        begun: Callable[[], bool],
        answered: Callable[[], bool] | None = None,
    ) -> None:
        self._process = process
        self._begun = begun
        self._answered = answered or (lambda: process.poll() == 0)

    def until_begun(self) -> float:
        """Wait until it has begun or ended; give the moment."""
        deadline = time.monotonic() + LONGEST
        while not self._begun() and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.0005)
        return time.monotonic()

    def until_done(self) -> float:
        """Wait until it is done; give the moment."""
        deadline = time.monotonic() + LONGEST
        while not self._answered():
            if time.monotonic() > deadline:
                raise RuntimeError("the operation does not end")
            if self._process.poll() not in {None, 0}:
                raise RuntimeError(f"the operation ended with {self._process.returncode}")
            time.sleep(0.001)
        return time.monotonic()

    def kill_at(self, moment: float) -> bool:
        """Kill it at a moment; tell whether it had said before that it was done."""
        time.sleep(max(moment - time.monotonic(), 0.0))
        done = self._answered()
        self.kill()
        return done

    def kill(self) -> None:
        """End its process at once."""
        self._process.kill()
        self._process.wait(LONGEST)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


@dataclass(slots=True)
class Tortured:
    """What came of one operation."""

    name: str
    leaves: str
    skipped: str = ""
    usual_ms: float = 0.0
    kills: int = 0
    half_way: int = 0
    done_first: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was wrong after any kill."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON fields."""
        return {name: getattr(self, name) for name in self.__slots__}

    @staticmethod
    def table(tortured: list[Tortured]) -> str:
        """Give the table of several."""
        titles = (
            "killed during",
            "usual ms",
            "kills",
            "of them half-way",
            "what a kill leaves",
            "found wrong",
        )
        rows = (
            (
                one.name,
                "–" if one.skipped else round(one.usual_ms),
                one.kills,
                "–" if one.skipped else one.half_way,
                one.leaves,
                one.skipped or "; ".join(one.problems) or "nothing",
            )
            for one in tortured
        )
        return markdown(titles, rows)


def torture_operations(
    folder: Path, kills: int, seed: int, say: Callable[[str], None], wanted: str = ""
) -> list[Tortured]:
    """Kill each operation so many times, and give what came of each."""
    # Here, because the table of operations is built from what this module defines.
    from tools.torture_table import OPERATIONS  # noqa: PLC0415 - see above

    chance = random.Random(seed)
    return [
        _torture(operation, folder / str(at), kills, chance, say)
        for at, operation in enumerate(OPERATIONS)
        if wanted in operation.name
    ]


def _torture(
    operation: Operation, folder: Path, kills: int, chance: random.Random, say: Callable[[str], None]
) -> Tortured:
    tortured = Tortured(operation.name, operation.leaves)
    if missing := operation.missing():
        tortured.skipped = f"skipped: {missing}"
        say(f"{operation.name}: {tortured.skipped}")
        return tortured
    template = folder / "template"
    operation.template(template)
    usual = _usual_seconds(operation, template, folder / "usual")
    tortured.usual_ms = usual * 1000
    for number in range(kills):
        place = folder / str(number)
        shutil.copytree(template, place)
        running = operation.begin(place)
        begun = running.until_begun()
        done = running.kill_at(begun + chance.uniform(0.0, usual * BEYOND + operation.goes_on_s))
        tortured.kills += 1
        tortured.half_way += not done
        tortured.done_first += done
        tortured.problems += operation.problems(place, done)
        shutil.rmtree(place)
    say(
        f"{operation.name}: {tortured.kills} kills, {tortured.half_way} half-way, "
        f"{tortured.problems or 'fine'}"
    )
    return tortured


def _usual_seconds(operation: Operation, template: Path, place: Path) -> float:
    """Give how long it takes from its beginning to its end when nobody kills it."""
    shutil.copytree(template, place)
    running = operation.begin(place)
    begun = running.until_begun()
    seconds = max(running.until_done() - begun, 0.002)
    running.kill()
    if wrong := operation.problems(place, told_done=True):
        raise RuntimeError(f"{operation.name} is wrong without a kill: {wrong}")
    shutil.rmtree(place)
    return seconds


# What operations are made of.


def command(folder: Path, *arguments: str) -> list[str]:
    """Give the command line of the program on a folder."""
    return [sys.executable, "-m", "pump_desktop", "--data-dir", str(folder), *arguments]


def run_command(folder: Path, *arguments: str) -> str:
    """Run a command to its end; raises RuntimeError with its sentence."""
    done = subprocess.run(
        command(folder, *arguments), capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def begin_command(folder: Path, begun: Callable[[], bool], *arguments: str) -> Running:
    """Start a command of the program."""
    process = subprocess.Popen(
        command(folder, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return Running(process, begun)


def has_command(*words: str) -> bool:
    """Tell whether the program has a command."""
    tried = subprocess.run(
        [sys.executable, "-m", "pump_desktop", *words, "--help"], capture_output=True, check=False
    )
    return tried.returncode == 0


def counts(path: Path) -> dict[str, int]:
    """Count the rows of each table, as they are on disk."""
    with closing(reading(path)) as database:
        tables = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        ]
        return {name: _count(database, name) for name in tables}


def _count(database: sqlite3.Connection, table: str) -> int:
    found: int = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - of its own
    return found


def unsound(path: Path) -> Iterator[str]:
    """Yield what SQLite's own checks say against a file."""
    with closing(sqlite3.connect(path)) as database:
        found = integrity(database)
    if found != "ok":
        yield f"{path.name}: {found}"


class Asked(threading.Thread):
    """A request that is sent on a thread of its own; ``done`` once it was answered whole."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        super().__init__(name="asked", daemon=True)
        self._ask = ask
        self.sent = threading.Event()
        self.done = False

    def run(self) -> None:
        """Ask, and keep whether there was a whole answer."""
        self.sent.set()
        self.done = self._ask()
