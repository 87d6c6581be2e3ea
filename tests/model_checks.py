"""What tests of table models share: a watcher over each of them, and cells as a view gets them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester

DISPLAY = int(Qt.ItemDataRole.DisplayRole)
TIP = int(Qt.ItemDataRole.ToolTipRole)


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    """Watch a model; what is wrong with it becomes a Qt warning, and that fails the test."""
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def cell(model: QAbstractItemModel, row: int, column: int = 0, role: int = DISPLAY) -> Any:
    """Give a cell through C++, as a view gets it."""
    return model.index(row, column).data(role)
