"""``make damage``: a data folder with one damaged file, opened by a process that lists, scans and exports.

Each case damages database, log, kernel cache or settings in a way and at a place that follow from ``--seed``
and its number. Every answer must be a sentence or the right figure: another figure without a sentence, an
exception, the death of the process or a hang is found, and printed with what was damaged. What is done is
kept in a file, with which ``--resume`` goes on.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tools.damage_open import Answer, Known, Outcome, open_folder
from tools.damage_stage import make
from tools.damage_ways import GROUPS, WAYS, Damage, damage
from tools.proof_tables import FOLDER, keep, markdown, where

# A case takes a tenth of a second, or two seconds when it compiles; other work on the machine is no hang.
HANG_S = 180.0


@dataclass(frozen=True, slots=True)
class Case:
    """What came of one case; ``outcome`` is that of its worst step."""

    number: int
    damage: Damage
    outcome: str
    told: str = ""
    """The first sentence."""
    found: list[str] = field(default_factory=list)
    """Everything that must not be."""


# The worst first.
_DIED, _HUNG = "died", "hung"
_WORST = (_DIED, _HUNG, Outcome.BUG, Outcome.OTHER, Outcome.DETAIL, Outcome.SENTENCE, Outcome.RIGHT)
GOOD = {Outcome.RIGHT, Outcome.SENTENCE, Outcome.DETAIL}


def start_method() -> str:
    """Return how a process is started for each case: forked from one that is warm, where there is that."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


class Stage:
    """A whole folder in ``folder``, and copies of it that are damaged and opened.

    All in it is listed; ``asked`` of its runs and of its streams are asked for their figures.
    """

    def __init__(self, folder: Path, method: str | None = None, asked: int = 2) -> None:
        self._whole = folder / "whole"
        self._copy = folder / "copy"
        # The base class of contexts lacks their Process.
        self._context: Any = multiprocessing.get_context(method or start_method())
        if self._context.get_start_method() == "forkserver":
            self._context.set_forkserver_preload(["tools.damage_warm"])
        made: Known = self._apart(_make, self._whole)
        self._known = replace(made, runs=made.runs[:asked], streams=made.streams[:asked])
        answers, figures = self._apart(_open, self._fresh(), self._known, True)
        wrong = [one for one in answers if one.outcome is not Outcome.RIGHT]
        if wrong:
            raise RuntimeError(f"the whole folder is not right: {wrong}")
        self._known = replace(self._known, figures=figures)

    def case(self, seed: int, number: int, groups: Sequence[str], ways: Sequence[str]) -> Case:
        """Damage a fresh copy and open it."""
        folder = self._fresh()
        done = damage(folder, seed, number, groups, ways)
        try:
            answers, _ = self._apart(_open, folder, self._known, done.file.endswith("window.ini"))
        except ProcessError as error:
            return Case(number, done, error.outcome, found=[str(error)])
        return _judged(number, done, answers)

    def _fresh(self) -> Path:
        shutil.rmtree(self._copy, ignore_errors=True)
        return shutil.copytree(self._whole, self._copy)

    def _apart(self, work: Any, *arguments: object) -> Any:
        """Do something in a process of its own and return what it gives; raises ProcessError."""
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_child, args=(theirs, work, arguments))
        process.start()
        theirs.close()
        try:
            if not ours.poll(HANG_S):
                raise ProcessError(_HUNG, f"no answer after {HANG_S:.0f} s")
            told = ours.recv()
            process.join(HANG_S)
            if process.is_alive():
                raise ProcessError(_HUNG, f"did not end within {HANG_S:.0f} s")
        except EOFError:
            process.join()
            raise ProcessError(_DIED, _death(process.exitcode)) from None
        finally:
            process.kill()
            process.join()
            ours.close()
        if process.exitcode:
            raise ProcessError(_DIED, f"{_death(process.exitcode)} behind its last answer")
        return told


class ProcessError(Exception):
    """A process that gave no answer."""

    def __init__(self, outcome: str, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


def _make(folder: Path) -> Known:
    return make(folder, layout=True)


def _open(folder: Path, known: Known, layout: bool) -> tuple[list[Answer], dict[str, str]]:
    return open_folder(folder, known, layout=layout)


def _child(answer: Connection, work: Any, arguments: tuple[Any, ...]) -> None:
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    answer.send(work(*arguments))
    answer.close()


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        return f"the process died of {signal.Signals(-code).name}"
    return f"the process ended with code {code}"


def _judged(number: int, done: Damage, answers: Sequence[Answer]) -> Case:
    """Return the case of all answers; another figure counts unless a sentence stood before it."""
    told = next((f"{one.step}: {one.shown}" for one in answers if one.outcome is Outcome.SENTENCE), "")
    worst = min((one.outcome for one in answers), key=_WORST.index)
    found = [
        f"{one.step}: {one.shown}" + (f"\n      right: {one.right}" if one.right else "")
        for one in answers
        if one.outcome not in {Outcome.RIGHT, Outcome.SENTENCE}
    ]
    return Case(number, done, worst, told, found)


def run(
    stage: Stage,
    seed: int,
    numbers: Sequence[int],
    groups: Sequence[str] = GROUPS,
    ways: Sequence[str] = tuple(WAYS),
) -> Iterator[Case]:
    """Yield what came of some cases."""
    for number in numbers:
        yield stage.case(seed, number, groups, ways)


def table(cases: Sequence[Case]) -> str:
    """Return the cases as a table, a row for each group of files and way of damage."""
    counts = Counter((one.damage.group, one.damage.way, one.outcome) for one in cases)
    rows = [
        (
            group,
            way,
            sum(counts[group, way, one] for one in _WORST),
            *(counts[group, way, one] for one in _SHOWN),
        )
        for group, way in dict.fromkeys((one.damage.group, one.damage.way) for one in cases)
    ]
    total = [sum(column) for column in list(zip(*rows, strict=True))[2:]]
    return markdown(("file", "damage", "cases", *_SHOWN), [*sorted(rows), ("all", "", *total)])


_SHOWN = tuple(reversed(_WORST))


def words(case: Case) -> str:
    """Return a case that must not be, in words."""
    return f"case {case.number}, {case.outcome}: {case.damage}\n    " + "\n    ".join(
        [*case.found[:6], f"told: {case.told or 'nothing'}"]
    )


class State:
    """The cases that are done, in a file: a line for the seed, and one for each case."""

    def __init__(self, path: Path, header: dict[str, Any], done: list[Case]) -> None:
        self._path = path
        self.header = header
        self.done = done

    @classmethod
    def begin(cls, path: Path, header: dict[str, Any]) -> State:
        """Begin anew."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(header) + "\n", "utf-8")
        return cls(path, header, [])

    @classmethod
    def resumed(cls, path: Path) -> State:
        """Go on with a file; a line that a kill cut off is a case to be done."""
        header, *lines = path.read_text("utf-8").splitlines()
        done = []
        for line in lines:
            try:
                values = json.loads(line)
            except ValueError:
                break
            done.append(Case(**values | {"damage": Damage(**values["damage"])}))
        state = cls.begin(path, json.loads(header))
        for case in done:
            state.add(case)
        return state

    def add(self, case: Case) -> None:
        """Keep a case."""
        self.done.append(case)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(case)) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Damage and open, print the table, keep it as JSON; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="cases (1000)")
    parser.add_argument("--seed", type=int, default=None, help="for file, way and place (a new one)")
    parser.add_argument(
        "--only", choices=GROUPS, action="append", help="the files of one kind; may be repeated"
    )
    parser.add_argument("--way", choices=WAYS, action="append", help="damage of one kind; may be repeated")
    parser.add_argument("--case", type=int, help="this one case")
    parser.add_argument("--resume", action="store_true", help="go on where the state file ends")
    parser.add_argument("--state", type=Path, default=FOLDER / "damage.jsonl", help="(proof/damage.jsonl)")
    parser.add_argument("--start", default=None, help="how processes start: forkserver or spawn")
    parser.add_argument("--json", type=Path, help="where the figures go (proof/damage.json)")
    options = parser.parse_args(arguments)
    if options.resume:
        state = State.resumed(options.state)
    else:
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
        state = State.begin(
            options.state,
            {
                "seed": seed,
                "count": options.count,
                "groups": options.only or GROUPS,
                "ways": options.way or list(WAYS),
            },
        )
    seed, count = state.header["seed"], state.header["count"]
    print(f"{where()}, seed {seed}, {len(state.done)} of {count} cases done\n", flush=True)
    began = time.monotonic()
    known = {one.number for one in state.done}
    numbers = [number for number in range(count) if number not in known]
    if options.case is not None:
        numbers = [options.case]
    with tempfile.TemporaryDirectory(prefix="pump-damage-") as folder:
        for case in run(
            Stage(Path(folder), options.start), seed, numbers, state.header["groups"], state.header["ways"]
        ):
            state.add(case)
            if case.outcome not in GOOD:
                print(words(case), flush=True)
            if (done := len(state.done)) % 50 == 0:
                print(f"{done} cases", file=sys.stderr, flush=True)
    print(f"\n{table(state.done)}\n\n{time.monotonic() - began:.0f} s")
    found = [one for one in state.done if one.outcome not in GOOD]
    kept = keep("damage", state.header | {"found": [asdict(one) for one in found]}, options.json)
    print(f"Kept in {kept}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
