"""The real program with a fault in it, in a process of its own; the first argument names the fault.

deaf        every thread is busy when the window closes, and hears no stop
unbuilt     a part of the program cannot be built
fatal       Qt ends the process
"""

from __future__ import annotations

import sys
from threading import Event

import pytest
from PySide6.QtCore import QThread, Slot

from pump_desktop import app, program
from pump_desktop.qt.work.jobs import Job


class DeafProgram(program.Program):
    """Closes when the store is open and all threads are in work that no stop reaches."""

    def show(self) -> None:
        """Wait for the store."""
        self.ready.connect(self._deafen)
        super().show()

    @Slot()
    def _deafen(self) -> None:
        for runner in self._runners:
            begun = Event()

            def work(_job: Job, begun: Event = begun) -> None:
                begun.set()
                Event().wait()

            runner.submit(work)
            begun.wait()
        self.window.close()


class FatalProgram(program.Program):
    """Does what Qt cannot go on from."""

    def show(self) -> None:
        """Drop a thread that runs."""
        thread = QThread()
        thread.start()
        del thread


def unbuilt(*_parts: object) -> None:
    """Stand for a window with a bug in its constructor."""
    raise ZeroDivisionError("a bug in a constructor")


def main(fault: str) -> int:
    """Run the program with a fault in the folder that the environment names."""
    with pytest.MonkeyPatch.context() as patch:
        match fault:
            case "deaf":
                patch.setattr(app, "Program", DeafProgram)
                patch.setattr("pump_desktop.qt.work.jobs.STOP_TIMEOUT_S", 0.1)
            case "unbuilt":
                patch.setattr(program, "Window", unbuilt)
            case "fatal":
                patch.setattr(app, "Program", FatalProgram)
        return app.run_window([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
