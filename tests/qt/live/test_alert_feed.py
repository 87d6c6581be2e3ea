"""Notices on their way into the window: from the real watcher, over the real bridge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, Qt, Slot
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import AlertRaised, QuietHours
from pump_desktop.domain.alerts import AlertRule, RuleDraft
from pump_desktop.domain.errors import StoreError
from pump_desktop.qt.live.alert_feed import AlertFeed
from pump_desktop.qt.live.event_bridge import EventBridge
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.sentences import Sentence
from pump_desktop.qt.work.jobs import BackendDoor, JobRunner
from pump_desktop.qt.work.query import Asker
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.model_checks import watched
from tests.services.samples import bet, send

ALWAYS = QuietHours.parse(start="00:00", end="23:59"), QuietHours.parse(start="23:59", end="00:00")


class Ear(QObject):
    """Keeps what the feed tells."""

    def __init__(self, feed: AlertFeed) -> None:
        super().__init__()
        self.told: list[tuple[int | None, str]] = []
        self.notices: list[AlertRaised] = []
        self.changed: list[UUID] = []
        self.failures: list[str] = []
        feed.raised.connect(self.hear)
        feed.highlights_changed.connect(self.changed.append)
        feed.failed.connect(self.failures.append)

    @Slot(object, str)
    def hear(self, notice: AlertRaised, stream: str) -> None:
        self.told.append((notice.nonce, stream))
        self.notices.append(notice)


class Stage:
    """A store with its watcher, and a feed that hears it."""

    def __init__(self, backend: Backend, qtbot: QtBot) -> None:
        self.backend = backend
        self.door = BackendDoor()
        self.door.open(backend)
        self.runner = JobRunner("live")
        self.asker = Asker(self.runner, self.door)
        self.bugs: list[object] = []
        self.asker.broke.connect(self.bugs.append)
        self.bridge = EventBridge()
        self.feed = AlertFeed(self.asker, self.bridge, utc_now)
        self.ear = Ear(self.feed)
        self._qtbot = qtbot
        backend.alerts._notices.cooldown_s = 0
        self.bridge.start(backend.hub)

    def add(self, kind: str = "threshold", **values: object) -> AlertRule:
        values = values or {"at_least": 100}
        draft = RuleDraft.parse(name=f"my {kind}", kind=kind, values=values, desktop=True, sound=True)
        return self.backend.alerts.add(draft).result(10)

    def send(self, *nonces: int, **changes: Any) -> UUID:
        """Send bets that a rule for 100.00x or more tells of, unless told otherwise."""
        values = {"roundResult": 400.02} | changes
        return send(self.backend.live, [bet(nonce, **values) for nonce in nonces])[0].stream_id

    def wait(self, count: int) -> None:
        """Wait until so many notices were told."""
        self._qtbot.waitUntil(lambda: len(self.ear.told) >= count)

    def reload(self) -> None:
        self.feed.reload()
        self._qtbot.waitUntil(lambda: not self.runner.busy)

    def rows(self) -> list[Sentence]:
        """Give the rows as a view gets them."""
        model = self.feed.model
        return [model.index(row, 0).data(NATIVE_ROLE) for row in range(model.rowCount())]


@pytest.fixture
def stage(tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    backend = open_backend(Settings(), resolve_paths(tmp_path / "data"))
    stage = Stage(backend, qtbot)
    tester = watched(stage.feed.model)
    yield stage
    assert stage.bugs == []
    stage.bridge.stop()
    assert stage.runner.stop()
    backend.close()
    tester.deleteLater()
    for part in (stage.ear, stage.feed, stage.bridge, stage.asker):
        part.deleteLater()


def test_a_notice_is_told_with_its_stream_and_stands_on_top(stage: Stage) -> None:
    stage.add()
    stage.send(7)
    stage.wait(1)
    stage.send(9, roundResult=1066.73)
    stage.wait(2)
    assert stage.ear.told == [(7, "client"), (9, "client")]
    rows = stage.rows()
    assert [row.text for row in rows] == [
        "1,066.73x at nonce 9: 100.00x or more.",
        "400.02x at nonce 7: 100.00x or more.",
    ]
    at = stage.ear.notices[1].raised_at.astimezone()
    assert rows[0].small == f"{at:%H:%M:%S} · my threshold · client"
    assert stage.feed.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == rows[0].spoken
    assert stage.feed.model.notices == tuple(reversed(stage.ear.notices))


def test_rows_of_one_stream_or_of_all(stage: Stage) -> None:
    stage.add()
    first = stage.send(1, clientSeed="one")
    stage.wait(1)
    second = stage.send(2, clientSeed="two")
    stage.wait(2)
    stage.feed.model.show_stream(first)
    assert [row.small.count("·") for row in stage.rows()] == [1]
    stage.send(3, clientSeed="two")
    stage.wait(3)
    assert [row.text[:19] for row in stage.rows()] == ["400.02x at nonce 1:"]
    stage.feed.model.show_stream(second)
    assert [row.text[:19] for row in stage.rows()] == ["400.02x at nonce 3:", "400.02x at nonce 2:"]
    stage.feed.model.show_stream(None)
    assert [row.small.rpartition(" ")[2] for row in stage.rows()] == ["two", "two", "one"]


def test_nonces_of_notices_are_highlighted_in_their_stream(stage: Stage) -> None:
    stage.add()
    first = stage.send(1, 4, clientSeed="one")
    second = stage.send(2, clientSeed="two")
    stage.wait(3)
    assert stage.feed.highlighted(first) == {1, 4}
    assert stage.feed.highlighted(second) == {2}
    assert set(stage.ear.changed) == {first, second}


def test_what_no_row_is_the_reason_of_highlights_none(stage: Stage) -> None:
    stage.add("missing", missing=3, nonces=10)
    stream = stage.send(1, 6, roundResult=1.0)
    stage.wait(1)
    assert [row.text for row in stage.rows()] == ["4 of the newest 10 nonces are missing, up to nonce 6."]
    assert stage.feed.highlighted(stream) == frozenset()


def test_the_last_hundred_are_kept_and_the_highlight_of_older_ones_goes(stage: Stage) -> None:
    stage.add()
    early = stage.send(1, clientSeed="early")
    stage.wait(1)
    stage.feed.model.show_stream(early)
    late = stage.send(*range(1, 101), clientSeed="late")
    stage.wait(101)
    assert len(stage.feed.model.notices) == 100
    assert stage.feed.highlighted(early) == frozenset()
    assert stage.feed.highlighted(late) == set(range(1, 101))
    assert early in stage.ear.changed
    assert stage.rows() == []


def test_notices_that_came_before_are_read_and_told_to_nobody(stage: Stage, qtbot: QtBot) -> None:
    stage.bridge.stop()
    stage.add()
    stream = stage.send(1, 2, 3)
    qtbot.waitUntil(lambda: len(stage.backend.alerts.recent()) == 3)
    stage.bridge.start(stage.backend.hub)
    stage.reload()
    assert [notice.nonce for notice in stage.feed.model.notices] == [3, 2, 1]
    assert stage.rows()[0].small.endswith("· client")
    assert stage.feed.highlighted(stream) == {1, 2, 3}
    assert stage.ear.told == []
    # The event of one that was read already: told, and no row twice.
    stage.bridge.alert_raised.emit(stage.feed.model.notices[0])
    assert stage.ear.told == [(3, "client")]
    assert [notice.nonce for notice in stage.feed.model.notices] == [3, 2, 1]
    # And one that is read again after its event.
    stage.send(4)
    stage.wait(2)
    stage.reload()
    assert [notice.nonce for notice in stage.feed.model.notices] == [4, 3, 2, 1]
    assert stage.ear.told == [(3, "client"), (4, "client")]


def test_a_deleted_stream_takes_its_notices_along(stage: Stage, qtbot: QtBot) -> None:
    stage.add()
    gone = stage.send(1, clientSeed="gone")
    left = stage.send(2, clientSeed="left")
    stage.wait(2)
    stage.ear.changed.clear()
    stage.backend.live.delete(gone).result(10)
    qtbot.waitUntil(lambda: stage.ear.changed == [gone])
    assert [notice.stream_id for notice in stage.feed.model.notices] == [left]
    assert stage.feed.highlighted(gone) == frozenset()


def test_quiet_hours_are_observed_from_the_start_and_when_changed(stage: Stage, qtbot: QtBot) -> None:
    # One of the two covers any moment, and both leave one minute of the day to the other.
    hours = next(one for one in ALWAYS if one.covers(utc_now().astimezone().time()))
    with qtbot.waitSignal(stage.feed.quiet_hours_changed) as told:
        stage.feed.set_quiet_hours(hours)
    assert told.args == [hours]
    assert stage.feed.quiet_hours == hours
    stage.add()
    stage.send(1)
    stage.wait(1)
    with qtbot.waitSignal(stage.feed.quiet_hours_changed) as told:
        stage.feed.set_quiet_hours(None)
    assert told.args == [None]
    stage.send(2)
    stage.wait(2)
    # As the program starts: they were kept somewhere, and are in force before a notice comes.
    again = AlertFeed(stage.asker, stage.bridge, utc_now, hours)
    again.reload()
    qtbot.waitUntil(lambda: not stage.runner.busy)
    stage.send(3)
    stage.wait(3)
    assert [(notice.desktop, notice.sound) for notice in stage.ear.notices] == [
        (False, False),
        (True, True),
        (False, False),
    ]
    again.deleteLater()


def test_without_a_store_quiet_hours_are_refused_with_a_sentence(qtbot: QtBot) -> None:
    door, runner = BackendDoor(), JobRunner("live")
    door.fail(StoreError("The disk is full."))
    asker, bridge = Asker(runner, door), EventBridge()
    feed = AlertFeed(asker, bridge, utc_now)
    with qtbot.waitSignal(feed.failed) as told:
        feed.set_quiet_hours(ALWAYS[0])
    assert told.args == ["The disk is full."]
    assert runner.stop()
    for part in (feed, bridge, asker):
        part.deleteLater()
