"""The page of one run: its figures against numpy, chart and table linked both ways."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import Match, Run
from pump_desktop.qt.tables.rows import NATIVE_ROLE
from pump_desktop.qt.tables.run_figures import DistributionColumn, HitColumn
from pump_desktop.stats.distribution import distribution
from pump_desktop.stats.hits import HitFilter
from pump_desktop.ui.charts.distribution_chart import DistributionChart
from pump_desktop.ui.kit.buttons import IconButton
from pump_desktop.ui.kit.header import PageHeader
from pump_desktop.ui.kit.report_options import ReportOptions
from pump_desktop.ui.run.page import RunDifficulties, RunPage
from pump_desktop.ui.run.tabs import RunTabs
from tests.store.damage import bend_outcome
from tests.ui.support.one_run import COUNT, TABLE, hits_tab, outcomes, shown_hits, want
from tests.ui.support.program import (
    CLIENT,
    SERVER,
    Running,
    button,
    child,
    choose,
    click,
    column,
    request,
    select,
    table,
    texts,
    tiles,
)


def chart(running: Running) -> DistributionChart:
    return child(running.window, DistributionChart)


def bar(chart: DistributionChart, k: int) -> QPoint:
    """Give where the foot of a bar is, in the chart's own pixels."""
    box = chart.plotItem.vb
    floor = box.viewRange()[1][0]
    spot: QPoint = chart.mapFromScene(box.mapViewToScene(QPointF(k, floor + 0.05)))
    return spot


def point_at(chart: DistributionChart, spot: QPoint) -> None:
    """Move the mouse over the chart, as the system tells it."""
    view = chart.viewport()
    none = Qt.MouseButton.NoButton
    where, everywhere = QPointF(spot), QPointF(view.mapToGlobal(spot))
    event = QMouseEvent(QEvent.Type.MouseMove, where, everywhere, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def test_the_tiles_are_those_of_the_outcomes(running: Running, run: Run) -> None:
    k = outcomes(running, run)
    highest = int(k.max())
    times, first = int((k == highest).sum()), 101 + int(np.argmax(k == highest))
    multipliers = np.array(TABLE)[k]
    where = f"at nonce {first:,}" if times == 1 else f"{times} times, first at {first:,}"
    found = tiles(running.window.run_page)
    assert found["Nonces"] == ("20,000", "10 of 25 positions pop")
    assert found["Highest"] == (f"{TABLE[highest]:,.2f}x", where)
    assert found["Median"] == (f"{np.median(multipliers):.2f}x", f"mean {multipliers.mean():,.2f}x")
    test = distribution(Difficulty.EXPERT, np.bincount(k, minlength=16).tolist()).chi_square
    assert test is not None
    assert found["Against the odds"][0] == f"p = {test.p_value:.2f}"


def test_the_header_names_the_run_copies_its_parts_and_hides_its_seeds(running: Running, run: Run) -> None:
    page = running.window.run_page
    seen = texts(page)
    assert "a run" in seen
    assert any("101 – 20,100" in text for text in seen)
    assert run.outcome_digest == hashlib.sha256(outcomes(running, run).tobytes()).hexdigest()
    for words, whole in (
        ("Copy server seed", SERVER),
        ("Copy client seed", CLIENT),
        ("Copy server seed SHA-256", run.server_seed_sha256),
        ("Copy outcome digest", run.outcome_digest),
    ):
        click(page, words)
        assert QGuiApplication.clipboard().text() == whole
    click(page, "Hide seeds")
    assert not any(part in text for text in texts(page) for part in (SERVER[:8], SERVER[-8:], CLIENT))
    click(page, "Show seeds")
    assert any(run.server_seed[:8] in text for text in texts(page))


def test_hidden_seeds_are_hidden_in_the_title_too(running: Running) -> None:
    run = running.scan_and_open(request(300))
    page = running.window.run_page
    title = child(page, PageHeader)
    assert title.title == f"{CLIENT} · Expert"
    click(page, "Hide seeds")
    assert title.title == "•••••••••••• · Expert"
    tips = [widget.toolTip() for widget in page.findChildren(QWidget)]
    names = [widget.accessibleName() for widget in page.findChildren(QWidget)]
    assert not [text for text in (*tips, *names, *texts(page)) if CLIENT in text or SERVER in text]
    page.show_run(replace(run, name=f"all of {CLIENT}"))
    assert title.title == "all of ••••••••••••"
    click(page, "Show seeds")
    assert title.title == f"all of {CLIENT}"


def lone_page(running: Running, run: Run, qtbot: QtBot) -> RunPage:
    """Show a run on a page that nobody listens to."""
    page = RunPage(running.window._asker, running.program.appearance)
    qtbot.addWidget(page)
    page.show_run(run)
    running.settle()
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


def test_another_difficulty_is_asked_for_and_walking_there_asks_for_nothing(
    running: Running, run: Run, qtbot: QtBot
) -> None:
    page = lone_page(running, run, qtbot)
    row = child(page, RunDifficulties)
    asked: list[tuple[Run, Difficulty]] = []
    page.sibling_asked.connect(lambda *what: asked.append(what))
    assert row.value == "expert"
    button(row, "Expert").setFocus(Qt.FocusReason.TabFocusReason)
    for keys in ("Left", "Left", "Left", "Left", "Right", "Up", "Home"):
        running.press(keys)
    assert QApplication.focusWidget() is button(row, "Medium")
    assert asked == []
    running.press("Space")
    assert asked == [(run, Difficulty.MEDIUM)]
    running.press("Return")
    click(row, "Easy")
    assert asked[1:] == [(run, Difficulty.MEDIUM), (run, Difficulty.EASY)]
    # Its run is not shown yet.
    assert row.value == "expert"
    click(row, "Expert")
    assert len(asked) == 3
    page.show_run(replace(run, difficulty=Difficulty.EASY))
    assert row.value == "easy"
    assert len(asked) == 3


@pytest.mark.usefixtures("run")
def test_keys_walk_between_the_tabs(running: Running) -> None:
    tabs = child(running.window.run_page, RunTabs)
    titles = [tabs.tabText(index) for index in range(tabs.count())]
    assert titles == ["Distribution", "Hits", "Gaps", "Density", "Fairness"]
    for number, title in enumerate(titles, 1):
        running.press(f"Alt+{number}")
        assert tabs.tabText(tabs.currentIndex()) == title
    for keys, title in (
        ("Ctrl+Tab", "Distribution"),
        ("Ctrl+Tab", "Hits"),
        ("Ctrl+Shift+Tab", "Distribution"),
        ("Ctrl+PgUp", "Fairness"),
        ("Ctrl+PgDown", "Distribution"),
        ("Ctrl+PgDown", "Hits"),
    ):
        running.press(keys)
        assert tabs.tabText(tabs.currentIndex()) == title, keys
    running.settle()
    table(tabs, "Hits").setFocus()
    running.press("Ctrl+PgDown")
    assert tabs.tabText(tabs.currentIndex()) == "Gaps"
    assert QApplication.focusWidget() is tabs.tabBar()
    for outside in (running.window.run_page.findChildren(IconButton)[0], running.window._rail.button("runs")):
        outside.setFocus()
        running.press("Alt+1")
        assert tabs.currentIndex() == 0
        running.press("Alt+3")
        assert tabs.currentIndex() == 2
    running.press("Ctrl+1")
    assert running.window.scan_page.isVisible()


def test_a_bucket_of_the_density_leads_to_its_hits(running: Running, run: Run) -> None:
    tabs = child(running.window.run_page, RunTabs)
    running.press("Alt+4")
    running.settle()
    tabs.density.hits_asked.emit(HitFilter((17.34,), Match.AT_LEAST, 1_101, 2_100))
    running.settle()
    assert tabs.currentWidget().isAncestorOf(tabs.hits)
    found = np.flatnonzero(outcomes(running, run)[1_000:2_000] >= 5) + 1_101
    assert shown_hits(running)[HitColumn.NONCE] == found.tolist()
    assert f"{len(found):,} hits" in texts(tabs.hits)


@pytest.mark.usefixtures("run")
def test_a_low_window_leaves_its_height_to_the_tabs(running: Running) -> None:
    page = running.window.run_page
    assert len(tiles(page)) == 4
    running.window.resize(1024, 700)
    running.settle()
    assert tiles(page) == {}
    (line,) = [text for text in texts(page) if text.startswith("20,000 nonces · highest ")]
    assert line.endswith(" against the odds")
    assert child(page, RunTabs).height() > 350
    running.window.resize(1280, 820)
    assert len(tiles(page)) == 4


def test_the_menu_tells_what_to_do_with_the_run(running: Running, run: Run, qtbot: QtBot) -> None:
    page = lone_page(running, run, qtbot)
    asked: list[tuple[str, Run]] = []
    page.action_asked.connect(lambda *what: asked.append(what))
    menu = menu_with(page, "Extend the range …")
    actions = {str(action.data()): action for action in menu.actions() if not action.isSeparator()}
    report = actions.pop("report")
    for action in actions.values():
        action.trigger()
    assert asked == [(name, run) for name in actions]
    assert {"extend", "compare"} <= set(actions)
    report.trigger()
    assert len(asked) == len(actions)
    options = child(page, ReportOptions)
    options.reject()


def menu_with(inside: QWidget, words: str) -> QMenu:
    """Give the menu that holds an action with these words."""
    (found,) = [
        menu for menu in inside.findChildren(QMenu) if words in [action.text() for action in menu.actions()]
    ]
    return found


def test_the_distribution_equals_bincount_on_either_scale(running: Running, run: Run) -> None:
    counts = np.bincount(outcomes(running, run), minlength=16)
    view = table(running.window, "Distribution table")
    assert column(view, DistributionColumn.OBSERVED, NATIVE_ROLE) == counts.tolist()
    assert column(view, DistributionColumn.OBSERVED) == [f"{count:,}" for count in counts]
    assert column(view, DistributionColumn.MULTIPLIER, NATIVE_ROLE) == list(TABLE)
    assert sum(column(view, DistributionColumn.EXPECTED, NATIVE_ROLE)) == pytest.approx(COUNT)
    drawn = chart(running)
    bars = drawn._bars.opts
    assert np.allclose(10 ** (bars["y0"] + bars["height"]), np.maximum(counts, 0.5))
    low, high = drawn.plotItem.vb.viewRange()[1]
    assert low == pytest.approx(np.log10(0.5))
    assert high > np.log10(counts.max())
    choose(running.window, "Scale of counts", "Linear")
    assert np.allclose(drawn._bars.opts["height"], counts)
    low, high = drawn.plotItem.vb.viewRange()[1]
    assert low == 0
    assert high > counts.max()
    labels = drawn._counts.tickStrings([0, 2500, 5000], 1, 1)
    assert labels == ["0", "2.5K", "5K"]
    choose(running.window, "Scale of counts", "Log")
    assert drawn._counts.tickStrings([0, 3], 1, 1) == ["1", "1K"]


@pytest.mark.usefixtures("run")
def test_a_clicked_bar_selects_its_row_and_a_row_its_bar(running: Running, qtbot: QtBot) -> None:
    view, drawn = table(running.window, "Distribution table"), chart(running)
    # pyqtgraph tells of a click by its scene; the second click of a pair would be a double click.
    with qtbot.waitSignal(drawn.selected) as told:
        QTest.mouseClick(drawn.viewport(), Qt.MouseButton.LeftButton, pos=bar(drawn, 3))
    assert told.args == [3]
    assert view.selected_rows() == [(3, 3)]
    select(view, 7)
    assert drawn._chosen == 7
    view.clearSelection()
    assert drawn._chosen is None


@pytest.mark.usefixtures("run")
def test_the_arrow_keys_walk_along_the_bars(running: Running) -> None:
    view, drawn = table(running.window, "Distribution table"), chart(running)
    drawn.setFocus()
    for keys, row in (("Right", 0), ("Right", 1), ("Left", 0), ("Left", 0)):
        running.press(keys)
        assert view.selected_rows() == [(row, row)]
        assert drawn._chosen == row
    assert any(text.startswith("1.00x (1 in 2.5): ") for text in texts(running.window))
    for _ in range(20):
        running.press("Right")
    assert view.selected_rows() == [(15, 15)]
    view.setFocus()
    running.press("Up")
    assert drawn._chosen == 14


@pytest.mark.usefixtures("run")
def test_pointing_at_a_bar_reads_it_out(running: Running, qtbot: QtBot) -> None:
    drawn = chart(running)
    with qtbot.waitSignal(drawn.hovered) as told:
        point_at(drawn, bar(drawn, 1))
    assert told.args[0].startswith("1.63x (1 in ")
    assert told.args[0] in texts(running.window)
    with qtbot.waitSignal(drawn.hovered) as told:
        QApplication.sendEvent(drawn, QEvent(QEvent.Type.Leave))
    assert told.args == [""]


@pytest.mark.usefixtures("run")
def test_the_chart_and_the_pages_follow_the_theme(running: Running, qtbot: QtBot) -> None:
    drawn, appearance = chart(running), running.program.appearance
    light = drawn.grab().toImage().pixelColor(2, 2).name()
    with qtbot.waitSignal(appearance.changed):
        running.press("Ctrl+Shift+L")
    dark = appearance.theme
    assert dark.dark
    assert drawn.grab().toImage().pixelColor(2, 2) == dark.color("surface.card")
    assert drawn.grab().toImage().pixelColor(2, 2).name() != light
    page = running.window.run_page.grab().toImage()
    assert page.pixelColor(4, page.height() - 4) == dark.color("surface.window")


@pytest.mark.usefixtures("run")
def test_another_run_begins_with_its_distribution_and_its_own_hits(running: Running) -> None:
    hits_tab(running)
    want(running, 164.72, "At least")
    other = running.scan_and_open(request(300, Difficulty.EASY, (24.5,)))
    page = running.window.run_page
    tabs = child(page, RunTabs)
    assert tabs.tabText(tabs.currentIndex()) == "Distribution"
    assert tiles(page)["Nonces"] == ("300", "1 of 25 positions pop")
    assert table(page, "Distribution table").model().rowCount() == 25
    hits_tab(running)
    found = np.flatnonzero(outcomes(running, other) == 24) + 1
    assert shown_hits(running)[HitColumn.NONCE] == found.tolist()


def test_a_run_of_a_few_nonces_has_no_test(running: Running) -> None:
    running.scan_and_open(request(3))
    figure, words = tiles(running.window.run_page)["Against the odds"]
    assert figure == "No test"
    assert words.startswith("Too few nonces")


def test_back_leads_to_the_list(running: Running, run: Run) -> None:
    running.press("Alt+Left")
    running.settle()
    view = table(running.window, "Runs")
    assert view.isVisible()
    assert QApplication.focusWidget() is view
    assert running.window._rail.current == "runs"
    select(view, 0)
    running.press("Return")
    running.settle()
    assert running.window.run_page.isVisible()
    assert running.window.run_page.run == run


def test_the_line_of_figures_keeps_its_test_when_only_the_name_changed(running: Running, run: Run) -> None:
    page = running.window.run_page
    running.window.resize(1024, 640)
    (line,) = [text for text in texts(page) if "against the odds" in text and "nonces" in text]
    page.show_run(replace(run, name="another name"))
    assert line in texts(page)


def test_a_run_that_was_changed_says_so_above_its_figures(running: Running) -> None:
    run = running.store(end=3000)
    running.backend.runs.start_over()
    running.window.open_run(run)
    running.settle()
    banner = running.window.run_page._banner
    assert not banner.isVisible()
    bend_outcome(running.backend.database_path)
    other = running.store(end=2000)
    running.window.open_run(other)
    running.window.open_run(run)
    running.settle()
    assert banner.isVisible()
    assert banner.text.startswith(
        f"Run {run.id} was damaged or changed since it was scanned: its outcomes do not"
    )
    running.window.open_run(other)
    running.settle()
    assert not banner.isVisible()
