"""The data folder copied to another place; the old one is left as it is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from pump_desktop.domain.errors import CancelledError, DamagedDatabaseError, FieldError, StoreError
from pump_desktop.domain.storage import Compacted
from pump_desktop.store.care.backup import FOLDER, Tell, check_room, copy_online, count_file
from pump_desktop.store.care.integrity import check_file
from pump_desktop.store.care.restore import copy_in, discard, size_of
from pump_desktop.store.care.write_lock import WriteLock, write_lock
from pump_desktop.store.db.connections import driver_of
from pump_desktop.store.db.presence import Presence
from pump_desktop.system.files import sync_folder

PART = "pump-compact.part"
_STEPS = 20_000


def compact(
    connection: Connection,
    path: Path,
    tell: Tell = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Compacted:
    """Write the database anew without its free pages; alone on the writer's connection.

    A plain VACUUM would build the new file in memory or in the system's folder for temporary files, which is
    often small: this one stands beside the database, and comes back in one commit. Other programs that have
    the database open wait with their writes, and read what is the same before and after.
    """
    with write_lock(path) as lock:
        return _compact(driver_of(connection), path, lock, tell, cancelled)


def _compact(
    driver: sqlite3.Connection, path: Path, lock: WriteLock, tell: Tell, cancelled: Callable[[], bool]
) -> Compacted:
    before = size_of(path)
    check_room(path.parent, 2 * before, path)
    part = path.with_name(PART)
    discard(part)
    part.touch(mode=0o600)
    driver.set_progress_handler(cancelled, _STEPS)
    try:
        driver.execute("VACUUM INTO ?", (str(part),))
        driver.set_progress_handler(None, 0)
        copy_in(driver, part, lock, tell)
    except sqlite3.OperationalError as error:
        if cancelled():
            raise CancelledError from error
        raise
    finally:
        driver.set_progress_handler(None, 0)
        discard(part)
    return Compacted(before, size_of(path))


# What else of the folder is the person's own; logs stay where they were written.
_BESIDE = ("settings.json", "token")


def check_target(folder: Path, data_folder: Path, path: Path) -> None:
    """Raise a KnownError when the data cannot move into a folder."""
    if path.parent != data_folder.resolve():
        raise FieldError(
            "database_url",
            f"The database {path} lies outside the data folder because database_url names it. "
            "Take database_url out of the settings before you move the folder.",
        )
    target, here = folder.resolve(), data_folder.resolve()
    if target == here or here in target.parents:
        raise FieldError(
            "data_dir", f"{folder} is the data folder itself, or within it. Choose another folder."
        )
    _refuse_taken(folder, path)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        backups = sum(file.stat().st_size for file in (data_folder / FOLDER).glob("*.db"))
        check_room(folder, size_of(path) + backups, path)
    except OSError as error:
        raise FieldError(
            "data_dir", f"{folder} cannot be used: {error.strerror}. Choose another folder."
        ) from error


def copy_folder(path: Path, data_folder: Path, folder: Path, tell: Tell) -> tuple[int, int]:
    """Copy database, backups, settings and token, check the copy, and give how many runs and bets it has.

    The database appears under its name last, when all of it is right. Until then no other program opens or
    makes one there.
    """
    with closing(Presence(folder / path.name)) as presence, presence.alone():
        _refuse_taken(folder, path)
        return _copy_folder(path, data_folder, folder, tell)


def _copy_folder(path: Path, data_folder: Path, folder: Path, tell: Tell) -> tuple[int, int]:
    part = folder / f"{path.name}.part"
    try:
        copy_online(path, part, tell)
        counts = count_file(part)
        if not check_file(part).healthy or counts != count_file(path):
            raise DamagedDatabaseError(
                f"The copy in {folder} is not like {path}, so nothing was moved. Check that disk."
            )
        _copy_beside(data_folder, folder)
        part.replace(folder / path.name)
        sync_folder(folder)
    except OSError as error:
        raise StoreError(f"The data could not be copied to {folder}: {error.strerror}.") from error
    finally:
        discard(part)
    return counts


def _refuse_taken(folder: Path, path: Path) -> None:
    if (folder / path.name).exists():
        raise FieldError(
            "data_dir",
            f"{folder} holds a {path.name} already. Choose an empty folder, so that nothing is lost.",
        )


def _copy_beside(data_folder: Path, folder: Path) -> None:
    for name in _BESIDE:
        if (data_folder / name).is_file() and not (folder / name).exists():
            _copy_private(data_folder / name, folder / name)
    backups = sorted((data_folder / FOLDER).glob("*.db"))
    if backups:
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    for backup in backups:
        _copy_private(backup, folder / FOLDER / backup.name)


def _copy_private(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.part")
    draft.touch(mode=0o600)
    shutil.copyfile(source, draft)
    draft.replace(target)
