"""A log that has lost commits: kept as it was found, before SQLite writes over what is left of them.

The frames behind the damage hold whole pages, but SQLite never reads them again, and the next commits take
their place. So log and database are copied first; together they hold all that can be had back by hand.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import EACCES, EAGAIN
from pathlib import Path
from typing import BinaryIO

from pump_desktop.domain.errors import DiskFullError, StoreError
from pump_desktop.domain.storage import LogLoss
from pump_desktop.store.care.backup import check_room
from pump_desktop.store.db.log_check import LogDamage, log_of
from pump_desktop.system.files import sync_folder

if os.name == "posix":
    import fcntl

# Where every connection to a database holds its read lock, by SQLite's file format.
_SHARED_FIRST, _SHARED_BYTES = 0x40000002, 510

_log = logging.getLogger(__name__)


def keep_lost_log(path: Path, damage: LogDamage, now: Callable[[], datetime]) -> LogLoss | None:
    """Copy a damaged log and its database aside, cut the log to what is good of it, and say so.

    None when another program has the database open: it knows its log. Raises StoreError when the copies
    cannot be made; nothing was changed then.
    """
    with alone(path) as database:
        log = log_of(path)
        # An empty log is gone by now: SQLite removes one when it has looked at the database.
        if database is None or (damage.size and (damage.size, damage.changed_ns) != _state(log)):
            _log.info("%s is in use; its log is not looked at", path)
            return None
        kept: tuple[Path, ...] = ()
        try:
            if damage.size:
                kept = _keep(path, database, log, now)
                _cut(log, damage.good_bytes)
        except DiskFullError as error:
            raise DiskFullError(
                f"The log of {path} is damaged and must be put aside first. {error}"
            ) from error
        except OSError as error:
            raise StoreError(
                f"The log of {path} is damaged and could not be put aside ({error.strerror}). Nothing was "
                "changed; make its folder writable and start again."
            ) from error
    loss = LogLoss(path, damage.commits, kept)
    _log.warning("%s", loss.sentence)
    return loss


def kept_logs(path: Path) -> tuple[Path, ...]:
    """Return the damaged logs that are kept beside a database, oldest first."""
    return tuple(sorted(path.parent.glob(f"{path.stem}-lost-*.log")))


@contextmanager
def alone(path: Path) -> Iterator[BinaryIO | None]:
    """Keep other processes from opening a database meanwhile, and give its file; None when one has it open.

    By the lock itself: a connection would copy the log into the file. Not for a process that has the database
    open, nor may the file be opened beside: every close drops the process's locks.
    """
    with path.open("r+b") as file:
        # Windows does not rename a file that is open, and shows so that it is in use.
        yield file if os.name != "posix" or _locked(file) else None


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_BYTES, _SHARED_FIRST)
    except OSError as error:
        if error.errno not in {EACCES, EAGAIN}:
            raise
        return False
    return True


def _state(log: Path) -> tuple[int, int]:
    try:
        found = log.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _keep(path: Path, database: BinaryIO, log: Path, now: Callable[[], datetime]) -> tuple[Path, ...]:
    stem = f"{path.stem}-lost-{now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
    name, number = stem, 1
    while path.with_name(f"{name}.log").exists():
        name, number = f"{stem}-{number}", number + 1
    check_room(path.parent, path.stat().st_size + log.stat().st_size, path)
    # Not -wal: SQLite would take a log of that name for its own, and remove it once it has read it.
    kept = (path.with_name(f"{name}.log"), path.with_name(f"{name}.db"))
    with log.open("rb") as file:
        _copy(file, kept[0])
    _copy(database, kept[1])
    sync_folder(path.parent)
    return kept


def _cut(log: Path, size: int) -> None:
    """Leave the good beginning of a log alone, in one step: the rest would be told again and again."""
    part = log.with_name(f"{log.name}.part")
    with log.open("rb") as file:
        _copy(file, part, size)
    part.replace(log)
    sync_folder(log.parent)


def _copy(source: BinaryIO, target: Path, size: int | None = None) -> None:
    """Copy a file, or its beginning, into an owner-only one that is on disk when this returns."""
    target.unlink(missing_ok=True)
    try:
        target.touch(mode=0o600)
        with target.open("r+b") as written:
            shutil.copyfileobj(source, written, 1 << 20)
            if size is not None:
                written.truncate(size)
            written.flush()
            os.fsync(written.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
