"""Notices outside the window: in the system's tray, where there is one, and as a sound.

The tray icon appears with the first notice that asks for it and goes with the window. Where the system has
no tray nothing happens: the window shows every notice anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.qt.look.icons import icon
from pump_desktop.qt.text.foreign import plain_notice

SHOWN_MS = 10_000


class Tray(Protocol):
    """What is needed of a tray icon."""

    messageClicked: SignalInstance  # noqa: N815 - Qt's name
    activated: SignalInstance

    def showMessage(self, title: str, message: str, icon: QIcon, msecs: int) -> None:
        """Show a notice beside the tray."""

    def hide(self) -> None:
        """Take the icon out of the tray."""


class Notifications(QObject):
    """``opened`` carries the AlertRaised whose notice, or the icon that stands for it, was clicked."""

    opened = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        tray: Callable[[QObject], Tray | None] | None = None,
        beep: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__(parent)
        self._make_tray = tray or tray_icon
        self._beep = beep
        self._tray: Tray | None = None
        self._shown: AlertRaised | None = None
        self._desktop = self._sound = True

    def allow(self, *, desktop: bool, sound: bool) -> None:
        """Let rules show notices outside the window and sound, or none of them, whatever they ask for."""
        self._desktop, self._sound = desktop, sound

    @Slot(object, str)
    def tell(self, notice: AlertRaised, stream: str) -> None:
        """Show a notice and sound it, as far as its rule asks for it."""
        if notice.sound and self._sound:
            self._beep()
        if not (notice.desktop and self._desktop):
            return
        if self._tray is None:
            self._tray = self._make_tray(self)
            if self._tray is None:
                return
            self._tray.messageClicked.connect(self._clicked)
            self._tray.activated.connect(self._activated)
        self._shown = notice
        words = f"{notice.sentence}\n{stream}" if stream else notice.sentence
        self._tray.showMessage(plain_notice(notice.rule_name), plain_notice(words), _program_icon(), SHOWN_MS)

    def close(self) -> None:
        """Leave the tray; may be called more than once."""
        if self._tray is not None:
            self._tray.hide()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._clicked()

    @Slot()
    def _clicked(self) -> None:
        # Systems that keep several notices do not tell which one was clicked: it is taken for the newest.
        if self._shown is not None:
            self.opened.emit(self._shown)


def tray_available() -> bool:
    """Tell whether the system has a tray and shows notices beside it."""
    return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()


def tray_icon(parent: QObject) -> Tray | None:
    """Put the program's icon into the tray; None where there is no tray."""
    if not tray_available():
        return None
    made = QSystemTrayIcon(_program_icon(), parent)
    made.setToolTip("Pump Desktop")
    made.show()
    return made


def _program_icon() -> QIcon:
    return QApplication.windowIcon() if not QApplication.windowIcon().isNull() else icon("alert", "accent")
