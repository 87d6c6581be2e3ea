"""Another process that has a database open while a test works with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# With this program's place among those that use the file.
PRESENT = """
import sys
from pathlib import Path
from pump_desktop.store.db.presence import Presence
present = Presence(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""
# As any other program does, or an older version of this one.
BY_SQLITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM runs").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_program(path: Path, script: str = PRESENT) -> Iterator[subprocess.Popen[str]]:
    """Hold a database open in a process, which is killed at the end unless it has ended by then."""
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        try:
            yield other
        finally:
            other.kill()
