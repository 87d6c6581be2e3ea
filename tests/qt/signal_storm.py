"""Emits 50,000 signals with a nonce and 50,000 without across threads; exits with 0 when all arrived intact.

A program of its own, because what it guards against is a crash of the interpreter.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, Signal, Slot

SIGNALS = 50_000
# Signal(int) would wrap at 2^31; the nonces cross it, and 2^32, and reach the largest one.
FIRST_NONCES = (2**31 - 10, 2**32 - 10, 2**53 - SIGNALS)


def nonce_of(index: int) -> int:
    """Give the nonce of a signal: three stretches, one after another in turn."""
    return FIRST_NONCES[index % 3] + index


class Storm(QObject):
    """Emits everything from the thread it lives in."""

    nonce = Signal(object)
    bare = Signal()
    over = Signal()

    @Slot()
    def blow(self) -> None:
        """Emit without a pause."""
        for index in range(SIGNALS):
            self.nonce.emit(nonce_of(index))
            self.bare.emit()
        self.over.emit()


class Shelter(QObject):
    """Takes everything in, in the thread of the application."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces: list[object] = []
        self.bare = 0
        self.strayed = 0

    @Slot(object)
    def take_nonce(self, nonce: object) -> None:
        """Keep a nonce."""
        self.nonces.append(nonce)
        self.strayed += QThread.currentThread() is not self.thread()

    @Slot()
    def take_bare(self) -> None:
        """Count a signal that carries nothing."""
        self.bare += 1
        self.strayed += QThread.currentThread() is not self.thread()


def main() -> int:
    """Run the storm and give the exit code."""
    app = QCoreApplication(sys.argv)
    thread = QThread()
    storm, shelter = Storm(), Shelter()
    storm.moveToThread(thread)
    thread.started.connect(storm.blow)
    storm.nonce.connect(shelter.take_nonce)
    storm.bare.connect(shelter.take_bare)
    storm.over.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    thread.start()
    app.exec()
    thread.quit()
    thread.wait()
    whole = shelter.nonces == [nonce_of(index) for index in range(SIGNALS)]
    return 0 if whole and shelter.bare == SIGNALS and not shelter.strayed else 1


if __name__ == "__main__":
    sys.exit(main())
