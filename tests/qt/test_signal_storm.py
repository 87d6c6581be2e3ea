from __future__ import annotations

import subprocess
import sys

from tests.qt import signal_storm


def test_a_storm_of_signals_across_threads_arrives_whole() -> None:
    """Some releases of PySide6 crash CPython here; the pin in pyproject.toml leaves them out."""
    storm = subprocess.run(
        [sys.executable, "-X", "faulthandler", signal_storm.__file__],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (storm.returncode, storm.stderr) == (0, "")
