"""Bookmarks with their bets, marks put back after a deletion, and snapshots held against now."""

from collections import Counter
from uuid import UUID, uuid4

import pytest

from pump_desktop.domain.errors import ConflictError, NotFoundError
from pump_desktop.domain.live import BetQuery, MomentFigures, Snapshot
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from pump_desktop.store.db.tables import TALLY_BUCKET
from tests.services.samples import SEED, bet, heartbeat, outcome, send


def ids(backend: Backend, stream_id: UUID) -> dict[int, int]:
    return {row.nonce: row.id for page in backend.live.iter_bets(stream_id) for row in page}


def expected(nonces: range, rounds: int, least: float = 0.0) -> MomentFigures:
    """Give the figures of bets at these nonces, counted the plain way."""
    counts = Counter(value for value in map(outcome, nonces) if value >= least)
    return MomentFigures(counts.total(), rounds, max(counts, default=None), counts)


def test_a_bookmark_tells_of_its_bet(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(n) for n in (9, 3, 5)])[0].stream_id
    where = ids(backend, stream_id)
    last = backend.live.add_bookmark(stream_id, where[9], "last").result(5)
    first = backend.live.add_bookmark(stream_id, where[3], "").result(5)
    reveal(backend.live, stream_id, SEED)
    found = backend.live.bookmarked_bets(stream_id)
    assert [(one.bookmark, one.nonce, one.round_result) for one in found] == [
        (first, 3, outcome(3)),
        (last, 9, outcome(9)),
    ]
    assert {one.verdict for one in found} == {"match"}
    with pytest.raises(NotFoundError):
        backend.live.bookmarked_bets(uuid4())


def test_a_deleted_bookmark_comes_back_as_it_was(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    (bet_id,) = ids(backend, stream_id).values()
    mark = backend.live.add_bookmark(stream_id, bet_id, "look").result(5)
    backend.live.delete_bookmark(stream_id, mark.id).result(5)
    backend.live.restore_bookmark(stream_id, mark).result(5)
    assert backend.live.bookmarks(stream_id) == (mark,)
    backend.live.delete_bookmark(stream_id, mark.id).result(5)
    newer = backend.live.add_bookmark(stream_id, bet_id, "newer").result(5)
    with pytest.raises(ConflictError, match="new bookmark"):
        backend.live.restore_bookmark(stream_id, mark).result(5)
    assert backend.live.bookmarks(stream_id) == (newer,)
    backend.live.delete(stream_id).result(5)
    with pytest.raises(NotFoundError):
        backend.live.restore_bookmark(stream_id, mark).result(5)


def test_a_deleted_snapshot_comes_back_as_it_was(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    snapshot = backend.live.add_snapshot(stream_id, "one", {"min_multiplier": 2.8}, None).result(5)
    backend.live.delete_snapshot(stream_id, snapshot.id).result(5)
    for _ in range(2):
        backend.live.restore_snapshot(stream_id, snapshot).result(5)
        assert backend.live.snapshots(stream_id) == (snapshot,)
    backend.live.delete(stream_id).result(5)
    with pytest.raises(NotFoundError):
        backend.live.restore_snapshot(stream_id, snapshot).result(5)


@pytest.mark.parametrize("before", [0, TALLY_BUCKET - 50])
def test_a_snapshot_is_held_against_now(backend: Backend, before: int) -> None:
    # Bets of another stream, so that ids of this one lie on both sides of a tally's edge.
    send(backend.live, [bet(n, clientSeed="another") for n in range(1, before + 1)])
    stream_id = send(backend.live, map(bet, range(1, 101)))[0].stream_id
    send(backend.live, [heartbeat(n) for n in range(301, 311)])
    plain = backend.live.add_snapshot(stream_id, "all", {}, None).result(5)
    high = backend.live.add_snapshot(stream_id, "high", {"min_multiplier": 4.95}, None).result(5)
    easy = backend.live.add_snapshot(stream_id, "easy", {"difficulty": "easy"}, None).result(5)
    send(backend.live, map(bet, range(101, 201)))
    send(backend.live, [heartbeat(n) for n in range(311, 321)])
    found = backend.live.compare_snapshot(stream_id, plain)
    assert (found.then, found.now) == (expected(range(1, 101), 110), expected(range(1, 201), 220))
    found = backend.live.compare_snapshot(stream_id, high)
    assert (found.then, found.now) == (expected(range(1, 101), 110, 4.95), expected(range(1, 201), 220, 4.95))
    found = backend.live.compare_snapshot(stream_id, easy)
    assert (found.then.bets, found.then.highest, found.now.bets) == (0, None, 0)


def test_a_checkpoint_may_lie_before_the_moment_it_was_made(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 51)))[0].stream_id
    send(backend.live, map(bet, range(51, 81)))
    checkpoint = ids(backend, stream_id)[50]
    snapshot = backend.live.add_snapshot(stream_id, "early", {}, checkpoint).result(5)
    assert backend.live.compare_snapshot(stream_id, snapshot).then == expected(range(1, 51), 50)
    page = backend.live.bets(stream_id, BetQuery(limit=1, up_to_id=checkpoint))
    assert page.total == 50


def test_a_snapshot_before_the_first_bet_is_empty(backend: Backend) -> None:
    stream_id = send(backend.live, [heartbeat(1), heartbeat(2)])[0].stream_id
    snapshot: Snapshot = backend.live.add_snapshot(stream_id, "empty", {}, None).result(5)
    send(backend.live, [bet(3)])
    found = backend.live.compare_snapshot(stream_id, snapshot)
    assert (found.then.bets, found.then.rounds, found.then.highest) == (0, 2, None)
    assert (found.now.bets, found.now.rounds) == (1, 3)
    with pytest.raises(NotFoundError):
        backend.live.compare_snapshot(uuid4(), snapshot)
