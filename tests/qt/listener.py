from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal, Slot

from pump_desktop.qt.work.imports import Imports
from pump_desktop.qt.work.jobs import Job
from pump_desktop.qt.work.scans import Scans


class Listener(QObject):
    """Keeps what a job or the scans said, in order, and the thread each word came to."""

    heard = Signal()

    def __init__(self, source: Job | Scans | Imports) -> None:
        super().__init__()
        self.words: list[str] = []
        self.values: list[object] = []
        self.threads: set[QThread] = set()
        if isinstance(source, Scans | Imports):
            source.started.connect(self._on_started)
        source.progress.connect(self._on_progress)
        source.finished.connect(self._on_finished)
        source.failed.connect(self._on_failed)
        source.cancelled.connect(self._on_cancelled)

    @property
    def last_words(self) -> list[str]:
        return [word for word in self.words if word not in {"started", "progress"}]

    def told(self, word: str) -> list[object]:
        return [value for said, value in zip(self.words, self.values, strict=True) if said == word]

    def _keep(self, word: str, value: object) -> None:
        self.words.append(word)
        self.values.append(value)
        self.threads.add(QThread.currentThread())
        self.heard.emit()

    @Slot(object)
    def _on_started(self, request: object) -> None:
        self._keep("started", request)

    @Slot(object)
    def _on_progress(self, value: object) -> None:
        self._keep("progress", value)

    @Slot(object)
    def _on_finished(self, value: object) -> None:
        self._keep("finished", value)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self._keep("failed", error)

    @Slot()
    def _on_cancelled(self) -> None:
        self._keep("cancelled", None)
