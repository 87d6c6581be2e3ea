"""Folders for what a running program is reached by, such as a socket: of this account alone."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

from pump_desktop.system.paths import OWNER_ONLY_FOLDER

# Where systemd has a folder for each account with a session, also for a program that is not told of it.
SESSIONS = Path("/run/user")


def runtime_folders() -> list[Path]:
    """Return the folders, the best first; empty where there is none that only this account may enter.

    Two programs of one account may be told of different ones, so whoever looks for the other tries all.
    """
    if sys.platform == "win32":
        return []
    user = os.getuid()
    named = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    found = [folder for folder in (named, SESSIONS / str(user)) if _is_private(folder, user)]
    own = Path(tempfile.gettempdir()) / f"pump-desktop-{user}"
    if not found:
        _make(own)
    if _is_private(own, user):
        found.append(own)
    return list(dict.fromkeys(found))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=OWNER_ONLY_FOLDER)
    except OSError:
        # It is there, or cannot be: both shows when it is looked at.
        return


def _is_private(folder: Path, user: int) -> bool:
    if not folder.is_absolute():
        return False
    try:
        # Not what a link leads to: another account may turn it.
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == user and not seen.st_mode & 0o077
