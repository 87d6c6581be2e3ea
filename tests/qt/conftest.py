from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QApplication

from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.services.backend import Backend


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[JobRunner]:  # noqa: ARG001 - its words need an event loop
    runner = JobRunner("test worker")
    yield runner
    assert runner.stop()


@pytest.fixture
def door(backend: Backend) -> Future[Backend]:
    """Give the services as workers ask for them, open already."""
    door: Future[Backend] = Future()
    door.set_result(backend)
    return door
