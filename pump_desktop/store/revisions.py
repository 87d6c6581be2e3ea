"""The schema revisions this version knows, read from file names: Alembic's import takes 0.1 s at start-up."""

from __future__ import annotations

from pathlib import Path

SCRIPTS = Path(__file__).parent / "migrations"


def known_revisions(scripts: Path = SCRIPTS) -> tuple[str, ...]:
    """Give the revisions, oldest first, from names such as ``0001_runs.py``."""
    return tuple(sorted(file.name.partition("_")[0] for file in (scripts / "versions").glob("[0-9]*_*.py")))
