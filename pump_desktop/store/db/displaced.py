"""A database file that is taken away, or replaced, while the program has it open."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from pump_desktop.domain.errors import DiskFullError, FileReplacedError, StoreError
from pump_desktop.store.db.errors import folder_gone, told

if os.name == "posix":
    import fcntl

_log = logging.getLogger(__name__)


class OpenFile:
    """The file behind an open connection: whether its path still leads to it, and how it gets back there.

    On POSIX a file that is deleted lives on until it is closed, and SQLite goes on writing into it: every
    answer would be true until the program ends, and nothing of it there at the next start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = _identity(path)

    def is_in_place(self) -> bool:
        """Tell whether the path leads to the file that was opened; costs 2 us."""
        return _identity(self._path) == self._identity

    def is_lost(self) -> bool:
        """Tell whether only open connections lead to the file: its folder is there, and it is not in it."""
        return not self.is_in_place() and self._path.parent.is_dir()

    def save(self, connection: sqlite3.Connection) -> None:
        """Put what the connection holds back under its path, and close it.

        Raises FileReplacedError when another file has taken the place: what was stored is then kept beside
        it. Raises FolderGoneError when the whole folder is away: the file is most likely in it, and whole.
        Raises another StoreError when there is no room for the copy, or it cannot be written: the connection
        is then still open, and all that leads to what was stored.
        """
        if not self._path.parent.is_dir():
            raise folder_gone(self._path)
        with _one_at_a_time(self._path.parent):
            self._save(connection)

    def _save(self, connection: sqlite3.Connection) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        try:
            self._copy(connection, part)
        except (OSError, StoreError) as error:
            raise self._not_put_back(error) from error
        # Before the copy gets its name: the last to close a log removes it by name.
        connection.close()
        if self._path.exists():
            aside = _free_name(self._path)
            part.replace(aside)
            raise FileReplacedError(
                f"{self._path} was replaced by another file while it was in use. "
                f"All that was stored until then is in {aside}. Start the program again."
            )
        for ending in ("-wal", "-shm"):
            # Of the file that is gone; the copy holds what was in them.
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        part.replace(self._path)
        _log.warning("%s was taken away while it was in use; it was put back as it was", self._path)

    def _copy(self, connection: sqlite3.Connection, part: Path) -> None:
        part.unlink(missing_ok=True)
        try:
            part.touch(mode=0o600)
            # What a commit that failed has left open is not to be a part of the copy.
            connection.rollback()
            with closing(sqlite3.connect(part)) as target, told(part):
                connection.backup(target)
        except BaseException:
            # Half a copy would take the room that somebody is about to free.
            part.unlink(missing_ok=True)
            raise

    def _not_put_back(self, error: OSError | StoreError) -> StoreError:
        full = isinstance(error, DiskFullError) or getattr(error, "errno", None) in {ENOSPC, EDQUOT}
        if full:
            return DiskFullError(
                f"{self._path} was taken away while it was in use, and the disk is too full to put it back. "
                "Free some space before you close the program: the next bet or run then puts it back."
            )
        return StoreError(
            f"{self._path} was taken away while it was in use, and cannot be put back ({error}). "
            "Make its folder writable before you close the program: the next bet or run then puts it back."
        )


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait while another program puts its file back: the first one does, and the others find it there.

    A disk without locks on folders has none here either; a kill lets go.
    """
    if os.name != "posix":
        yield  # no open file can be taken away
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            _log.info("%s cannot be locked (%s)", folder, error.strerror)
        yield
    finally:
        os.close(handle)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}-replaced-{number}{path.suffix}")).exists():
        number += 1
    return aside
