"""Asking where a file is to be written, and writing it beside the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from pump_desktop.domain.errors import KnownError
from pump_desktop.qt.work.query import Asker
from pump_desktop.ui.kit.file_dialog import FileDialog

if TYPE_CHECKING:
    from pump_desktop.services.backend import Backend


def open_folder(folder: Path) -> None:
    """Show a folder, or the nearest one above it that is there; raises KnownError where nothing can."""
    there = next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(there))):
        raise KnownError(f"No program on this machine shows folders. This one is {there}.")


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


def write_file(
    asker: Asker,
    owner: QObject,
    path: str,
    pieces: Callable[[Backend], Iterable[str]],
    said: Callable[[str], object],
    refused: Callable[[str], object] | None = None,
) -> None:
    """Write ``pieces(backend)`` to a file on the asker's thread.

    ``said`` gets the sentence that it is there, ``refused`` the one why it is not; without it the asker says
    that.
    """

    def work(backend: Backend) -> None:
        from pump_desktop.services.runs.export import write_text  # noqa: PLC0415 - in the worker

        write_text(Path(path), pieces(backend))

    def written(_none: None) -> None:
        said(f"Written to {path}")

    def failed(error: KnownError) -> None:
        if refused is not None:
            refused(str(error))

    asker.ask(owner, work, written, None if refused is None else failed)
