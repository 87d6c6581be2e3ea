"""Which data folder the next start uses: the usual one's settings file may point to another."""

from __future__ import annotations

from pathlib import Path

from pump_desktop.domain.errors import KnownError
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import read_stored, save_settings


def remember_folder(former: Path | None, folder: Path) -> bool:
    """Have the next start use a folder; false when a flag or the environment names it at each start.

    ``former`` is the data folder of this start's settings, None for the usual one. Raises KnownError when the
    settings file cannot be written.
    """
    usual = resolve_paths()
    if former is not None and not _points_to(usual.settings_file, former):
        return False
    save_settings(usual.settings_file, {"data_dir": None if folder == usual.data else str(folder)})
    return True


def _points_to(settings_file: Path, folder: Path) -> bool:
    try:
        stored = read_stored(settings_file)
    except KnownError:
        # No file, or one that cannot be read: then it has not brought anybody here.
        return False
    named = stored.get("data_dir")
    # As paths: a person may have written it with a slash at its end.
    return isinstance(named, str) and Path(named) == folder
