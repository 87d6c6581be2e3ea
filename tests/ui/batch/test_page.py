"""Several seed pairs as they are scanned, and what the batch says."""

from __future__ import annotations

import csv
from math import comb
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.batch import PairState
from pump_desktop.domain.game import PAYOUTS
from pump_desktop.domain.runs import Match
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.look.theme import Appearance, Mode
from pump_desktop.qt.tables.queue import QueueColumn
from pump_desktop.stats.hits import HitFilter
from pump_desktop.ui.batch.jobs import QueueJobs
from pump_desktop.ui.batch.summary import QueueSummary
from pump_desktop.ui.charts.funnel_chart import FunnelChart
from tests.ui.support.program import choose, click, column, named, request, select, table, texts
from tests.ui.support.several_pairs import LINES, Several


def hits_of(several: Several, number: int, least: float) -> int:
    """Count the nonces of a pair's run that reach a multiplier."""
    scanned = several.queue.pair_at(number - 1).scanned
    assert scanned is not None
    table = np.array(PAYOUTS[several.backend.runs.get(scanned.run_id).difficulty])
    return int((table[several.backend.runs.outcomes(scanned.run_id)] >= least).sum())


def test_the_queue_shows_hits_and_p_values_of_the_target(several: Several) -> None:
    several.scan(*LINES)
    several.tab("Queue")
    rows = table(several.view, "Queue")
    assert column(rows, QueueColumn.STATE) == ["Done"] * 4
    target = named(several.view, QComboBox, "Target of the batch")
    target.setCurrentIndex(target.findData(34.68))
    several.settle()
    # 34.68x is beyond the easy table.
    assert column(rows, QueueColumn.HITS)[3] == "0"
    for match, words in ((Match.AT_LEAST, "At least"), (Match.EXACT, "Exactly")):
        choose(several.view, "Match", words)
        several.settle()
        wanted = HitFilter((34.68,), match)
        hits = []
        for queued in several.queue.pairs:
            assert queued.scanned is not None
            run = several.backend.runs.get(queued.scanned.run_id)
            hits.append(f"{len(several.backend.runs.hits(run, wanted)):,}")
        assert column(rows, QueueColumn.HITS) == hits
    # Exactly 34.68x is in the expert table alone.
    assert column(rows, QueueColumn.P_VALUE)[2:] == ["–", "–"]
    assert all(column(rows, QueueColumn.P_VALUE)[:2])


def test_a_row_opens_its_run(several: Several) -> None:
    several.scan(*LINES[:2])
    several.tab("Queue")
    rows = table(several.view, "Queue")
    select(rows, 1)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    scanned = several.queue.pair_at(1).scanned
    assert scanned is not None
    assert several.opened == [scanned.run_id]


def test_the_buttons_pause_go_on_and_cancel(several: Several, qtbot: QtBot) -> None:
    several.queue.add([request(150_000_000), request(1000)])
    several.tab("Queue")
    qtbot.waitUntil(lambda: several.queue.running is not None and several.queue.running.done > 0)
    click(several.view, "Pause after this pair")
    assert "0 of 2 scanned · pauses after this pair" in texts(several.view)
    click(several.view, "Cancel this pair")
    qtbot.waitUntil(lambda: several.queue.running is None)
    assert "0 of 2 scanned · 1 cancelled · paused" in texts(several.view)
    with qtbot.waitSignal(several.queue.ended):
        click(several.view, "Go on")
    assert "1 of 2 scanned · 1 cancelled" in texts(several.view)
    select(table(several.view, "Queue"), 0)
    QTest.keyClick(table(several.view, "Queue"), Qt.Key.Key_Delete)
    assert "1 of 1 scanned" in texts(several.view)
    assert several.said == ["1 pair removed"]
    several.settle()


def test_failed_pairs_are_scanned_again_from_the_menu(several: Several, qtbot: QtBot) -> None:
    several.queue.add([request(150_000_000), request(1000), request(2000)])
    several.tab("Queue")
    jobs = several.view.findChild(QueueJobs)
    assert isinstance(jobs, QueueJobs)
    with qtbot.waitSignal(several.queue.ended):
        jobs.act("cancel_all")
    assert several.queue.total(PairState.CANCELLED) == 3
    several.queue.remove([(0, 0)])
    with qtbot.waitSignal(several.queue.ended):
        jobs.act("retry")
    assert several.queue.total(PairState.DONE) == 2
    several.settle()


def test_the_table_is_written_as_csv_without_seeds(several: Several, tmp_path: Path) -> None:
    several.scan("very secret,=1+1,1,20000", LINES[1])
    several.view.export_to(str(tmp_path / "queue.csv"))
    several.settle()
    text = (tmp_path / "queue.csv").read_text("utf-8")
    assert "secret" not in text
    first, second = csv.DictReader(text.splitlines())
    assert (first["client_seed"], first["server_seed_sha256"]) == ("'=1+1", seed_sha256("very secret"))
    assert (second["state"], second["end"]) == ("done", "20000")
    assert several.said[-1] == f"Written to {tmp_path / 'queue.csv'}"
    several.view.export_to(str(tmp_path / "no" / "queue.csv"))
    several.settle()
    assert several.refused
    assert "cannot be written" in several.refused[0]


def test_the_summary_says_what_the_batch_is_against_chance(several: Several) -> None:
    several.tab("Summary")
    assert "The summary begins with the first pair that is scanned." in texts(several.view)
    several.scan(*[f"server {number},client,1,20000" for number in range(12)], "few,client,1,50")
    several.tab("Summary")
    target = named(several.view, QComboBox, "Target of the batch")
    target.setCurrentIndex(target.findData(34.68))
    several.settle()
    seen = texts(several.view)
    hits = sum(hits_of(several, number, 34.68) for number in range(1, 14))
    # 34.68x is six safe pumps: ten pops, all among the upper nineteen of 25 positions.
    expected = (12 * 20_000 + 50) * comb(19, 10) / comb(25, 10)
    assert {"Hits of at least 34.68x", "13", f"{hits:,}", f"{expected:,.0f}"} <= set(seen)
    assert any("strays furthest" in text and "smallest of 12 tests (Holm)" in text for text in seen)
    assert any("1 pair expects under 5 hits: too few" in text for text in seen)
    outside = several.view.findChild(QueueSummary)
    assert isinstance(outside, QueueSummary)
    assert {"Outside", "95\u00a0%", "99.8\u00a0%"} <= set(texts(outside))


def test_a_point_of_the_funnel_says_its_pair_and_opens_its_run(several: Several, look: Appearance) -> None:
    several.scan(*LINES[:3])
    several.tab("Summary")
    several.settle()
    chart = several.view.findChild(FunnelChart)
    assert isinstance(chart, FunnelChart)
    said: list[str] = []
    chart.hovered.connect(said.append)
    chart.setFocus()
    seen = set()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    for _ in range(3):
        seen.add(said[-1].split(":")[0])
        QTest.keyClick(chart, Qt.Key.Key_Right)
    assert seen == {"pair 1", "pair 2", "pair 3"}
    QTest.keyClick(chart, Qt.Key.Key_Return)
    number = int(said[-1].split(":")[0].removeprefix("pair "))
    least = float(named(several.view, QComboBox, "Target of the batch").currentData())
    assert f"pair {number}: {hits_of(several, number, least):,} hits, " in said[-1]
    scanned = several.queue.pair_at(number - 1).scanned
    assert scanned is not None
    assert several.opened == [scanned.run_id]
    lines = [line.split("\t") for line in chart.data_text().splitlines()]
    assert [line[0] for line in lines] == ["pair", "1", "2", "3"]
    assert [int(line[2]) for line in lines[1:]] == [hits_of(several, n, least) for n in (1, 2, 3)]
    look.set_mode(Mode.DARK)
    assert chart.theme is look.theme


def test_dots_of_one_expectation_do_not_hide_each_other(several: Several) -> None:
    several.scan(*[f"server {number},client,1,3000" for number in range(40)])
    several.tab("Summary")
    several.settle()
    chart = several.view.findChild(FunnelChart)
    assert isinstance(chart, FunnelChart)
    places = list(zip(chart._x.tolist(), chart._y.tolist(), strict=True))
    assert len(set(places)) == 40
    (left, right), (bottom, top) = chart.plotItem.vb.viewRange()
    assert all(left < x < right and bottom < y < top for x, y in places)
    assert sum(chart._x) / 40 == pytest.approx(several.view._figures[1].expected, rel=0.1)


def test_everything_fits_into_a_small_window(several: Several) -> None:
    several.page.resize(QSize(816, 568))
    several.scan(*LINES)
    for name in ("Seed pairs", "Queue", "Summary"):
        several.tab(name)
        several.settle()
        assert several.page.width() == 816
        assert several.view.width() <= 816
    rows = table(several.view, "Queue")
    assert QueueColumn.SERVER in rows.hidden_columns


def test_ten_thousand_pairs_are_queued_shown_and_removed_at_once(several: Several) -> None:
    several.queue.pause()
    several.tab("Queue")
    several.queue.add(request(5, server=f"server {number}") for number in range(10_000))
    several.queue.pause()
    rows = table(several.view, "Queue")
    assert rows.model().rowCount() == 10_000
    rows.selectAll()
    several.settle()
    assert several.queue.remove(rows.selected_rows()) >= 9_999
    several.settle()
