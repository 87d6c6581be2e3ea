"""An audit under way: how far, how long, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from pump_desktop.domain.audits import AuditProgress
from pump_desktop.qt.numbers import duration_text, grouped
from pump_desktop.qt.theme import Space
from pump_desktop.ui.widgets.buttons import Button
from pump_desktop.ui.widgets.text import Label

_STEPS = 1000


class AuditProgressBox(QWidget):
    """Bar, figures, and Cancel (``cancel_clicked``)."""

    cancel_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Audit progress")
        self._line = Label("", ink="secondary", figures=True, wrap=True)
        self._cancel = Button("Cancel", meaning="cancel")
        self._cancel.setToolTip("Stop the audit; what was checked keeps its verdict")
        foot = QHBoxLayout()
        foot.addWidget(self._line, 1)
        foot.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._bar)
        column.addLayout(foot)
        self._cancel.clicked.connect(self.cancel_clicked)

    def begin(self) -> None:
        """Show an audit that has just been started."""
        self._cancel.setEnabled(True)
        # A range of 0 to 0 is Qt's busy bar: nothing has been counted yet.
        self._bar.setRange(0, 0)
        self._line.setText("Checking …")

    def stopping(self) -> None:
        """Show that a stop was asked for."""
        self._cancel.setEnabled(False)
        self._line.setText("Stopping …")

    def show_progress(self, progress: AuditProgress) -> None:
        """Show how far the audit is."""
        if not progress.total or not progress.done:
            return
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(progress.done * _STEPS // progress.total)
        if self._cancel.isEnabled():
            left = "" if progress.seconds_left is None else f" · {duration_text(progress.seconds_left)} left"
            self._line.setText(f"{grouped(progress.done)} of {grouped(progress.total)} rows{left}")
