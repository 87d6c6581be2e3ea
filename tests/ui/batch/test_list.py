"""Several seed pairs as they are typed, pasted or loaded: what is wrong with which line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pump_desktop.domain.batch import MAX_CHARACTERS
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.qt.look.theme import Appearance
from pump_desktop.qt.tables.queue import PairColumn
from pump_desktop.ui.batch.entry import PairsEdit
from pump_desktop.ui.batch.view import QueueView
from pump_desktop.ui.scan.page import ScanPage
from tests.ui.support.program import button, click, column, edit, lit, named, request, table, texts, type_into
from tests.ui.support.several_pairs import MOST, Several, remarks


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
