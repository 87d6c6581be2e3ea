from uuid import uuid4

import pytest

from pump_desktop.domain.errors import FieldError, NotFoundError
from pump_desktop.domain.live import BetOrder, BetQuery, Event, StreamChanged
from pump_desktop.services.backend import Backend
from pump_desktop.services.live.inputs import snapshot_query
from tests.services.samples import bet, outcome, send


def test_a_snapshot_shows_a_stream_as_of_a_bet_under_its_filter(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 101)))[0].stream_id
    wanted = {"min_multiplier": 4.95, "order": "nonce_desc", "colour": "red"}
    snapshot = backend.live.add_snapshot(stream_id, " a  name ", wanted, None).result(5)
    send(backend.live, map(bet, range(101, 201)))
    assert backend.live.snapshots(stream_id) == (snapshot,)
    assert (snapshot.name, snapshot.filter) == ("a name", wanted)
    page = backend.live.bets(stream_id, snapshot_query(snapshot))
    expected = [nonce for nonce in range(100, 0, -1) if outcome(nonce) >= 4.95]
    assert [row.nonce for row in page.items] == expected
    assert backend.live.rename_snapshot(stream_id, snapshot.id, "other").result(5).name == "other"
    backend.live.delete_snapshot(stream_id, snapshot.id).result(5)
    assert backend.live.snapshots(stream_id) == ()


def test_every_change_of_a_mark_is_told(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    (row,) = backend.live.bets(stream_id, BetQuery()).items
    told: list[Event] = []
    backend.hub.subscribe(told.append)
    snapshot = backend.live.add_snapshot(stream_id, "name", {}, None).result(5)
    backend.live.rename_snapshot(stream_id, snapshot.id, "other").result(5)
    backend.live.delete_snapshot(stream_id, snapshot.id).result(5)
    backend.live.restore_snapshot(stream_id, snapshot).result(5)
    assert told == [StreamChanged(stream_id)] * 4
    mark = backend.live.add_bookmark(stream_id, row.id, "").result(5)
    backend.live.set_bookmark_note(stream_id, mark.id, "look").result(5)
    backend.live.delete_bookmark(stream_id, mark.id).result(5)
    backend.live.restore_bookmark(stream_id, mark).result(5)
    assert told == [StreamChanged(stream_id)] * 8
    with pytest.raises(NotFoundError):
        backend.live.delete_snapshot(stream_id, uuid4()).result(5)
    assert len(told) == 8


@pytest.mark.parametrize(
    "wanted",
    [
        [],
        "x",
        {"min_multiplier": -1},
        {"min_multiplier": True},
        {"min_multiplier": float("nan")},
        {"difficulty": "insane"},
        {"order": "up"},
        {"include_distance": 1},
        {"x": float("inf")},
        {"x": "\ud800"},
        {"x": "x" * 9000},
        {5: 5},
    ],
    ids=repr,
)
def test_a_wrong_filter_is_refused(backend: Backend, wanted: object) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    with pytest.raises(FieldError, match=r"^filter") as caught:
        backend.live.add_snapshot(stream_id, "name", wanted, None)
    assert caught.value.field == "filter"


def test_bookmarks_belong_to_their_stream(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    (row,) = backend.live.bets(stream_id, BetQuery(order=BetOrder.ID_DESC)).items
    mark = backend.live.add_bookmark(stream_id, row.id, "look").result(5)
    assert backend.live.bookmarks(stream_id) == (mark,)
    assert backend.live.set_bookmark_note(stream_id, mark.id, None).result(5).note == ""
    with pytest.raises(FieldError, match=r"^note must be at most 1000 characters"):
        backend.live.add_bookmark(stream_id, row.id, "x" * 1001)
    with pytest.raises(NotFoundError):
        backend.live.delete_bookmark(uuid4(), mark.id).result(5)
    backend.live.delete_bookmark(stream_id, mark.id).result(5)
    assert backend.live.bookmarks(stream_id) == ()
