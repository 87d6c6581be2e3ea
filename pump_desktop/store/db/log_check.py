"""The write-ahead log as SQLite will find it: whether damage makes it drop commits without a word.

SQLite reads a log up to the first frame whose checksum does not go on from the one before, and takes all
that lies behind for a write that was cut off. Mostly it is: the rest of an earlier log (its salts differ), of
a transaction that was rolled back or never ended (it has no commit frame), or one commit frame that a kill
has left half-written. Commit frames with the salts of the log *behind* a broken one were whole once, and so
was every commit that the index beside the log (``-shm``) counts: those are lost by damage.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

HEADER = 32
FRAME_HEADER = 24
# The lowest bit says that the checksums are over big-endian words.
_MAGIC = 0x377F0682
_VERSION = 3007000
_INDEX_HEADER = 48
# 16 MB of log take 10 ms, most of it to read.
_BLOCK = 4 * 1024 * 1024

_MASK = 0xFFFFFFFF
_NONE = np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True)
class LogDamage:
    """Damage in a log: how many commits it costs at most, and the bytes that are left of the log.

    ``size`` and ``changed_ns`` tell the state of the file this was found in.
    """

    commits: int
    good_bytes: int
    size: int
    changed_ns: int


def log_of(path: Path) -> Path:
    """Return the path of a database's write-ahead log."""
    return path.with_name(path.name + "-wal")


def look_at_log(path: Path) -> LogDamage | None:
    """Return what damage costs the log of a database, None where it costs nothing; no file is changed.

    To be asked before SQLite opens the database, and not by a process that has it open: closing the files
    drops its locks. A log that is being written may look damaged for a moment, and never twice the same way.
    """
    try:
        found = _look(path)
        return found if found is not None and found == _look(path) else None
    except OSError:
        return None  # what opens the database tells what is wrong with the folder


@dataclass(frozen=True, slots=True)
class _Index:
    """What the ``-shm`` file says that the last program has left."""

    salts: bytes
    page: int
    frames: int
    """Up to here, frames are committed."""
    copied_back: int
    """Up to here, their pages are in the data file."""
    commits_seen: bool
    """False when nothing was committed since the log was last read from its start."""


@dataclass(frozen=True, slots=True)
class _Log:
    """What a log holds, frame by frame; all of it is behind damage when its header is not whole."""

    headed: bool
    salts: bytes
    page: int
    sound: NDArray[np.bool_]
    """Which frames go on from the one before."""
    commits: NDArray[np.bool_]
    """Which carry the log's salts and end a commit."""
    others: NDArray[np.bool_]
    """Which carry them and do not."""


_MISSING = _Log(True, b"", 0, _NONE, _NONE, _NONE)


def _look(path: Path) -> LogDamage | None:
    index = _read_index(path)
    log, size, changed_ns = _MISSING, 0, 0
    try:
        found = log_of(path).stat()
        size, changed_ns = found.st_size, found.st_mtime_ns
        with log_of(path).open("rb") as file:
            log = _read(file, size, index, path)
    except FileNotFoundError:
        pass
    if index is not None and log.salts and index.salts != log.salts:
        index = None  # of another log: that of a copy, or one that a power cut has left behind
    good = len(log.sound) if log.sound.all() else int(log.sound.argmin())
    ends = np.flatnonzero(log.commits) + 1
    committed = int(ends[ends <= good].max(initial=0))
    behind = ends[ends > good]
    known = 0 if index is None else index.frames
    # A header is on disk before the first frame is written: without it, everything here was something once.
    last = max(known, int(behind.max(initial=0)), 0 if log.headed or index is not None else len(log.sound))
    # What stands in a damaged frame, or is missing, may have ended a commit.
    lost = last - committed - int(np.count_nonzero(log.others[committed:last]))
    if index is not None and index.copied_back >= known > committed and last == known:
        if not committed:
            return None
        # All is in the data file. What is good of the log alone would take pages of it back.
        committed = lost = 0
    elif last <= committed or (
        len(behind) == 1 and index is not None and known <= committed and index.commits_seen
    ):
        # A single one was half-written when its program was killed: nobody was told that it is stored.
        return None
    good_bytes = HEADER + committed * (FRAME_HEADER + log.page) if committed else 0
    return LogDamage(lost, good_bytes, size, changed_ns)


def _read(file: BinaryIO, size: int, index: _Index | None, path: Path) -> _Log:
    """Return what a log holds; without a whole header by what is known from elsewhere."""
    header = file.read(HEADER).ljust(HEADER, b"\0")
    magic, version, page = struct.unpack(">3I", header[:12])
    salts = header[16:24]
    order: Literal["<u4", ">u4"] = "<u4" if magic == _MAGIC else ">u4"
    whole = (
        magic in {_MAGIC, _MAGIC + 1}
        and version == _VERSION
        and _is_page_size(page)
        and _sum(np.frombuffer(header[:24], order)) == struct.unpack(">2I", header[24:])
    )
    if not whole:
        # SQLite reads nothing of it. The frames still say what was in it.
        page = _page_size(path) if index is None else index.page
        salts = file.read(FRAME_HEADER)[8:16].ljust(8, b"\0") if index is None else index.salts
        file.seek(HEADER)
    sums = _FrameSums(page, order)
    before = np.frombuffer(header[24:], ">u4").astype(np.uint32)
    salt_words = np.frombuffer(salts, ">u4")
    sound, commits, others = [_NONE], [_NONE], [_NONE]
    for block in _blocks(file, size, FRAME_HEADER + page):
        # Page number, size of the database after a commit (else 0), salts, checksum.
        heads = block[:, :FRAME_HEADER].copy().view(">u4").astype(np.uint32)
        ours = (heads[:, 2:4] == salt_words).all(axis=1) & (heads[:, 0] > 0)
        stored = heads[:, 4:6]
        # Without a whole header no frame is sound, and its checksum need not be made.
        follows = whole and (stored == sums.after(np.vstack([before, stored[:-1]]), block)).all(axis=1)
        sound.append(ours & follows)
        commits.append(ours & (heads[:, 1] > 0))
        others.append(ours & (heads[:, 1] == 0))
        before = stored[-1]
    return _Log(whole, salts, page, *map(np.concatenate, (sound, commits, others)))


def _blocks(file: BinaryIO, size: int, frame: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the whole frames of a log, a frame in each row."""
    left = (size - HEADER) // frame
    at_once = max(1, _BLOCK // frame)
    while left > 0:
        read = file.read(min(left, at_once) * frame)
        rows = len(read) // frame
        if rows == 0:
            return  # it has become shorter meanwhile
        yield np.frombuffer(read, np.uint8, rows * frame).reshape(rows, frame)
        left -= rows


class _FrameSums:
    """Checksums of many frames at once, each from the one before it as it is stored.

    SQLite adds the words x and y of each pair to two sums: ``a += x + b; b += y + a``. That is a product with
    a matrix, so what a frame adds is a weighted sum of its words, and what was before it is multiplied by a
    power of the matrix; all modulo 2^32.
    """

    def __init__(self, page: int, order: Literal["<u4", ">u4"]) -> None:
        self._order = order
        words = (FRAME_HEADER + page) // 4
        weights = np.zeros((2, words), np.uint32)
        power = [[1, 0], [0, 1]]
        # The page number and size are summed, the other four words of the head are not.
        for at in (*range(words - 2, 5, -2), 0):
            for row, (left, right) in enumerate(power):
                weights[row, at : at + 2] = (left + right) & _MASK, right
            power = [[(left + right) & _MASK, (left + 2 * right) & _MASK] for left, right in power]
        self._weights = weights
        self._power = np.array(power, np.uint32)

    def after(self, before: NDArray[np.uint32], frames: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Return the checksums of frames, two words each, from those of the frames before them."""
        words = frames.view(self._order).astype(np.uint32, copy=False)
        return np.stack(
            [
                np.einsum("ij,j->i", words, self._weights[row])
                + before[:, 0] * self._power[row, 0]
                + before[:, 1] * self._power[row, 1]
                for row in (0, 1)
            ],
            axis=1,
        )


def _sum(words: NDArray[Any]) -> tuple[int, int]:
    """Return the checksum of a few words."""
    first = second = 0
    for x, y in words.reshape(-1, 2).tolist():
        first = (first + x + second) & _MASK
        second = (second + y + first) & _MASK
    return first, second


def _read_index(path: Path) -> _Index | None:
    """Return what the index of a log says, None when there is none or it is not whole."""
    try:
        with path.with_name(path.name + "-shm").open("rb") as file:
            found = file.read(2 * _INDEX_HEADER + 4)
    except FileNotFoundError:
        return None
    head = found[:_INDEX_HEADER]
    # It is written twice, so that a half-written one is told.
    if len(found) < 2 * _INDEX_HEADER + 4 or head != found[_INDEX_HEADER : 2 * _INDEX_HEADER]:
        return None
    if _sum(np.frombuffer(head[:40], np.uint32)) != struct.unpack("=2I", head[40:]):
        return None
    version, _, changes, ready, _, page, frames = struct.unpack("=3I2BHI", head[:20])
    (copied_back,) = struct.unpack("=I", found[2 * _INDEX_HEADER :])
    # 65,536 does not fit into its two bytes and is 1 there.
    page = 65536 if page == 1 else page
    if version != _VERSION or not ready or not _is_page_size(page):
        return None
    return _Index(head[32:40], page, frames, copied_back, commits_seen=changes > 0)


def _page_size(path: Path) -> int:
    """Return the page size that a database file names, or SQLite's usual one."""
    try:
        with path.open("rb") as file:
            head = file.read(18)
    except FileNotFoundError:
        head = b""
    size = int.from_bytes(head[16:18], "big")
    size = 65536 if size == 1 else size
    return size if _is_page_size(size) else 4096


def _is_page_size(size: int) -> bool:
    return 512 <= size <= 65536 and size & (size - 1) == 0
