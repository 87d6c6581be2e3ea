"""Files for the owner alone: replaced in one step, or added to."""

from __future__ import annotations

import os
import tempfile
from io import TextIOWrapper
from pathlib import Path

from pump_desktop.system.paths import OWNER_ONLY_FILE, make_private_folder


def write_private(path: Path, content: str | bytes) -> None:
    """Replace ``path`` in one step by an owner-only file that holds ``content``; raises OSError.

    When this returns, a power cut takes neither the file nor its name back.
    """
    make_private_folder(path.parent)
    data = content.encode() if isinstance(content, str) else content
    # In the same folder, because a rename is one step only inside one file system; mkstemp gives 0600.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(data)
            file.flush()
            # Before the rename: otherwise a power cut can leave the new name on an empty file.
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
