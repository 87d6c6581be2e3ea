"""What SQLite's refusals mean to a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from pump_desktop.domain.errors import (
    DamagedDatabaseError,
    DiskFullError,
    FolderGoneError,
    StoreClosedError,
    StoreError,
)

_ELSEWHERE = "choose another data folder"

# By result code, not by message: the codes are SQLite's promise, the words are not.
_SENTENCES: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (
        DiskFullError,
        "The disk is full: nothing was stored in {path}. Free some space and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreError,
        f"{{path}} cannot be written. Make the file and its folder writable, or {_ELSEWHERE}.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreError,
        f"{{path}} cannot be opened. Make the file and its folder readable and writable, or {_ELSEWHERE}.",
    ),
    sqlite3.SQLITE_PERM: (
        StoreError,
        f"{{path}} may not be used by this account. Change its permissions, or {_ELSEWHERE}.",
    ),
    sqlite3.SQLITE_NOTADB: (
        DamagedDatabaseError,
        f"{{path}} is not an SQLite database. It was not touched; put a backup in its place or {_ELSEWHERE}.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        DamagedDatabaseError,
        "{path} is damaged. Put a backup in its place: Settings, Data, or 'pump-desktop data restore'.",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        f"The disk reported an error while {{path}} was in use. Check the disk, or {_ELSEWHERE}.",
    ),
    sqlite3.SQLITE_BUSY: (
        StoreError,
        "{path} is locked by another program. Close that program and try again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        StoreError,
        "{path} is locked by another program. Close that program and try again.",
    ),
    sqlite3.SQLITE_INTERRUPT: (
        StoreClosedError,
        "The write to {path} was stopped because the program is closing. Nothing of it was stored.",
    ),
}


# What SQLite says of a file whose folder was moved away, or whose disk was taken out.
_GONE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


def folder_gone(path: Path) -> FolderGoneError:
    """Give the sentence for a database whose folder is not there."""
    return FolderGoneError(
        f"The folder {path.parent} is not there any more. Put it back, or connect its disk again; "
        "until then nothing is stored."
    )


def known(error: BaseException, path: Path) -> StoreError | None:
    """Give the sentence for an error of SQLite's, or None when it is a bug."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    # The low byte is the family; the rest says which of its kinds. Errors of Python's own carry no code.
    family = getattr(cause, "sqlite_errorcode", -1) & 0xFF
    if family in _GONE and not path.parent.is_dir():
        return folder_gone(path)
    if family not in _SENTENCES:
        return None
    kind, sentence = _SENTENCES[family]
    return kind(sentence.format(path=path))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors within the block into sentences about ``path``."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        sentence = known(error, path)
        if sentence is None:
            raise
        raise sentence from error
    except UnicodeDecodeError as error:
        # Of SQLite's own words, which name what is damaged: the driver takes them for UTF-8.
        kind, sentence_of = _SENTENCES[sqlite3.SQLITE_CORRUPT]
        raise kind(sentence_of.format(path=path)) from error
