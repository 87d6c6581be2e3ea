"""Who has a database open: other programs are seen, kept out while that matters, and never outlive a kill."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.domain.errors import StoreBusyError, StoreError
from pump_desktop.store.care.recover import put_in_place
from pump_desktop.store.db import presence as presence_module
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.presence import Presence
from tests.store.damage import fill, zero_header
from tests.store.holders import another_program
from tests.store.samples import noon


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "BUSY_TIMEOUT_MS", 0)
    monkeypatch.setattr(presence_module, "_PATIENCE_MS", 0)


def test_nobody_is_alone_beside_another_program_and_a_kill_leaves_nobody(tmp_path: Path) -> None:
    path = tmp_path / "pump.db"
    with closing(Presence(path)) as mine:
        with another_program(path):
            with pytest.raises(StoreError, match=r"pump\.db is open in another program"):
                mine.begin_alone()
            # A refusal leaves both where they were.
            with closing(Presence(path)) as third, pytest.raises(StoreError, match="open in another"):
                third.begin_alone()
        with mine.alone():
            pass


def test_whoever_is_alone_stays_alone_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "pump.db"
    with closing(open_database(path, now=noon)) as database:
        with (
            database.presence.alone(),
            pytest.raises(StoreBusyError, match="being restored or moved by another program"),
        ):
            open_database(path, now=noon)
        open_database(path, now=noon).close()


def test_work_of_a_kind_is_done_by_one_program_at_a_time_beside_all_others(tmp_path: Path) -> None:
    path = tmp_path / "pump.db"
    with closing(Presence(path)) as one, closing(Presence(path)) as other:
        with one.working():
            with pytest.raises(StoreBusyError, match="Another program is looking after"), other.working():
                pass
            Presence(path).close()
        with other.working():
            pass


def test_a_damaged_file_is_not_replaced_under_a_program_that_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "pump.db"
    fill(path, 10)
    zero_header(path)
    damaged = path.read_bytes()
    with another_program(path), pytest.raises(StoreError, match="open in another program"):
        put_in_place(path, None, noon)
    assert path.read_bytes() == damaged
    put_in_place(path, None, noon)


def test_a_lock_file_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"pump\.db-in-use cannot be made .*choose another data folder"):
        Presence(tmp_path / "nowhere" / "pump.db")
