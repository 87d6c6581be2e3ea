"""Bring a database file up to the schema of this version, with a copy put aside first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config

from pump_desktop.domain.errors import StoreError
from pump_desktop.store.care.backup import back_up
from pump_desktop.store.db.connections import IMMEDIATE, make_engine
from pump_desktop.store.db.errors import known
from pump_desktop.store.db.revisions import SCRIPTS, known_revisions, stored_revision


def bring_up_to_date(
    path: Path, now: Callable[[], datetime], scripts: Path = SCRIPTS, *, copied: bool = False
) -> Path | None:
    """Migrate the file when it needs it, in one transaction; give the path of the copy, if one was made.

    None is made of a file that is a copy itself (``copied``). Raises StoreError, and DamagedDatabaseError
    before anything is changed when the copy shows that the file is damaged.
    """
    revisions = known_revisions(scripts)
    stored = stored_revision(path, revisions)
    if stored == revisions[-1]:
        return None
    fresh = stored is None or copied
    copy = None if fresh else back_up(path, f"before-{revisions[-1]}", now, checked=True)
    try:
        _upgrade(path, scripts)
    except Exception as error:
        reason = known(error, path)
        kind = StoreError if reason is None else type(reason)
        where = "" if copy is None else f" It is as it was before; a copy is at {copy}."
        why = "a step of the migration failed." if reason is None else str(reason)
        raise kind(f"{path} could not be brought up to this version: {why}{where}") from error
    return copy


def _upgrade(path: Path, scripts: Path) -> None:
    config = Config()
    # The option is a template: a percent sign in a folder's name has to be doubled.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    # Foreign keys are off, or rebuilding a parent table would delete its children by cascade.
    # The pragma does nothing inside a transaction, so it is the engine's matter.
    engine = make_engine(path, foreign_keys=False, make=True)
    try:
        with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration left rows without their parents: {broken[:5]}")
    finally:
        engine.dispose()
