"""Notices outside the window; the tray here is Qt's own icon, which writes down what it is to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.qt.app.notifications import Notifications, tray_available, tray_icon

NOTICE = AlertRaised(
    rule_id=UUID(int=1),
    rule_name="Big ones",
    kind=AlertKind.THRESHOLD,
    stream_id=UUID(int=2),
    nonce=7,
    bet_id=3,
    sentence="400.02x at nonce 7: 100.00x or more.",
    raised_at=datetime(2026, 5, 9, 12, tzinfo=UTC),
    more=0,
    desktop=True,
    sound=False,
)


class WritingTray(QSystemTrayIcon):
    """Qt's tray icon, which also keeps what it shows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: list[tuple[str, str]] = []

    def showMessage(self, title: str, message: str, icon: QIcon, msecs: int) -> None:  # type: ignore[override]  # noqa: N802 - Qt's name, and the one form that is used
        self.shown.append((title, message))
        super().showMessage(title, message, icon, msecs)


class Told:
    """Notifications with a tray that writes, and what came of them."""

    def __init__(self) -> None:
        self.trays: list[WritingTray] = []
        self.beeps = 0
        self.opened: list[AlertRaised] = []
        self.notifications = Notifications(tray=self._tray, beep=self._beep)
        self.notifications.opened.connect(self.opened.append)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What the tray was to show."""
        return [one for tray in self.trays for one in tray.shown]

    def _tray(self, parent: QObject) -> WritingTray:
        self.trays.append(WritingTray(parent))
        return self.trays[-1]

    def _beep(self) -> None:
        self.beeps += 1


@pytest.fixture
def told(qapp: QApplication) -> Iterator[Told]:  # noqa: ARG001 - a tray icon needs it
    told = Told()
    yield told
    told.notifications.close()
    told.notifications.deleteLater()


def test_a_notice_shows_its_rule_what_it_says_and_its_stream(told: Told) -> None:
    told.notifications.tell(NOTICE, "zXv1upuFns")
    told.notifications.tell(replace(NOTICE, sentence="No message for 1 minute, since nonce 7."), "")
    assert told.shown == [
        ("Big ones", "400.02x at nonce 7: 100.00x or more.\nzXv1upuFns"),
        ("Big ones", "No message for 1 minute, since nonce 7."),
    ]
    assert len(told.trays) == 1
    assert told.beeps == 0


def test_a_notice_carries_no_markup_to_a_desktop_that_reads_it(told: Told) -> None:
    told.notifications.tell(replace(NOTICE, rule_name="<b>Big</b>"), '<img src="http://host/x">')
    assert told.shown == [
        ("‹b›Big‹/b›", '400.02x at nonce 7: 100.00x or more.\n‹img src="http://host/x"›'),
    ]


def test_a_rule_that_asks_for_nothing_gets_nothing(told: Told) -> None:
    told.notifications.tell(replace(NOTICE, desktop=False), "zXv1upuFns")
    assert told.trays == []
    assert told.beeps == 0


def test_a_rule_may_sound_without_a_notification(told: Told) -> None:
    told.notifications.tell(replace(NOTICE, desktop=False, sound=True), "zXv1upuFns")
    assert told.beeps == 1
    assert told.trays == []


def test_a_person_may_silence_all_rules(told: Told) -> None:
    loud = replace(NOTICE, desktop=True, sound=True)
    told.notifications.allow(desktop=False, sound=True)
    told.notifications.tell(loud, "")
    assert (told.shown, told.beeps) == ([], 1)
    told.notifications.allow(desktop=True, sound=False)
    told.notifications.tell(loud, "")
    assert (len(told.shown), told.beeps) == (1, 1)


def test_a_click_opens_what_was_shown_last(told: Told) -> None:
    told.notifications.tell(NOTICE, "zXv1upuFns")
    later = replace(NOTICE, nonce=9)
    told.notifications.tell(later, "zXv1upuFns")
    told.trays[0].messageClicked.emit()
    told.trays[0].activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    told.trays[0].activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert told.opened == [later, later]


def test_a_system_without_a_tray_gets_no_error(qtbot: QtBot) -> None:
    # The offscreen platform has none.
    assert not tray_available()
    beeps: list[str] = []
    notifications = Notifications(beep=lambda: beeps.append("beep"))
    assert tray_icon(notifications) is None
    with qtbot.assertNotEmitted(notifications.opened):
        notifications.tell(NOTICE, "zXv1upuFns")
        notifications.tell(replace(NOTICE, sound=True), "zXv1upuFns")
        notifications.close()
    assert beeps == ["beep"]
    assert notifications.findChildren(QSystemTrayIcon) == []
    notifications.deleteLater()
