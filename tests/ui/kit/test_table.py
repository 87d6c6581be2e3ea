from __future__ import annotations

import time

import pytest
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pump_desktop.ui.kit.table import COPY_LIMIT, BigTable, Column, row_ranges, safe_cell

pytestmark = pytest.mark.usefixtures("look")

Index = QModelIndex | QPersistentModelIndex
COLUMNS = [Column(90, numeric=True), Column(90), Column(90, stretch=True, sortable=False)]


class Rows(QAbstractTableModel):
    """Rows made up as they are asked for; counts the questions."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.asked = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's own
        return 0 if parent.isValid() else self.rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - as Qt has it
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.asked += 1
        if role == Qt.ItemDataRole.DisplayRole:
            return (f"{index.row()}", "=1+1", "a\tb")[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802 - as Qt has it
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return ("Nonce", "Text", "Rest")[section]
        return None

    def insert(self, first: int, count: int) -> None:
        self.beginInsertRows(QModelIndex(), first, first + count - 1)
        self.rows += count
        self.endInsertRows()


def build(qtbot: QtBot, rows: int) -> tuple[BigTable, Rows]:
    model = Rows(rows)
    table = BigTable("Hits", COLUMNS)
    qtbot.addWidget(table)
    model.setParent(table)
    table.setModel(model)
    table.resize(600, 400)
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    table.setFocus()
    return table, model


def select(table: BigTable, first: int, last: int) -> None:
    model = table.model()
    span = QItemSelection(model.index(first, 0), model.index(last, 2))
    table.selectionModel().select(span, QItemSelectionModel.SelectionFlag.Select)


def test_a_million_rows_are_selected_at_once(qtbot: QtBot) -> None:
    table, model = build(qtbot, 1_000_000)
    model.asked = 0
    started = time.perf_counter()
    QTest.keySequence(table, QKeySequence(QKeySequence.StandardKey.SelectAll))
    table.viewport().repaint()
    assert time.perf_counter() - started < 2  # 24 s and more with the header's shared selection
    assert table.selected_rows() == [(0, 999_999)]
    assert model.asked < 5_000


def test_a_typed_letter_asks_nothing(qtbot: QtBot) -> None:
    table, model = build(qtbot, 1_000_000)
    model.asked = 0
    QTest.keyClicks(table, "zz")
    assert model.asked < 5_000
    assert not table.currentIndex().isValid() or table.currentIndex().row() == 0


def test_home_end_and_pages(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 1_000_000)
    table.selectRow(5)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 999_999
    QTest.keyClick(table, Qt.Key.Key_PageUp)
    assert 999_900 < table.currentIndex().row() < 999_999
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    table.viewport().grab()


def test_enter_and_double_click_open_a_row(qtbot: QtBot) -> None:
    table, model = build(qtbot, 10)
    table.selectRow(3)
    with qtbot.waitSignal(table.row_opened) as told:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert told.args == [3]
    spot = table.visualRect(model.index(2, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    with qtbot.waitSignal(table.row_opened) as told:
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert told.args == [2]


def test_copying_gives_ranges_as_tsv_without_formulas(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 100)
    select(table, 7, 8)
    select(table, 2, 2)
    with qtbot.waitSignal(table.copied) as told:
        QTest.keySequence(table, QKeySequence(QKeySequence.StandardKey.Copy))
    assert told.args == [3]
    assert QGuiApplication.clipboard().text() == "2\t'=1+1\ta b\n7\t'=1+1\ta b\n8\t'=1+1\ta b"


def test_hidden_columns_are_not_copied_and_moved_ones_in_their_order(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 5)
    table.set_hidden_columns([1])
    table.horizontalHeader().moveSection(2, 0)
    select(table, 0, 0)
    with qtbot.waitSignal(table.copied):
        table.copy_selection()
    assert QGuiApplication.clipboard().text() == "a b\t0"


def test_too_much_is_refused_before_a_cell_is_read(qtbot: QtBot) -> None:
    table, model = build(qtbot, COPY_LIMIT)
    table.selectAll()
    model.asked = 0
    with qtbot.waitSignal(table.copy_refused) as told:
        table.copy_selection()
    assert told.args == [3 * COPY_LIMIT]
    assert model.asked == 0


def test_a_large_copy_lets_the_window_breathe(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 60_000)
    table.selectAll()
    with qtbot.waitSignal(table.copied) as told:
        table.copy_selection()
        assert table._copy is not None  # still at it: the rest comes in slices
    assert told.args == [60_000]


def test_a_copy_stops_when_rows_move_under_it(qtbot: QtBot) -> None:
    table, model = build(qtbot, 60_000)
    select(table, 10, 59_000)
    table.copy_selection()
    model.insert(model.rows, 5)
    assert table._copy is not None
    with qtbot.waitSignal(table.copy_stopped):
        model.insert(0, 5)
    assert table._copy is None


def test_a_header_click_asks_for_sorting(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 10)
    header = table.horizontalHeader()
    told: list[tuple[int, Qt.SortOrder]] = []
    table.sort_requested.connect(lambda column, order: told.append((column, order)))

    def click(column: int) -> None:
        spot = header.rect().center()
        spot.setX(header.sectionViewportPosition(column) + 20)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    for column in (0, 0, 1, 2):
        click(column)
    rising, falling = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    assert told == [(0, rising), (0, falling), (1, rising)]
    assert header.sortIndicatorSection() == 1
    assert table.selected_rows() == []
    table.set_sort(None)
    assert not header.isSortIndicatorShown()


def test_the_columns_menu_hides_all_but_one(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 3)
    menu = table.columns_menu()
    assert [action.text() for action in menu.actions()] == ["Nonce", "Text", "Rest"]
    assert not table.columns_chosen
    menu.actions()[1].trigger()
    assert (table.hidden_columns, table.columns_chosen) == ((1,), True)
    menu.deleteLater()
    table.set_hidden_columns([0, 1])
    last = table.columns_menu()
    assert [action.isEnabled() for action in last.actions()] == [True, True, False]
    last.deleteLater()


def test_another_model_keeps_the_columns_and_the_guards(qtbot: QtBot) -> None:
    table, _model = build(qtbot, 3)
    other = Rows(4)
    other.setParent(table)
    table.setModel(other)
    header = table.horizontalHeader()
    assert header.selectionModel() is not table.selectionModel()
    assert header.sectionSize(0) == 90
    assert table.rowHeight(0) == 28


def test_a_table_without_a_model_can_be_used(qtbot: QtBot) -> None:
    table = BigTable("Empty")
    qtbot.addWidget(table)
    table.show()
    table.copy_selection()
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.selected_rows() == []


def test_ranges_are_merged() -> None:
    assert row_ranges(QItemSelection()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (5, "5"),
        ("-5.2", "-5.2"),
        ("+1,000", "+1,000"),
        ("-a", "'-a"),
        ("@x", "'@x"),
        ("=A1", "'=A1"),
        ("a\nb", "a b"),
        ("\n=A1", "' =A1"),
        ("＝A1", "'＝A1"),
    ],
)
def test_cells_are_safe_for_spreadsheets(value: object, text: str) -> None:
    assert safe_cell(value) == text


class TestWidths:
    """Columns that share out what the viewport has more than they need."""

    def even(self, qtbot: QtBot) -> BigTable:
        model = Rows(3)
        table = BigTable("Hits")
        qtbot.addWidget(table)
        model.setParent(table)
        table.setModel(model)
        table.set_columns([Column(100, numeric=True), Column(50), Column(50)])
        table.resize(420, 200)
        with qtbot.waitExposed(table):
            table.show()
        return table

    def test_spare_width_is_shared_in_proportion_to_the_last_pixel(self, qtbot: QtBot) -> None:
        table = self.even(qtbot)
        widths = [table.columnWidth(index) for index in range(3)]
        assert sum(widths) == table.viewport().width()
        assert widths[0] == pytest.approx(2 * widths[1], abs=2)

    def test_a_hidden_column_leaves_its_width_to_the_others(self, qtbot: QtBot) -> None:
        table = self.even(qtbot)
        table.set_hidden_columns([0])
        assert table.columnWidth(1) + table.columnWidth(2) == table.viewport().width()
        assert table.least_width({0}) == 100

    def test_a_table_that_is_too_narrow_keeps_its_widths(self, qtbot: QtBot) -> None:
        table = self.even(qtbot)
        table.resize(120, 200)
        assert [table.columnWidth(index) for index in range(3)] == [100, 50, 50]

    def test_a_width_chosen_by_hand_stays(self, qtbot: QtBot) -> None:
        table = self.even(qtbot)
        table.horizontalHeader().resizeSection(1, 77)
        table.resize(600, 200)
        assert table.columnWidth(1) == 77

    def test_columns_grow_to_what_their_cells_say(self, qtbot: QtBot) -> None:
        table = self.even(qtbot)
        table.set_columns([Column(41), Column(41), Column(41)])
        table.fit_contents()
        needed = [table.fontMetrics().horizontalAdvance(title) for title in ("Nonce", "=1+1", "Rest")]
        least = table.least_width()
        assert least > sum(needed)
        assert least > 3 * 41
