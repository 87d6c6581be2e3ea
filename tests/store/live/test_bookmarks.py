from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from pump_desktop.domain.errors import ConflictError, NotFoundError
from pump_desktop.domain.live import StreamKey
from pump_desktop.store.live.streams import StreamsStore
from tests.store.live_samples import make_bet, make_heartbeat, stream_id, take_in
from tests.store.samples import NOON

NOBODY = UUID(int=7)


@pytest.fixture
def stream(streams: StreamsStore) -> UUID:
    return stream_id(take_in(streams, *(make_bet(number) for number in range(1, 5))))


@pytest.fixture
def other(streams: StreamsStore) -> UUID:
    return stream_id(take_in(streams, make_bet(1, stream=StreamKey("b" * 64, "another"))))


def test_bookmarks_come_and_go(streams: StreamsStore, stream: UUID) -> None:
    first, second = [bet.id for bet in streams.tail(stream, 0, 2).bets]
    late = streams.marks.add_bookmark(stream, first, "late", NOON + timedelta(minutes=1)).result(10)
    early = streams.marks.add_bookmark(stream, second, "early", NOON).result(10)
    assert (late.bet_id, late.note, late.created_at) == (first, "late", NOON + timedelta(minutes=1))
    assert streams.marks.bookmarks(stream) == (early, late)
    changed = streams.marks.set_bookmark_note(stream, late.id, "").result(10)
    assert (changed.id, changed.note) == (late.id, "")
    streams.marks.delete_bookmark(stream, early.id).result(10)
    assert streams.marks.bookmarks(stream) == (changed,)


def test_a_bet_has_one_bookmark(streams: StreamsStore, stream: UUID) -> None:
    bet = streams.tail(stream, 0, 1).bets[0]
    kept = streams.marks.add_bookmark(stream, bet.id, "first", NOON).result(10)
    with pytest.raises(ConflictError, match="has a bookmark already"):
        streams.marks.add_bookmark(stream, bet.id, "second", NOON).result(10)
    assert streams.marks.bookmarks(stream) == (kept,)


def test_bookmarks_of_another_stream_are_not_there(streams: StreamsStore, stream: UUID, other: UUID) -> None:
    bet = streams.tail(stream, 0, 1).bets[0]
    with pytest.raises(NotFoundError, match="Bet with ID"):
        streams.marks.add_bookmark(other, bet.id, "x", NOON).result(10)
    kept = streams.marks.add_bookmark(stream, bet.id, "mine", NOON).result(10)
    for work in (
        lambda: streams.marks.set_bookmark_note(other, kept.id, "x"),
        lambda: streams.marks.delete_bookmark(other, kept.id),
        lambda: streams.marks.set_bookmark_note(stream, NOBODY, "x"),
    ):
        with pytest.raises(NotFoundError, match="Bookmark with ID"):
            work().result(10)
    assert streams.marks.bookmarks(other) == ()
    assert streams.marks.bookmarks(stream) == (kept,)


def test_a_snapshot_keeps_filter_and_last_bet(streams: StreamsStore, stream: UUID) -> None:
    ids = [bet.id for bet in streams.tail(stream, 0, 9).bets]
    wanted: dict[str, object] = {"min_multiplier": 2.8, "difficulty": "expert", "order": "nonce_desc"}
    here = streams.marks.add_snapshot(stream, "here", wanted, None, NOON).result(10)
    there = streams.marks.add_snapshot(stream, "there", {}, ids[1], NOON + timedelta(minutes=1)).result(10)
    assert (here.name, here.filter, here.last_bet_id) == ("here", wanted, ids[-1])
    assert there.last_bet_id == ids[1]
    assert streams.marks.snapshots(stream) == (here, there)
    renamed = streams.marks.rename_snapshot(stream, here.id, "gone").result(10)
    assert (renamed.name, renamed.filter) == ("gone", wanted)
    streams.marks.delete_snapshot(stream, there.id).result(10)
    assert streams.marks.snapshots(stream) == (renamed,)


def test_a_snapshot_before_the_first_bet_holds_none(streams: StreamsStore) -> None:
    stream = stream_id(take_in(streams, make_heartbeat(1)))
    assert streams.marks.add_snapshot(stream, "empty", {}, None, NOON).result(10).last_bet_id == 0


def test_snapshots_of_another_stream_are_not_there(streams: StreamsStore, stream: UUID, other: UUID) -> None:
    last = streams.tail(stream, 0, 9).last_id
    kept = streams.marks.add_snapshot(stream, "mine", {}, None, NOON).result(10)
    with pytest.raises(NotFoundError, match="Bet with ID"):
        streams.marks.add_snapshot(other, "x", {}, last, NOON).result(10)
    for work in (
        lambda: streams.marks.rename_snapshot(other, kept.id, "x"),
        lambda: streams.marks.delete_snapshot(other, kept.id),
        lambda: streams.marks.delete_snapshot(stream, NOBODY),
    ):
        with pytest.raises(NotFoundError, match="Snapshot with ID"):
            work().result(10)
    assert streams.marks.snapshots(other) == ()
    assert streams.marks.snapshots(stream) == (kept,)


def test_an_unknown_stream_has_neither(streams: StreamsStore) -> None:
    for work in (
        lambda: streams.marks.bookmarks(NOBODY),
        lambda: streams.marks.snapshots(NOBODY),
        lambda: streams.marks.add_bookmark(NOBODY, 1, "x", NOON).result(10),
        lambda: streams.marks.add_snapshot(NOBODY, "x", {}, None, NOON).result(10),
        lambda: streams.marks.delete_bookmark(NOBODY, NOBODY).result(10),
    ):
        with pytest.raises(NotFoundError, match=f"^Stream with ID {NOBODY} not found$"):
            work()
