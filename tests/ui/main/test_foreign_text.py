"""A walk through the window when seeds, names and notes are HTML: nothing takes any of it for HTML."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMenu,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pump_desktop.domain.alerts import RuleDraft
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.runs import RunQuery
from pump_desktop.system.clock import utc_now
from pump_desktop.ui.main.palette import Palette
from tests.hostile import MARKUP
from tests.live_samples import sample_bets, sample_key
from tests.ui.support.program import Running, child, request

TABS = ("Distribution", "Hits", "Gaps", "Density", "Fairness")
COMPARED = ("Ratio to the odds", "Share at least", "Differences", "Tests", "Hits")
LIVE = ("<img", "<b>")


def alive(text: str) -> bool:
    """Tell whether Qt, left to guess, would take something of the markup for HTML."""
    return any(mark in text for mark in LIVE) and Qt.mightBeRichText(text)


def tips(model: QAbstractItemModel) -> Iterator[str]:
    """Yield the tool tips of a model's first rows and of its headings."""
    for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) or "")
        for row in range(min(model.rowCount(), 5)):
            yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


def taken_for_html(window: QWidget) -> Iterator[str]:
    """Describe each text of a window that Qt takes for HTML though it came from outside."""
    for widget in window.findChildren(QWidget):
        kind = type(widget).__name__
        for text in (widget.toolTip(), widget.whatsThis(), widget.statusTip()):
            if alive(text):
                yield f"{kind} {widget.accessibleName()}, tool tip {text!r}"
        match widget:
            case QLabel() if widget.textFormat() is not Qt.TextFormat.PlainText and alive(widget.text()):
                yield f"label {widget.text()!r}"
            case QTextEdit() if any(mark in widget.toPlainText() for mark in LIVE):
                yield f"{kind} {widget.accessibleName()}, which takes HTML"
            case QAbstractItemView() if widget.model() is not None:
                yield from (
                    f"{kind} {widget.accessibleName()}, {tip!r}" for tip in tips(widget.model()) if alive(tip)
                )
            case QGraphicsView() if widget.scene() is not None:
                items = (item for item in widget.scene().items() if isinstance(item, QGraphicsTextItem))
                yield from (f"{kind}, {item.toHtml()!r}" for item in items if "file:///" in item.toHtml())
    for action in window.findChildren(QAction):
        if alive(action.toolTip()) or alive(action.statusTip()):
            yield f"action {action.text()!r}, tool tip {action.toolTip()!r}"


def underlined(window: QWidget) -> Iterator[str]:
    """Describe each button, tab and menu entry that takes the ampersand of a name for a key."""
    words = [button.text() for button in window.findChildren(QAbstractButton)]
    words += [action.text() for menu in window.findChildren(QMenu) for action in menu.actions()]
    for tabs in window.findChildren(QTabBar):
        words += [tabs.tabText(index) for index in range(tabs.count())]
    yield from (text for text in words if "a & b" in text)


def fill(running: Running) -> None:
    """Store a run, a stream and what is kept of them, all of them named by markup."""
    backend = running.backend
    runs = [
        backend.runs.create(request(2_000 * (number + 1), client=f"{MARKUP}{number}"), name=MARKUP).run
        for number in range(2)
    ]
    backend.runs.set_notes(runs[0].id, MARKUP)
    live = backend.live
    bets = [
        bet._replace(antebot_bet_id=f"{MARKUP}{bet.nonce}", currency=MARKUP)
        for bet in sample_bets(5_400, 300, key=sample_key(MARKUP), until=utc_now())
    ]
    (*_, last) = live.ingest(bets).result()
    live.set_notes(last.stream_id, MARKUP).result()
    bet_id = live.tail(last.stream_id, 0, 1).bets[0].id
    live.add_bookmark(last.stream_id, bet_id, MARKUP).result()
    live.add_snapshot(last.stream_id, MARKUP, {}, None).result()
    live.reject(MARKUP, MARKUP).result()
    rule = RuleDraft.parse(name=MARKUP, kind="threshold", values={"at_least": 1.5}, desktop=True)
    backend.alerts.add(rule).result()
    # One bet more, for the rule to speak of.
    live.ingest(sample_bets(5_700, 20, key=sample_key(MARKUP), until=utc_now())).result()


def tour(running: Running, qtbot: QtBot) -> Iterator[str]:
    """Walk through everything that shows what is stored, and name each stop."""
    window = running.window
    fill(running)
    run, other = running.backend.runs.list(RunQuery()).items
    window.open_section("runs")
    running.settle()
    yield "runs"
    window.runs_page._grouped.setChecked(True)
    running.settle()
    yield "runs by seed pair"
    window.open_run_by_id(run.id)
    running.settle()
    for tab in TABS:
        window.run_page.open_tab(tab)
        running.settle()
        yield f"run, {tab}"
    window.open_section("live")
    qtbot.waitUntil(lambda: window.live_page.stream_id is not None)
    running.settle()
    yield "live"
    for panel in window.live_page.view.drawer.panels:
        window.live_page.view._open_panel(panel.title)
        running.settle()
        yield f"drawer, {panel.title}"
    window.open_section("compare")
    window.pages.compare.show_runs((run.id, other.id))
    running.settle()
    for tab in COMPARED:
        window.pages.compare.open_tab(tab)
        running.settle()
        yield f"compare, {tab}"
    window.open_section("verify")
    window.pages.verify.show_bet(MARKUP, MARKUP, 5663, Difficulty.EXPERT)
    running.settle()
    yield "verify"
    window.open_section("scan")
    window.scan_page.show_several()
    yield "queue"
    window.open_section("settings")
    window.pages.settings.open_section("data")
    qtbot.waitUntil(lambda: not running.program._storing.busy)
    yield "settings"
    running.press("Ctrl+K", window)
    running.settle()
    yield "palette"
    child(window, Palette).reject()


def test_nothing_in_the_window_takes_a_seed_for_html(running: Running, qtbot: QtBot) -> None:
    found: dict[str, list[str]] = {}
    for stop in tour(running, qtbot):
        if wrong := [*taken_for_html(running.window), *underlined(running.window)]:
            found[stop] = wrong
    assert not found, "\n".join(f"{stop}: {line}" for stop, lines in found.items() for line in lines)
