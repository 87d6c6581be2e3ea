"""Signals that ask the window to end."""

from __future__ import annotations

import os
import signal
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pump_desktop.qt.app.lifecycle import quit_on_signals
from pump_desktop.system.signals import stop_signals

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.usefixtures("hears_hangups"),
]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("begun", [True, False])
def test_a_signal_ends_the_loop_also_one_that_has_not_begun(
    qapp: QApplication, number: signal.Signals, begun: bool
) -> None:
    # The loop of the application, for nothing else is left when it quits; this bound ends a deaf one.
    bound = QTimer()
    bound.setSingleShot(True)
    bound.timeout.connect(lambda: qapp.exit(1))
    bound.start(30_000)
    before = signal.getsignal(number)
    with quit_on_signals(qapp):
        if begun:
            QTimer.singleShot(0, qapp, lambda: os.kill(os.getpid(), number))
        else:
            os.kill(os.getpid(), number)
        assert qapp.exec() == 0
    bound.stop()
    assert signal.getsignal(number) is before


def test_a_program_that_is_to_outlive_its_terminal_does() -> None:
    """``nohup`` starts a program with SIGHUP ignored."""
    assert set(stop_signals()) == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert set(stop_signals()) == {signal.SIGINT, signal.SIGTERM}
