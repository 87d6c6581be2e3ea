"""One start of a program that holds a data folder; says what it found, and ends when its stdin does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSocketNotifier

from pump_desktop.qt.app.single_instance import SingleInstance, Start


def main() -> int:
    """Hold the folder named on the command line."""
    app = QCoreApplication(sys.argv[:1])
    with SingleInstance() as instance:
        instance.raise_asked.connect(lambda: print("asked", flush=True))
        # All starts wait here for one moment: the first byte of stdin.
        os.read(0, 1)
        found = instance.begin(Path(sys.argv[1]))
        print(found.name, flush=True)
        if found is Start.FIRST:
            ending = QSocketNotifier(0, QSocketNotifier.Type.Read)
            ending.activated.connect(app.quit)
            app.exec()
    return 0


if __name__ == "__main__":
    sys.exit(main())
