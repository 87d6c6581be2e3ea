"""Size, page, columns and splitters between two starts of the whole program; damaged files, lost screens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.domain.runs import Run, RunQuery
from pump_desktop.program import Program
from pump_desktop.qt.app.layout import (
    KeptColumn,
    KeptLayout,
    KeptTable,
    bring_on_screen,
    first_size,
    parse_table,
)
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.ui.support.program import Start, click, column, request, table


def test_a_second_start_finds_page_columns_and_order(start: Start, data: Path) -> None:
    first = start()
    for name in ("b", "c", "a"):
        first.store(client=name)
    first.window.open_section("runs")
    first.settle()
    view = table(first.window, "Runs")
    header = view.horizontalHeader()
    titles = [str(view.model().headerData(i, Qt.Orientation.Horizontal)) for i in range(header.count())]
    moved = titles.index("Client seed")
    header.moveSection(header.visualIndex(moved), 0)
    header.resizeSection(titles.index("Difficulty"), 133)
    menu = view.columns_menu()
    for action in menu.actions():
        if action.text() in {"Notes", "Highest"}:
            action.trigger()
    menu.deleteLater()
    view._header_clicked(moved)
    first.settle()
    hidden = view.hidden_columns
    first.close()
    kept = data / "window.ini"
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600

    second = start()
    second.settle()
    assert second.runs.isVisible()
    view = table(second.window, "Runs")
    header = view.horizontalHeader()
    assert header.visualIndex(moved) == 0
    assert view.columnWidth(titles.index("Difficulty")) == 133
    assert view.hidden_columns == hidden
    assert not view.isColumnHidden(titles.index("Notes"))
    assert view.sort == (moved, Qt.SortOrder.AscendingOrder)
    assert column(view, moved) == ["a", "b", "c"]


def test_size_and_splitter_come_back(wardrobe: QApplication, qtbot: QtBot, data: Path, start: Start) -> None:
    running = start()
    running.scan_and_open(request(2000))
    running.window.resize(QSize(1180, 720))
    split = running.window.findChild(QSplitter, "kept.distribution")
    assert isinstance(split, QSplitter)
    split.moveSplitter(split.sizes()[0] - 90, 1)
    sizes = split.sizes()
    running.close()
    program = Program(
        wardrobe, Settings.model_validate({"data_dir": data, "ingest_port": 0}), resolve_paths(data)
    )
    try:
        # The offscreen screen is 800 wide, less than the window's least.
        room = QGuiApplication.primaryScreen().availableSize()
        assert program.window.size() == QSize(1180, 720).boundedTo(room).expandedTo(QSize(880, 0))
        with qtbot.waitSignal(program.ready):
            program.show()
        program.window.resize(QSize(1180, 720))
        (run,) = running_runs(program)
        program.window.open_run(run)
        page = program.window.run_page
        # Made when its figures are there.
        qtbot.waitUntil(lambda: page.findChild(QSplitter, "kept.distribution") is not None)
        again = page.findChild(QSplitter, "kept.distribution")
        assert isinstance(again, QSplitter)
        assert again.property("chosen")
        # What is left over goes to the chart; the table stands as wide as it was.
        assert again.sizes()[1] == sizes[1]
    finally:
        program.stop()
        program.deleteLater()


def running_runs(program: Program) -> list[Run]:
    runs = program._backend.result().runs
    return [runs.get(row.id) for row in runs.list(RunQuery()).items]


@pytest.mark.parametrize(
    "text",
    [
        b"\x00\xff\xfe garbage \x80\n[[[",
        b"[window]\ngeometry=@ByteArray(\\x1\\x2)\npage=nowhere\n[tables]\nruns=[[]]\n",
        b'[window]\ngeometry=!!!\npage=a, b\n[tables]\nruns={"columns": [["Nonces", 1e9, 3]]}\n',
    ],
)
def test_a_damaged_file_means_defaults(start: Start, data: Path, text: bytes) -> None:
    data.mkdir()
    (data / "window.ini").write_bytes(text)
    running = start()
    assert running.scan.isVisible()
    assert table(running.window, "Runs").columnWidth(4) == 84
    running.close()
    # And the next start has a good file again.
    assert KeptLayout(data).value("window/page") == "scan"


def test_a_file_that_cannot_be_written_costs_only_the_layout(start: Start, data: Path) -> None:
    (data / "window.ini").mkdir(parents=True)
    running = start()
    assert running.store(end=100).count == 100
    running.close()
    assert (data / "window.ini").is_dir()


@pytest.mark.parametrize(
    ("room", "size"),
    [((1920, 1040), (1280, 820)), ((1366, 768), (1280, 720)), ((1024, 748), (1008, 700))],
)
def test_a_first_window_fits_its_screen(room: tuple[int, int], size: tuple[int, int]) -> None:
    assert first_size(QSize(*room)).toTuple() == size


def test_a_window_whose_screen_is_gone_comes_back(qapp: QApplication, qtbot: QtBot) -> None:
    assert qapp is not None
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    room = QGuiApplication.primaryScreen().availableGeometry()
    for place in (QPoint(5000, 200), QPoint(-3000, -3000), QPoint(100, room.bottom() + 40)):
        window.move(place)
        bring_on_screen(window)
        assert room.contains(window.frameGeometry()), place
    window.move(room.topLeft() + QPoint(50, 60))
    before = window.pos()
    bring_on_screen(window)
    assert window.pos() == before


def test_a_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    for place in (QPoint(70, 80), QPoint(4000, 90)):
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(300, 200)
        window.move(place)
        window.show()
        layout = KeptLayout(tmp_path)
        layout.keep_window(window)
        layout.save()
        again = QWidget()
        qtbot.addWidget(again)
        KeptLayout(tmp_path).restore_window(again)
        room = QGuiApplication.primaryScreen().availableGeometry()
        assert room.intersects(again.frameGeometry())
        assert again.size() == QSize(300, 200)
        if room.contains(place):
            # Offscreen, the frame a window will have is not known before it is shown.
            assert (again.pos() - window.pos()).manhattanLength() < 10


def test_tables_survive_the_way_to_the_file_and_nothing_else_does(tmp_path: Path) -> None:
    table_ = KeptTable(
        (KeptColumn("Nonces", 120), KeptColumn("Notes; =[x]", 0, hidden=True)), True, ("Nonces", True)
    )
    layout = KeptLayout(tmp_path)
    layout.set_table("runs", table_)
    layout.save()
    assert KeptLayout(tmp_path).table("runs") == table_
    for wrong in (
        None,
        3,
        "",
        "[]",
        "{}",
        '{"columns": [["a"]]}',
        '{"columns": [["a", -1, false]]}',
        "[" * 9999,
    ):
        assert parse_table(wrong) is None
    store = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    store.setValue("window/page", ["a", "list"])
    store.sync()
    assert KeptLayout(tmp_path).value("window/page") is None


def test_a_chart_page_comes_back_when_the_charts_are_there(start: Start, data: Path, qtbot: QtBot) -> None:
    data.mkdir()
    (data / "window.ini").write_text("[window]\npage=compare\n")
    running = start()
    if running.window.section != "compare":
        with qtbot.waitSignal(running.program.warm, timeout=60_000):
            pass
    assert running.window.section == "compare"
    click(running.window, "Scan")


@pytest.mark.skipif(os.name != "posix", reason="pipes with names are POSIX")
@pytest.mark.timeout(30)
@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_neither_waited_for_nor_replaced(tmp_path: Path, make: object) -> None:
    there = tmp_path / "window.ini"
    make(there)  # type: ignore[operator]  # each of them makes what the path names
    kept = KeptLayout(tmp_path)
    assert kept.value("window/page") is None
    kept.set_value("window/page", "live")
    kept.save()
    assert kept.value("window/page") is None
    assert not there.is_file()
