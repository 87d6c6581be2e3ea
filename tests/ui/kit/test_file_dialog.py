"""Where the dialog that asks for a file starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.ui.kit.file_dialog import FileDialog, open_dialog, start_folder


def test_it_starts_where_the_last_file_was_chosen(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileDialog, "_last", None)
    parent = QWidget()
    qtbot.addWidget(parent)
    first = FileDialog(parent, "Export hits as CSV")
    assert Path(first.directory().absolutePath()) == start_folder(None) != Path.cwd()
    first.fileSelected.emit(str(tmp_path / "hits.csv"))
    second = FileDialog(parent, "Save the script")
    assert Path(second.directory().absolutePath()) == tmp_path


def test_one_that_asks_for_a_file_that_is_there_frees_itself(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = open_dialog(parent, "Choose the log file", ["Logs (*.log *.txt)"])
    assert dialog.fileMode() is FileDialog.FileMode.ExistingFile
    assert dialog.nameFilters() == ["Logs (*.log *.txt)", "All files (*)"]
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_a_folder_that_is_gone_is_no_place_to_start(tmp_path: Path) -> None:
    assert start_folder(tmp_path) == tmp_path
    assert start_folder(tmp_path / "gone") == start_folder(None)
    assert start_folder(None).is_dir()
