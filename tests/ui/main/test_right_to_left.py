"""Right to left: the layout is mirrored, axes and painted lines are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.system.clock import utc_now
from pump_desktop.ui.charts.kit import Chart
from pump_desktop.ui.live.pins import PinCard
from pump_desktop.ui.live.timeline import RoundTape
from tests.live_samples import sample_bets
from tests.ui.support.fitting import SMALLEST, cut, settle_layout
from tests.ui.support.program import Running, Start, button, request, table


@pytest.fixture
def mirrored(wardrobe: QApplication, start: Start) -> Iterator[Running]:
    wardrobe.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield start()
    wardrobe.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_pages_are_mirrored_and_nothing_is_cut(mirrored: Running, qtbot: QtBot) -> None:
    window = mirrored.window
    window.resize(SMALLEST)
    start = button(window, "Start scan")
    assert start.mapTo(window, QPoint(0, 0)).x() < window.width() // 2
    mirrored.scan_and_open(request(20_000), "a run")
    settle_layout()
    assert cut(window) == []
    figures = table(window.run_page, "Distribution table")
    assert figures.columnViewportPosition(0) > figures.columnViewportPosition(2)
    (chart,) = [chart for chart in window.run_page.findChildren(Chart) if chart.isVisible()]
    assert chart.layoutDirection() is Qt.LayoutDirection.LeftToRight

    mirrored.backend.live.ingest(sample_bets(5_400, 60, until=utc_now())).result()
    window.open_section("live")
    qtbot.waitUntil(lambda: window.live_page.stream_id is not None)
    mirrored.settle()
    settle_layout()
    assert cut(window) == []
    painted = [*window.live_page.findChildren(PinCard), *window.live_page.findChildren(RoundTape)]
    assert painted
    assert all(part.layoutDirection() is Qt.LayoutDirection.LeftToRight for part in painted)
