"""Files read without waiting for what is none, and written for the owner alone: in one step, or added to."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EFBIG, EINVAL, EISDIR
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from pump_desktop.system.paths import OWNER_ONLY_FILE, make_private_folder

NOT_A_FILE = "It is not a file"
# POSIX; on Windows these flags are other ones, and without O_BINARY line ends would change.
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
# Of a file's name in that of its unfinished one: the system takes 255 bytes.
_LONGEST = 50


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading; raises OSError, also for a pipe, a device or a folder.

    The open itself of a pipe that nobody writes to would wait for ever, and a device may never end.
    """
    # A file is read as ever; only what waits when it is opened is not waited for.
    handle = os.open(path, os.O_RDONLY | _NEVER_WAIT)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
        raise OSError(EINVAL, NOT_A_FILE, str(path))
    return open(handle, "rb")  # noqa: PTH123 - a descriptor, not a path


def read_regular(path: Path, most: int) -> bytes:
    """Return what is in a file of at most ``most`` bytes; raises OSError, also for a larger one."""
    with open_regular(path) as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise OSError(EFBIG, f"It is larger than {most:,} bytes", str(path))
    return found


@contextmanager
def whole_file(path: Path) -> Iterator[TextIOWrapper]:
    """Open an owner-only file that gets the name ``path`` in one step when it is whole, or never.

    Raises OSError, also where a folder or a device has that name, which no file may replace. Afterwards a
    power cut takes neither the file nor its name back.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, NOT_A_FILE, str(path))
    # In the same folder, because a rename is one step only inside one file system; mkstemp gives 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name[:_LONGEST]}-", suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a descriptor, not a path
            yield file
            file.flush()
            # Before the rename: otherwise a power cut can leave the new name on an empty file.
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_private(path: Path, content: str | bytes) -> None:
    """Replace ``path`` in one step by an owner-only file that holds ``content``; raises OSError."""
    make_private_folder(path.parent)
    with whole_file(path) as file:
        file.buffer.write(content.encode() if isinstance(content, str) else content)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk, so that a power cut takes no rename back."""
    if os.name != "posix":
        return  # Windows cannot open a folder
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_private(path: Path) -> TextIOWrapper:
    """Open ``path`` for more text at its end, owner-only when it is new; raises OSError."""
    make_private_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NEVER_WAIT, OWNER_ONLY_FILE)
    if stat.S_ISFIFO(os.fstat(handle).st_mode):
        # Its reader may stop reading, and whoever logs would wait for that.
        os.close(handle)
        raise OSError(EINVAL, NOT_A_FILE, str(path))
    # backslashreplace: a lone surrogate from outside must not cost the line.
    return open(handle, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123 - a descriptor
