"""A file that is followed: real files, real threads, a real database."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.domain.errors import KnownError
from pump_desktop.domain.live import BetQuery, StreamQuery
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.script import LOG_PREFIX
from pump_desktop.services.live.log_follow import MAX_LINE, FollowState, FollowStatus, LogFollower, LogLines
from tests.services.samples import CLIENT, SEED, bet, outcome, send


def body(nonce: int, /, **changes: Any) -> dict[str, Any]:
    values = {
        "id": f"bet-{nonce}",
        "nonce": nonce,
        "amount": 1,
        "payout": 0,
        "difficulty": "expert",
        "roundResult": outcome(nonce),
        "clientSeed": CLIENT,
        "serverSeedHashed": seed_sha256(SEED),
    }
    return values | changes


def line(nonce: int, /, **changes: Any) -> str:
    return f"{LOG_PREFIX}{json.dumps(body(nonce, **changes))}\n"


def lines(first: int, last: int) -> str:
    return "".join(line(nonce) for nonce in range(first, last + 1))


def append(path: Path, text: str | bytes) -> None:
    with path.open("ab") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


class Followed:
    """A follower of one file, and a way to wait for what it says."""

    def __init__(self, backend: Backend, path: Path) -> None:
        self.path = path
        self._backend = backend
        self._changed = threading.Condition()
        self.told: list[FollowStatus] = []
        self.follower = LogFollower(backend.live, interval=0.01, changed=self._hear)

    def _hear(self, status: FollowStatus) -> None:
        with self._changed:
            self.told.append(status)
            self._changed.notify_all()

    def start(self) -> None:
        self.follower.start(self.path)

    def wait_for(self, right: Callable[[FollowStatus], bool]) -> FollowStatus:
        with self._changed:
            assert self._changed.wait_for(lambda: right(self.follower.status), 10), self.follower.status
        return self.follower.status

    def nonces(self) -> list[int]:
        (stream,) = self._backend.live.streams(StreamQuery()).items
        return [one.nonce for one in self._backend.live.bets(stream.id, BetQuery(limit=1000)).items]


@pytest.fixture
def followed(backend: Backend, tmp_path: Path) -> Iterator[Followed]:
    opened = Followed(backend, tmp_path / "pump-desktop.log")
    yield opened
    opened.follower.stop()


def test_what_is_there_and_what_comes_is_stored(followed: Followed) -> None:
    append(followed.path, lines(1, 10))
    followed.start()
    followed.wait_for(lambda status: status.accepted == 10)
    append(followed.path, lines(11, 15))
    status = followed.wait_for(lambda status: status.accepted == 15)
    assert followed.nonces() == list(range(1, 16))
    assert (status.state, status.lines, status.refused, status.sentence) == (FollowState.FOLLOWING, 15, 0, "")
    assert status.last_message_at is not None


def test_a_file_that_is_not_there_yet_is_waited_for(followed: Followed) -> None:
    followed.start()
    followed.wait_for(lambda status: status.state is FollowState.WAITING)
    append(followed.path, lines(1, 2))
    followed.wait_for(lambda status: status.accepted == 2)


def test_a_line_that_is_half_written_waits_for_its_end(followed: Followed) -> None:
    text = line(2).encode()
    append(followed.path, line(1).encode() + text[:40])
    followed.start()
    followed.wait_for(lambda status: status.accepted == 1)
    append(followed.path, text[40:])
    status = followed.wait_for(lambda status: status.accepted == 2)
    assert status.refused == 0


def test_messages_that_came_by_the_other_road_are_known(backend: Backend, followed: Followed) -> None:
    send(backend.live, [bet(nonce) for nonce in range(1, 6)])
    append(followed.path, lines(1, 8))
    followed.start()
    status = followed.wait_for(lambda status: status.accepted + status.known == 8)
    assert (status.accepted, status.known) == (3, 5)
    assert followed.nonces() == list(range(1, 9))


def test_reading_again_changes_nothing(backend: Backend, followed: Followed) -> None:
    append(followed.path, lines(1, 5) + line(6, nonce=0))
    for accepted, known in ((5, 0), (0, 5)):
        followed.start()
        status = followed.wait_for(lambda status: status.accepted + status.known == 5)
        assert (status.accepted, status.known, status.refused) == (accepted, known, 1)
        followed.follower.stop()
        assert followed.follower.status.state is FollowState.OFF
    assert len(backend.live.rejected()) == 1


def test_a_file_that_was_emptied_is_read_anew(followed: Followed) -> None:
    append(followed.path, lines(1, 20))
    followed.start()
    followed.wait_for(lambda status: status.accepted == 20)
    followed.path.write_text(lines(21, 22))
    followed.wait_for(lambda status: status.accepted == 22)
    # Emptied, and longer than before when it is looked at again.
    followed.path.write_text(lines(23, 90))
    followed.wait_for(lambda status: status.accepted == 90)
    assert followed.nonces() == list(range(1, 91))


def test_a_replaced_file_is_read_to_its_end_and_then_the_new_one(followed: Followed, tmp_path: Path) -> None:
    append(followed.path, lines(1, 5))
    followed.start()
    followed.wait_for(lambda status: status.accepted == 5)
    append(followed.path, lines(6, 7) + line(8).rstrip("\n"))
    followed.path.rename(tmp_path / "old.log")
    append(followed.path, lines(9, 12))
    followed.wait_for(lambda status: status.accepted == 12)
    assert followed.nonces() == list(range(1, 13))


def test_a_deleted_file_may_come_back(followed: Followed) -> None:
    append(followed.path, lines(1, 2))
    followed.start()
    followed.wait_for(lambda status: status.accepted == 2)
    followed.path.unlink()
    followed.wait_for(lambda status: status.state is FollowState.WAITING)
    append(followed.path, lines(3, 4))
    followed.wait_for(lambda status: status.accepted == 4)


def test_a_backlog_is_read_in_pieces(followed: Followed) -> None:
    append(followed.path, lines(1, 9_000))
    assert followed.path.stat().st_size > 1.5 * (1 << 20)
    followed.start()
    followed.wait_for(lambda status: status.accepted == 9_000)
    # No piece is larger than a request may be.
    steps = [after.accepted - before.accepted for before, after in pairwise(followed.told)]
    assert max(steps) == 1000


def test_lines_of_somebody_else_are_passed_over(backend: Backend, followed: Followed) -> None:
    append(followed.path, 'hello\n\n{"nonce": 1}\r\n' + line(1).replace("\n", "\r\n"))
    # As a console writes it: with the time before.
    append(followed.path, b"2025-09-08 20:31 INFO " + line(2).encode() + b"x" * (MAX_LINE * 3) + b"\n")
    append(followed.path, line(3))
    followed.start()
    status = followed.wait_for(lambda status: status.lines == 7 and status.accepted == 3)
    assert (status.foreign, status.refused) == (4, 0)
    assert backend.live.rejected() == ()


def test_what_is_refused_is_kept_with_its_reason(backend: Backend, followed: Followed) -> None:
    append(followed.path, line(1, nonce=-1) + f"{LOG_PREFIX}{{broken\n" + f"{LOG_PREFIX}{'[' * 20_000}\n")
    append(followed.path, LOG_PREFIX.encode() + b'{"id": "\xff"}\n' + line(2).encode())
    followed.start()
    status = followed.wait_for(lambda status: status.accepted == 1)
    assert status.refused == 4
    assert status.sentence == "A message was refused: The line is not UTF-8 text"
    assert [one.reason for one in reversed(backend.live.rejected())] == [
        f"nonce must be between 1 and {2**53 - 1}",
        "The line is not valid JSON",
        "The line is not valid JSON",
        "The line is not UTF-8 text",
    ]


def test_a_file_in_another_encoding_is_named(followed: Followed) -> None:
    followed.path.write_text(lines(1, 3), "utf-16")
    followed.start()
    status = followed.wait_for(lambda status: status.sentence != "")
    assert status.sentence == "The file is not the text that Antebot's logToFile writes."
    assert status.accepted == 0


def test_a_folder_is_refused_and_an_unreadable_file_is_named(followed: Followed, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="is a folder"):
        followed.follower.start(tmp_path)
    assert followed.follower.status.state is FollowState.OFF
    followed.start()
    followed.wait_for(lambda status: status.state is FollowState.WAITING)
    followed.path.mkdir()
    status = followed.wait_for(lambda status: status.state is FollowState.FAILING)
    assert "cannot be read" in status.sentence
    followed.path.rmdir()
    append(followed.path, line(1))
    followed.wait_for(lambda status: status.accepted == 1)


def test_it_stops_at_once_and_starts_on_another_file(followed: Followed, tmp_path: Path) -> None:
    append(followed.path, lines(1, 3))
    followed.start()
    followed.wait_for(lambda status: status.accepted == 3)
    other = tmp_path / "other.log"
    append(other, lines(4, 4))
    followed.follower.start(other)
    status = followed.wait_for(lambda status: status.accepted == 1)
    assert status.path == other
    followed.follower.stop()
    followed.follower.stop()
    assert [one.name for one in threading.enumerate() if one.name == "log-follower"] == []


def test_the_backend_ends_its_follower(backend: Backend, tmp_path: Path) -> None:
    backend.log_follower.start(tmp_path / "not-there.log")
    backend.close()
    assert backend.log_follower.status.state is FollowState.OFF


class _ReplacedMeanwhile(LogLines):
    """A reader whose file is written to and replaced right after a look that found nothing new."""

    def __init__(self, path: Path, replace_it: Callable[[], None]) -> None:
        super().__init__(path)
        self._replace_it: Callable[[], None] | None = replace_it

    def _next_piece(self) -> bytes:
        piece = super()._next_piece()
        if not piece and self._replace_it is not None:
            self._replace_it()
            self._replace_it = None
        return piece


def test_what_is_written_just_before_a_file_is_replaced_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    append(path, "one\n")

    def replace_it() -> None:
        append(path, "two\nthree")
        path.rename(tmp_path / "old.log")
        append(path, "four\n")

    reader = _ReplacedMeanwhile(path, replace_it)
    found = [reader.read() for _ in range(5)]
    reader.close()
    assert found == [[b"one"], None, [b"two"], [b"three"], [b"four"]]


@pytest.mark.skipif(os.name != "posix", reason="counts open files as Linux lists them")
def test_no_file_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo")
    reader = LogLines(path)
    assert (reader.read(), reader.read()) == ([b"one"], None)
    path.unlink()
    assert reader.read() == [b"two"]
    assert not reader.there
    assert reader.read() is None
    held = {link.resolve() for link in Path("/proc/self/fd").iterdir()}
    assert not [one for one in held if one.name.startswith(path.name)]
