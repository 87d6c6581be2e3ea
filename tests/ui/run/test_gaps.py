"""The Gaps tab: figures against numpy and the geometric law, both charts, the filter all tabs share."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot
from scipy import stats

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.game import Difficulty, p_exact
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.stats.hits import HitFilter
from pump_desktop.stats.run_gaps import gap_figures
from pump_desktop.ui.charts.gap_scatter import MOST_DOTS, GapScatter, chosen_gaps
from pump_desktop.ui.charts.kit import Chart
from pump_desktop.ui.kit.empty import EmptyState
from pump_desktop.ui.kit.hit_filter_bar import HitFilterBar
from pump_desktop.ui.kit.text import SectionTitle
from pump_desktop.ui.run.gaps import GapsTab
from tests.ui.conftest import Stage
from tests.ui.support.one_run import COUNT, TABLE
from tests.ui.support.one_tab import Asked
from tests.ui.support.program import Running, button, child, choose, edit, named, request, texts, type_into

P = float(p_exact(Difficulty.EXPERT, TABLE.index(17.34)))


@pytest.fixture
def tab(asked: Asked, look: Appearance, stage: Stage) -> GapsTab:
    tab = GapsTab(asked.asker, look)
    stage(tab, width=1100)
    tab.show_run(asked.run)
    asked.settle()
    return tab


def hits(asked: Asked, multiplier: float) -> NDArray[np.int64]:
    """Give the nonces of a multiplier."""
    return np.flatnonzero(asked.outcomes == TABLE.index(multiplier)) + asked.run.nonce_start


def place(chart: Chart) -> tuple[float, float] | None:
    """Give where the crosshair stands."""
    return chart.at


def lines(tab: GapsTab) -> dict[str, tuple[str, str]]:
    """Give observed and expected of each line of the figures."""
    words = [label.text() for label in tab._figures._grid.findChildren(QLabel)][3:]
    return {words[at]: (words[at + 1], words[at + 2]) for at in range(0, len(words), 3)}


def test_figures_equal_numpy_and_the_geometric_law(asked: Asked, tab: GapsTab) -> None:
    gaps = np.diff(hits(asked, 17.34))
    law = stats.geom(P)
    found = lines(tab)
    assert found["Number"] == (f"{len(gaps):,}", "")
    assert found["Mean"] == (f"{gaps.mean():.1f}", f"{law.mean():.1f}")
    assert found["Median"] == (f"{np.median(gaps):.1f}", f"{law.median():.0f}")
    assert (found["Shortest"][0], found["Longest"][0]) == (f"{gaps.min():,}", f"{gaps.max():,}")
    for share, label in ((0.9, "90 % at most"), (0.99, "99 % at most")):
        observed = np.quantile(gaps, share, method="inverted_cdf")
        assert found[label] == (f"{observed:.0f}", f"{law.ppf(share):.0f}")
    assert found["Std. deviation"] == (f"{gaps.std():.1f}", f"{law.std():.1f}")
    cv = law.std() / law.mean()
    assert found["Variation (cv)"] == (f"{gaps.std() / gaps.mean():.3f}", f"{cv:.3f}")
    nonces = hits(asked, 17.34)
    end = int(np.argmax(gaps)) + 1
    said = texts(tab)
    assert (
        f"{gaps.max() - 1:,} nonces without a hit, between {nonces[end - 1]:,} and {nonces[end]:,}." in said
    )
    assert any(text.startswith(("p = ", "p > ")) for text in said)
    assert any("fair runs" in text for text in said)


def test_the_histogram_counts_every_gap_once_on_either_scale(asked: Asked, tab: GapsTab) -> None:
    gaps = np.diff(hits(asked, 17.34))
    chart = tab._histogram
    for cell in chart._bins:
        assert cell.observed == ((gaps >= cell.low) & (gaps <= cell.high)).sum()
    first = chart._bins[0]
    assert first.expected == pytest.approx(len(gaps) * stats.geom.cdf(first.high, P))
    assert np.allclose(chart._bars.opts["height"], [cell.observed for cell in chart._bins])
    choose(tab, "Scale of gap counts", "Log")
    drawn = chart._bars.opts
    wanted = np.maximum([cell.observed for cell in chart._bins], 0.5)
    assert np.allclose(10 ** (drawn["y0"] + drawn["height"]), wanted)
    QGuiApplication.clipboard().clear()
    tab._frames["histogram"].copy_data()
    rows = list(csv.reader(QGuiApplication.clipboard().text().splitlines(), delimiter="\t"))
    assert rows[0] == ["from_gap", "to_gap", "observed", "expected"]
    assert sum(int(row[2]) for row in rows[1:]) == len(gaps)


def test_arrows_walk_from_bar_to_bar_and_read_them_out(tab: GapsTab) -> None:
    chart = tab._histogram
    chart.setFocus()
    chart.point_at(1, 0)
    first, second = chart._bins[:2]
    QTest.keyClick(chart, Qt.Key.Key_Right)
    said = f"Gaps {second.low} to {second.high}: {second.observed} observed, {second.expected:.0f} expected"
    assert said in texts(tab)
    for _ in range(3):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert place(chart) == ((first.low + first.high) / 2, first.observed)
    for _ in range(len(chart._bins)):
        QTest.keyClick(chart, Qt.Key.Key_Right)
    assert any(text.startswith(f"Gaps from {chart._bins[-1].low:,} on: ") for text in texts(tab))


def test_each_gap_stands_over_the_hit_that_ended_it(asked: Asked, tab: GapsTab) -> None:
    choose(tab, "View of gaps", "Over nonces")
    nonces = hits(asked, 17.34)
    chart = tab._scatter
    assert np.array_equal(chart._dots._x, nonces[1:])
    assert np.allclose(10**chart._dots._y, np.diff(nonces))
    chart.point_at(float(nonces[7]), float(nonces[7] - nonces[6]))
    gap = int(nonces[7] - nonces[6])
    (said,) = [text for text in texts(tab) if text.startswith("Hit at nonce")]
    assert said.startswith(
        f"Hit at nonce {nonces[7]:,}, {gap} after the one before; a gap as long or longer: 1 in "
    )
    assert float(said.rsplit(" ", 1)[1]) == pytest.approx(1 / stats.geom.sf(gap - 1, P), rel=0.05)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert place(chart) == (nonces[8], nonces[8] - nonces[7])


def test_the_switch_between_the_charts_keeps_the_keyboard(tab: GapsTab) -> None:
    named(tab, type(tab._view), "View of gaps")
    button(tab._view, "Histogram").setFocus()
    for keys, chart in ((Qt.Key.Key_Right, tab._scatter), (Qt.Key.Key_Left, tab._histogram)):
        QTest.keyClick(QApplication.focusWidget() or tab, keys)
        assert chart.isVisible()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert tab._view.isAncestorOf(focused)


def test_a_filter_of_match_target_and_nonces_changes_everything(asked: Asked, tab: GapsTab) -> None:
    box = named(tab, QComboBox, "Target")
    box.setCurrentIndex(box.findData(4.95))
    choose(tab, "Match", "At least")
    type_into(tab, "From nonce", "1,001")
    QTest.keyClick(edit(tab, "From nonce"), Qt.Key.Key_Return)
    asked.settle()
    assert tab.wanted() == HitFilter((4.95,), Match.AT_LEAST, 1001, None)
    k = asked.outcomes
    nonces = np.flatnonzero(k >= TABLE.index(4.95)) + 101
    assert lines(tab)["Number"][0] == f"{(nonces >= 1001).sum() - 1:,}"


def test_distances_are_written_as_the_filter_has_them(
    asked: Asked, tab: GapsTab, tmp_path: Path, qtbot: QtBot
) -> None:
    tab._filter.set_wanted(34.68, Match.EXACT, None, 10_000)
    asked.settle()
    file = tmp_path / "distances.csv"
    with qtbot.waitSignal(tab.said) as told:
        tab.export_to(str(file))
    assert told.args == [f"Written to {file}"]
    nonces = hits(asked, 34.68)
    nonces = nonces[nonces <= 10_000]
    rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    assert rows[0] == ["from_nonce", "distance"]
    assert rows[1:] == [[str(a), str(b - a)] for a, b in pairwise(nonces)]
    with qtbot.waitSignal(tab.refused) as told:
        tab.export_to(str(tmp_path / "none" / "distances.csv"))
    assert "cannot be written" in told.args[0]


def test_fewer_than_two_hits_are_said_plainly(asked: Asked, tab: GapsTab) -> None:
    tab._filter.set_wanted(TABLE[-1], Match.EXACT, None, None)
    asked.settle()
    assert not hits(asked, TABLE[-1]).size
    empty = child(tab, EmptyState)
    assert any(
        text.startswith(f"None of the {COUNT:,} nonces is a hit, and a gap needs two.")
        for text in texts(empty)
    )
    assert not button(tab, "Export distances.csv").isEnabled()
    first = int(hits(asked, 17.34)[0])
    tab._filter.set_wanted(17.34, Match.EXACT, first, first)
    asked.settle()
    assert any(text.startswith("Only one of the 1 nonces is a hit") for text in texts(empty))


def test_few_expected_hits_have_no_test_and_the_reason(asked: Asked, tab: GapsTab) -> None:
    tab._filter.set_wanted(17.34, Match.EXACT, None, 500)
    asked.settle()
    assert "No test" in texts(tab)
    (reason,) = [text for text in texts(tab) if text.startswith("Too few hits for a test")]
    assert f"{500 * P - 100 * P:.1f}" in reason


def test_nothing_is_asked_before_the_tab_is_in_front(running: Running, run: Run) -> None:
    page = running.window.run_page
    assert page.run == run
    # Not even made: it would hold the window while another tab is read.
    assert page.findChildren(GapsTab) == []
    page.open_tab("Gaps")
    (tab,) = page.findChildren(GapsTab)
    first = tab._question._question
    running.settle()
    page.open_tab("Hits")
    page.open_tab("Gaps")
    assert first is not None
    assert tab._question._question is first
    page.open_tab("Distribution")
    page.show_run(replace(run, outcome_digest="another"))
    assert not tab._question.pending


def test_another_run_takes_the_place_of_the_figures_shown(asked: Asked, tab: GapsTab) -> None:
    before = lines(tab)
    other = asked.backend.runs.create(request(3000, Difficulty.EASY, (1.02,))).run
    tab.show_run(other)
    asked.settle()
    assert lines(tab) != before
    assert tab.wanted() == HitFilter((1.02,))
    asked.backend.runs.delete(other.id)


def test_no_word_promises_what_independent_rounds_cannot(tab: GapsTab) -> None:
    said = " ".join(texts(tab)).lower()
    assert "rounds are independent" in said
    assert not any(word in said.split() for word in ("due", "overdue", "hot", "cold", "rotate", "lucky"))
    assert next(title.text() for title in tab.findChildren(SectionTitle)) == "Gaps"


class TestFilterBar:
    """The row of controls that all tabs of a run share."""

    @pytest.fixture
    def bar(self, asked: Asked, look: Appearance, stage: Stage) -> HitFilterBar:
        assert look is not None
        bar = HitFilterBar()
        stage(bar, width=900)
        bar.show_run(asked.store(request(300, start=101)), allow_all=True)
        return bar

    def test_it_begins_with_all_targets_or_the_first(self, bar: HitFilterBar, asked: Asked) -> None:
        assert bar.wanted() == HitFilter((34.68, 164.72))
        bar.show_run(asked.store(request(300, start=101)), allow_all=False)
        assert bar.wanted() == HitFilter((34.68,))
        assert bar.words() == "exactly 34.68x"

    def test_a_wrong_nonce_lights_up_and_the_last_good_filter_stays(
        self, bar: HitFilterBar, qtbot: QtBot
    ) -> None:
        bar.set_wanted(34.68, Match.AT_LEAST, 150, 200)
        good = bar.wanted()
        for name, typed, sentence in (
            ("From nonce", "abc", "From nonce must be a whole number."),
            ("From nonce", "0", f"From nonce must be between 1 and {2**53 - 1}."),
            ("From nonce", "301", "From nonce is past the run's last nonce, 300."),
            ("To nonce", "100", "To nonce is before the run's first nonce, 101."),
            ("To nonce", "149", "To nonce must not be below from nonce."),
        ):
            bar.set_wanted(34.68, Match.AT_LEAST, 150, 200)
            with qtbot.assertNotEmitted(bar.changed):
                type_into(bar, name, typed)
                QTest.keyClick(edit(bar, name), Qt.Key.Key_Return)
            assert sentence in texts(bar)
            assert edit(bar, name).property("invalid") is True
            assert edit(bar, name).text() == typed
            assert edit(bar, name).accessibleDescription() == sentence
            assert bar.wanted() == good
        type_into(bar, "To nonce", "1K")
        with qtbot.waitSignal(bar.changed):
            QTest.keyClick(edit(bar, "To nonce"), Qt.Key.Key_Return)
        assert bar.wanted() == HitFilter((34.68,), Match.AT_LEAST, 150, 1000)
        assert not bar._foot.isVisible()
        assert edit(bar, "To nonce").property("invalid") is False

    def test_a_filter_set_from_outside_is_told_once(self, bar: HitFilterBar, qtbot: QtBot) -> None:
        told: list[HitFilter | None] = []

        def keep() -> None:
            told.append(bar.wanted())

        bar.changed.connect(keep)
        bar.set_wanted(17.0, Match.AT_LEAST, 120, None)
        bar.set_wanted(17.0, Match.AT_LEAST, 120, None)
        bar.set_wanted(None, Match.EXACT, None, None)
        assert told == [HitFilter((17.0,), Match.AT_LEAST, 120), HitFilter((34.68, 164.72))]
        assert qtbot is not None


class TestManyGaps:
    """More gaps than dots."""

    def test_the_longest_are_always_among_those_drawn(self) -> None:
        gaps = np.random.default_rng(5).geometric(0.2, 300_001)
        gaps[[0, 123_456, 300_000]] = 500, 600, 700
        chosen = chosen_gaps(gaps)
        assert len(chosen) <= MOST_DOTS
        assert np.all(np.diff(chosen) > 0)
        assert {0, 123_456, 300_000} <= set(chosen.tolist())
        assert np.array_equal(chosen_gaps(gaps[:MOST_DOTS]), np.arange(MOST_DOTS))

    def test_the_hint_says_how_many_are_drawn_and_zoom_shows_them_all(
        self, look: Appearance, qtbot: QtBot
    ) -> None:
        assert look is not None
        hit = np.random.default_rng(6).random(400_000) < 0.25
        nonces = np.flatnonzero(hit) + 1
        chart = GapScatter()
        qtbot.addWidget(chart)
        chart.resize(700, 400)
        with qtbot.waitSignal(chart.drawn) as told:
            chart.set_figures(gap_figures(nonces, 400_000, 0.25), 1, 400_000)
        drawn, there = told.args
        assert there == len(nonces) - 1
        assert drawn < MOST_DOTS
        assert chart.hint.startswith(f"{drawn:,} of {there:,} gaps are drawn, the longest among them.")
        chart.point_at(200_000, 4)
        for _ in range(12):
            chart.closer(0.6)
        (left, right), _ = chart.plotItem.vb.viewRange()
        inside = int(((nonces[1:] >= left) & (nonces[1:] <= right)).sum())
        assert len(chart._shown) == pytest.approx(inside, abs=2)
        assert chart.hint == GapScatter.hint
        assert math.isclose(float(10 ** chart._mean.yData[0]), 4)

    def test_too_many_for_the_clipboard_are_refused_with_the_way_out(
        self, look: Appearance, qtbot: QtBot
    ) -> None:
        assert look is not None
        chart = GapScatter()
        qtbot.addWidget(chart)
        chart.set_figures(gap_figures(np.arange(1, 600_001), 600_000, 0.4), 1, 600_000)
        with pytest.raises(
            KnownError, match=r"599,999 gaps are too many for the clipboard\. Export them as CSV"
        ):
            chart.data_text()
