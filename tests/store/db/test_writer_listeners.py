from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pump_desktop.store.db.database import Database
from pump_desktop.store.db.writer import Writer
from tests.store.writing import held, insert


@pytest.fixture(autouse=True)
def numbers(database: Database) -> None:
    with database.connect_for_writing() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")


def test_listeners_hear_of_each_commit_after_its_answers(writer: Writer) -> None:
    heard: list[list[bool]] = []
    told = threading.Semaphore(0)
    futures: list[Future[int]] = []

    def listener() -> None:
        heard.append([future.done() for future in futures])
        told.release()

    writer.submit(insert(0)).result(10)
    with held(writer):
        writer.on_commit(listener)
        futures += [writer.submit(insert(number)) for number in range(1, 4)]
    assert told.acquire(timeout=10)
    assert told.acquire(timeout=10)
    assert heard == [[False, False, False], [True, True, True]]


def test_listeners_do_not_hear_of_a_failed_commit(writer: Writer) -> None:
    heard: list[str] = []
    writer.on_commit(lambda: heard.append("commit"))

    def rolled_back(connection: Connection) -> None:
        insert(1)(connection)
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO numbers VALUES (1)")

    with pytest.raises(IntegrityError):
        writer.submit(rolled_back).result(10)
    writer.submit(insert(2)).result(10)
    writer.close()
    assert heard == ["commit"]


@pytest.mark.expects_warning
def test_a_failing_listener_is_logged_and_stops_nothing(
    writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def failing() -> None:
        raise ValueError("a bug")

    writer.on_commit(failing)
    writer.on_commit(lambda: heard.append("commit"))
    assert writer.submit(insert(1)).result(10) == 1
    assert writer.submit(insert(2)).result(10) == 2
    writer.close()
    assert heard == ["commit", "commit"]
    assert "a bug" in caplog.text
