"""The torture's own comparison: what it must find, it finds. The kills are in tests/cli/test_kill.py."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.services.live.messages import parse_message
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.writer import Writer
from pump_desktop.store.live.streams import StreamsStore
from pump_desktop.store.runs import RunsStore
from tests.store.samples import NOON, K, make_chunks, make_run, noon
from tools.torture_check import compare
from tools.torture_clients import Ledger, message
from tools.torture_keeper import Kept

NUMBERS = range(1, 31)


@pytest.fixture
def ledger() -> Ledger:
    """Give what a client wrote down."""
    found = Ledger(acknowledged=set(NUMBERS))
    found.fresh.update(NUMBERS)
    found.runs[str(make_run().id)] = hashlib.sha256(K.tobytes()).hexdigest()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a database that holds exactly that, at rest."""
    path = tmp_path / "pump.db"
    database = open_database(path, now=noon)
    writer = Writer(database)
    StreamsStore(database, writer).ingest([parse_message(message(one)) for one in NUMBERS], NOON).result(10)
    run = make_run(outcome_digest=hashlib.sha256(K.tobytes()).hexdigest())
    RunsStore(database, writer).add(run, make_chunks(K)).result(10)
    writer.close()
    database.close()
    return path


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute(sql).rowcount > 0


def test_all_that_was_acknowledged_is_there(file: Path, ledger: Ledger) -> None:
    found = compare(file, ledger, set())
    assert found.good
    assert (found.stored, found.runs) == (len(NUMBERS), 1)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("DELETE FROM live_bets WHERE nonce = 7", "lost"),
        ("DELETE FROM live_rounds WHERE nonce = 10", "lost"),
        ("UPDATE live_bets SET round_result = 2.8 WHERE nonce = 7", "changed"),
        ("DELETE FROM runs", "lost_runs"),
        ("DELETE FROM run_outcomes WHERE chunk_index = 1", "half_runs"),
        ("UPDATE live_streams SET total_bets = total_bets + 1 WHERE client_seed = 'torture-1'", "miscounted"),
        ("UPDATE runs SET outcome_digest = replace(outcome_digest, 'a', 'b')", "half_runs"),
    ],
)
def test_what_is_wrong_is_found(file: Path, ledger: Ledger, sql: str, fault: str) -> None:
    change(file, sql)
    found = compare(file, ledger, set())
    assert not found.good
    assert getattr(found, fault) > 0


def test_what_was_deleted_as_old_is_not_lost_and_what_is_newer_is(file: Path, ledger: Ledger) -> None:
    change(file, "DELETE FROM live_bets WHERE nonce IN (1, 2, 3)")
    change(file, "DELETE FROM live_rounds WHERE nonce IN (1, 2, 3)")
    found = compare(file, ledger, set(), kept=9)
    assert (found.pruned, found.lost) == (3, 0)
    # Ten rounds of the three streams were to stay, and only nine did.
    assert compare(file, ledger, set(), kept=10).lost == 3


def test_a_storage_command_that_ought_to_be_refused_is_wrong_when_it_is_done() -> None:
    kept = Kept()
    for work, code in (("compact", 0), ("compact", 2), ("restore", 2), ("check", 1), ("move", 0)):
        kept.hear(json.dumps({"work": work, "code": code, "said": "a sentence"}))
    assert kept.row == "check 1/0, compact 1/1, move 1/0, restore 0/1"
    assert kept.wrong == ["check ended with 1: a sentence", "move ended with 0: a sentence"]


def test_a_message_that_was_new_twice_was_lost_in_between(file: Path, ledger: Ledger) -> None:
    ledger.fresh[7] += 1
    assert compare(file, ledger, set()).doubled == 1


def test_outcomes_are_looked_at_once(file: Path, ledger: Ledger) -> None:
    whole: set[str] = set()
    compare(file, ledger, whole)
    assert whole == {str(make_run().id)}
