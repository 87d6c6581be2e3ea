from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alert_notices import AlertRaised
from pump_desktop.domain.alerts import AlertKind
from pump_desktop.domain.live import BetsLanded, Event, MessageRejected, StreamChanged
from pump_desktop.qt.live.event_bridge import BUDGET_S, DRAIN_MS, EventBridge
from pump_desktop.services.events import Hub

A, B = UUID(int=1), UUID(int=2)


def landed(stream: UUID, last: int, bets: int = 1, *, new: bool = False) -> BetsLanded:
    return BetsLanded(stream, last, bets, bets, new)


def raised(stream: UUID, nonce: int) -> AlertRaised:
    return AlertRaised(
        rule_id=UUID(int=3),
        rule_name="High result",
        kind=AlertKind.THRESHOLD,
        stream_id=stream,
        nonce=nonce,
        bet_id=None,
        sentence=f"400.02x at nonce {nonce}: 100.00x or more.",
        raised_at=datetime(2026, 5, 9, 12, tzinfo=UTC),
        more=0,
        desktop=False,
        sound=False,
    )


class Ear(QObject):
    """Keeps what the bridge tells, and the threads it tells it in."""

    def __init__(self, bridge: EventBridge) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.threads: set[QThread] = set()
        self.on_event: Callable[[], object] = lambda: None
        for signal in (bridge.landed, bridge.stream_changed, bridge.alert_raised, bridge.rejected):
            signal.connect(self.hear)

    @Slot(object)
    def hear(self, event: Event) -> None:
        self.events.append(event)
        self.threads.add(QThread.currentThread())
        self.on_event()


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def bridge(qapp: QApplication, hub: Hub) -> Iterator[EventBridge]:  # noqa: ARG001 - timers need it
    bridge = EventBridge()
    bridge.start(hub)
    yield bridge
    bridge.stop()
    bridge.deleteLater()


@pytest.fixture
def ear(bridge: EventBridge) -> Ear:
    return Ear(bridge)


def on_a_thread(work: Callable[[], None]) -> threading.Thread:
    """Run work on a thread of its own, as the writer does, and wait for its end."""
    thread = threading.Thread(target=work, name="publisher")
    thread.start()
    thread.join()
    return thread


def test_every_event_comes_to_the_windows_thread(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    told: list[Event] = [
        landed(A, 1, new=True),
        StreamChanged(A),
        raised(A, 1),
        MessageRejected("nonce must be at least 1"),
    ]

    def publish() -> None:
        for event in told:
            hub.publish(event)

    on_a_thread(publish)
    qtbot.waitUntil(lambda: len(ear.events) == 4)
    assert ear.events == told
    assert ear.threads == {QThread.currentThread()}


def test_bets_of_one_stream_are_told_together(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    for number in range(1, 1001):
        hub.publish(landed(A if number % 2 else B, number, new=number <= 2))
    qtbot.waitUntil(lambda: len(ear.events) == 2)
    assert ear.events == [landed(A, 999, 500, new=True), landed(B, 1000, 500, new=True)]


def test_a_change_between_bets_keeps_its_place(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    gone = StreamChanged(A, deleted=True)
    for event in (landed(A, 1), landed(A, 2), gone, landed(A, 3), landed(B, 4), landed(A, 5)):
        hub.publish(event)
    qtbot.waitUntil(lambda: len(ear.events) == 4)
    assert ear.events == [landed(A, 2, 2), gone, landed(A, 5, 2), landed(B, 4)]


def test_a_notice_comes_after_its_bets_and_parts_no_burst(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    notices = [raised(A, 2), raised(A, 3)]
    for event in (landed(A, 1), landed(A, 2), notices[0], landed(A, 3), notices[1]):
        hub.publish(event)
    qtbot.waitUntil(lambda: len(ear.events) == 3)
    assert ear.events == [landed(A, 3, 3), *notices]


def test_a_notice_is_told_by_its_own_signal(hub: Hub, bridge: EventBridge, ear: Ear, qtbot: QtBot) -> None:
    rejected: list[object] = []
    bridge.rejected.connect(rejected.append)
    with qtbot.waitSignal(bridge.alert_raised) as told:
        hub.publish(raised(B, 7))
    assert told.args == [raised(B, 7)]
    assert ear.events == [raised(B, 7)]
    assert rejected == []


def test_the_window_is_woken_once_for_a_burst(
    hub: Hub, bridge: EventBridge, ear: Ear, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    real = bridge._post.send

    def send(call: Callable[[], None]) -> None:
        woken.append(len(bridge._waiting))
        real(call)

    monkeypatch.setattr(bridge._post, "send", send)
    for number in range(500):
        hub.publish(landed(A, number))
    qtbot.waitUntil(lambda: bool(ear.events))
    # The queue of wake-ups holds one, whatever the burst.
    assert len(woken) == 1
    # Asleep again after a turn with nothing to tell: the next event wakes anew.
    qtbot.waitUntil(lambda: not bridge._turns.isActive())
    hub.publish(landed(A, 501))
    qtbot.waitUntil(lambda: len(ear.events) == 2)
    assert len(woken) == 2


def test_nothing_is_lost_between_two_threads(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    count = 20_000

    def publish() -> None:
        for number in range(1, count + 1):
            hub.publish(landed(A, number))

    publisher = threading.Thread(target=publish, name="publisher")
    publisher.start()
    qtbot.waitUntil(lambda: sum(event.bets for event in ear.events) == count)  # type: ignore[union-attr, misc]  # all are landings
    publisher.join()
    lasts = [event.last_bet_id for event in ear.events]  # type: ignore[union-attr]  # all of one kind
    assert lasts == sorted(lasts)
    assert lasts[-1] == count


def test_the_publisher_never_waits_for_the_window(hub: Hub, ear: Ear, qtbot: QtBot) -> None:
    took: list[float] = []

    def publish() -> None:
        for number in range(1000):
            began = time.perf_counter()
            hub.publish(landed(A, number))
            took.append(time.perf_counter() - began)

    # No event loop runs until join() returns: a call that waited for this thread would never come back.
    on_a_thread(publish)
    assert ear.events == []
    # A call that handed over to the window would take a turn of its loop, 50 ms, each time.
    assert sorted(took)[500] < 0.005
    qtbot.waitUntil(lambda: ear.events == [landed(A, 999, 1000)])


def test_slow_listeners_leave_the_window_its_turns(
    qapp: QApplication,  # noqa: ARG001 - timers need it
    hub: Hub,
    qtbot: QtBot,
) -> None:
    ticks = iter(range(1_000_000))
    # Every look at the clock costs half of the budget: two events a turn.
    bridge = EventBridge(timer=lambda: next(ticks) * BUDGET_S / 2)
    bridge.start(hub)
    ear = Ear(bridge)
    turns: list[int] = []
    bridge._turns.timeout.connect(lambda: turns.append(len(ear.events)))
    for number in range(6):
        hub.publish(MessageRejected(str(number)))
    qtbot.waitUntil(lambda: len(ear.events) == 6)
    assert [event.reason for event in ear.events] == list("012345")  # type: ignore[union-attr]  # all of one kind
    # The wake-up told the first two; each turn, DRAIN_MS apart, two more.
    assert turns[:2] == [4, 6]
    assert bridge._turns.interval() == DRAIN_MS
    bridge.stop()
    bridge.deleteLater()


@pytest.fixture
def pass_turns(hub: Hub, qtbot: QtBot) -> Iterator[Callable[[], None]]:
    """Give a function that waits until another bridge has told and fallen asleep again."""
    witness = EventBridge()
    witness.start(hub)
    seen = Ear(witness)

    def wait() -> None:
        seen.events.clear()
        hub.publish(StreamChanged(B))
        qtbot.waitUntil(lambda: bool(seen.events) and not witness._turns.isActive())

    yield wait
    witness.stop()
    witness.deleteLater()


def test_after_stop_nothing_is_told(
    hub: Hub, bridge: EventBridge, ear: Ear, pass_turns: Callable[[], None]
) -> None:
    hub.publish(landed(A, 1))
    bridge.stop()
    hub.publish(landed(A, 2))
    # What a publisher that was under way still delivers.
    bridge._collect(landed(A, 3))
    pass_turns()
    assert ear.events == []
    assert not bridge._waiting
    bridge.stop()


def test_a_publisher_may_still_be_under_way_when_the_bridge_is_gone(
    hub: Hub, qapp: QApplication, pass_turns: Callable[[], None]
) -> None:
    bridge = EventBridge(qapp)
    bridge.start(hub)
    bridge.stop()
    bridge.deleteLater()
    QCoreApplication.sendPostedEvents(bridge, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(bridge)
    late: list[BaseException | None] = []

    def publish() -> None:
        try:
            bridge._collect(landed(A, 1))
        except RuntimeError as error:
            late.append(error)

    on_a_thread(publish)
    pass_turns()
    assert late == []
    assert not bridge._waiting


def test_a_listener_may_stop_the_bridge(
    hub: Hub, bridge: EventBridge, ear: Ear, qtbot: QtBot, pass_turns: Callable[[], None]
) -> None:
    ear.on_event = bridge.stop
    for number in range(5):
        hub.publish(MessageRejected(str(number)))
    qtbot.waitUntil(lambda: bool(ear.events))
    pass_turns()
    assert ear.events == [MessageRejected("0")]


def test_it_can_be_started_again(hub: Hub, bridge: EventBridge, ear: Ear, qtbot: QtBot) -> None:
    bridge.stop()
    hub.publish(landed(A, 1))
    bridge.start(hub)
    hub.publish(landed(A, 2))
    qtbot.waitUntil(lambda: ear.events == [landed(A, 2)])
