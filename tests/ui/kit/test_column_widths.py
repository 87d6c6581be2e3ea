from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from pump_desktop.domain.game import PAYOUTS, Difficulty
from pump_desktop.qt.tables.bets import BetColumn
from pump_desktop.qt.tables.queue import QueueColumn
from pump_desktop.qt.tables.run_figures import DistributionColumn, HitColumn
from pump_desktop.qt.tables.runs import RunColumn
from pump_desktop.qt.text.numbers import multiplier_text
from pump_desktop.ui.batch import jobs as queue_jobs
from pump_desktop.ui.compare import hits as compare_hits
from pump_desktop.ui.compare import tabs as compare_table
from pump_desktop.ui.kit.table import BigTable, Column
from pump_desktop.ui.live import bets_table as live_bets
from pump_desktop.ui.live import bookmarks as bookmarks_panel
from pump_desktop.ui.run import distribution as distribution_tab
from pump_desktop.ui.run import hits as hits_tab
from pump_desktop.ui.runs import table as runs_table

pytestmark = pytest.mark.usefixtures("look")

WIDEST = multiplier_text(max(PAYOUTS[Difficulty.EXPERT]))


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        (bookmarks_panel._COLUMNS, 1),
        (compare_hits._COLUMNS, HitColumn.MULTIPLIER),
        (compare_table._ENTRY, 0),
        (compare_table._SIDES, 4),
        (distribution_tab._COLUMNS, DistributionColumn.MULTIPLIER),
        (hits_tab._COLUMNS, HitColumn.MULTIPLIER),
        (live_bets._COLUMNS, BetColumn.MULTIPLIER),
        (queue_jobs._COLUMNS, QueueColumn.HIGHEST),
        (runs_table._COLUMNS, RunColumn.HIGHEST),
        (runs_table._GROUP_COLUMNS, RunColumn.HIGHEST),
    ],
)
def test_the_highest_multiplier_of_all_is_never_cut(
    qtbot: QtBot, columns: Sequence[Column], place: int
) -> None:
    table = BigTable("Multipliers", columns)
    qtbot.addWidget(table)
    table.ensurePolished()
    cell = QStyleOptionViewItem()
    table.initViewItemOption(cell)
    cell.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
    cell.rect = QRect(0, 0, columns[place].width, 30)
    cell.text = WIDEST
    style = table.style()
    room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, table).width()
    # What Qt leaves free beside a cell's text, on both sides.
    room -= 2 * (style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, table) + 1)
    assert room >= cell.fontMetrics.horizontalAdvance(WIDEST)
