from __future__ import annotations

from pathlib import Path

from tools.startup_profile import LATER, imports_of_a_start


def test_the_first_paint_waits_for_no_heavy_library(tmp_path: Path) -> None:
    found, seconds = imports_of_a_start(tmp_path)
    assert not set(LATER) & set(found)
    # It did see the imports that come before.
    assert {"PySide6", "pydantic", "pump_desktop"} <= set(found)
    assert seconds > 0
