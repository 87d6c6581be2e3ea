from __future__ import annotations

import pytest

from tests.cli.command import Pump, pump_here


@pytest.fixture
def pump(capsys: pytest.CaptureFixture[str]) -> Pump:
    return pump_here(capsys)
