import os
import subprocess
import sys
import threading
from pathlib import Path

from tests.leak_checks import left_threads

ROOT = Path(__file__).resolve().parent.parent

LEAKS = """
import logging
import os
import sys
import threading

import pytest

release = threading.Event()


def test_leaves_a_thread():
    threading.Thread(target=release.wait, name="forgotten", daemon=True).start()


def test_is_not_blamed_for_an_older_thread():
    release.set()


def test_waits_for_a_thread_that_is_about_to_end():
    threading.Timer(0.05, bool).start()


def test_logs_a_warning():
    logging.getLogger("pump_desktop").warning("the %s", "warning")


@pytest.mark.expects_warning
def test_logs_a_warning_on_purpose():
    logging.getLogger("pump_desktop").error("wanted")


def test_has_its_own_folders(tmp_path):
    assert os.environ["PUMP_DATA_DIR"].startswith(str(tmp_path))
    assert "PUMP_INGEST_PORT" not in os.environ
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_fails_by_itself_and_is_reported_once():
    threading.Thread(target=release.wait, daemon=True).start()
    logging.getLogger("pump_desktop").warning("not reported")
    raise AssertionError("its own failure")


def test_has_no_qt_application():
    core = sys.modules.get("PySide6.QtCore")  # pytest-qt loads it, and nothing more
    assert core is None or core.QCoreApplication.instance() is None
"""

QT_LEAKS = """
import weakref

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

kept = []


def test_leaves_a_visible_window(qapp):
    window = QLabel("left", objectName="shown")
    window.show()
    kept.append(window)


def test_leaves_a_hidden_window(qapp):
    kept.append(QWidget(objectName="hidden"))


def test_leaves_a_ticking_timer(qapp):
    timer = QTimer(objectName="tick")
    timer.start(1000)
    kept.append(timer)


def test_leaves_a_running_thread(qapp):
    class Worker(QThread):
        pass

    thread = Worker(objectName="worker")
    thread.start()
    kept.append(thread)


def test_is_not_blamed_for_older_things(qapp):
    assert len(kept) == 4


def test_closes_with_qtbot(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    QComboBox(window).addItem("its list is a window too")


def test_deletes_later(qapp):
    window = QWidget()
    window.show()
    QTimer(window).start(1000)
    window.cycle = [window]
    window.deleteLater()


def test_ends_its_thread(qtbot):
    thread = QThread()
    with qtbot.waitSignal(thread.started):
        thread.start()
    thread.quit()
    assert thread.wait(5000)


def test_stops_what_was_left(qapp):
    kept[3].quit()
    kept[3].wait()
    kept.clear()
"""


def run(tmp_path: Path, source: str) -> str:
    test_file = tmp_path / "test_sample.py"
    test_file.write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", ROOT, "-p", "no:cacheprovider",
         "-c", ROOT / "pyproject.toml", "--color=no", test_file],
        cwd=ROOT,
        env=os.environ | {"PUMP_INGEST_PORT": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def blamed(output: str) -> set[str]:
    """Give the tests that failed after they had passed."""
    return {line.split("::")[1].split(" ")[0] for line in output.splitlines() if line.startswith("ERROR ")}


def test_threads_and_warnings_are_caught(tmp_path: Path) -> None:
    output = run(tmp_path, LEAKS)
    assert blamed(output) == {"test_leaves_a_thread", "test_logs_a_warning"}, output
    assert "thread forgotten is still alive" in output
    assert "WARNING logged by pump_desktop: the warning" in output
    assert "1 failed, 7 passed, 2 errors" in output


def test_windows_timers_and_qthreads_are_caught(tmp_path: Path) -> None:
    output = run(tmp_path, QT_LEAKS)
    assert blamed(output) == {
        "test_leaves_a_visible_window",
        "test_leaves_a_hidden_window",
        "test_leaves_a_ticking_timer",
        "test_leaves_a_running_thread",
    }, output
    assert "PySide6.QtWidgets.QLabel shown is still visible" in output
    assert "PySide6.QtWidgets.QWidget hidden is still alive" in output
    assert "PySide6.QtCore.QTimer tick is still ticking" in output
    assert "Worker worker is still running" in output
    assert "9 passed, 4 errors" in output


def test_a_thread_that_ends_in_time_is_no_leak() -> None:
    release = threading.Event()
    before = set(threading.enumerate())
    thread = threading.Thread(target=release.wait, name="held")
    thread.start()
    assert left_threads(before, seconds=0.01) == ["thread held is still alive"]
    release.set()
    assert left_threads(before) == []
