"""A program of its own for test_app.py: starts, is touched, and tells what was imported when, and where."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from PySide6.QtCore import QEventLoop

from pump_desktop.app import make_application
from pump_desktop.program import Program
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


class Watch:
    """Notes what touches Qt and is imported in another thread than the window's; finds nothing itself."""

    def __init__(self) -> None:
        self.astray: list[str] = []

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Note a module on its first import."""
        touches_qt = name.startswith(
            ("PySide6", "shiboken6", "pyqtgraph", "pump_desktop.ui", "pump_desktop.qt")
        )
        if touches_qt and threading.current_thread() is not threading.main_thread():
            self.astray.append(name)
        return None


def main(folder: str) -> None:
    """Print whether the compiler is loaded: when all has started, and after the form was touched.

    Then print what touches Qt and was imported in another thread than the window's.
    """
    watch = Watch()
    sys.meta_path.insert(0, watch)
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
    print(watch.astray)


if __name__ == "__main__":
    main(sys.argv[1])
