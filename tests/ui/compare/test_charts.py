"""The Compare page: runs drawn over each other, and their hits walked through together."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.ui.charts.overlay_chart import RatioChart, TailChart
from tests.ui.support.comparing import Comparing, click_row
from tests.ui.support.program import (
    choose,
    column,
    named,
    texts,
    type_into,
)


@pytest.fixture
def comparing(look: Appearance, qtbot: QtBot, tmp_path: Path) -> Iterator[Comparing]:
    """Give an empty Compare page."""
    made = Comparing(look, qtbot, tmp_path / "pump")
    yield made
    made.close()


class TestCharts:
    def test_ratios_are_read_out_by_mark(self, comparing: Comparing, qtbot: QtBot) -> None:
        runs = comparing.several(2)
        comparing.show(runs)
        chart = comparing.page.findChild(RatioChart)
        assert chart is not None
        heard: list[str] = []
        chart.hovered.connect(heard.append)
        chart.setFocus()
        chart.point_at(0, 1.0)
        place = chart.at
        assert place is not None
        QTest.keyClick(chart, Qt.Key.Key_Right)
        first, second = heard[-2:]
        for sentence, label, run in ((first, "A", runs[0]), (second, "B", runs[1])):
            count = int((comparing.outcomes(run) == 0).sum())
            expected = run.count * 10 / 25
            words = f"{label}: 1.00x (1 in 2.5), {count:,} observed, {expected:,.0f} expected"
            assert sentence.startswith(words)
            assert f"ratio {count / expected:.3g}" in sentence
        QTest.keyClick(chart, Qt.Key.Key_Left)
        assert chart.at == place
        lines = [line.split("\t") for line in chart.data_text().splitlines()]
        assert lines[0][:3] == ["side", "multiplier", "observed"]
        assert len(lines) == 1 + 2 * 16
        assert [int(line[2]) for line in lines[1:17]] == np.bincount(
            comparing.outcomes(runs[0]), minlength=16
        ).tolist()
        with qtbot.waitSignal(comparing.page.said) as told:
            QTest.keyClick(chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert told.args == ["32 rows copied"]

    def test_the_tail_is_the_share_of_at_least(self, comparing: Comparing) -> None:
        runs = comparing.several(2)
        comparing.show(runs)
        comparing.page.open_tab("Share at least")
        chart = comparing.page.findChild(TailChart)
        assert chart is not None
        k = comparing.outcomes(runs[1])
        heard: list[str] = []
        chart.hovered.connect(heard.append)
        # Two thirds of the step from 17.34x to 34.68x on the log scale: the second of two sides.
        chart.point_at(17.34 * 2 ** (2 / 3), float((k >= 6).mean()))
        assert heard[-1].startswith(f"B: at least 34.68x (1 in 35), {int((k >= 6).sum())} nonces, ")
        lines = [line.split("\t") for line in chart.data_text().splitlines()[1:]]
        shares = [float(line[3]) for line in lines if line[0] == "B"]
        assert shares == pytest.approx([float((k >= least).mean()) for least in range(16)], rel=1e-5)

    def test_charts_of_six_follow_the_theme_into_pictures(
        self, comparing: Comparing, tmp_path: Path, qtbot: QtBot
    ) -> None:
        comparing.show(comparing.several(6, 500))
        comparing.appearance.set_mode(Mode.DARK)
        for frame in (comparing.page._work._ratio.frame, comparing.page._work._tail.frame):
            file = tmp_path / f"{frame.chart.accessibleName()}.png"
            with qtbot.waitSignal(comparing.page.said):
                frame.save_to(str(file))
            dark = QImage(str(file)).pixelColor(2, 2)
            assert dark.lightness() < 60
        assert "F zXv1upuFns" in comparing.page._work._ratio.chart.caption
        assert [words for _, _, words in comparing.page._work._ratio.legend.entries][:6] == list("ABCDEF")


class TestHits:
    def test_each_side_has_its_hits_of_one_filter(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.show(runs)
        comparing.open_hits()
        for match, found in (("Exactly", (5,)), ("At least", range(5, 16))):
            choose(comparing.page, "Match", match)
            comparing.settle()
            for label, run in zip("ABC", runs, strict=True):
                nonces = column(comparing.hits(label), HitColumn.NONCE, NATIVE_ROLE)
                matches = np.isin(comparing.outcomes(run), list(found))
                assert nonces == (np.flatnonzero(matches) + 1).tolist()
        hits = int((comparing.outcomes(runs[0]) >= 5).sum())
        # P(at least 17.34x) = C(20, 10) / C(25, 10).
        expected = 4_000 * comb(20, 10) / comb(25, 10)
        assert f"{hits} hits, {expected:.0f} expected" in texts(comparing.page)

    def test_a_selected_nonce_is_followed_by_all(self, comparing: Comparing) -> None:
        runs = comparing.several(3)
        comparing.show(runs)
        comparing.open_hits()
        views = [comparing.hits(label) for label in "ABC"]
        click_row(views[1], 3)
        nonce = column(views[1], HitColumn.NONCE, NATIVE_ROLE)[3]
        for view in views:
            nonces = np.array(column(view, HitColumn.NONCE, NATIVE_ROLE))
            row = int(np.searchsorted(nonces, nonce))
            assert view.selected_rows() == [(row, row)]
        comparing.sync.click()
        click_row(views[1], 9)
        assert views[0].selected_rows() != views[1].selected_rows() == [(9, 9)]
        before = views[0].selected_rows()
        QTest.keyClick(type_into(comparing.page, "Go to nonce", "2000"), Qt.Key.Key_Return)
        assert views[0].selected_rows() != before
        assert column(views[2], HitColumn.NONCE, NATIVE_ROLE)[views[2].selected_rows()[0][0]] >= 2000

    def test_a_side_without_a_later_hit_selects_none(self, comparing: Comparing) -> None:
        runs = [comparing.store(end=400, server="a"), comparing.store(end=9_000, server="b")]
        comparing.show(runs)
        comparing.open_hits()
        choose(comparing.page, "Match", "At least")
        comparing.settle()
        short, long = (comparing.hits(label) for label in "AB")
        click_row(short, 0)
        assert len(long.selected_rows()) == 1
        click_row(long, long.model().rowCount() - 1)
        assert short.selected_rows() == []
        with_nothing: list[str] = []
        comparing.page.said.connect(with_nothing.append)
        QTest.keyClick(type_into(comparing.page, "Go to nonce", "9001"), Qt.Key.Key_Return)
        assert with_nothing == ["No hit stands at or after this nonce."]
        refused: list[str] = []
        comparing.page.refused.connect(refused.append)
        QTest.keyClick(type_into(comparing.page, "Go to nonce", "x"), Qt.Key.Key_Return)
        assert refused == ["Go to nonce: nonce must be a whole number."]

    def test_scrolling_one_scrolls_all_by_nonce(self, comparing: Comparing) -> None:
        runs = comparing.several(2, 20_000)
        comparing.show(runs)
        comparing.open_hits()
        box = named(comparing.page, QComboBox, "Target")
        box.setCurrentIndex(box.findData(1.0))
        comparing.settle()
        one, other = (comparing.hits(label) for label in "AB")
        for row in (1_000, 5_000, 70):
            one.verticalScrollBar().setValue(row)
            nonce = column(one, HitColumn.NONCE, NATIVE_ROLE)[row]
            nonces = np.array(column(other, HitColumn.NONCE, NATIVE_ROLE))
            assert other.verticalScrollBar().value() == int(np.searchsorted(nonces, nonce))
        place = one.verticalScrollBar().value()
        comparing.sync.setChecked(False)
        other.verticalScrollBar().setValue(4_000)
        assert one.verticalScrollBar().value() == place

    def test_no_hits_are_said_in_their_place(self, comparing: Comparing) -> None:
        comparing.show(comparing.several(2))
        comparing.open_hits()
        box = named(comparing.page, QComboBox, "Target")
        box.setCurrentIndex(box.findData(3203384.8))
        comparing.settle()
        assert texts(comparing.page).count("No nonce matches.") == 2
