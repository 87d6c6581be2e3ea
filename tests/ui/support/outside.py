"""What the program hands to the system's other programs, taken in their place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices


class _FileManager(QObject):
    """Takes what the system's file manager would be given."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.shown.append(url.toLocalFile())


@contextmanager
def shown_folders() -> Iterator[list[str]]:
    """Give the list of folders that are shown meanwhile."""
    taker = _FileManager()
    # PySide's own description says bytes, and it takes text alone.
    QDesktopServices.setUrlHandler("file", taker, "take")  # type: ignore[arg-type]  # the stub wants bytes, Qt a str
    try:
        yield taker.shown
    finally:
        QDesktopServices.unsetUrlHandler("file")
