"""``make faults``: what goes wrong outside the program: what it says, what is lost, whether it recovers.

Each fault happens to a real ``pump-desktop serve``, or to the window on an X display of its own, while bets
are posted; all of it in a folder of its own and on 127.0.0.1, bounded in number and time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tools.fault_kinds import FAULTS
from tools.fault_stage import Fault
from tools.proof_tables import keep, markdown, where

TITLES = ("fault", "what is said", "acknowledged", "lost", "goes on without a restart", "found wrong")


def row(fault: Fault) -> tuple[object, ...]:
    """Give a fault's line of the table."""
    if fault.skipped:
        return (fault.name, f"skipped: {fault.skipped}", "", "", "", "")
    wrong = "; ".join(fault.wrong) or "nothing"
    return (fault.name, " / ".join(fault.said), fault.acknowledged, fault.lost, fault.recovery, wrong)


def main(arguments: list[str] | None = None) -> int:
    """Let every fault happen, print the table, keep it as JSON; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default="", help="the faults with this in their name")
    parser.add_argument("--json", type=Path, help="where the figures go (proof/faults.json)")
    options = parser.parse_args(arguments)
    for name in [name for name in os.environ if name.startswith("PUMP_")]:
        del os.environ[name]
    print(f"{where()}\n", flush=True)
    faults: list[Fault] = []
    for kind in FAULTS:
        fault = Fault(kind.__doc__ or kind.__name__)
        if options.only not in fault.name:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="pump-fault-") as folder:
            kind(fault, Path(folder))
        fault.seconds = time.monotonic() - began
        faults.append(fault)
        print(f"{fault.seconds:5.1f} s  {row(fault)}", file=sys.stderr, flush=True)
    print(markdown(TITLES, map(row, faults)))
    path = keep("faults", {"faults": [fault.as_json() for fault in faults]}, options.json)
    print(f"\nKept in {path}")
    return 0 if all(fault.good for fault in faults) else 1


if __name__ == "__main__":
    sys.exit(main())
