"""Errors a person is told about, each as one clear sentence.

    KnownError                    a sentence for the window, stderr or an HTTP body
    ├── FieldError                one input is wrong; names the field
    │   └── RangeTooLargeError    more nonces than the configured maximum
    ├── NotFoundError             the run or stream asked for is not there
    ├── PortTakenError            another program listens on the port
    ├── ConflictError             what is asked contradicts what is stored
    ├── StoreError                the database cannot be used; says why and what to do
    │   ├── NewerDatabaseError    written by a newer version of this program
    │   ├── NotADatabaseError     the file holds something else
    │   │   └── DamagedDatabaseError  it was a database, or should be one, and cannot be read
    │   ├── DamagedRunError       a stored run is not what was scanned any more
    │   ├── UnreadableRowError    a row of the database holds what it cannot hold
    │   ├── FolderGoneError       the folder was moved away, or its disk taken out
    │   ├── FileReplacedError     another file took the place of the one in use
    │   ├── StoreBusyError        the database is being looked after; try again in a moment
    │   ├── DiskFullError         no space left for the database
    │   └── StoreClosedError      asked for a write after closing began
    ├── NotEnoughMemoryError      more was asked for than there is memory
    └── CancelledError            the person asked for a stop; nothing is stored

Everything that is not a KnownError is a bug: it goes to the log with its traceback and to the crash dialog.
"""

from __future__ import annotations


class KnownError(Exception):
    """A condition a person can understand and act on; ``str(error)`` is the sentence."""


class FieldError(KnownError):
    """One input is wrong; ``field`` is its contract name, such as ``server_seed``."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class RangeTooLargeError(FieldError):
    """The nonce range holds more nonces than the configured maximum."""

    def __init__(self, count: int, maximum: int) -> None:
        super().__init__("end", f"Nonce range {count} exceeds maximum of {maximum}")
        self.count = count
        self.maximum = maximum


class NotFoundError(KnownError):
    """The thing asked for does not exist (any more)."""


class ConflictError(KnownError):
    """The request contradicts what is stored."""


class PortTakenError(KnownError):
    """Another program listens on the port; it may be free in a moment."""


class StoreError(KnownError):
    """The database cannot be used; the sentence says why and what to do next."""


class NewerDatabaseError(StoreError):
    """The database was written by a newer version of this program."""


class NotADatabaseError(StoreError):
    """The file is not an SQLite database, or it is damaged."""


class DamagedDatabaseError(NotADatabaseError):
    """The file is damaged: a backup can take its place, and the file itself is kept."""


class DamagedRunError(StoreError):
    """What is stored of a run was damaged, or changed by another program; other runs are not affected."""


class UnreadableRowError(StoreError):
    """A row holds what its columns cannot hold: damage that SQLite does not see."""

    def __init__(self, table: str, key: object, column: str) -> None:
        super().__init__(f"Row {_printable(key)} of {table} cannot be read: its column {column} is damaged.")
        self.table = table
        self.key = key
        self.column = column


class FolderGoneError(StoreError):
    """The folder of the database is not there at present, such as that of a disk that was taken out."""


class FileReplacedError(StoreError):
    """Another file took the place of the database while it was in use; what was stored is beside it."""


class StoreBusyError(StoreError):
    """The database is being restored, compacted or moved, and takes no writes meanwhile."""


class DiskFullError(StoreError):
    """There is no space left for the database."""


class StoreClosedError(StoreError):
    """A write was asked for after closing began."""


class NotEnoughMemoryError(KnownError):
    """More was asked for than there is memory; with the number of nonces where it was a range of them."""

    def __init__(self, nonces: int | None = None) -> None:
        super().__init__(
            "There is not enough memory for this. Close other programs and try again."
            if nonces is None
            else f"There is not enough memory for {nonces:,} nonces. "
            "Choose a smaller range, or close other programs and try again."
        )


class CancelledError(KnownError):
    """The person asked for a stop."""

    def __init__(self) -> None:
        super().__init__("Stopped. Nothing was stored.")


def _printable(key: object) -> str:
    """Return the name of a row, which may be damaged itself."""
    return repr(key) if isinstance(key, bytes) or not str(key).isprintable() else str(key)
