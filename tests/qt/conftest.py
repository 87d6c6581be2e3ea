from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from pump_desktop.qt.jobs import JobRunner


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[JobRunner]:  # noqa: ARG001 - a QThread needs it
    runner = JobRunner("test worker")
    yield runner
    assert runner.stop()
    runner.deleteLater()
