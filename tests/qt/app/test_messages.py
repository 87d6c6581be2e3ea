"""What Qt says: in the log, in the report of a crash, and still with whoever listened before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QObject, QThread, QtMsgType, qInstallMessageHandler, qWarning

from pump_desktop.qt.app.messages import log_qt_messages
from pump_desktop.system.crash import CrashReport, install
from pump_desktop.system.logs import LOG_FILE, open_logs
from pump_desktop.system.paths import AppPaths, resolve_paths
from pump_desktop.system.redaction import hide_seed

# Qt's messages are the point here; pytest-qt would take each for a failure.
pytestmark = [pytest.mark.no_qt_log, pytest.mark.expects_warning]


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return resolve_paths(tmp_path)


@pytest.fixture
def reports(paths: AppPaths) -> Iterator[list[CrashReport]]:
    """Log as the real start does, and collect the reports of crashes."""
    reports: list[CrashReport] = []
    with ExitStack() as stack:
        logs = stack.enter_context(open_logs(paths))
        hooks = stack.enter_context(
            install(paths.logs, reports.append, logs.last_lines, lambda: datetime.now(UTC))
        )
        stack.enter_context(log_qt_messages(hooks.last_words))
        yield reports


def test_a_warning_of_qt_is_in_the_log_and_in_the_report_of_a_crash(
    reports: list[CrashReport], paths: AppPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    hide_seed("a seed in a text")
    parent = QObject()
    QObject(parent).moveToThread(QThread())
    qWarning("a seed in a text")
    sys.excepthook(ValueError, ValueError("boom"), None)
    line = "WARNING pump_desktop.qt.app.messages: Qt says (default): "
    sentence = "QObject::moveToThread: Cannot move objects with a parent"
    log = (paths.logs / LOG_FILE).read_text()
    assert f"{line}{sentence}\n" in log
    assert f"{line}[seed]\n" in log
    assert f"{line}{sentence}\n" in reports[0].details
    # As without a log: whoever started the program from a terminal sees it there.
    assert sentence in capsys.readouterr().err


def test_who_listened_before_hears_it_still_and_who_came_later_stays() -> None:
    heard: list[tuple[str, str]] = []

    def first(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        heard.append(("first", text))

    def later(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        heard.append(("later", text))

    original = qInstallMessageHandler(first)
    try:
        with log_qt_messages(print):
            qWarning("one")
        qWarning("two")
        with log_qt_messages(print):
            qInstallMessageHandler(later)
        qWarning("three")
    finally:
        qInstallMessageHandler(original)
    assert heard == [("first", "one"), ("first", "two"), ("later", "three")]
