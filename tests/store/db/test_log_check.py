"""The log of a killed program: whole, cut off in the ways a kill does it, or damaged."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pump_desktop.store.db import log_check
from pump_desktop.store.db.log_check import FRAME_HEADER, HEADER, LogDamage, log_of, look_at_log
from tests.store.damage import LOG_BETS, counts

PAGE = 4096
FRAME = FRAME_HEADER + PAGE


@pytest.fixture
def left(killed: Path, path: Path) -> Path:
    """Give a copy of them."""
    shutil.copytree(killed.parent, path.parent)
    return path


def drop_index(path: Path) -> None:
    path.with_name(path.name + "-shm").unlink()


def flip(path: Path, at: int) -> None:
    with log_of(path).open("r+b") as log:
        log.seek(at)
        byte = log.read(1)[0]
        log.seek(at)
        log.write(bytes([byte ^ 1 << at % 8]))


def frames_of(path: Path) -> int:
    return (log_of(path).stat().st_size - HEADER) // FRAME


def copies(path: Path) -> Path:
    """Give a copy of a database and its log, for SQLite to open."""
    folder = path.parent / "opened"
    folder.mkdir(exist_ok=True)
    for end in ("", "-wal"):
        if path.with_name(path.name + end).exists():
            shutil.copy(path.with_name(path.name + end), folder / (path.name + end))
    return folder / path.name


def bets_read(path: Path) -> int:
    """Give how many bets SQLite still finds; -1 where even their table is gone."""
    try:
        return counts(copies(path))[1]
    except sqlite3.DatabaseError:
        return -1


def test_a_whole_log_loses_nothing(left: Path) -> None:
    assert look_at_log(left) is None
    drop_index(left)
    assert look_at_log(left) is None
    assert bets_read(left) == LOG_BETS


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "alone"])
def test_one_flipped_bit_in_any_frame_is_told(left: Path, index: bool) -> None:
    if not index:
        drop_index(left)
    log = log_of(left).read_bytes()
    ends = [at for at in range(HEADER, len(log), FRAME) if int.from_bytes(log[at + 4 : at + 8])]
    places = random.Random(20261201)
    for frame in {0, frames_of(left) - 1, *places.sample(range(frames_of(left)), 60)}:
        at = HEADER + frame * FRAME
        place = at + places.randrange(FRAME)
        flip(left, place)
        damage = look_at_log(left)
        flip(left, place)
        assert damage is not None
        # The commits from there on, and what the frame itself may have been.
        behind = sum(end >= at for end in ends)
        assert behind <= damage.commits <= behind + 1


@pytest.mark.parametrize("frame", [0, 60, 120, -1])
def test_no_more_is_lost_than_is_said(left: Path, frame: int) -> None:
    frame = frame if frame >= 0 else frames_of(left) - 1
    flip(left, HEADER + frame * FRAME + 100)
    damage = look_at_log(left)
    assert damage is not None
    assert damage.commits >= LOG_BETS - max(0, bets_read(left)) >= 1
    # What is left of the log is what SQLite reads of it.
    with log_of(left).open("r+b") as log:
        log.truncate(damage.good_bytes)
    read = bets_read(left)
    assert look_at_log_alone(left) is None
    assert read == bets_read(left)


def look_at_log_alone(path: Path) -> LogDamage | None:
    drop_index(path)
    return look_at_log(path)


@pytest.mark.parametrize("at", range(HEADER))
def test_one_flipped_bit_in_the_header_is_told(left: Path, at: int) -> None:
    flip(left, at)
    damage = look_at_log(left)
    assert damage is not None
    assert (damage.good_bytes, damage.commits >= LOG_BETS) == (0, True)
    assert look_at_log_alone(left) is not None


def zeros(log: bytes) -> bytes:
    return bytes(len(log))


def half(log: bytes) -> bytes:
    return log[: len(log) // 2]


def zeros_from_the_middle(log: bytes) -> bytes:
    return log[: len(log) // 2] + bytes(len(log) - len(log) // 2)


def empty(_log: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [zeros, half, zeros_from_the_middle, empty])
def test_a_log_that_is_shorter_than_its_index_is_told(left: Path, damage: Callable[[bytes], bytes]) -> None:
    log_of(left).write_bytes(damage(log_of(left).read_bytes()))
    found = look_at_log(left)
    assert found is not None
    assert found.commits >= LOG_BETS - max(0, bets_read(left)) >= 1


def test_a_log_that_is_gone_is_told(left: Path) -> None:
    log_of(left).unlink()
    found = look_at_log(left)
    assert found is not None
    assert found.commits >= LOG_BETS


def test_an_index_of_another_log_says_nothing(left: Path) -> None:
    index = bytearray(left.with_name("pump.db-shm").read_bytes())
    index[32] ^= 1
    left.with_name("pump.db-shm").write_bytes(index)
    assert look_at_log(left) is None
    log_of(left).write_bytes(half(log_of(left).read_bytes()))
    assert look_at_log(left) is None


# What happens every day

SMALL_CACHE = "PRAGMA cache_size = 5; PRAGMA wal_autocheckpoint = 0"


def connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(SMALL_CACHE)
    connection.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b)")
    return connection


def spill(connection: sqlite3.Connection, rows: int = 200) -> None:
    """Begin a transaction that is larger than the cache, so that much of it is in the log."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO t (b) VALUES (?)", [(bytes(2000),)] * rows)


def commits(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        connection.execute("INSERT INTO t (b) VALUES (?)", (number,))


def rolled_back(connection: sqlite3.Connection) -> None:
    """Leave frames of a transaction that was rolled back behind later commits."""
    commits(connection, 5)
    spill(connection)
    connection.execute("ROLLBACK")
    commits(connection, 3)


def never_ended(connection: sqlite3.Connection) -> None:
    commits(connection, 5)
    spill(connection)


def begun_anew(connection: sqlite3.Connection) -> None:
    """Leave commits of a longer log that was copied back behind those of the next."""
    commits(connection, 50)
    connection.execute("PRAGMA wal_checkpoint(RESTART)")
    commits(connection, 3)


def begun_anew_and_rolled_back(connection: sqlite3.Connection) -> None:
    begun_anew(connection)
    rolled_back(connection)
    spill(connection, 30)


def copied_back(connection: sqlite3.Connection) -> None:
    commits(connection, 20)
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def emptied(connection: sqlite3.Connection) -> None:
    commits(connection, 20)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize(
    "work", [rolled_back, never_ended, begun_anew, begun_anew_and_rolled_back, copied_back, emptied]
)
@pytest.mark.parametrize("page", [512, PAGE, 65536])
def test_what_a_kill_leaves_is_no_damage(
    path: Path, work: Callable[[sqlite3.Connection], None], page: int
) -> None:
    used = path.parent.parent / "used" / path.name
    used.parent.mkdir()
    with closing(sqlite3.connect(used)) as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute("VACUUM")
    with closing(connect(used)) as connection:
        work(connection)
        shutil.copytree(used.parent, path.parent)
    assert look_at_log(path) is None
    drop_index(path)
    assert look_at_log(path) is None


def test_a_log_that_was_copied_back_whole_can_be_done_without(path: Path) -> None:
    used = path.parent.parent / "used" / path.name
    with closing(connect(used)) as connection:
        copied_back(connection)
        shutil.copytree(used.parent, path.parent)
    flip(path, HEADER + 10 * FRAME + 100)
    damage = look_at_log(path)
    assert damage is not None
    # SQLite would read the good half of it and put old pages over the newer ones of the file.
    assert (damage.commits, damage.good_bytes) == (0, 0)
    flip(path, 0)
    assert look_at_log(path) is None


def test_a_commit_frame_that_a_kill_left_half_written_is_no_damage(path: Path) -> None:
    used = path.parent.parent / "used" / path.name
    with closing(connect(used)) as connection:
        begun_anew(connection)
        shutil.copytree(used.parent, path.parent)
        before = path.with_name("pump.db-shm").read_bytes()
        commits(connection, 1)
        log = bytearray(log_of(used).read_bytes())
    # The head of the last commit is written, its page and the index are not.
    frame = log_of(path).read_bytes()
    old = next(at for at in range(HEADER, len(log), FRAME) if log[at:][:FRAME] != frame[at:][:FRAME])
    log[old + FRAME_HEADER : old + FRAME] = frame[old + FRAME_HEADER : old + FRAME]
    log_of(path).write_bytes(log)
    assert look_at_log(path) is None
    # An index that knows of no commit was made by somebody who found the log like this.
    path.with_name("pump.db-shm").write_bytes(without_changes(before))
    damage = look_at_log(path)
    assert damage is not None
    assert damage.commits == 1


def without_changes(index: bytes) -> bytes:
    head = bytearray(index[:40])
    head[8:12] = bytes(4)
    sums = np.array(log_check._sum(np.frombuffer(head, np.uint32)), np.uint32).tobytes()
    return (bytes(head) + sums) * 2 + index[96:]


KILLED = """
import random, sqlite3, sys
chance = random.Random(int(sys.argv[2]))
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = 10", "wal_autocheckpoint = 300"):
    connection.execute(f"PRAGMA {pragma}")
connection.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b)")
print("open", flush=True)
while True:
    connection.execute("BEGIN IMMEDIATE")
    rows = [(chance.randbytes(chance.choice([20, 2000])),) for _ in range(chance.choice([1, 1, 3, 30, 300]))]
    connection.executemany("INSERT INTO t (b) VALUES (?)", rows)
    connection.execute("ROLLBACK" if chance.random() < 0.2 else "COMMIT")
    print(len(rows), flush=True)
"""


@pytest.mark.parametrize("seed", range(8))
def test_kills_while_it_writes_are_no_damage(path: Path, seed: int) -> None:
    path.parent.mkdir()
    command = [sys.executable, "-c", KILLED, str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3 + 7 * seed):
            process.stdout.readline()
        process.kill()
    assert log_of(path).stat().st_size > 0
    assert look_at_log(path) is None


@pytest.mark.parametrize("order", ["<u4", ">u4"])
def test_sums_of_many_frames_are_those_of_sqlite_one_by_one(order: str) -> None:
    frames = np.random.default_rng(4).integers(0, 256, (5, FRAME_HEADER + 512), np.uint8)
    before = np.random.default_rng(5).integers(0, 2**32, (5, 2), np.uint32)
    summed = log_check._FrameSums(512, "<u4" if order == "<u4" else ">u4").after(before, frames)
    for frame, sums, result in zip(frames, before.tolist(), summed.tolist(), strict=True):
        first, second = sums
        words = np.concatenate([frame[:8], frame[FRAME_HEADER:]]).view(order).tolist()
        for x, y in zip(words[::2], words[1::2], strict=True):
            first = (first + x + second) % 2**32
            second = (second + y + first) % 2**32
        assert result == [first, second]
