from collections.abc import Iterator
from pathlib import Path

import pytest

from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    opened = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    yield opened
    opened.close()
