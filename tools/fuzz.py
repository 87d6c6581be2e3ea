"""``make fuzz``: bent input into everything that reads from outside; then the whole HTTP schema, deeper.

The inputs follow from ``--seed`` alone. An exception that is no sentence for a person, an input that takes
longer than a second, or memory that grows with their number fails; the input is kept for a test.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships none

from tools.fuzz_targets import ALLOWED, Inputs, Target, pick, targets
from tools.proof_tables import keep, markdown, where

HANG_S = 1.0
# Python, caches of the libraries and the largest input of each kind settle within the first tenth.
WARM_SHARE = 0.1
GROWTH_MB = 64.0
KEPT_FAILURES = 20
SCHEMA_EXAMPLES = 100


@dataclass(slots=True)
class Outcome:
    """What came of one target."""

    inputs: int = 0
    answers: int = 0
    refusals: int = 0
    slowest_ms: float = 0.0


@dataclass(slots=True)
class Fuzzed:
    """What came of all inputs."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    warm_mb: float = 0.0
    end_mb: float = 0.0
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether nothing failed, hung or grew."""
        hung = any(one.slowest_ms > HANG_S * 1000 for one in self.outcomes.values())
        return not self.kinds and not hung and self.end_mb - self.warm_mb <= GROWTH_MB

    def table(self) -> str:
        """Give it as a table."""
        rows = [
            (name, one.inputs, one.answers, one.refusals, one.slowest_ms)
            for name, one in self.outcomes.items()
        ]
        total = [sum(column) for column in list(zip(*rows, strict=True))[1:4]]
        worst = max((one.slowest_ms for one in self.outcomes.values()), default=0.0)
        titles = ("what reads", "inputs", "answers", "sentences", "slowest, ms of CPU")
        return markdown(titles, [*rows, ("all", *total, worst)])


def fuzz(count: int, seed: int, folder: Path) -> Fuzzed:
    """Give bent inputs to all targets, and what came of it."""
    fuzzed = Fuzzed()
    process = psutil.Process()
    began = time.monotonic()
    with ExitStack() as stack:
        inputs = Inputs(seed, folder)
        all_targets = targets(inputs, stack)
        fuzzed.outcomes = {target.name: Outcome() for target in all_targets}
        for number, target in enumerate(pick(inputs, all_targets, count)):
            if number == int(count * WARM_SHARE):
                fuzzed.warm_mb = process.memory_info().rss / 2**20
            if number % 1000 == 0:
                # A loop that never ends shows where it is.
                faulthandler.dump_traceback_later(60, exit=True)
            _turn(target, inputs, fuzzed)
        faulthandler.cancel_dump_traceback_later()
    fuzzed.end_mb = process.memory_info().rss / 2**20
    fuzzed.seconds = time.monotonic() - began
    return fuzzed


def _turn(target: Target, inputs: Inputs, fuzzed: Fuzzed) -> None:
    outcome = fuzzed.outcomes[target.name]
    outcome.inputs += 1
    # Of this process: what others do on the machine is no hang.
    began = time.process_time()
    try:
        target.turn()
        outcome.answers += 1
    except ALLOWED:
        outcome.refusals += 1
    except Exception as error:  # noqa: BLE001 - each is what is looked for, and is told
        where_from = traceback.extract_tb(error.__traceback__)[-1]
        kind = (
            f"{target.name}: {type(error).__name__} at {Path(where_from.filename).name}:{where_from.lineno}"
        )
        fuzzed.kinds[kind] += 1
        if fuzzed.kinds[kind] == 1 and len(fuzzed.failures) < KEPT_FAILURES:
            fuzzed.failures.append(f"{kind}\n{str(error)[:300]}\n{repr(inputs.last)[:2000]}")
    outcome.slowest_ms = max(outcome.slowest_ms, (time.process_time() - began) * 1000)


def attack_schema(examples: int) -> tuple[int, str]:
    """Run the schema's test with more examples to an operation; give its exit code and last line."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/api/test_schema.py"],
        env=os.environ | {"SCHEMA_EXAMPLES": str(examples), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-6000:])
    return done.returncode, (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]


def main(arguments: list[str] | None = None) -> int:
    """Fuzz, print the table, keep it as JSON; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000, help="inputs in all (1000000)")
    parser.add_argument("--seed", type=int, default=None, help="for the inputs (a new one)")
    parser.add_argument(
        "--schema", type=int, default=SCHEMA_EXAMPLES, help="examples to an operation; 0 for none"
    )
    parser.add_argument("--json", type=Path, help="where the figures go (proof/fuzz.json)")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    logging.disable(logging.CRITICAL)
    print(f"{where()}, seed {seed}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="pump-fuzz-") as folder:
        fuzzed = fuzz(options.messages, seed, Path(folder))
    rate = options.messages / max(fuzzed.seconds, 1e-9)
    print(f"{fuzzed.table()}\n\n{fuzzed.seconds:.0f} s, {rate:,.0f} inputs/s, "
          f"memory {fuzzed.warm_mb:.0f} MB after a tenth, {fuzzed.end_mb:.0f} MB at the end")  # fmt: skip
    for failure in fuzzed.failures:
        print(f"\n{failure}")
    print(f"\n{dict(fuzzed.kinds) or 'No exception but sentences.'}", flush=True)
    code, said = attack_schema(options.schema) if options.schema else (0, "not asked for")
    print(f"Schema, {options.schema} examples to an operation and way: {said}")
    kept = keep(
        "fuzz",
        {
            "seed": seed,
            "seconds": fuzzed.seconds,
            "warm_mb": fuzzed.warm_mb,
            "end_mb": fuzzed.end_mb,
            "targets": {
                name: {key: getattr(one, key) for key in Outcome.__slots__}
                for name, one in fuzzed.outcomes.items()
            },
            "failures": fuzzed.failures,
            "kinds": fuzzed.kinds,
            "schema": {"examples": options.schema, "exit_code": code, "said": said},
        },
        options.json,
    )
    print(f"Kept in {kept}")
    return 0 if fuzzed.good and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
