"""Asking where a file is to be written."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from pump_desktop.ui.widgets.file_dialog import FileDialog

CSV = "CSV files (*.csv)"
HTML = "HTML files (*.html)"


def save_dialog(parent: QWidget, title: str, name: str, kind: str = CSV) -> QFileDialog:
    """Give a dialog that asks for a file and frees itself; ``open()`` it once ``fileSelected`` is connected.

    Without an ending the file gets that of ``name``.
    """
    dialog = FileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.setNameFilter(kind)
    dialog.selectFile(name)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def folder_dialog(parent: QWidget, title: str) -> QFileDialog:
    """Give a dialog that asks for a folder and frees itself, to be opened like ``save_dialog``."""
    dialog = FileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
