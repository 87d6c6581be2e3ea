"""One tab of a run in a test, without the rest of the window: its run on disk, and real questions to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from pump_desktop.domain.requests import ScanRequest
from pump_desktop.domain.runs import Run, RunQuery
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


def store_run(folder: Path, wanted: ScanRequest) -> Path:
    """Scan and store one run in a folder of its own."""
    backend = open_backend(Settings(), resolve_paths(folder))
    backend.runs.create(wanted)
    backend.close()
    return folder


class Asked:
    """A stored run and the asker that answers about it."""

    def __init__(self, backend: Backend, runner: JobRunner, asker: Asker, qtbot: QtBot) -> None:
        self.backend = backend
        self.asker = asker
        (row,) = backend.runs.list(RunQuery()).items
        self.run = backend.runs.get(row.id)
        self.bugs: list[object] = []
        asker.broke.connect(self.bugs.append)
        self._runner = runner
        self._qtbot = qtbot

    @property
    def outcomes(self) -> NDArray[np.uint8]:
        """K of every nonce."""
        return self.backend.runs.outcomes(self.run.id)

    def store(self, wanted: ScanRequest) -> Run:
        """Scan a run without storing it; only its targets and range are of use."""
        return self.backend.runs.create(wanted, keep=False).run

    def settle(self) -> None:
        """Wait until every question has its answer."""
        self._qtbot.waitUntil(lambda: not self._runner.busy)


@contextmanager
def asking(folder: Path, qtbot: QtBot) -> Iterator[Asked]:
    """Open a folder with one run, and close it again."""
    backend = open_backend(Settings(), resolve_paths(folder))
    door = BackendDoor()
    door.open(backend)
    runner = JobRunner("queries")
    asked = Asked(backend, runner, Asker(runner, door), qtbot)
    try:
        yield asked
        assert not asked.bugs
    finally:
        assert runner.stop()
        backend.close()
