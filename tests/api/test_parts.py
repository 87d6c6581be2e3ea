"""The parts that know the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pump_desktop.api.rate import RateLimit
from pump_desktop.api.traffic import Traffic, TrafficCounter


@dataclass
class Clock:
    """A time that moves when it is told to."""

    time: float = 1_000_000.0

    def __call__(self) -> float:
        return self.time


def test_a_window_opens_with_its_first_request() -> None:
    clock = Clock()
    rate = RateLimit(2, clock)
    first = rate.take("a")
    assert (first.allowed, first.limit, first.remaining, first.reset) == (True, 2, 1, 1_000_060)
    clock.time += 59
    assert rate.take("a").allowed
    refused = rate.take("a")
    assert (refused.allowed, refused.remaining, refused.retry_after) == (False, 0, 1)
    assert rate.take("b").allowed
    clock.time += 1
    assert rate.look("a").remaining == 2
    assert rate.take("a").remaining == 1


def test_many_addresses_do_not_fill_the_memory() -> None:
    clock = Clock()
    rate = RateLimit(2, clock)
    for number in range(3_000):
        clock.time += 1
        rate.take(f"127.0.{number // 256}.{number % 256}")
    assert len(rate._limiter.storage._windows) <= 1_000  # type: ignore[attr-defined]  # our own storage


def test_traffic_forgets_after_a_minute() -> None:
    clock = Clock()
    moment = datetime(2026, 5, 9, tzinfo=UTC)
    counter = TrafficCounter(now=lambda: moment, timer=clock)
    assert counter.read() == Traffic(0, None)
    counter.count(0)
    counter.count(3)
    clock.time += 30
    counter.count(4)
    assert counter.read() == Traffic(7, moment)
    clock.time += 30
    assert counter.read() == Traffic(4, moment)
    clock.time += 10_000
    assert counter.read() == Traffic(0, moment)
