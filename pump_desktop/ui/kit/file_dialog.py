"""The dialogs that ask for a file or a folder, opened where a person keeps files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget


class FileDialog(QFileDialog):
    """Starts in the folder of the file chosen last, first in the documents, not where the program is."""

    # For as long as the program runs; the next start begins in the documents again.
    _last: ClassVar[Path | None] = None

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent, title)
        self.setDirectory(str(start_folder(self._last)))
        self.fileSelected.connect(self._keep)

    @Slot(str)
    def _keep(self, path: str) -> None:
        FileDialog._last = Path(path).parent


def open_dialog(parent: QWidget, title: str, kinds: Sequence[str]) -> FileDialog:
    """Give a dialog that asks for a file that is there and frees itself, among ``kinds`` or all.

    ``open()`` it once ``fileSelected`` is connected.
    """
    dialog = FileDialog(parent, title)
    dialog.setFileMode(FileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([*kinds, "All files (*)"])
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def folder_dialog(parent: QWidget, title: str) -> FileDialog:
    """Give a dialog that asks for a folder and frees itself, to be opened like ``open_dialog``."""
    dialog = FileDialog(parent, title)
    dialog.setFileMode(FileDialog.FileMode.Directory)
    dialog.setOption(FileDialog.Option.ShowDirsOnly)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def start_folder(last: Path | None) -> Path:
    """Give the folder chosen last, else the documents, else the home folder: the first that is there."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for folder in (last, Path(documents) if documents else None):
        if folder is not None and folder.is_dir():
            return folder
    return Path.home()
