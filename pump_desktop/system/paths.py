"""Where the program keeps things: data, logs and settings together, compiled kernels apart."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from pump_desktop.domain.errors import StoreError

_APP = "pump-desktop"
OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The folders and files of one installation."""

    data: Path
    cache: Path
    logs: Path
    settings_file: Path
    database_file: Path


def resolve_paths(data_dir: Path | None = None) -> AppPaths:
    """Give the system's usual folders, or with ``data_dir`` everything except the kernel cache inside it."""
    if data_dir is None:
        data = platformdirs.user_data_path(_APP, appauthor=False)
        logs = platformdirs.user_log_path(_APP, appauthor=False)
    else:
        data = data_dir.expanduser().absolute()
        logs = data / "logs"
    return AppPaths(
        data=data,
        cache=platformdirs.user_cache_path(_APP, appauthor=False),
        logs=logs,
        settings_file=data / "settings.json",
        database_file=data / "pump.db",
    )


def kernel_cache_dir() -> Path:
    """Give the folder for compiled kernels, which belong to the machine and not to a data folder."""
    return platformdirs.user_cache_path(_APP, appauthor=False) / "kernels"


def prepare_paths(paths: AppPaths) -> None:
    """Make the data folder owner-only and prove that it can be written; raises StoreError.

    Logs and kernel cache are made by those who write them, because the program runs without them.
    """
    try:
        make_private_folder(paths.data)
        with tempfile.TemporaryFile(dir=paths.data):
            pass
    except (OSError, ValueError) as error:
        # ValueError: a zero byte in the name, which the system never gets to see.
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise StoreError(
            f"The data folder {paths.data} cannot be written: {reason}. "
            "Choose another with --data-dir or PUMP_DATA_DIR."
        ) from error


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` for its owner alone; one that is there already keeps its rights.

    Somebody may point --data-dir at a folder shared on purpose, or at /tmp: its files are private one by one.
    """
    folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)


def named_data_dir(arguments: Sequence[str]) -> Path | None:
    """Give the data folder that a command line names with ``--data-dir``; the last one counts."""
    found = None
    for place, argument in enumerate(arguments):
        if argument.startswith("--data-dir="):
            found = argument.removeprefix("--data-dir=")
        elif argument == "--data-dir" and place + 1 < len(arguments):
            found = arguments[place + 1]
    return None if found is None else Path(found)
