"""Files for the owner alone: replaced in one step, or added to. All others are written through these."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from io import TextIOWrapper
from pathlib import Path

from pump_desktop.system.paths import OWNER_ONLY_FILE, make_private_folder

# Of a file's name in that of its unfinished one: the system takes 255 bytes.
_LONGEST = 50


@contextmanager
def whole_file(path: Path) -> Iterator[TextIOWrapper]:
    """Open an owner-only file that gets the name ``path`` in one step when it is whole, or never.

    Raises OSError, also where a folder or a device has that name, which no file may replace. Afterwards a
    power cut takes neither the file nor its name back.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "It is not a file")
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
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY_FILE)
    # backslashreplace: a lone surrogate from outside must not cost the line.
    return open(handle, "a", encoding="utf-8", errors="backslashreplace")  # noqa: PTH123 - a descriptor
