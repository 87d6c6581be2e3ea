"""Several seed pairs in the window: the list, the queue, and what the batch says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QSize, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from pump_desktop.domain.batch import PairState
from pump_desktop.domain.pairs import MAX_CHARACTERS
from pump_desktop.domain.runs import Match
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.appearance import Appearance, Mode
from pump_desktop.qt.asking import Asker
from pump_desktop.qt.jobs import JobRunner
from pump_desktop.qt.models.pairs_model import PairColumn
from pump_desktop.qt.models.queue_model import QueueColumn
from pump_desktop.qt.queue import ScanQueue
from pump_desktop.qt.scans import Scans
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.stats.hits import HitFilter
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from pump_desktop.ui.charts.funnel_chart import FunnelChart
from pump_desktop.ui.pages.queue_edit import PairsEdit
from pump_desktop.ui.pages.queue_jobs import QueueJobs
from pump_desktop.ui.pages.queue_summary import QueueSummary
from pump_desktop.ui.pages.queue_view import QueueView
from pump_desktop.ui.pages.scan_page import ScanPage
from tests.ui.program import (
    button,
    choose,
    click,
    column,
    edit,
    lit,
    named,
    request,
    select,
    table,
    texts,
    type_into,
)

MOST = 200_000


class Several:
    """A Scan page with its queue shown, and all that works behind it."""

    def __init__(self, qtbot: QtBot, look: Appearance, folder: Path) -> None:
        self._qtbot = qtbot
        self.backend = open_backend(Settings(), resolve_paths(folder))
        door: Future[Backend] = Future()
        door.set_result(self.backend)
        self._queries, self._engine = JobRunner("queries"), JobRunner("engine")
        self.asker = Asker(self._queries, door)
        self.scans = Scans(self._engine, door)
        self.queue = ScanQueue(self.scans)
        self.opened: list[object] = []
        self.said: list[str] = []
        self.refused: list[str] = []
        self.page = ScanPage(self.asker, MOST)
        qtbot.addWidget(self.page)
        self.page.offer_queue(lambda: self._make(look))
        self.page.resize(1200, 760)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()

    def _make(self, look: Appearance) -> QueueView:
        view = QueueView(self.asker, self.queue, look, MOST)
        view.run_asked.connect(self.opened.append)
        view.said.connect(self.said.append)
        view.refused.connect(self.refused.append)
        return view

    @property
    def view(self) -> QueueView:
        """The queue's view, brought to the front."""
        self.page.show_several()
        assert self.page.queue_view is not None
        return self.page.queue_view

    def settle(self) -> None:
        """Wait until every question has its answer, those that follow on a timer included."""
        view = self.view
        self._qtbot.waitUntil(
            lambda: (
                not (
                    self._queries.busy
                    or view.entry._typing.isActive()
                    or view._follow.isActive()
                    or view._asking
                )
            ),
        )

    def put(self, *lines: str) -> None:
        """Put lines into the box and wait until they are checked."""
        self.view.entry.set_text("\n".join(lines))
        self.settle()

    def scan(self, *lines: str) -> None:
        """Scan a list to its end, and wait for the figures."""
        self.tab("Seed pairs")
        self.put(*lines)
        with self._qtbot.waitSignal(self.queue.ended):
            self.page.submit()
        self.settle()

    def tab(self, name: str) -> None:
        """Bring a tab to the front."""
        self.view.open_tab(name)

    def close(self) -> None:
        """End the threads and close the database."""
        self._engine.stop()
        self._queries.stop()
        self.backend.close()
        for part in (self.queue, self.scans, self.asker, self._engine, self._queries):
            part.deleteLater()


@pytest.fixture
def several(qtbot: QtBot, look: Appearance, tmp_path: Path) -> Iterator[Several]:
    several = Several(qtbot, look, tmp_path / "pump")
    yield several
    several.close()


def remarks(several: Several) -> list[str]:
    return column(table(several.view, "Lines of the list"), PairColumn.REMARK)


def test_the_view_is_made_when_it_is_first_wanted(several: Several) -> None:
    start = button(several.page, "Start scan")
    assert not several.page.findChildren(QueueView)
    click(several.page, "Several seed pairs")
    assert several.page.findChildren(QueueView) == [several.view]
    assert not button(several.view, "Scan these pairs").isEnabled()
    assert not start.isVisible()
    several.page.focus_first()
    assert QApplication.focusWidget() is named(several.view, PairsEdit, "Seed pairs, one a line")
    click(several.page, "One seed pair")
    assert button(several.page, "Start scan").isVisible()
    several.page.fill(request(100))
    assert edit(several.page, "Client seed").isVisible()


def test_a_page_without_a_queue_offers_none(qtbot: QtBot, look: Appearance, several: Several) -> None:
    assert look is not None
    page = ScanPage(several.asker, MOST)
    qtbot.addWidget(page)
    page.show()
    assert not [found for found in texts(page) if "Several" in found]
    assert page._which.isHidden()


def test_every_line_says_what_is_wrong_with_it(several: Several) -> None:
    several.put("a,b,1,50", "a,b,9,5", "c,d", "c,d", "e,f,x")
    assert remarks(several) == [
        "",
        "the last nonce must not be smaller than the first",
        "Nonce range 1000000 exceeds maximum of 200000",
        "Nonce range 1000000 exceeds maximum of 200000",
        "start must be a whole number",
    ]
    type_into(several.view, "Last nonce where a line names none", "50")
    several.settle()
    assert remarks(several) == [
        "",
        "the last nonce must not be smaller than the first",
        "",
        "Repeats line 3",
        remarks(several)[4],
    ]
    rows = table(several.view, "Lines of the list")
    assert column(rows, PairColumn.NONCES) == ["1 – 50", "9 – 5", "1 – 50", "1 – 50", "x"]
    tip = rows.model().index(1, PairColumn.REMARK).data(int(Qt.ItemDataRole.ToolTipRole))
    assert tip == "line 2: the last nonce must not be smaller than the first"
    assert (
        "1 line repeated, scanned once. 2 lines have a problem; "
        "line 2: the last nonce must not be smaller than the first." in texts(several.view)
    )
    assert button(several.view, "Scan 2 pairs").isEnabled()
    rows.row_opened.emit(4)
    cursor = named(several.view, PairsEdit, "Seed pairs, one a line").textCursor()
    assert cursor.blockNumber() == 4


def test_a_default_that_is_no_nonce_is_lit(several: Several) -> None:
    several.put("a,b")
    type_into(several.view, "First nonce where a line names none", "0x")
    several.settle()
    assert lit(several.view) == {"First nonce where a line names none": "First nonce must be a whole number."}
    assert remarks(several) == ["start must be a whole number"]
    type_into(several.view, "First nonce where a line names none", "900001")
    several.settle()
    assert lit(several.view) == {}
    assert remarks(several) == [""]


def test_the_good_lines_are_scanned_and_the_others_stay(several: Several, qtbot: QtBot) -> None:
    several.put("server,client,start,end", "one,a,1,2000", "wrong,,1,5", "two,b,5,3000", "one,a,1,2000")
    with qtbot.waitSignal(several.queue.ended):
        several.page.submit()
    several.settle()
    assert several.view.entry.text == "server,client,start,end\nwrong,,1,5"
    assert several.said == ["2 pairs queued. What could not be read is left here to be mended."]
    assert [pair.request.server_seed for pair in several.queue.pairs] == ["one", "two"]
    box = named(several.view, PairsEdit, "Seed pairs, one a line")
    box.undo()
    assert box.toPlainText().startswith("server,client,start,end\none,a,1,2000\n")
    several.settle()


def test_a_list_without_a_good_line_starts_nothing(several: Several, qtbot: QtBot) -> None:
    several.put("only a server")
    with qtbot.assertNotEmitted(several.scans.started):
        several.page.submit()
        several.settle()
    assert lit(several.view) == {"Seed pairs, one a line": "No line can be scanned yet."}
    assert several.view.entry.text == "only a server"


def test_what_is_typed_and_scanned_at_once_is_checked_first(several: Several, qtbot: QtBot) -> None:
    box = named(several.view, PairsEdit, "Seed pairs, one a line")
    several.page.focus_first()
    QTest.keyClicks(box, "server client 1 700")
    with qtbot.waitSignal(several.queue.ended):
        QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [pair.request.count for pair in several.queue.pairs] == [700]
    several.settle()


def test_a_file_is_loaded_or_refused_in_a_sentence(several: Several, tmp_path: Path) -> None:
    good, bad = tmp_path / "pairs.csv", tmp_path / "bad.csv"
    good.write_bytes("\ufeffclient;server;end\r\nü;a;50\r\n".encode())
    bad.write_bytes(b"\xfcber;a\n")
    several.view.entry.load(str(bad))
    several.settle()
    assert several.refused == ["bad.csv is not UTF-8 text. Save it as “CSV UTF-8” and load it again."]
    several.view.entry.load(str(good))
    several.settle()
    assert remarks(several) == [""]
    assert several.said == []
    several.view.entry.load(str(good))
    several.settle()
    assert several.said == ["Loaded pairs.csv. Ctrl+Z brings back what stood here."]
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(good))])
    several.put("")
    box = named(several.view, PairsEdit, "Seed pairs, one a line")
    assert box.canInsertFromMimeData(dropped)
    box.insertFromMimeData(dropped)
    several.settle()
    assert several.view.entry.text == "client;server;end\nü;a;50\n"


def test_a_paste_of_any_size_is_answered_at_once(several: Several) -> None:
    box = named(several.view, PairsEdit, "Seed pairs, one a line")
    several.page.focus_first()
    QGuiApplication.clipboard().setText("x" * (MAX_CHARACTERS + 1))
    box.paste()
    sentence = "4,000,001 characters are too many; 4,000,000 is the limit. Split the list."
    assert lit(several.view) == {"Seed pairs, one a line": sentence}
    assert box.toPlainText() == ""
    several.put("\n".join(f"server {number},client,1,5" for number in range(10_001)))
    sentence = "This list holds 10,001 pairs; 10,000 is the limit. Split it."
    assert lit(several.view) == {"Seed pairs, one a line": sentence}
    assert not button(several.view, "Scan these pairs").isEnabled()
    several.put("a,b,1,5")
    assert lit(several.view) == {}


def test_a_known_hash_is_warned_of_and_may_be_scanned(several: Several) -> None:
    several.backend.runs.create(request(10))
    several.put(f"{seed_sha256(request().server_seed)},b,1,5")
    assert remarks(several)[0].startswith("This is the SHA-256 of a server seed you already have.")
    assert button(several.view, "Scan 1 pair").isEnabled()


LINES = ["one,a,1,20000", "two,b,1,20000", "three,c,1,30000,hard", "four,d,1,300,easy"]


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
    hits = sum(several.view._figures[number].hits for number in range(1, 14))
    expected = sum(several.view._figures[number].expected for number in range(1, 14))
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
    figures = several.view._figures[number]
    assert f"pair {number}: {figures.hits:,} hits, " in said[-1]
    scanned = several.queue.pair_at(number - 1).scanned
    assert scanned is not None
    assert several.opened == [scanned.run_id]
    lines = [line.split("\t") for line in chart.data_text().splitlines()]
    assert [line[0] for line in lines] == ["pair", "1", "2", "3"]
    assert [int(line[2]) for line in lines[1:]] == [several.view._figures[n].hits for n in (1, 2, 3)]
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
