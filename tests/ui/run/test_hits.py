"""The Hits tab: every filter against numpy, copies, files, and ways to a nonce."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.tables.run_figures import HitColumn
from pump_desktop.stats.hits import HitFilter
from pump_desktop.ui.kit.table import BigTable
from pump_desktop.ui.run.hits import HitsTab
from tests.ui.support.one_run import COUNT, TABLE, hits_tab, outcomes, shown_hits, want
from tests.ui.support.program import (
    Running,
    button,
    choose,
    column,
    edit,
    request,
    select,
    table,
    texts,
    toasts,
    type_into,
)


def test_hits_of_the_targets(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    k = outcomes(running, run)
    found = np.flatnonzero(np.isin(k, (5, 6))) + 101  # 17.34x and 34.68x; 250x is off the table
    shown = shown_hits(running)
    assert shown[HitColumn.NONCE] == found.tolist()
    assert shown[HitColumn.NUMBER] == list(range(1, len(found) + 1))
    assert shown[HitColumn.SAFE_PUMPS] == k[found - 101].tolist()
    assert shown[HitColumn.DISTANCE] == [None, *np.diff(found).tolist()]
    assert f"{len(found):,} hits" in texts(tab)


def test_hits_of_each_filter_equal_numpy(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    k = outcomes(running, run)
    for target, entry in ((1.0, 0), (17.34, 5), (164.72, 8)):
        for match, mask in (("Exactly", k == entry), ("At least", k >= entry)):
            want(running, target, match)
            found = np.flatnonzero(mask) + 101
            shown = shown_hits(running)
            assert shown[HitColumn.NONCE] == found.tolist(), (target, match)
            assert shown[HitColumn.DISTANCE] == [None, *np.diff(found).tolist()]
            gaps = np.diff(found)
            seen = texts(tab)
            assert f"{gaps.mean():,.1f}" in seen
            assert f"{gaps.max():,}" in seen
            assert f"{np.sort(gaps)[int(np.ceil(0.9 * len(gaps))) - 1]:,}" in seen


def test_a_range_of_nonces_narrows_the_hits_their_figures_and_their_file(
    running: Running, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    tab = hits_tab(running)
    want(running, 34.68)
    for name, text in (("From nonce", "5001"), ("To nonce", "9,000")):
        type_into(tab, name, text)
        running.press("Return")
    running.settle()
    found = np.flatnonzero(outcomes(running, run)[4_900:8_900] == 6) + 5_001
    shown = shown_hits(running)
    assert shown[HitColumn.NONCE] == found.tolist()
    # The first hit of the range stands alone: the one before it is not part of the filter.
    assert shown[HitColumn.DISTANCE] == [None, *np.diff(found).tolist()]
    seen = texts(tab)
    assert f"{len(found)} hits" in seen
    assert f"{4_000 / 67.2:.1f}" in seen  # expected: 1 in 67.2
    file = tmp_path / "hits.csv"
    with qtbot.waitSignal(tab.said):
        tab.export_to(str(file))
    assert [int(line.split(",")[0]) for line in file.read_text().splitlines()[1:]] == found.tolist()


def test_any_multiplier_can_be_typed_as_the_target(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    k = outcomes(running, run)
    choose(tab, "Match", "At least")
    for typed, entry, words in (
        ("100", 8, "100.00x"),
        ("1,066.73x", 10, "1,066.73x"),
        ("34.681", 7, "34.681x"),
        ("34,68", 6, "34.68x"),
    ):
        type_into(tab, "Target", typed)
        running.press("Return")
        running.settle()
        assert shown_hits(running)[HitColumn.NONCE] == (np.flatnonzero(k >= entry) + 101).tolist(), typed
        assert edit(tab, "Target").text() == words
    wanted = tab.wanted()
    for typed in ("lucky", "-3", "0", "inf", ""):
        type_into(tab, "Target", typed)
        running.press("Tab")
        assert "A target is a number above 0, such as 400.02." in texts(tab), typed
        assert edit(tab, "Target").text() == typed
        assert tab.wanted() == wanted
    want(running, 17.34, "At least")
    assert "A target is a number above 0, such as 400.02." not in texts(tab)


def test_distances_run_from_any_hit_or_from_the_same_multiplier(running: Running) -> None:
    run = running.scan_and_open(request(3_000))
    tab = hits_tab(running)
    want(running, 1.0, "At least")
    k = outcomes(running, run)
    assert shown_hits(running)[HitColumn.DISTANCE] == [None] + [1] * 2_999
    choose(tab, "Distance", "Same multiplier")
    wanted: list[int | None] = [None] * 3_000
    for entry in range(16):
        own = np.flatnonzero(k == entry)
        for before, here in zip(own[:-1].tolist(), own[1:].tolist(), strict=True):
            wanted[here] = here - before
    assert shown_hits(running)[HitColumn.DISTANCE] == wanted
    apart = running.backend.runs.hits(run, HitFilter((1.0,), Match.AT_LEAST), per_multiplier=True)
    assert [gap or None for gap in apart.distances.tolist()] == wanted
    view = table(tab, "Hits")
    assert view.model().headerData(HitColumn.DISTANCE, Qt.Orientation.Horizontal) == "Distance to same"
    choose(tab, "Distance", "Of this filter")
    assert shown_hits(running)[HitColumn.DISTANCE][:3] == [None, 1, 1]


def test_a_filter_from_elsewhere_is_shown_with_its_hits(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    k = outcomes(running, run)
    for wanted, mask in (
        (HitFilter((73.21,), Match.EXACT, 1_101, 2_100), k == 7),
        (HitFilter((60.0,), Match.AT_LEAST, 1_101, 2_100), k >= 7),
        (HitFilter(run.targets, Match.EXACT, 1_101, 2_100), np.isin(k, (5, 6))),
    ):
        tab.show_filter(wanted)
        running.settle()
        assert tab.wanted() == wanted
        assert shown_hits(running)[HitColumn.NONCE] == (np.flatnonzero(mask[1_000:2_000]) + 1_101).tolist()


def test_hits_are_asked_for_when_the_tab_is_opened(running: Running, run: Run) -> None:
    assert running.window.run_page.findChild(HitsTab) is None
    view = table(hits_tab(running), "Hits")
    assert view.model().rowCount() == int(np.isin(outcomes(running, run), (5, 6)).sum())


@pytest.mark.usefixtures("run")
def test_a_narrow_tab_leaves_the_number_of_a_hit_out(running: Running) -> None:
    view = table(hits_tab(running), "Hits")
    assert list(view.hidden_columns) == []
    running.window.resize(880, 600)
    assert list(view.hidden_columns) == [HitColumn.NUMBER]


@pytest.mark.usefixtures("run")
def test_no_hits_is_said_and_offers_nothing_to_export(running: Running) -> None:
    tab = hits_tab(running)
    want(running, 250.0)
    assert "None of the 20,000 nonces matches. Choose another target or “at least”." in texts(tab)
    assert "0 hits" in texts(tab)
    assert not button(tab, "Export CSV").isEnabled()
    assert not edit(tab, "Go to nonce").isEnabled()
    want(running, 250.0, "At least")
    assert button(tab, "Export CSV").isEnabled()
    assert set(shown_hits(running)[HitColumn.MULTIPLIER]) <= set(TABLE[9:])


def test_go_to_a_nonce(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    view = table(tab, "Hits")
    found = np.flatnonzero(np.isin(outcomes(running, run), (5, 6))) + 101
    wanted = int(found[len(found) // 2])
    for text in (str(wanted), str(int(found[len(found) // 2 - 1]) + 1), f"{wanted:,}"):
        view.clearSelection()
        type_into(tab, "Go to nonce", text)
        running.press("Return")
        assert view.selected_rows() == [(len(found) // 2, len(found) // 2)]
        assert QApplication.focusWidget() is view
        assert view.visualRect(view.currentIndex()).intersects(view.viewport().rect())
    type_into(tab, "Go to nonce", "20101")
    running.press("Return")
    assert toasts(running.window)[-1] == "No hit stands at or after this nonce."
    for text in ("x", "²", "9" * 5000, "-1", ""):
        running.window.clear_toasts()
        type_into(tab, "Go to nonce", text)
        running.press("Return")
        assert toasts(running.window)[0].startswith("Go to nonce: nonce must be "), text[:9]
    assert view.selected_rows() == [(len(found) // 2, len(found) // 2)]


def test_an_export_holds_exactly_what_is_shown(
    running: Running, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    tab = hits_tab(running)
    want(running, 17.34, "At least")
    file = tmp_path / "hits.csv"
    with qtbot.waitSignal(tab.said) as told:
        tab.export_to(str(file))
    assert told.args == [f"Written to {file}"]
    shown = shown_hits(running)
    with file.open(newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0] == ["nonce", "max_multiplier"]
    written = [(int(nonce), float(multiplier)) for nonce, multiplier in rows[1:]]
    assert written == list(zip(shown[HitColumn.NONCE], shown[HitColumn.MULTIPLIER], strict=True))
    everything = tmp_path / "nonces.csv"
    running.window.run_actions.export_to(run, str(everything))
    running.settle()
    assert toasts(running.window)[-1] == f"Written to {everything}"
    assert len(everything.read_text().splitlines()) == COUNT + 1


@pytest.mark.usefixtures("run")
def test_an_export_to_nowhere_is_told(running: Running, tmp_path: Path) -> None:
    tab = hits_tab(running)
    tab.export_to(str(tmp_path / "no such folder" / "hits.csv"))
    running.settle()
    assert "cannot be written: No such file or directory" in toasts(running.window)[-1]


def test_selected_hits_are_copied_as_tsv(running: Running, run: Run) -> None:
    tab = hits_tab(running)
    view = table(tab, "Hits")
    select(view, 1, 3)
    running.press("Ctrl+C")
    assert toasts(running.window)[-1] == "2 rows copied"
    model = view.model()
    wanted = [[str(model.index(row, place).data()) for place in HitColumn] for row in (1, 3)]
    assert [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")] == wanted
    assert run.name == "a run"


def test_large_nonces_are_shown_whole(running: Running) -> None:
    start = 2**53 - 1000
    running.scan_and_open(request(2**53 - 1, Difficulty.EASY, (1.0,), start=start))
    hits_tab(running)
    nonces = shown_hits(running)[HitColumn.NONCE]
    k = running.backend.runs.outcomes(running.window.run_page.run.id)  # type: ignore[union-attr]  # it shows one
    assert nonces == (np.flatnonzero(k == 0) + start).tolist()
    view = table(running.window, "Hits")
    assert isinstance(view, BigTable)
    assert column(view, HitColumn.NONCE)[-1] == f"{nonces[-1]:,}"
