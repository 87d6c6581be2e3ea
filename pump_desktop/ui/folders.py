"""Folders shown in the system's file manager."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from pump_desktop.domain.errors import KnownError


def open_folder(folder: Path) -> None:
    """Show a folder, or the nearest one above it that is there; raises KnownError where nothing can."""
    there = next((path for path in (folder, *folder.parents) if path.is_dir()), folder)
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(there))):
        raise KnownError(f"No program on this machine shows folders. This one is {there}.")
