"""``python -m tools.startup_profile``: what a start imports before its first paint, and what later.

The real window starts under ``-X importtime``, says when its first page is painted, and ends. Times are the
own times of modules (without what they import), summed up by package; the account itself costs some.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from time import time

from tools.bench_processes import PROBE_VARIABLE, ROOT
from tools.proof_tables import markdown, where

_LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)")
_TIMEOUT_S = 60.0
# What a start could bring and the first paint does without.
LATER = (
    "pyqtgraph", "scipy", "numba", "llvmlite", "numpy",
    "fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "pandas",
)  # fmt: skip


def imports_of_a_start(folder: Path) -> tuple[dict[str, tuple[int, float]], float]:
    """Give modules and own ms of each package imported until the first paint, and the start's seconds."""
    began = time()
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pump_desktop", "--data-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {PROBE_VARIABLE: repr(began), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        # One after the other as they come: what follows the words of the first paint came later.
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIMEOUT_S,
        check=True,
    )
    until_paint, told, behind = ended.stdout.partition("first-paint ")
    if not told:
        raise RuntimeError(f"the start said nothing of its first paint: {ended.stdout[-400:]}")
    found: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for microseconds, module in _LINE.findall(until_paint):
        package = module.partition(".")[0]
        count, total = found[package]
        found[package] = (count + 1, total + int(microseconds) / 1000)
    return dict(found), float(behind.split()[0])


def main(arguments: list[str] | None = None) -> int:
    """Profile a warm start and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--most", type=int, default=10, help="how many packages are named (10)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pump-imports-") as folder:
        imports_of_a_start(Path(folder))  # from here on bytecode is there, as for every later start
        found, seconds = imports_of_a_start(Path(folder))
    names = sorted(found, key=lambda name: found[name][1], reverse=True)
    rows = [(name, *found[name]) for name in names[: options.most]]
    rest = [found[name] for name in names[options.most :]]
    rows.append(("all others", sum(count for count, _ in rest), sum(ms for _, ms in rest)))
    rows.append(("all", sum(count for count, _ in found.values()), sum(ms for _, ms in found.values())))
    print(f"{where()}\n\nfirst paint after {seconds:.2f} s, with the account\n")
    print(markdown(("package", "modules", "own time, ms"), rows))
    early = [name for name in LATER if name in found]
    print(f"\nLeft for later: {', '.join(name for name in LATER if name not in found)}")
    if early:
        print(f"Too early: {', '.join(early)}")
    return int(bool(early))


if __name__ == "__main__":
    sys.exit(main())
