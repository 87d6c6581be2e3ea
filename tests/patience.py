"""A qtbot for a machine that is shared: its limits are bounds against hanging, never figures."""

from __future__ import annotations

import faulthandler
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget
from pytestqt.exceptions import TimeoutError  # noqa: A004 - it is this one that pytest-qt raises
from pytestqt.qtbot import QtBot

# A whole minute of somebody else's work on both cores was seen; pytest's own limit is twice as long.
PATIENCE_MS = 60_000


class PatientBot(QtBot):
    """Waits longer, and after a wait lets what was posted meanwhile arrive."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802 - overrides
        """Wait until something is so, and everything that was posted by then is delivered."""
        try:
            super().waitUntil(callback, timeout=timeout)
        except TimeoutError:
            # Where every thread stands tells a slow one from one that waits for another.
            faulthandler.dump_traceback(2)  # past the capture, which may be what hangs
            raise
        # A layout shows what was added to it by a queued call: the answer that ended this wait may have
        # added widgets which no turn of the loop has shown yet.
        QCoreApplication.sendPostedEvents()

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:  # noqa: N802 - overrides
        """Wait for a signal."""
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:  # noqa: N802 - overrides
        """Wait for all of several signals."""
        return super().waitSignals(signals, timeout=timeout, **how)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802 - overrides
        """Wait until a window has the keyboard."""
        return super().waitActive(widget, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802 - overrides
        """Wait until a window is painted."""
        return super().waitExposed(widget, timeout=timeout)
