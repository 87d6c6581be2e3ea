"""Everything an open stream shows beside its bets, opened once and then advanced by what is new.

A round that was observed stays as it is. So the figures go on from where they were with the rounds behind
the last known nonce. Rounds may come late, too. Those that belong among the latest ones are found by reading
these again; when the stream's own count tells that another one came in further behind, or that old rounds
were deleted, everything is read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.live import StreamDetail
from pump_desktop.domain.targets_and_pins import Pin, PinWish
from pump_desktop.stats.returns import Return, Stakes, realised_return
from pump_desktop.stats.stream_board import (
    KEPT_HITS,
    Card,
    HitTail,
    RoundColumns,
    Strip,
    empty_strip,
    make_card,
    make_strip,
)
from pump_desktop.stats.streams import Coverage, coverage_of, stream_difficulty

if TYPE_CHECKING:
    from pump_desktop.services.live.live import Live
    from pump_desktop.store.live.board import BoardReader, RoundTuple, StakeTuple

# The latest rounds are read again each time, in 2 ms: the round tape's, and room for those that come late.
WINDOW = 500
PEAKS = 20
# With more news than this, reading everything anew is quicker.
WORTH_OPENING = 50_000
# Summing up the stakes of so many bets takes 20 ms; bets that land wait no longer than that.
STAKES_AT_ONCE = 10_000
MOST_RANGES = 1_000

_DIFFICULTIES = tuple(Difficulty)
_NUMBERS = {difficulty.value: number for number, difficulty in enumerate(_DIFFICULTIES)}


@dataclass(frozen=True, slots=True)
class Peak:
    """One of the rounds with the highest results."""

    nonce: int
    result: float
    difficulty: Difficulty | None
    safe_pumps: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of a stream at one moment.

    ``difficulty`` is the one of most bets, ``mixed`` says that there are others. ``window`` holds the latest
    rounds, ``subject`` is what the strip counts. While ``behind``, some bets are not in ``returns`` yet.
    """

    wish: PinWish
    detail: StreamDetail
    difficulty: Difficulty | None
    mixed: bool
    covered: Coverage
    pins: tuple[Pin, ...]
    tails: tuple[HitTail, ...]
    cards: tuple[Card, ...]
    window: RoundColumns
    peaks: tuple[Peak, ...]
    subject: Pin | None
    strip: Strip
    stakes: tuple[Stakes, ...]
    stakes_to: int
    behind: bool
    returns: tuple[Return, ...]

    @property
    def last_gap(self) -> int | None:
        """The distance between the two latest observed nonces."""
        return int(self.window.nonces[-1] - self.window.nonces[-2]) if len(self.window) > 1 else None


def open_board(
    live: Live, stream_id: UUID, wish: PinWish | None = None, before: Board | None = None
) -> Board:
    """Read the figures of a stream; raises NotFoundError.

    Bets never change, so the sums over them go on from an earlier board of the same stream, unless some of
    them have been deleted since.
    """
    with live.board(stream_id) as reader:
        detail = reader.detail()
        difficulty, mixed = stream_difficulty(detail, reader.rounds_by_difficulty())
        return _opened(reader, wish or PinWish(), detail, (difficulty, mixed), before)


def advance(board: Board, live: Live) -> Board:
    """Give the board with what is new in its stream; raises NotFoundError."""
    with live.board(board.detail.row.id) as reader:
        detail = reader.detail()
        kinds = stream_difficulty(detail, reader.rounds_by_difficulty())
        known = board.detail.row.total_rounds
        if kinds[0] is not board.difficulty or detail.row.total_rounds - known > WORTH_OPENING:
            return _opened(reader, board.wish, detail, kinds, board)
        everything = len(board.window) == known
        seen = _columns(reader.rounds_from(0 if everything else int(board.window.nonces[0])))
        fresh = seen.take(~np.isin(seen.nonces, board.window.nonces))
        if known + len(fresh) != detail.row.total_rounds:
            # One came in behind the latest rounds, where nobody has looked again, or old ones were deleted.
            return _opened(reader, board.wish, detail, kinds, board)
        number = _number(board.difficulty)
        tails = tuple(
            tail.with_rounds(pin, fresh, seen, number)
            for pin, tail in zip(board.pins, board.tails, strict=True)
        )
        strip = board.strip
        if board.subject is not None:
            strip = strip.with_rounds(fresh.nonces, fresh.nonces[fresh.matching(board.subject)])
        return _board(
            reader, board.wish, detail, kinds, board.pins, tails,
            window=seen.take(slice(-WINDOW, None)),
            peaks=_highest([*board.peaks, *_peaks(fresh)]),
            subject=board.subject,
            strip=strip,
            before=board,
        )  # fmt: skip


def missing_ranges(live: Live, stream_id: UUID) -> tuple[tuple[int, int], ...]:
    """Give the ranges of nonces that were not observed, the latest first; raises NotFoundError."""
    with live.board(stream_id) as reader:
        nonces = reader.nonces()
    places = np.flatnonzero(np.diff(nonces) > 1)[::-1][:MOST_RANGES]
    starts, ends = nonces[places] + 1, nonces[places + 1] - 1
    return tuple(zip(starts.tolist(), ends.tolist(), strict=True))


def doubled_nonces(live: Live, stream_id: UUID) -> tuple[tuple[int, int], ...]:
    """Give nonces with more than one bet, and how many they have, the latest first; raises NotFoundError."""
    with live.board(stream_id) as reader:
        return tuple(reader.doubled_nonces())


def _opened(
    reader: BoardReader,
    wish: PinWish,
    detail: StreamDetail,
    kinds: tuple[Difficulty | None, bool],
    before: Board | None,
) -> Board:
    difficulty = kinds[0]
    pins = wish.pins
    if pins is None:
        pins = () if difficulty is None else wish.presets.get(difficulty, ())
    subject = wish.subject if wish.subject in pins else next(iter(pins), None)
    if before is not None and reader.bets_up_to(before.stakes_to) != sum(one.bets for one in before.stakes):
        before = None
    return _board(
        reader, wish, detail, kinds, pins, tuple(_tail(reader, pin, difficulty) for pin in pins),
        window=_columns(reader.last_rounds(WINDOW)),
        peaks=_highest(_peaks(_columns(reader.peaks(PEAKS)))),
        subject=subject,
        strip=_strip(reader, detail, subject),
        before=before,
    )  # fmt: skip


def _board(
    reader: BoardReader,
    wish: PinWish,
    detail: StreamDetail,
    kinds: tuple[Difficulty | None, bool],
    pins: tuple[Pin, ...],
    tails: tuple[HitTail, ...],
    *,
    window: RoundColumns,
    peaks: tuple[Peak, ...],
    subject: Pin | None,
    strip: Strip,
    before: Board | None,
) -> Board:
    difficulty, mixed = kinds
    covered = coverage_of(
        detail.first_nonce,
        detail.row.last_nonce,
        detail.row.total_rounds,
        detail.heartbeats,
        detail.lowest_multiplier,
    )
    stakes, stakes_to = ((), 0) if before is None else (before.stakes, before.stakes_to)
    sums, last = reader.stakes(stakes_to, STAKES_AT_ONCE)
    stakes = _together(stakes, sums)
    return Board(
        wish=wish,
        detail=detail,
        difficulty=difficulty,
        mixed=mixed,
        covered=covered,
        pins=pins,
        tails=tails,
        cards=tuple(
            make_card(pin, tail, covered, None if difficulty is None else pin.probability(difficulty))
            for pin, tail in zip(pins, tails, strict=True)
        ),
        window=window,
        peaks=peaks,
        subject=subject,
        strip=strip,
        stakes=stakes,
        stakes_to=stakes_to if last is None else last,
        behind=sum(one.bets for one in stakes) < detail.row.total_bets,
        returns=tuple(realised_return(one, truncated=covered.truncated) for one in stakes),
    )


def _tail(reader: BoardReader, pin: Pin, difficulty: Difficulty | None) -> HitTail:
    count = reader.hit_count(pin.least, pin.most)
    hits = reader.last_hits(pin.least, pin.most, count, KEPT_HITS) if count else []
    behind = reader.rounds_behind(hits[-1] if hits else 0)
    others = sum(rounds for name, rounds in behind.items() if name and name != difficulty)
    return HitTail(count, tuple(hits), sum(behind.values()), others)


def _strip(reader: BoardReader, detail: StreamDetail, subject: Pin | None) -> Strip:
    first, last = detail.first_nonce, detail.row.last_nonce
    if subject is None or first is None or last is None:
        return empty_strip()
    nonces = reader.nonces() if detail.missing_nonces else None
    return make_strip(first, last, reader.hit_nonces(subject.least, subject.most), nonces)


def _number(difficulty: Difficulty | None) -> int:
    return -1 if difficulty is None else _DIFFICULTIES.index(difficulty)


def _columns(rows: Sequence[RoundTuple]) -> RoundColumns:
    nonces, results, difficulties, pumps = zip(*rows, strict=True) if rows else ((), (), (), ())
    return RoundColumns(
        np.array(nonces, np.int64),
        np.array(results, np.float64),
        np.array([_NUMBERS.get(name or "", -1) for name in difficulties], np.int8),
        np.array([-1 if k is None else k for k in pumps], np.int8),
    )


def _peaks(rounds: RoundColumns) -> list[Peak]:
    """Give the highest of some rounds."""
    if len(rounds) > PEAKS:
        # All that are as high as the last of them: which of these stay is a matter of their nonces.
        rounds = rounds.take(rounds.results >= np.partition(rounds.results, -PEAKS)[-PEAKS])
        order = np.lexsort((rounds.nonces, -rounds.results))[:PEAKS]
        rounds = RoundColumns(
            rounds.nonces[order], rounds.results[order], rounds.difficulties[order], rounds.safe_pumps[order]
        )
    columns = (rounds.nonces, rounds.results, rounds.difficulties, rounds.safe_pumps)
    return [
        Peak(nonce, result, _DIFFICULTIES[number] if number >= 0 else None, k if k >= 0 else None)
        for nonce, result, number, k in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _highest(peaks: Sequence[Peak]) -> tuple[Peak, ...]:
    return tuple(sorted(peaks, key=lambda peak: (-peak.result, peak.nonce))[:PEAKS])


def _together(stakes: tuple[Stakes, ...], sums: Sequence[StakeTuple]) -> tuple[Stakes, ...]:
    found = {one.currency: one for one in stakes}
    for row in sums:
        more = Stakes(*row)
        known = found.get(more.currency)
        found[more.currency] = more if known is None else known.with_more(more)
    # The currency of most bets comes first.
    return tuple(sorted(found.values(), key=lambda one: (-one.bets, one.currency)))
