from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pump_desktop.domain.errors import NotFoundError
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import Message
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import PRESETS, Pin, PinWish
from pump_desktop.services.backend import Backend, open_backend
from pump_desktop.services.live import board as stream_board
from pump_desktop.services.live.board import Board, advance, doubled_nonces, missing_ranges, open_board
from pump_desktop.system.paths import resolve_paths
from pump_desktop.system.settings import Settings
from tests.services.samples import bet, heartbeat, outcome, send

PINS = (Pin(1.0), Pin(1.63, Match.AT_LEAST), Pin(9.08), Pin(34.68, Match.AT_LEAST), Pin(5.55))
WISH = PinWish(PINS, PINS[2])


def told(board: Board) -> dict[str, Any]:
    """Give everything a board says as values that can be compared."""
    found = {each.name: getattr(board, each.name) for each in fields(board)}
    for name in ("window", "strip"):
        columns = found[name]
        found[name] = [np.asarray(getattr(columns, each.name)).tolist() for each in fields(columns)]
    for name in ("stakes", "returns"):
        # Sums of floats depend on where they were interrupted, in the last place.
        found[name] = [
            [pytest.approx(value, rel=1e-9) if isinstance(value, float) else value for value in astuple(one)]
            for one in found[name]
        ]
    return found


def whole(board: Board, backend: Backend) -> Board:
    """Give the board once all its bets are summed up."""
    while board.behind:
        board = advance(board, backend.live)
    return board


def message(nonce: int, kind: int) -> Message:
    """Give one of four messages of a nonce: bets at two difficulties, a doubled one, a heartbeat."""
    if kind == 0:
        return bet(nonce, payout=nonce % 3, roundTarget=2.8)
    if kind == 1:
        return heartbeat(nonce)
    if kind == 2:
        return bet(nonce, id=f"again-{nonce}", amount=2, currency="btc", payout=5)
    return bet(nonce, difficulty="hard", id=f"hard-{nonce}")


@pytest.fixture(scope="module")
def any_backend() -> Iterator[Backend]:
    with TemporaryDirectory(prefix="pump-board-") as folder:
        opened = open_backend(Settings(), resolve_paths(Path(folder)))
        yield opened
        opened.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.lists(
            st.tuples(st.integers(1, 60), st.sampled_from([0, 0, 0, 1, 1, 2, 3])), min_size=1, max_size=12
        ),
        min_size=2,
        max_size=6,
    ),
    window=st.sampled_from([2, 5, 500]),
)
def test_in_whatever_order_rounds_come_the_figures_equal_those_of_a_fresh_opening(
    any_backend: Backend, monkeypatch: pytest.MonkeyPatch, pieces: list[list[tuple[int, int]]], window: int
) -> None:
    monkeypatch.setattr(stream_board, "WINDOW", window)
    monkeypatch.setattr(stream_board, "PEAKS", 4)
    monkeypatch.setattr(stream_board, "STAKES_AT_ONCE", 5)
    live = any_backend.live
    board: Board | None = None
    stream_id = UUID(int=0)
    for piece in pieces:
        stream_id = send(live, [message(*one) for one in piece])[0].stream_id
        board = open_board(live, stream_id, WISH) if board is None else advance(board, live)
    assert board is not None
    fresh = open_board(live, stream_id, WISH)
    assert told(whole(board, any_backend)) == told(whole(fresh, any_backend))
    live.delete(stream_id).result(10)


def test_rounds_in_order_and_a_little_late_are_taken_in_without_reading_anew(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonces = [*range(1, 700), *range(760, 700, -1), 700]
    stream_id = send(backend.live, map(bet, nonces[:600]))[0].stream_id
    board = open_board(backend.live, stream_id, WISH)

    def read_anew(*_args: object) -> Board:
        pytest.fail("everything was read anew")

    with monkeypatch.context() as patch:
        patch.setattr(stream_board, "_opened", read_anew)
        for first in range(600, 760, 10):
            send(backend.live, map(bet, nonces[first : first + 10]))
            board = advance(board, backend.live)
    assert told(board) == told(open_board(backend.live, stream_id, WISH))


def test_a_round_that_comes_in_far_behind_is_found(backend: Backend) -> None:
    late = 17
    stream_id = send(backend.live, (bet(nonce) for nonce in range(1, 1201) if nonce != late))[0].stream_id
    board = open_board(backend.live, stream_id, WISH)
    assert board.covered.missing == 1
    send(backend.live, [heartbeat(late)])
    board = advance(board, backend.live)
    assert (board.covered.missing, board.detail.row.total_rounds) == (0, 1200)
    assert told(whole(board, backend)) == told(whole(open_board(backend.live, stream_id, WISH), backend))


def test_deleted_rounds_leave_every_figure_also_the_returns(backend: Backend) -> None:
    stream_id = send(backend.live, (bet(nonce, payout=nonce) for nonce in range(1, 801)))[0].stream_id
    board = whole(open_board(backend.live, stream_id, WISH), backend)
    gone = backend.storage.prune(backend.storage.pruning(200))
    assert gone.bets == 600
    # As many come as to hide in the number of bets what has gone.
    send(backend.live, (bet(nonce, payout=2) for nonce in range(801, 1501)))
    board = advance(board, backend.live)
    assert told(whole(board, backend)) == told(whole(open_board(backend.live, stream_id, WISH), backend))


def test_a_bookmark_that_outlives_old_rounds_leaves_the_reason_true(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 501)))[0].stream_id
    first = backend.live.tail(stream_id, 0, 1).bets[0]
    backend.live.add_bookmark(stream_id, first.id, "").result(10)
    backend.storage.prune(backend.storage.pruning(200))
    board = open_board(backend.live, stream_id, WISH)
    # They were sent: every word must fit both a script's threshold and a deletion.
    assert board.covered.reason == (
        "299 of the 500 rounds from nonce 1 to 500 are not stored; rates and streaks need every round."
    )
    assert {card.brief for card in board.cards} == {"its chance is off: rounds are missing"}
    assert {one.reading for one in board.returns} == {
        "Off: bets that are not stored may have come out otherwise."
    }


def test_figures_are_those_of_the_outcomes(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 2001)))[0].stream_id
    board = whole(open_board(backend.live, stream_id), backend)
    results = {nonce: outcome(nonce) for nonce in range(1, 2001)}
    assert board.pins == PRESETS[Difficulty.EXPERT]
    for card in board.cards:
        hits = [nonce for nonce, result in results.items() if result == card.pin.multiplier]
        assert card.count == len(hits)
        assert card.gaps == tuple(after - before for before, after in pairwise(hits))[-10:]
        assert card.streak == 2000 - (hits[-1] if hits else 0)
        assert card.reason is None
    expected = sorted(results.items(), key=lambda one: (-one[1], one[0]))[:20]
    assert [(peak.nonce, peak.result) for peak in board.peaks] == expected
    assert board.window.nonces.tolist() == list(range(1501, 2001))
    assert board.window.results.tolist() == [results[nonce] for nonce in range(1501, 2001)]
    assert (board.last_gap, board.mixed, board.difficulty) == (1, False, Difficulty.EXPERT)
    subject = board.subject
    assert subject == PRESETS[Difficulty.EXPERT][0]
    for place in range(len(board.strip)):
        first, last = board.strip.span(place)
        inside = [results[nonce] for nonce in range(first, min(last, 2000) + 1)]
        assert board.strip.rounds[place] == len(inside)
        assert board.strip.hits[place] == inside.count(34.68)


def test_a_stream_of_two_difficulties_says_that_a_streak_crosses_them(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(nonce) for nonce in range(1, 51)])[0].stream_id
    send(backend.live, [bet(nonce, difficulty="hard") for nonce in range(51, 61)])
    (card,) = open_board(backend.live, stream_id, PinWish((Pin(11200.65),))).cards
    assert (card.streak, card.streak_probability) == (60, None)
    assert card.reason == "10 rounds since the last hit played at another difficulty."
    board = open_board(backend.live, stream_id)
    assert (board.difficulty, board.mixed) == (Difficulty.EXPERT, True)


def test_heartbeats_without_a_difficulty_take_that_of_the_bets(backend: Backend) -> None:
    stream_id = send(backend.live, [bet(1), *map(heartbeat, range(2, 101))])[0].stream_id
    (card,) = open_board(backend.live, stream_id, PinWish((Pin(48536.13),))).cards
    # C(12, 10) / C(25, 10) less C(11, 10) / C(25, 10): popped at position 14 exactly.
    p = (66 - 11) / 3268760
    assert card.probability == pytest.approx(p)
    assert card.streak_probability == pytest.approx((1 - p) ** 100)


def test_the_strip_follows_the_pin_that_is_chosen(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 301)))[0].stream_id
    for pin in PINS:
        board = open_board(backend.live, stream_id, PinWish(PINS, pin))
        place = board.pins.index(pin)
        assert board.strip.hits.sum() == board.cards[place].count
    assert open_board(backend.live, stream_id, PinWish(PINS, Pin(99.0))).subject == PINS[0]
    assert len(open_board(backend.live, stream_id, PinWish(())).strip) == 0


def test_what_is_missing_and_doubled_is_listed_latest_first(backend: Backend) -> None:
    nonces = [5, 6, 7, 10, 11, 15]
    stream_id = send(backend.live, map(bet, nonces))[0].stream_id
    send(backend.live, [bet(nonce, id=f"{nonce}-{copy}") for nonce, copy in ((6, 1), (10, 1), (10, 2))])
    assert missing_ranges(backend.live, stream_id) == ((12, 14), (8, 9))
    assert doubled_nonces(backend.live, stream_id) == ((10, 3), (6, 2))


def test_a_deleted_stream_is_said_to_be_gone(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 11)))[0].stream_id
    board = open_board(backend.live, stream_id)
    backend.live.delete(stream_id).result(10)
    with pytest.raises(NotFoundError):
        advance(board, backend.live)
    with pytest.raises(NotFoundError):
        open_board(backend.live, stream_id)


def test_when_most_bets_are_at_another_difficulty_everything_is_read_anew(backend: Backend) -> None:
    stream_id = send(backend.live, map(bet, range(1, 6)))[0].stream_id
    rare = PinWish((Pin(48536.13), Pin(52067.40)))
    board = open_board(backend.live, stream_id, rare)
    assert board.difficulty is Difficulty.EXPERT
    send(backend.live, [bet(nonce, difficulty="hard") for nonce in range(6, 20)])
    board = advance(board, backend.live)
    assert board.difficulty is Difficulty.HARD
    assert board.cards[1].brief == "its chance is off: another difficulty"
    assert told(whole(board, backend)) == told(whole(open_board(backend.live, stream_id, rare), backend))
