"""The word that lets a script use the listener: made once, kept in a file for its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pump_desktop.domain.errors import KnownError
from pump_desktop.system.files import open_regular, write_private
from pump_desktop.system.paths import OWNER_ONLY_FILE, AppPaths
from pump_desktop.system.redaction import hide_seed
from pump_desktop.system.settings import Settings

TOKEN_FILE = "token"  # noqa: S105 - the file's name
_RANDOM_BYTES = 32
_LONGEST = 512


def token_in_force(settings: Settings, paths: AppPaths) -> str:
    """Give the token the listener asks for: the one from the settings, else the one in the data folder."""
    if settings.ingest_token is not None:
        token = settings.ingest_token.get_secret_value()
        hide_seed(token)
        return token
    return load_or_make_token(paths)


def load_or_make_token(paths: AppPaths) -> str:
    """Give the token of a data folder, made at the first call; raises KnownError."""
    file = _file(paths)
    try:
        stored = _read(file)
        if stored is None:
            _make(file)
            stored = _read(file)
    except OSError as error:
        raise KnownError(f"The token file {file} cannot be used: {error.strerror or error}.") from error
    if not stored:
        raise KnownError(f"The token file {file} holds no token. Run 'pump-desktop token rotate'.")
    hide_seed(stored)
    return stored


def rotate_token(paths: AppPaths) -> str:
    """Put a new token in the place of the old one and give it; raises KnownError."""
    file, token = _file(paths), _fresh()
    try:
        write_private(file, f"{token}\n")
    except OSError as error:
        raise KnownError(f"The token file {file} cannot be written: {error.strerror or error}.") from error
    return token


def _file(paths: AppPaths) -> Path:
    return paths.data / TOKEN_FILE


def _fresh() -> str:
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    hide_seed(token)
    return token


def _read(file: Path) -> str | None:
    """Give what the file holds, empty when that is no token; None when there is no file."""
    try:
        with open_regular(file) as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_mode & 0o077:
                file.chmod(OWNER_ONLY_FILE)
            raw = opened.read(_LONGEST + 1)
    except FileNotFoundError:
        return None
    # It travels in a header: what is not printable ASCII could never be sent.
    text = raw.decode("ascii", "replace").strip()
    return text if text.isascii() and text.isprintable() and " " not in text and len(raw) <= _LONGEST else ""


def _make(file: Path) -> None:
    """Make the file unless another process is quicker: a link, unlike a rename, replaces nothing."""
    draft = file.with_name(f".{TOKEN_FILE}-{secrets.token_hex(8)}")
    write_private(draft, f"{_fresh()}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError:
        # A file system without links, such as that of a stick.
        if not file.exists():
            draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
