"""The data file looked after while another program writes into it: nothing that was committed is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.cli.main import run
from pump_desktop.domain.errors import StoreBusyError, StoreError
from pump_desktop.domain.storage import StorageProgress
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.store.care.restore import copy_in
from pump_desktop.store.care.write_lock import write_lock
from pump_desktop.store.db import presence as presence_module
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.store.damage import BETS, counts, fill, whole
from tools.fault_stage import Poster
from tools.load_server import serving

POSTED = "SELECT antebot_bet_id FROM live_bets WHERE antebot_bet_id LIKE 'load-%'"
REJECTED = "INSERT INTO rejected_messages (received_at, reason, body) VALUES ('2026-05-09', 'beside', '')"


def posted(path: Path) -> set[int]:
    with closing(sqlite3.connect(path)) as connection:
        return {int(name.removeprefix("load-")) for (name,) in connection.execute(POSTED)}


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "_PATIENCE_MS", 50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "pump" / "pump.db")
    return tmp_path / "pump"


@pytest.fixture
def backend(folder: Path) -> Iterator[Backend]:
    opened = open_backend(Settings(), resolve_paths(folder))
    yield opened
    opened.close()


class Other:
    """Another program, which writes whenever it can and never waits."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        self.asked = self.committed = 0

    def write(self) -> None:
        self.asked += 1
        try:
            self._connection.execute(REJECTED)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        else:
            self.committed += 1

    def stored(self) -> int:
        (found,) = self._connection.execute("SELECT count(*) FROM rejected_messages").fetchone()
        return int(found)

    def close(self) -> None:
        self._connection.close()


def test_what_is_committed_beside_a_compaction_is_kept(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pump_desktop.store.care.move._STEPS", 100)
    with closing(Other(backend.storage.path)) as other:

        def tell(_progress: StorageProgress) -> None:
            other.write()

        def cancelled() -> bool:
            # Also called while the snapshot is taken.
            other.write()
            return False

        backend.storage.compact(tell, cancelled)
        # Its backup goes on beside others, and then they wait.
        assert 0 < other.committed < other.asked
        assert other.stored() == other.committed
    assert counts(backend.storage.path) == (1, BETS)


def test_who_comes_between_the_two_locks_is_not_written_over(backend: Backend, tmp_path: Path) -> None:
    path, part = backend.storage.path, tmp_path / "part.db"
    with (
        closing(sqlite3.connect(path)) as connection,
        closing(sqlite3.connect(part)) as copy,
        closing(Other(path)) as other,
    ):
        connection.backup(copy)
        with write_lock(path) as lock:
            other.write()
            assert other.committed == 0
            hand_over = lock.hand_over

            def slowly() -> None:
                hand_over()
                other.write()

            lock.hand_over = slowly  # type: ignore[method-assign]  # somebody comes within microseconds
            with pytest.raises(StoreBusyError, match=r"Another program wrote into .* Nothing was changed"):
                copy_in(connection, part, lock)
        assert other.stored() == other.committed == 1
    assert whole(path)


def test_nobody_opens_a_file_that_is_being_restored_or_has_moved(
    backend: Backend, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence_module, "BUSY_TIMEOUT_MS", 0)
    backup = backend.storage.back_up().path
    refused = 0

    def open_beside() -> None:
        nonlocal refused
        with pytest.raises(StoreBusyError, match="being restored or moved by another program"):
            open_backend(Settings(), resolve_paths(folder))
        refused += 1

    backend.storage.restore(backup, lambda _progress: open_beside())
    assert refused > 2
    open_backend(Settings(), resolve_paths(folder)).close()
    backend.storage.move_to(folder.parent / "other", folder)
    open_beside()
    backend.storage.stay()
    open_backend(Settings(), resolve_paths(folder)).close()


def test_beside_a_server_bets_that_were_acknowledged_are_stored(backend: Backend, folder: Path) -> None:
    backup = backend.storage.back_up().path
    with serving(folder) as server:
        posters = [Poster(server, first=100_000 + at, step=3) for at in range(3)]
        stop = threading.Event()

        def post(poster: Poster) -> None:
            while not stop.is_set():
                poster.post()

        threads = [threading.Thread(target=post, args=(poster,)) for poster in posters]
        for thread in threads:
            thread.start()
        try:
            codes = [run(["--data-dir", str(folder), "data", "compact"]) for _ in range(3)]
            with pytest.raises(StoreError, match="is open in another program"):
                backend.storage.restore(backup)
            with pytest.raises(StoreError, match="is open in another program"):
                backend.storage.move_to(folder.parent / "other", folder)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    # 2 when a bet came into the microseconds between two locks.
    assert 0 in codes
    assert set(codes) <= {0, 2}
    acknowledged = set().union(*(poster.acknowledged for poster in posters))
    assert len(acknowledged) > 10
    assert acknowledged <= posted(backend.storage.path)
    assert whole(backend.storage.path)
    assert not (folder.parent / "other" / "pump.db").exists()
    # Alone again.
    backend.storage.restore(backup)
    assert counts(backend.storage.path) == (1, BETS)
