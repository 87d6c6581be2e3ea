from uuid import UUID

import pytest

from pump_desktop.domain.live import BetsLanded
from pump_desktop.qt.live.sources import BetRates

ONE, OTHER = UUID(int=1), UUID(int=2)


def landed(stream_id: UUID, bets: int) -> BetsLanded:
    return BetsLanded(stream_id, 1, bets=bets, rounds=bets, new_stream=False)


def test_bets_of_the_last_thirty_seconds_count_and_older_ones_do_not() -> None:
    rates = BetRates()
    rates.landed(landed(ONE, 10), 100.0)
    rates.landed(landed(OTHER, 99), 101.0)
    rates.landed(landed(ONE, 5), 120.0)
    assert rates.per_minute(ONE, 120.0) == pytest.approx(30)
    assert rates.per_minute(ONE, 130.0) == pytest.approx(10)
    assert rates.per_minute(ONE, 150.1) == 0
    assert rates.per_minute(UUID(int=3), 150.1) == 0


def test_what_is_forgotten_takes_no_room() -> None:
    rates = BetRates()
    for second in range(1_000):
        rates.landed(landed(ONE, 1), float(second))
    assert len(rates._landed[ONE]) <= 30
    assert rates.per_minute(ONE, 5_000.0) == 0
    assert not rates._landed


def test_streams_that_nobody_asks_for_are_forgotten_too() -> None:
    rates = BetRates()
    for second in range(1_000):
        rates.landed(landed(UUID(int=second), 1), float(second))
    assert len(rates._landed) <= 30
    assert rates.per_minute(UUID(int=999), 999.0) == pytest.approx(2)
