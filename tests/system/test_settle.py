"""Turns and collections of a process, in one of its own: what is frozen stays so."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import gc
import sys
from pump_desktop.system.settle import settle, take_short_turns
take_short_turns()
gc.disable()
first = [[number] for number in range(5_000)]
settle()
once = gc.get_freeze_count()
later = [[number] for number in range(5_000)]
settle()
gc.enable()
print(once >= 5_000, gc.get_freeze_count() - once >= 5_000, len(gc.get_objects()) < 1_000)
print(sys.getswitchinterval() <= 0.001)
"""


def test_turns_are_short_and_what_is_there_is_left_out_of_later_collections_each_time() -> None:
    found = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True"] * 4
