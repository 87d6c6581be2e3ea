from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pump_desktop.store.db.database import Database, open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.runs import RunsStore
from tests.store.damage import LOG_BETS, leave_log
from tests.store.samples import noon


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "pump.db"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data file among the files that a kill leaves after many commits, to copy."""
    path = tmp_path_factory.mktemp("killed") / "data" / "pump.db"
    leave_log(path, LOG_BETS)
    return path


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = open_database(path, now=noon)
    yield database
    database.close()


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    writer = Writer(database)
    yield writer
    writer.close()


@pytest.fixture
def store(database: Database, writer: Writer) -> RunsStore:
    return RunsStore(database, writer)


@pytest.fixture
def streams(database: Database, writer: Writer) -> StreamsStore:
    return StreamsStore(database, writer)
