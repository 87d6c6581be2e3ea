"""What repeats itself does not push all else out of the log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pump_desktop.system.log_flood import MOST_A_MINUTE, FloodFilter
from pump_desktop.system.logs import LOG_FILE, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths

START = 1_700_000_000.0
pytestmark = pytest.mark.expects_warning


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return resolve_paths(tmp_path / "data")


def record(at: float, *, line: int = 1, level: int = logging.WARNING) -> logging.LogRecord:
    made = logging.LogRecord("pump_desktop.api", level, "api.py", line, "refused: %s", ("x",), None)
    made.created = START + at
    return made


def passed(flood: FloodFilter, *records: logging.LogRecord) -> list[str]:
    return [str(one.flood) for one in records if flood.filter(one)]  # type: ignore[attr-defined]  # what it notes


def test_ten_lines_a_minute_pass_and_the_next_minute_says_how_many_did_not() -> None:
    flood = FloodFilter()
    said = passed(flood, *(record(number / 100) for number in range(5_000)))
    assert said == [""] * (MOST_A_MINUTE - 1) + [" (more like this within the minute are left out)"]
    assert passed(flood, record(60)) == [" (4,990 more like this were left out before)"]
    assert passed(flood, record(61)) == [""]


def test_another_line_passes_beside_the_flood() -> None:
    flood = FloodFilter()
    passed(flood, *(record(0) for _ in range(100)))
    assert passed(flood, record(0, line=2), record(0, level=logging.ERROR)) == ["", ""]


def test_a_clock_that_was_put_back_begins_a_minute() -> None:
    flood = FloodFilter()
    passed(flood, *(record(0) for _ in range(100)))
    assert passed(flood, record(-3_600)) == [" (90 more like this were left out before)"]


def test_who_asks_for_debug_gets_all_of_it() -> None:
    assert len(passed(FloodFilter(), *(record(0, level=logging.DEBUG) for _ in range(100)))) == 100


def test_errors_of_different_types_are_different_kinds() -> None:
    flood = FloodFilter()
    for kind in (ZeroDivisionError, OSError):
        one = record(0)
        one.exc_info = (kind, kind(), None)
        assert len(passed(flood, *[one] * 100)) == MOST_A_MINUTE


def test_kinds_without_number_do_not_fill_the_memory() -> None:
    flood = FloodFilter()
    assert len(passed(flood, *(record(0, line=line) for line in range(2_000)))) == 2_000
    assert len(flood._minutes) <= 500


def test_noise_leaves_the_log_as_long_as_it_was(paths: AppPaths) -> None:
    log = logging.getLogger("pump_desktop.api.errors")
    with open_logs(paths):
        logging.getLogger("pump_desktop.test").info("what matters")
        for _ in range(300):
            log.warning("POST %s was refused: %s", "/" + "a" * 60_000, "The disk is full.")
    (file,) = paths.logs.iterdir()
    lines = (paths.logs / LOG_FILE).read_text("utf-8").splitlines()
    assert lines[0].endswith("what matters")
    assert len(lines) <= 1 + 2 * MOST_A_MINUTE
    assert file.stat().st_size < 100_000
