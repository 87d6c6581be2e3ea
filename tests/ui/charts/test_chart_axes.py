"""The axes of charts: round steps, ticks that say all their digits, and values that can be read again."""

from __future__ import annotations

import math

import pytest

from pump_desktop.ui.charts.axes import (
    Axis,
    CountAxis,
    MultiplierAxis,
    NonceAxis,
    RatioAxis,
    ResultAxis,
    ShareAxis,
    nice_step,
)


def labels(axis: Axis, low: float, high: float, size: float) -> list[str]:
    """Give the words an axis writes for a range."""
    ((spacing, values),) = axis.tickValues(low, high, size)
    assert all(low - 1e-6 <= value <= high + 1e-6 for value in values)
    return axis.tickStrings(values, 1, spacing)


@pytest.mark.parametrize(
    ("span", "most", "step"),
    [(100, 10, 10), (100, 9, 20), (100, 4, 50), (7, 7, 1), (0.3, 3, 0.1), (1e9, 3, 5e8)],
)
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span: float, most: int, step: float) -> None:
    assert nice_step(span, most) == pytest.approx(step)


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize(
    ("kind", "low", "high", "written"),
    [
        (NonceAxis, 0, 1_000_000, "0 200K 400K 600K 800K 1M"),
        (NonceAxis, 1_000_000, 2_200_000, "1M 1.2M 1.4M 1.6M 1.8M 2M 2.2M"),
        (NonceAxis, 1_234_000, 1_234_040, "1,234,000 1,234,010 1,234,020 1,234,030 1,234,040"),
        (CountAxis, 0, 3, "0 1 2 3"),
        (ShareAxis, 0, 0.02, "0.0% 0.5% 1.0% 1.5% 2.0%"),
        (RatioAxis, 0.9, 1.1, "0.9 0.95 1 1.05 1.1"),
        (MultiplierAxis, 0, 5000, "0x 1Kx 2Kx 3Kx 4Kx 5Kx"),
    ],
)
def test_ticks_stand_at_round_values_and_say_all_their_digits(
    kind: type[Axis], low: float, high: float, written: str
) -> None:
    axis = kind()
    axis.stand_at("left")
    assert [label.replace("\u00a0", "") for label in labels(axis, low, high, 280)] == written.split()


@pytest.mark.usefixtures("look")
def test_a_log_axis_writes_decades_and_closer_in_more() -> None:
    axis = CountAxis(log=True)
    axis.stand_at("left")
    assert labels(axis, -0.3, 6, 150) == ["1", "10", "100", "1K", "10K", "100K", "1M"]
    assert labels(axis, 0, 2, 300) == ["1", "2", "5", "10", "20", "50", "100"]
    assert labels(axis, 0, 9, 100) == ["1", "100", "10K", "1M", "100M"]
    assert labels(axis, math.log10(205), math.log10(395), 200) == ["250", "300", "350"]


@pytest.mark.usefixtures("look")
def test_labels_of_results_leave_each_other_room_and_begin_with_the_rarest() -> None:
    axis = ResultAxis()
    axis.stand_at("bottom")
    axis.set_labels([f"{10 ** (k / 2):,.2f}x" for k in range(12)])
    few, more = labels(axis, -0.6, 11.4, 500), labels(axis, -0.6, 11.4, 1500)
    assert few[0] == more[0] == "316,227.77x"
    assert len(few) < len(more) == 12
    assert axis.reading(4.2) == "100.00x"


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("kind", [NonceAxis, CountAxis, MultiplierAxis, ShareAxis, RatioAxis])
def test_a_value_placed_and_read_again_is_the_same(kind: type[Axis], log: bool) -> None:
    axis = kind(log=log)
    for value in (1, 17, 12_345.0):
        assert axis.value(float(axis.place(value))) == pytest.approx(value)
    assert axis.place(0) == (math.log10(axis.floor) if log else 0)
