from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from pump_desktop.domain.errors import DamagedDatabaseError, DiskFullError, StoreError
from pump_desktop.domain.runs import RunQuery
from pump_desktop.store.care.backup import back_up
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.migrate import bring_up_to_date
from pump_desktop.store.db.revisions import SCRIPTS, known_revisions
from pump_desktop.store.db.tables import metadata
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.runs import RunsStore
from tests.store.damage import fill, overwrite_page
from tests.store.live_samples import make_bet, take_in
from tests.store.samples import NOON, K, make_chunks, make_outcomes, make_run, noon

OLD_FILES = Path(__file__).parents[2] / "data"

NEXT = """
from alembic import op

revision = "0003"
down_revision = "0002"

def upgrade():
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE TABLE extra (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("UPDATE runs SET notes = 'migrated'")
    {last}
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Give a copy of the script folder, under a name that Alembic's options would expand."""
    folder = tmp_path / "100%(here)s"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def old(path: Path) -> Iterator[Path]:
    """Give the file of a person who has one run, as the version of today left it."""
    database = open_database(path, now=noon)
    writer = Writer(database)
    RunsStore(database, writer).add(make_run(), make_chunks(make_outcomes(10))).result()
    writer.close()
    database.close()
    yield path
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def add_next(scripts: Path, last: str = "") -> None:
    (scripts / "versions" / "0003_extra.py").write_text(NEXT.format(last=last))


def ask(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return [value for (value,) in connection.execute(sql)]


def test_a_damaged_file_is_neither_migrated_nor_among_the_backups(path: Path, scripts: Path) -> None:
    add_next(scripts)
    fill(path)
    healthy = back_up(path, "manual", noon)
    overwrite_page(path)
    damaged = path.read_bytes()
    with pytest.raises(DamagedDatabaseError, match="no backup was made"):
        bring_up_to_date(path, noon, scripts)
    assert list(healthy.parent.iterdir()) == [healthy]
    assert path.read_bytes() == damaged


def test_file_names_tell_the_revisions_in_alembics_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    walk = ScriptDirectory.from_config(config).walk_revisions()
    assert known_revisions() == tuple(script.revision for script in walk)[::-1]


def test_migrations_make_the_tables_of_today(path: Path) -> None:
    open_database(path, now=noon).close()

    def described(url: str) -> dict[str, Any]:
        engine = create_engine(url)
        if url == "sqlite://":
            metadata.create_all(engine)
        inspector = inspect(engine)
        tables = {
            table: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"])
                    for c in inspector.get_columns(table)
                ],
                "key": inspector.get_pk_constraint(table)["constrained_columns"],
                "indexes": sorted((i["name"] or "", i["column_names"]) for i in inspector.get_indexes(table)),
                "foreign": inspector.get_foreign_keys(table),
                "checks": sorted(
                    (c["name"] or "", c["sqltext"]) for c in inspector.get_check_constraints(table)
                ),
            }
            for table in inspector.get_table_names()
        }
        engine.dispose()
        return tables

    migrated = described(f"sqlite:///{path}")
    assert set(migrated.pop("alembic_version"))
    assert migrated == described("sqlite://")


def test_a_file_of_revision_0001_keeps_its_runs_and_takes_streams(path: Path) -> None:
    path.parent.mkdir()
    shutil.copy(OLD_FILES / "pump-0001.db", path)
    database = open_database(path, now=noon)
    writer = Writer(database)
    runs, streams = RunsStore(database, writer), StreamsStore(database, writer)
    first, second = runs.list(RunQuery(descending=False)).items
    assert runs.get(first.id) == make_run(1, notes="kept since 0001")
    assert runs.get(second.id) == make_run(2, client_seed="ключ")
    assert np.array_equal(runs.replayed(first.id)[1], K)
    assert take_in(streams, make_bet(1))[0].accepted
    writer.close()
    database.close()
    assert ask(path, "SELECT version_num FROM alembic_version") == [known_revisions()[-1]]
    (copy,) = (path.parent / "backups").iterdir()
    assert ask(copy, "SELECT version_num FROM alembic_version") == ["0001"]
    assert ask(copy, "SELECT name FROM runs ORDER BY name") == ["run 1", "run 2"]


def test_a_new_file_needs_no_copy(path: Path) -> None:
    path.parent.mkdir()
    assert bring_up_to_date(path, noon) is None
    assert bring_up_to_date(path, noon) is None
    assert [file.name for file in path.parent.iterdir()] == ["pump.db"]


def test_an_old_file_is_copied_then_migrated(old: Path, scripts: Path) -> None:
    add_next(scripts)
    copy = bring_up_to_date(old, noon, scripts)
    assert copy == old.parent / "backups" / "pump-20260509T120000Z-before-0003.db"
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    assert ask(copy, "SELECT notes FROM runs") == [""]
    assert ask(copy, "SELECT count FROM run_outcomes") == [4, 4, 2]
    assert ask(copy, "SELECT version_num FROM alembic_version") == ["0002"]
    assert ask(old, "SELECT notes FROM runs") == ["migrated"]
    assert ask(old, "SELECT count FROM run_outcomes") == [4, 4, 2]
    assert ask(old, "SELECT version_num FROM alembic_version") == ["0003"]
    assert bring_up_to_date(old, noon, scripts) is None
    if os.name == "posix":
        assert copy.stat().st_mode & 0o777 == 0o600
        assert copy.parent.stat().st_mode & 0o777 == 0o700


def test_the_copy_holds_what_another_connection_has_only_in_the_log(old: Path, scripts: Path) -> None:
    add_next(scripts)
    with closing(sqlite3.connect(old)) as other:
        with other:
            other.execute("UPDATE runs SET name = 'in the log'")
        copy = bring_up_to_date(old, noon, scripts)
    assert copy is not None
    assert ask(copy, "SELECT name FROM runs") == ["in the log"]


def test_rebuilding_a_parent_table_keeps_its_children(old: Path, scripts: Path) -> None:
    add_next(
        scripts, 'with op.batch_alter_table("runs", recreate="always") as batch: batch.drop_column("notes")'
    )
    bring_up_to_date(old, noon, scripts)
    assert ask(old, "SELECT count FROM run_outcomes") == [4, 4, 2]


@pytest.mark.parametrize(
    "last",
    [
        'connection.exec_driver_sql("CREATE TABLE runs (a)")',
        'raise RuntimeError("a bug")',
        'connection.exec_driver_sql("DELETE FROM runs")',
    ],
    ids=["sql", "python", "orphans"],
)
def test_a_failing_step_leaves_the_file_and_names_the_copy(old: Path, scripts: Path, last: str) -> None:
    add_next(scripts, last)
    before = old.read_bytes()
    with pytest.raises(StoreError, match=r"a copy is at .*before-0003\.db"):
        bring_up_to_date(old, noon, scripts)
    assert old.read_bytes() == before
    assert ask(old, "SELECT version_num FROM alembic_version") == ["0002"]
    assert ask(old.parent / "backups" / "pump-20260509T120000Z-before-0003.db", "SELECT name FROM runs") == [
        "run 0"
    ]


def test_a_full_disk_while_migrating_is_said_as_such(old: Path, scripts: Path) -> None:
    add_next(
        scripts,
        'connection.exec_driver_sql("PRAGMA max_page_count = 1")\n'
        '    connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(1000000) AS b")',
    )
    with pytest.raises(DiskFullError, match=r"disk is full.*a copy is at"):
        bring_up_to_date(old, noon, scripts)
    assert ask(old, "SELECT notes FROM runs") == [""]


def test_a_copy_that_cannot_be_made_stops_the_migration(old: Path, scripts: Path) -> None:
    add_next(scripts)
    (old.parent / "backups").write_text("a file")
    with pytest.raises(StoreError, match="No copy of"):
        bring_up_to_date(old, noon, scripts)
    assert ask(old, "SELECT version_num FROM alembic_version") == ["0002"]


def test_a_copy_that_cannot_be_finished_leaves_no_part(old: Path) -> None:
    (old.parent / "backups" / "pump-20260509T120000Z-manual.db").mkdir(parents=True)
    with pytest.raises(StoreError, match="No copy of"):
        back_up(old, "manual", noon)
    assert len(list((old.parent / "backups").iterdir())) == 1


def test_five_copies_are_kept(old: Path) -> None:
    for minute in range(7):
        back_up(old, "before-0003", lambda minute=minute: NOON + timedelta(minutes=minute))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    names = sorted(file.name for file in (old.parent / "backups").iterdir())
    assert names == [f"pump-20260509T120{minute}00Z-before-0003.db" for minute in range(2, 7)]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_killed_migration_leaves_the_file_as_it_was(old: Path, scripts: Path) -> None:
    add_next(
        scripts,
        'print("inside", flush=True)\n    import threading\n    threading.Event().wait()',
    )
    script = (
        "import sys, datetime, pathlib; from pump_desktop.store.db.migrate import bring_up_to_date;"
        "bring_up_to_date(pathlib.Path(sys.argv[1]), lambda: datetime.datetime.now(datetime.UTC),"
        " pathlib.Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(old), str(scripts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        process.send_signal(signal.SIGKILL)
    assert ask(old, "SELECT version_num FROM alembic_version") == ["0002"]
    assert ask(old, "SELECT notes FROM runs") == [""]
    add_next(scripts)
    bring_up_to_date(old, noon, scripts)
    assert ask(old, "SELECT notes FROM runs") == ["migrated"]
    assert len(list((old.parent / "backups").iterdir())) == 2
