"""What this installation is made of, for the about box."""

from __future__ import annotations

from dataclasses import dataclass

from pump_desktop.domain.errors import KnownError
from pump_desktop.engine import ENGINE_VERSION
from pump_desktop.engine.kernels import choose_kernel
from pump_desktop.services.backend import Backend
from pump_desktop.store.db.connections import sqlite_version


@dataclass(frozen=True, slots=True)
class AboutFacts:
    """What the window does not know by itself: versions, the kernel that scans, and the database file."""

    engine: str
    sqlite: str
    kernel: str
    database: str


def about_facts(backend: Backend) -> AboutFacts:
    """Give the facts of this machine and this start."""
    try:
        kernel = choose_kernel().value
    except KnownError as error:
        kernel = str(error)
    return AboutFacts(ENGINE_VERSION, sqlite_version(), kernel, str(backend.database_path))
