"""A test process that dies ends the run soon: red, and with the name of the test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# As `make test` hands them to pytest, but for the number of processes.
(OPTIONS,) = re.findall(r"-m pytest -q -n \d (.+) \$\(ARGS\)", (ROOT / "Makefile").read_text("utf-8"))

DEATHS = {
    "abort": "os.abort()",
    "kill": "os.kill(os.getpid(), signal.SIGKILL)",
    # Keeps the interpreter, so that pytest-timeout's thread never gets a turn.
    "hang": "ctypes.PyDLL(None).sleep(60)",
}
TESTS = """
import ctypes, os, signal, PySide6.QtCore, pytest
@pytest.mark.parametrize("number", range(9))
def test_among_others(number):
    if number == 4:
        {death}
"""


def run(test_file: Path, source: str, *, processes: int = 1) -> tuple[int, str]:
    """Run tests as `make test` does, and give exit code and output."""
    test_file.write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", str(processes), *OPTIONS.split(), "-p", "tests.conftest",
         "--rootdir", test_file.parent, "-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", "--color=no",
         "-o", "faulthandler_timeout=1", test_file],
        cwd=ROOT,
        # Otherwise the inner controller takes itself for a process of the outer one.
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_a_death_in_a_test_ends_the_run_with_its_name(death: str, tmp_path: Path) -> None:
    code, output = run(tmp_path / "test_sample.py", TESTS.format(death=death))
    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert re.search(r"^FAILED \S*test_sample\.py::test_among_others\[4\]", output, re.MULTILINE), output
    assert "1 failed, 4 passed" in output


def test_the_other_processes_do_not_go_on_and_qt_says_why(tmp_path: Path) -> None:
    # Handed out in halves: while one process dies, the other has a minute before it.
    tests = TESTS.format(death="PySide6.QtCore.QThread().start()") + "    if number > 4: signal.pause()\n"
    code, output = run(tmp_path / "test_sample.py", tests, processes=2)
    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert "1 failed" in output
    assert "test_among_others[4]' !" in output, output
    assert "Qt ends this process: QThread: Destroyed while thread '' is still running\n" in output


def test_a_death_between_the_tests_is_red_too(tmp_path: Path) -> None:
    dies = "import os\ndef pytest_sessionfinish():\n    if 'PYTEST_XDIST_WORKER' in os.environ: os.abort()\n"
    (tmp_path / "conftest.py").write_text(dies)
    code, output = run(tmp_path / "test_sample.py", "def test_well(): pass\n")
    assert code == pytest.ExitCode.TESTS_FAILED, output
    assert "! A test process died while it ran no test !" in output


def test_a_death_while_a_file_is_read_names_the_file(tmp_path: Path) -> None:
    code, output = run(tmp_path / "test_sample.py", "import os\nos.abort()\n")
    assert code not in {pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED}, output
    assert re.search(r'File ".*test_sample.py", line 2 in <module>', output), output
