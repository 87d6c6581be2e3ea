"""The data file looked after while it is in use."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pump_desktop.domain.errors import (
    CancelledError,
    DamagedDatabaseError,
    DiskFullError,
    FieldError,
    NewerDatabaseError,
    StoreBusyError,
    StoreError,
)
from pump_desktop.domain.live import StreamQuery
from pump_desktop.domain.runs import RunQuery
from pump_desktop.domain.storage import SizeKind, StorageProgress, parse_rounds_kept
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.events import Hub
from pump_desktop.services.storage import Recovery, Storage
from pump_desktop.store.care import backup as backup_module
from pump_desktop.store.care import restore as restore_module
from pump_desktop.store.care.prune import MOST_AT_ONCE
from pump_desktop.store.db.database import open_database
from pump_desktop.store.db.revisions import known_revisions
from pump_desktop.store.db.writer import Writer
from pump_desktop.system.clock import utc_now
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.store.damage import BETS, counts, fill, overwrite_page, whole
from tests.store.live_samples import make_bet

OLD_FILE = Path(__file__).parents[1] / "data" / "pump-0001.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "pump" / "pump.db")
    return tmp_path / "pump"


@pytest.fixture
def backend(folder: Path) -> Iterator[Backend]:
    opened = open_backend(Settings(), resolve_paths(folder))
    yield opened
    opened.close()


def bet(backend: Backend, number: int) -> int:
    """Store one bet and give its id."""
    (accepted,) = backend.live.ingest([make_bet(number)]).result(20)
    assert accepted.accepted
    assert accepted.bet_id is not None
    return accepted.bet_id


def test_seven_backups_leave_the_newest_five_each_whole(backend: Backend) -> None:
    made = [backend.storage.back_up().path for _ in range(7)]
    assert len(set(made)) == 7
    listed = backend.storage.backups(check=True)
    assert len(listed) == 5
    assert {one.path for one in listed} < set(made)
    newest = listed[0]
    assert (newest.healthy, newest.revision, newest.runs, newest.bets) == (
        True,
        known_revisions()[-1],
        1,
        BETS,
    )


def test_while_a_backup_is_made_no_other_one_begins(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "_PAGES_AT_ONCE", 16)
    half_way, go_on = threading.Event(), threading.Event()

    def tell(progress: StorageProgress) -> None:
        if progress.done < progress.total and not half_way.is_set():
            half_way.set()
            assert go_on.wait(20)

    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(backend.storage.back_up, "first", tell)
        assert half_way.wait(20)
        with pytest.raises(StoreBusyError, match="Another copy"):
            backend.storage.back_up("second")
        go_on.set()
        made = first.result(20)
    (listed,) = backend.storage.backups(check=True)
    assert (listed.path, listed.healthy, listed.bets) == (made.path, True, BETS)
    backend.storage.back_up("third")


def test_a_restore_brings_back_what_was_and_keeps_what_is(backend: Backend, folder: Path) -> None:
    backup = backend.storage.back_up()
    last_id = bet(backend, 9_001)
    told: list[StorageProgress] = []
    restored = backend.storage.restore(backup.path, told.append)
    assert (restored.runs, restored.bets) == (1, BETS)
    assert counts(folder / "pump.db") == (1, BETS)
    assert counts(restored.put_aside) == (1, BETS + 1)
    assert restored.put_aside.name.endswith("-before-restore.db")
    assert [one.doing for one in told][-1] == "Putting the backup back"
    assert told[-1].done == told[-1].total > 0
    # The same bet is news to the restored file, and no id is given twice.
    assert bet(backend, 9_001) > last_id
    assert whole(folder / "pump.db")
    assert not list(folder.glob("*.part*"))


def test_nothing_remembered_outlives_a_restore(backend: Backend) -> None:
    backup = backend.storage.back_up()
    (row,) = backend.live.streams(StreamQuery()).items
    backend.live.delete(row.id).result(10)
    bet(backend, 1)
    (fresh,) = backend.live.streams(StreamQuery()).items
    assert fresh.id != row.id
    backend.storage.restore(backup.path)
    assert [one.id for one in backend.live.streams(StreamQuery()).items] == [row.id]
    bet(backend, 9_002)
    assert backend.live.streams(StreamQuery()).items[0].total_bets == BETS + 1


def test_a_backup_of_an_older_revision_is_migrated(backend: Backend, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(OLD_FILE, old)
    before = old.read_bytes()
    restored = backend.storage.restore(old)
    assert (restored.runs, restored.bets) == (2, 0)
    assert backend.runs.list(RunQuery()).total == 2
    bet(backend, 1)
    assert old.read_bytes() == before
    with closing(sqlite3.connect(backend.storage.path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (
            known_revisions()[-1],
        )


def test_a_backup_of_a_newer_revision_is_refused(backend: Backend) -> None:
    backup = backend.storage.back_up().path
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert backend.storage.backups()[0].newer
    with pytest.raises(NewerDatabaseError, match=r"newer version.*Nothing was changed"):
        backend.storage.restore(backup)
    assert counts(backend.storage.path) == (1, BETS)


def test_the_oldest_of_five_can_be_restored_and_stays(backend: Backend) -> None:
    oldest, *_others = [backend.storage.back_up().path for _ in range(5)]
    backend.storage.restore(oldest)
    assert oldest.exists()


def test_a_page_damaged_while_the_program_runs(backend: Backend, folder: Path) -> None:
    backup = backend.storage.back_up().path
    # Nobody holds a page in memory: every read opens the file anew.
    overwrite_page(folder / "pump.db")
    with pytest.raises(DamagedDatabaseError, match="Settings, Data"):
        list(backend.live.iter_bets(backend.live.streams(StreamQuery()).items[0].id))
    assert not backend.storage.check().healthy
    with pytest.raises(DamagedDatabaseError, match="no backup was made"):
        backend.storage.back_up()
    with pytest.raises(DamagedDatabaseError):
        backend.storage.compact()
    restored = backend.storage.restore(backup)
    assert restored.put_aside.name.startswith("pump-damaged-")
    assert restored.bets == BETS
    assert backend.storage.check().healthy
    assert [one.path for one in backend.storage.backups()] == [backup]
    bet(backend, 9_003)


def test_compacting_gives_the_room_back(backend: Backend) -> None:
    backend.runs.delete(backend.runs.list(RunQuery()).items[0].id)
    plan = backend.storage.pruning(100)
    gone = backend.storage.prune(plan)
    assert (gone.rounds, gone.bets, gone.stopped) == (BETS - 100, BETS - 100, False)
    free = dict(backend.storage.sizes().parts)[SizeKind.FREE]
    assert free > 100_000
    done = backend.storage.compact()
    assert done.after < done.before - free // 2
    assert dict(backend.storage.sizes().parts)[SizeKind.FREE] == 0
    assert counts(backend.storage.path) == (0, 100)
    bet(backend, 9_004)
    assert sorted(one.label for one in backend.storage.backups()) == ["before-compact", "before-delete"]


def test_between_two_pieces_of_a_deletion_another_program_can_write(folder: Path) -> None:
    database = open_database(folder / "pump.db", now=utc_now)
    writer = Writer(database)
    waited: list[float] = []

    def another_program_writes(seconds: float) -> None:
        waited.append(seconds)
        # Without any patience: the file is free, or this raises.
        with closing(sqlite3.connect(database.path, timeout=0, isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            another.execute("UPDATE runs SET notes = notes || 'x'")
            another.execute("COMMIT")

    storage = Storage(
        database, writer, Hub(), now=utc_now, start_over=lambda: None, pause=another_program_writes
    )
    assert storage.prune(storage.pruning(100)).rounds == BETS - 100
    writer.close()
    database.close()
    # The last piece finds nothing more.
    assert len(waited) > BETS // MOST_AT_ONCE
    assert all(0 < seconds <= 0.2 for seconds in waited)
    with closing(sqlite3.connect(folder / "pump.db")) as connection:
        assert connection.execute("SELECT notes FROM runs").fetchone() == ("x" * len(waited),)


def test_sizes_add_up_to_the_files(backend: Backend) -> None:
    sizes = backend.storage.sizes()
    kinds = dict(sizes.parts)
    assert list(kinds) == list(SizeKind)
    assert kinds[SizeKind.BETS] > kinds[SizeKind.ROUNDS] > 0
    files = [file for file in backend.storage.path.parent.glob("pump.db*") if not file.name.endswith("-shm")]
    assert sizes.total == sum(file.stat().st_size for file in files)


def test_work_that_is_stopped_changes_nothing(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (backup_module, restore_module):
        monkeypatch.setattr(module, "_PAGES_AT_ONCE", 16)
    backup = backend.storage.back_up().path
    before = counts(backend.storage.path)
    stop = False

    def tell(progress: StorageProgress) -> None:
        nonlocal stop
        stop = progress.doing == "Putting the backup back"

    with pytest.raises(CancelledError):
        backend.storage.restore(backup, tell, lambda: stop)
    assert counts(backend.storage.path) == before
    assert whole(backend.storage.path)
    with pytest.raises(CancelledError):
        backend.storage.back_up(cancelled=lambda: True)
    bet(backend, 9_005)
    assert not list(backend.storage.path.parent.rglob("*.part"))


def test_a_disk_without_room_is_a_sentence(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = backend.storage.back_up().path

    nearly_full = shutil.disk_usage(backup.parent)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: nearly_full)
    for work in (backend.storage.back_up, backend.storage.compact, lambda: backend.storage.restore(backup)):
        with pytest.raises(
            DiskFullError, match=r"The disk is too full: \d+ MB are needed .* Free some space"
        ):
            work()


def test_the_folder_moves_whole_and_the_old_one_stays(backend: Backend, folder: Path, tmp_path: Path) -> None:
    (folder / "settings.json").write_text('{"max_nonces": 5000}')
    (folder / "token").write_text("a-token\n")
    target = tmp_path / "new place"
    before = counts(folder / "pump.db")
    moved = backend.storage.move_to(target, folder)
    assert (moved.runs, moved.bets) == before == counts(target / "pump.db")
    assert (target / "token").read_text() == "a-token\n"
    assert (target / "settings.json").exists()
    assert [one.name for one in (target / "backups").iterdir()] == [
        one.name for one in (folder / "backups").iterdir()
    ]
    # What would land in the old file now would be lost to the person.
    with pytest.raises(StoreBusyError, match="being moved"):
        backend.live.ingest([make_bet(9_200)])
    backend.storage.stay()
    bet(backend, 9_200)
    assert counts(folder / "pump.db") == (1, BETS + 1)


@pytest.mark.parametrize("where", ["same", "inside", "taken"])
def test_a_folder_that_cannot_take_the_data_is_named(
    backend: Backend, folder: Path, tmp_path: Path, where: str
) -> None:
    target = {"same": folder, "inside": folder / "deeper", "taken": tmp_path / "taken"}[where]
    if where == "taken":
        target.mkdir()
        (target / "pump.db").write_bytes(b"somebody's")
    with pytest.raises(FieldError, match="Choose an") as refused:
        backend.storage.move_to(target, folder)
    assert refused.value.field == "data_dir"
    bet(backend, 9_300)


def test_what_waits_while_the_file_is_needed_alone_lands_after(backend: Backend) -> None:
    writer = backend.storage._writer
    waiting: list[Future[object]] = []

    def work(_connection: object) -> int:
        waiting.append(backend.live.ingest([make_bet(9_400)]))  # type: ignore[arg-type]  # a future of another kind is as good
        return counts(backend.storage.path)[1]

    assert writer.submit_alone(work).result(20) == BETS
    waiting[0].result(20)
    assert counts(backend.storage.path)[1] == BETS + 1


def test_the_newest_healthy_backup_is_found_behind_damaged_ones(backend: Backend, folder: Path) -> None:
    good, bad = backend.storage.back_up().path, backend.storage.back_up().path
    backend.close()
    overwrite_page(bad)
    recovery = Recovery(Settings(), resolve_paths(folder))
    newest = recovery.newest_healthy()
    assert newest is not None
    assert newest.path == good
    assert recovery.named("latest") == good
    with pytest.raises(StoreError, match="There is no backup"):
        recovery.put_back(recovery.named("pump-nothing.db"))


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "many", True, "9" * 17])
def test_rounds_to_keep_are_a_whole_number(text: object) -> None:
    with pytest.raises(FieldError, match="whole number of at least 1"):
        parse_rounds_kept(text)
