"""The Density tab: hits per bucket against numpy, the band against scipy, and the way to a bucket's hits."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QTabWidget
from pytestqt.qtbot import QtBot
from scipy import stats

from pump_desktop.domain.game import Difficulty, p_exact
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.stats.density import run_buckets
from pump_desktop.stats.hits import HitFilter
from pump_desktop.ui.charts.density_chart import DensityChart
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.run.density import DensityTab
from tests.ui.conftest import Stage
from tests.ui.support.one_run import TABLE, outcomes, shown_hits
from tests.ui.support.one_tab import Asked
from tests.ui.support.program import Running, child, named, request, texts

P = float(p_exact(Difficulty.EXPERT, TABLE.index(17.34)))


@pytest.fixture
def tab(asked: Asked, look: Appearance, stage: Stage) -> DensityTab:
    tab = DensityTab(asked.asker, look)
    stage(tab, width=1100)
    tab.show_run(asked.run)
    asked.settle()
    return tab


def bucket_size(tab: DensityTab, size: int | None) -> None:
    """Choose a size of buckets."""
    box = named(tab, QComboBox, "Bucket size")
    box.setCurrentIndex(0 if size is None else box.findData(size))


def data(tab: DensityTab) -> list[list[str]]:
    """Give the cells of what Copy data puts on the clipboard, without the heading."""
    QGuiApplication.clipboard().clear()
    tab._frame.copy_data()
    rows = list(csv.reader(QGuiApplication.clipboard().text().splitlines(), delimiter="\t"))
    assert rows[0] == ["from_nonce", "to_nonce", "hits", "expected", "low", "high"]
    return rows[1:]


def test_hits_per_bucket_equal_numpy_and_the_band_scipy(asked: Asked, tab: DensityTab) -> None:
    bucket_size(tab, 500)
    asked.settle()
    hit = asked.outcomes == TABLE.index(17.34)
    rows = data(tab)
    assert [int(row[0]) for row in rows] == list(range(101, 20_101, 500))
    assert [int(row[1]) for row in rows] == list(range(600, 20_101, 500))
    assert [int(row[2]) for row in rows] == hit.reshape(-1, 500).sum(axis=1).tolist()
    low, high = stats.binom.interval(0.95, 500, P)
    assert {(int(row[4]), int(row[5])) for row in rows} == {(int(low), int(high))}
    assert [float(row[3]) for row in rows] == pytest.approx([500 * P] * 40, rel=1e-5)


def test_buckets_outside_the_band_are_counted_beside_what_chance_puts_there(
    asked: Asked, tab: DensityTab
) -> None:
    bucket_size(tab, 100)
    asked.settle()
    hits = (asked.outcomes == TABLE.index(17.34)).reshape(-1, 100).sum(axis=1)
    low, high = stats.binom.interval(0.95, 100, P)
    seen = int(((hits < low) | (hits > high)).sum())
    expected = 200 * (1 - (stats.binom.cdf(high, 100, P) - stats.binom.cdf(low - 1, 100, P)))
    verb = "lies" if seen == 1 else "lie"
    assert (
        f"{seen} of 200 buckets {verb} outside. Chance alone puts {expected:.1f} there on average."
        in texts(tab)
    )
    assert len(tab._chart._outside.data) == seen


def test_a_bucket_reads_itself_out_and_arrows_go_from_one_to_the_next(asked: Asked, tab: DensityTab) -> None:
    bucket_size(tab, 1000)
    asked.settle()
    hits = (asked.outcomes == TABLE.index(17.34)).reshape(-1, 1000).sum(axis=1)
    chart = tab._chart
    chart.setFocus()
    chart.point_at(5300, 0)
    low, high = stats.binom.interval(0.95, 1000, P)
    for place in (5, 6, 7):
        nonces = f"Nonces {101 + place * 1000:,} – {1100 + place * 1000:,}"
        band = f"95 % band {low:.0f} to {high:.0f}"
        assert f"{nonces}: {hits[place]} hits, {1000 * P:.1f} expected, {band}" in [
            text.removesuffix(", outside the band") for text in texts(tab)
        ]
        QTest.keyClick(chart, Qt.Key.Key_Right)
    for _ in range(30):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.at == (101 + 499.5, hits[0])


def test_enter_and_a_click_open_the_hits_of_a_bucket(running: Running, run: Run) -> None:
    running.window.run_page.open_tab("Density")
    running.settle()
    tab = child(running.window, DensityTab)
    bucket_size(tab, 1000)
    running.settle()
    chart = tab._chart
    nonces = np.flatnonzero(outcomes(running, run) == TABLE.index(17.34)) + 101
    tabs = child(running.window.run_page, QTabWidget)
    for place in (3, 11):
        running.window.run_page.open_tab("Density")
        first = 101 + place * 1000
        if place == 3:
            chart.setFocus()
            chart.point_at(first + 10, 0)
            QTest.keyClick(chart, Qt.Key.Key_Return)
        else:
            spot = chart.mapFromScene(chart.plotItem.vb.mapViewToScene(QPointF(first + 700, 20)))
            QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        running.settle()
        assert tabs.tabText(tabs.currentIndex()) == "Hits"
        inside = nonces[(nonces >= first) & (nonces <= first + 999)]
        assert shown_hits(running)[HitColumn.NONCE] == inside.tolist()


def test_a_bucket_asks_with_the_filter_it_was_counted_with(
    asked: Asked, tab: DensityTab, qtbot: QtBot
) -> None:
    tab._filter.set_wanted(4.95, Match.AT_LEAST, 1001, 9000)
    bucket_size(tab, 200)
    asked.settle()
    with qtbot.waitSignal(tab.hits_asked) as told:
        tab._chart.picked.emit(8950.0, 3.0)
    assert told.args == [HitFilter((4.95,), Match.AT_LEAST, 8801, 9000)]


def test_sizes_on_offer_suit_the_range_and_a_chosen_one_stays(asked: Asked, tab: DensityTab) -> None:
    box = named(tab, QComboBox, "Bucket size")
    assert box.currentText().startswith("Fitting buckets (")
    bucket_size(tab, 1000)
    asked.settle()
    tab._filter.set_wanted(34.68, Match.EXACT, None, None)
    asked.settle()
    assert box.currentData() == 1000
    tab._filter.set_wanted(34.68, Match.EXACT, None, 1100)
    asked.settle()
    assert box.currentData() is None
    assert max(box.itemData(row) for row in range(1, box.count())) == 100


def test_the_strip_is_stronger_where_more_hits_are(look: Appearance, qtbot: QtBot) -> None:
    hit = np.zeros(1000, np.uint8)
    hit[300:400:2] = 1
    hit[:300:10] = 1
    hit[400:900:10] = 1
    chart = DensityChart()
    qtbot.addWidget(chart)
    chart.set_density(run_buckets(hit, 1, (1,), 0.1, 100))
    (shade,) = chart._strip.image
    assert shade.argmax() == 3
    assert shade.argmin() == 9
    assert len({shade[0], shade[1], shade[5]}) == 1
    assert look.theme.name == "light"
    lone = np.zeros(20_000, np.uint8)
    lone[12_345] = 1
    chart.set_density(run_buckets(lone, 1, (1,), 0.0001, 10))
    (shade,) = chart._strip.image
    assert len(shade) <= 500
    assert shade.argmax() == 12_345 // 40
    assert chart._strip.sceneBoundingRect().width() >= chart.plotItem.vb.sceneBoundingRect().width() - 1


def test_no_hits_are_said_with_what_was_expected(asked: Asked, tab: DensityTab) -> None:
    tab._filter.set_wanted(TABLE[-1], Match.EXACT, None, None)
    asked.settle()
    (sentence,) = texts(child(tab, EmptyState))
    assert sentence.startswith("None of the 20,000 nonces is a hit; 0.01 are expected.")


def test_a_run_of_three_nonces_is_shown_without_a_test(asked: Asked, tab: DensityTab) -> None:
    run = asked.backend.runs.create(request(3)).run
    tab.show_run(run)
    tab._filter.set_wanted(run.summary.max_multiplier, Match.EXACT, None, None)
    asked.settle()
    assert "No test" in texts(tab)
    assert [row[:2] for row in data(tab)] == [["1", "1"], ["2", "2"], ["3", "3"]]
    asked.backend.runs.delete(run.id)
