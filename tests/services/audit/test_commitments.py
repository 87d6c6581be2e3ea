from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from pump_desktop.domain.audits import Commitment, RevealedBy, StreamMoments
from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.live import Message
from pump_desktop.domain.seeds import seed_sha256
from pump_desktop.services.audit.commitments import commitment_chain, commitment_of, in_order
from pump_desktop.services.audit.reveal import reveal
from pump_desktop.services.backend import Backend
from tests.services.samples import SEED, bet, heartbeat, send, simulated

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


# Its hash is seen with the first bet at noon; the last comes ten minutes later.
OPEN = StreamMoments(
    stream_id=UUID(int=1),
    server_seed_hashed="a" * 64,
    seen_at=NOON,
    first_nonce=1,
    last_nonce=100,
    bets=100,
    first_received_at=NOON,
    last_received_at=at(10),
    first_made_at=None,
    last_made_at=None,
    revealed_at=None,
    revealed_by=None,
)


def revealed(minutes: float, by: RevealedBy = RevealedBy.PASTE, **changes: Any) -> Commitment:
    return commitment_of(replace(OPEN, revealed_at=at(minutes), revealed_by=by, **changes))


def test_a_seed_revealed_after_the_last_bet_was_fixed_before_them() -> None:
    found = revealed(11)
    assert found.kept is True
    assert "revealed after the last" in found.reading
    assert "every bet but the first" in found.reading


def test_a_simulation_proves_nothing_about_commitment() -> None:
    found = revealed(0, RevealedBy.SIMULATION)
    assert found.kept is False
    assert "a simulation proves nothing about commitment" in found.reading


def test_a_seed_revealed_before_the_first_bet_commits_to_nothing() -> None:
    found = revealed(-1, first_received_at=at(1), seen_at=at(-5))
    assert found.kept is False
    assert "revealed before the first bet" in found.reading


def test_bets_after_the_reveal_are_not_proved() -> None:
    found = revealed(5)
    assert found.kept is False
    assert "those before the reveal only" in found.reading


def test_a_bet_that_came_late_but_was_made_in_time_is_proved() -> None:
    assert revealed(5, last_made_at=at(4)).kept is True


def test_imported_bets_are_older_than_the_hash_here() -> None:
    found = revealed(60, first_made_at=at(-60), last_made_at=at(-1))
    assert found.kept is False
    assert "whether the hash came before them cannot be told from here" in found.reading


def test_one_bet_comes_together_with_its_hash() -> None:
    assert revealed(60, last_received_at=NOON).kept is False


def test_before_the_reveal_nothing_is_known() -> None:
    assert commitment_of(OPEN).kept is None
    assert commitment_of(replace(OPEN, first_received_at=None, last_received_at=None)).kept is None


def test_a_chain_stands_in_the_order_of_first_bets() -> None:
    late = replace(OPEN, stream_id=UUID(int=2), seen_at=at(100), first_received_at=at(100))
    # Imported last, played first.
    imported = replace(late, stream_id=UUID(int=3), first_made_at=at(-500))
    chain = in_order([late, OPEN, imported])
    assert [one.moments.stream_id.int for one in chain] == [3, 1, 2]


def named(messages: list[Message], seed: str) -> list[Message]:
    return [
        one._replace(stream=one.stream._replace(server_seed_hashed=seed_sha256(seed))) for one in messages
    ]


def moments(backend: Backend, stream_id: UUID) -> StreamMoments:
    (found,) = [
        one.moments for one in commitment_chain(backend.live, stream_id) if one.moments.stream_id == stream_id
    ]
    return found


def test_streams_of_one_client_seed_are_one_chain(backend: Backend) -> None:
    first = send(backend.live, [bet(1)])[0].stream_id
    second = send(backend.live, named([bet(5)], "the next seed"))[0].stream_id
    other = send(backend.live, [bet(9, clientSeed="somebody else")])[0].stream_id
    assert [one.moments.stream_id for one in commitment_chain(backend.live, second)] == [first, second]
    assert [one.moments.stream_id for one in commitment_chain(backend.live, other)] == [other]
    backend.live.delete(first).result(10)
    assert [one.moments.stream_id for one in commitment_chain(backend.live, second)] == [second]
    with pytest.raises(NotFoundError):
        commitment_chain(backend.live, uuid4())


def test_the_moments_are_those_of_the_stream(backend: Backend) -> None:
    made = "2026-05-09T07:00:00Z"
    send(backend.live, [bet(3, dateTime=made)])
    stream_id = send(backend.live, [bet(1), bet(2, dateTime=made)])[0].stream_id
    detail = backend.live.stream(stream_id)
    found = moments(backend, stream_id)
    assert (found.seen_at, found.first_nonce, found.last_nonce, found.bets) == (
        detail.row.created_at,
        1,
        3,
        3,
    )
    by_nonce = {row.nonce: row for page in backend.live.iter_bets(stream_id) for row in page}
    assert (found.first_received_at, found.first_made_at) == (by_nonce[1].received_at, None)
    assert (found.last_received_at, found.last_made_at) == (by_nonce[3].received_at, by_nonce[3].date_time)
    assert (found.revealed_at, found.revealed_by) == (None, None)


def test_a_pasted_seed_is_told_from_one_that_a_bet_brought(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1)])[0].stream_id
    send(backend.live, [bet(n) for n in range(2, 40)])
    reveal(backend.live, stream_id, SEED)
    found = moments(backend, stream_id)
    assert found.revealed_by is RevealedBy.PASTE
    assert found.revealed_at == backend.live.stream(stream_id).revealed_at


@pytest.mark.parametrize("before", [0, 1, 2, 7, 40])
@pytest.mark.parametrize("after", [0, 3])
def test_a_bet_of_a_simulation_is_found_among_the_others(backend: Backend, before: int, after: int) -> None:
    for nonce in range(1, before + 1):
        send(backend.live, [bet(nonce)])
    stream_id = send(backend.live, [simulated(100)])[0].stream_id
    for nonce in range(200, 200 + after):
        send(backend.live, [bet(nonce)])
    assert moments(backend, stream_id).revealed_by is RevealedBy.SIMULATION


def test_rounds_alone_are_no_bets(backend: Backend) -> None:
    stream_id = send(backend.live, [heartbeat(5)])[0].stream_id
    (one,) = commitment_chain(backend.live, stream_id)
    assert (one.moments.bets, one.moments.last_received_at, one.kept) == (0, None, None)
    reveal(backend.live, stream_id, SEED)
    (one,) = commitment_chain(backend.live, stream_id)
    assert (one.kept, one.reading) == (False, "No bet has come under this hash.")
