import threading
from uuid import UUID

import pytest

from pump_desktop.domain.live import Event, MessageRejected, StreamChanged
from pump_desktop.services.events import Hub

CHANGED = StreamChanged(UUID(int=1))


def test_every_subscriber_hears_every_event_in_order() -> None:
    hub, first, second = Hub(), list[Event](), list[Event]()
    hub.subscribe(first.append)
    hub.subscribe(second.append)
    hub.publish(CHANGED)
    hub.publish(MessageRejected("no"))
    assert first == second == [CHANGED, MessageRejected("no")]


def test_who_unsubscribed_hears_nothing_more() -> None:
    hub, heard = Hub(), list[Event]()
    leave = hub.subscribe(heard.append)
    stay = hub.subscribe(heard.append)
    leave()
    leave()
    hub.publish(CHANGED)
    assert heard == [CHANGED]
    stay()
    hub.publish(CHANGED)
    assert heard == [CHANGED]


@pytest.mark.expects_warning
def test_a_failing_subscriber_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    hub, heard = Hub(), list[Event]()

    def fails(_event: Event) -> None:
        raise RuntimeError("broken subscriber")

    hub.subscribe(fails)
    hub.subscribe(heard.append)
    hub.publish(CHANGED)
    hub.publish(CHANGED)
    assert heard == [CHANGED, CHANGED]
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
    assert "StreamChanged" in caplog.text


def test_a_subscriber_may_leave_while_it_is_told() -> None:
    hub, heard = Hub(), list[Event]()

    def once(event: Event) -> None:
        heard.append(event)
        leave()

    leave = hub.subscribe(once)
    hub.subscribe(heard.append)
    hub.publish(CHANGED)
    hub.publish(CHANGED)
    assert heard == [CHANGED] * 3


def test_threads_may_subscribe_and_publish_at_once() -> None:
    hub, heard = Hub(), list[Event]()
    hub.subscribe(heard.append)

    def work() -> None:
        for _ in range(200):
            hub.subscribe(lambda _event: None)()
            hub.publish(CHANGED)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 800
