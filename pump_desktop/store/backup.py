"""Copies of the database, made while it may be in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pump_desktop.domain.errors import StoreError
from pump_desktop.store.faults import told

KEPT = 5
FOLDER = "backups"


def back_up(path: Path, label: str, now: Callable[[], datetime]) -> Path:
    """Give the path of a fresh copy, ``backups/pump-<UTC stamp>-<label>.db``; the newest five are kept."""
    folder = path.parent / FOLDER
    copy = folder / f"pump-{now().astimezone(UTC):%Y%m%dT%H%M%SZ}-{label}.db"
    # A copy counts only under its final name: a kill half-way leaves a .part, which the next copy replaces.
    part = folder / "pump.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            _copy(path, part)
            part.replace(copy)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        for old in sorted(folder.glob("pump-*.db"))[:-KEPT]:
            old.unlink()
    except OSError as error:
        raise StoreError(
            f"No copy of {path} could be put in {folder} ({error.strerror}). "
            "Make the folder writable and start again."
        ) from error
    return copy


def _copy(path: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
        told(copy),
    ):
        source.backup(target)
        # The copy takes over WAL mode from the original; a file to put aside is best in one piece.
        target.execute("PRAGMA journal_mode = DELETE")
