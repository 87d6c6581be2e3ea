"""The dialog that asks for a file, opened where a person keeps files."""

from __future__ import annotations

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


def start_folder(last: Path | None) -> Path:
    """Give the folder chosen last, else the documents, else the home folder: the first that is there."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for folder in (last, Path(documents) if documents else None):
        if folder is not None and folder.is_dir():
            return folder
    return Path.home()
