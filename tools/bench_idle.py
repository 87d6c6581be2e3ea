"""A program of its own: the memory of a window that listens and is left alone; prints MB as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

# Before anybody imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil  # type: ignore[import-untyped]  # brings no types, and one call needs none
from PySide6.QtCore import QEventLoop, QTimer

from pump_desktop.app import make_application
from pump_desktop.program import Program
from pump_desktop.qt.app.listening import ListenerState
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.system.settle import settle

IDLE_MS = 3_000
MB = 1e6


def main() -> int:
    """Open the window, wait until it has nothing left to do, and print what it holds."""
    app = make_application(["bench-idle"])
    with tempfile.TemporaryDirectory(prefix="pump-idle-") as folder:
        program = Program(app, Settings(ingest_port=0), resolve_paths(Path(folder)))
        program.warm.connect(settle)
        loop = QEventLoop()
        done = QTimer()
        done.setInterval(IDLE_MS)
        done.setSingleShot(True)
        done.timeout.connect(loop.quit)
        program.warm.connect(done.start)
        program.show()
        loop.exec()
        if program.listening.status.state is not ListenerState.LISTENING:
            raise RuntimeError(f"the listener is {program.listening.status.state}")
        memory = psutil.Process().memory_full_info()
        program.stop()
    print(json.dumps({"rss": memory.rss / MB, "uss": memory.uss / MB}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
