"""A program of its own for test_app.py: starts, is touched, and tells when the compiler came."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop

from pump_desktop.app import make_application
from pump_desktop.program import Program
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


def main(folder: str) -> None:
    """Print whether the compiler is loaded: when all has started, and after the form was touched."""
    app = make_application(["untouched"])
    program = Program(app, Settings(ingest_port=0), resolve_paths(Path(folder)))
    loop = QEventLoop()
    program.warm.connect(loop.quit)
    program.show()
    loop.exec()
    print("llvmlite" in sys.modules)
    program.measured.connect(loop.quit)
    program.window.fill_sample()
    loop.exec()
    print("llvmlite" in sys.modules)
    program.stop()


if __name__ == "__main__":
    main(sys.argv[1])
