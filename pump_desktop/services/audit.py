"""A stream held against its revealed server seed: every bet and every round gets its verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.errors import CancelledError, ConflictError, FieldError
from pump_desktop.domain.live import Audit, BetRow, Mismatch, RoundRow, Verdict
from pump_desktop.domain.seeds import parse_seed, seed_sha256
from pump_desktop.engine.kernels import Kernel, choose_kernel, is_warm, warm_up
from pump_desktop.services.verdicts import Judged, SeedPair, judge
from pump_desktop.store.streams import StreamsStore
from pump_desktop.system.redaction import hide_seed

if TYPE_CHECKING:
    from pump_desktop.services.live import Live

# Named one by one; beyond this something is wrong with the seeds and not with a bet.
MAX_MISMATCHES = 1000
# Making the kernel ready costs 0.6 s and more, in which the reference checks as many rounds.
WORTH_A_KERNEL = 20_000


def reveal(live: Live, stream_id: UUID, server_seed: object) -> Audit:
    """Store the revealed seed of a stream and give what it says of every bet and round.

    Raises NotFoundError, and FieldError on ``server_seed`` when its SHA-256 is not the stream's hash.
    """
    key = live.key_of(stream_id)
    seed = parse_seed("server_seed", server_seed)
    if seed.lower() == key.server_seed_hashed:
        raise FieldError("server_seed", "server_seed is the hash itself; paste the revealed seed")
    if seed_sha256(seed) != key.server_seed_hashed:
        raise FieldError(
            "server_seed",
            "server_seed is not the seed of this stream: its SHA-256 is not the stream's server_seed_hashed",
        )
    hide_seed(seed)
    live.file_seed(stream_id, key, seed)
    return live.audit(stream_id)


def audit_stream(
    store: StreamsStore, stream_id: UUID, *, cancelled: Callable[[], bool] = lambda: False
) -> Audit:
    """Check a revealed stream page by page and store the verdicts; raises CancelledError between pages.

    A round counts once, with the bet that tells the same result; it counts for itself when no bet does.
    The first 1,000 mismatches are named, bets before rounds.
    """
    key = store.key_of(stream_id)
    server_seed = store.seed_of(key)
    if server_seed is None:
        raise ConflictError("The server seed of this stream is not revealed yet.")
    seeds = SeedPair(server_seed, key.client_seed)
    count = _Count(store, stream_id, cancelled)
    kernel = _kernel_for(store.stream(stream_id).row.total_rounds)
    for bets in store.iter_bets(stream_id):
        count.take_bets(bets, judge(seeds, bets, kernel))
    count.bets_are_in()
    for rounds in store.iter_rounds(stream_id):
        count.take_rounds(rounds, judge(seeds, rounds, kernel))
    return count.result()


def _kernel_for(rounds: int) -> Kernel:
    kernel = choose_kernel()
    if not is_warm(kernel):
        if rounds < WORTH_A_KERNEL:
            return Kernel.REFERENCE
        warm_up(kernel)
    return kernel


class _Count:
    """Verdicts as they come: stored page by page, added up, the first mismatches kept."""

    def __init__(self, store: StreamsStore, stream_id: UUID, cancelled: Callable[[], bool]) -> None:
        self._store = store
        self._stream_id = stream_id
        self._cancelled = cancelled
        self._stored: Future[None] | None = None
        self._checked = 0
        self._matches = 0
        self._mismatches: list[Mismatch] = []
        self._pages: list[NDArray[np.complex128]] = []
        self._told_by_bets: NDArray[np.complex128] = np.empty(0, np.complex128)

    def take_bets(self, bets: Sequence[BetRow], judged: Sequence[Judged]) -> None:
        """Count a page of bets."""
        self._store_page([(bet.id, one.verdict) for bet, one in zip(bets, judged, strict=True)], [])
        for bet, one in zip(bets, judged, strict=True):
            self._take(bet, one, bet.antebot_bet_id)
        self._pages.append(_told(bets))

    def bets_are_in(self) -> None:
        """Make what bets told ready to be looked up."""
        self._told_by_bets = np.unique(np.concatenate([*self._pages, self._told_by_bets]))
        self._pages.clear()

    def take_rounds(self, rounds: Sequence[RoundRow], judged: Sequence[Judged]) -> None:
        """Count a page of rounds, apart from those a bet stands for."""
        self._store_page([], [(row.nonce, one.verdict) for row, one in zip(rounds, judged, strict=True)])
        by_bets = _among(_told(rounds), self._told_by_bets)
        for row, one, with_bet in zip(rounds, judged, by_bets.tolist(), strict=True):
            if not with_bet:
                self._take(row, one, None)

    def result(self) -> Audit:
        """Give the totals once the last page is on disk."""
        self._wait()
        return Audit(self._checked, self._matches, tuple(self._mismatches))

    def _take(self, row: BetRow | RoundRow, one: Judged, bet_id: str | None) -> None:
        self._checked += 1
        if one.verdict is Verdict.MATCH:
            self._matches += 1
        elif len(self._mismatches) < MAX_MISMATCHES:
            reported = Mismatch(row.nonce, bet_id, row.difficulty, row.round_result, one.actual)
            self._mismatches.append(reported)

    def _store_page(self, bets: Sequence[tuple[int, Verdict]], rounds: Sequence[tuple[int, Verdict]]) -> None:
        if self._cancelled():
            raise CancelledError
        # One page is written while the next is judged, and no more than one waits in memory.
        self._wait()
        self._stored = self._store.store_verdicts(self._stream_id, bets, rounds)

    def _wait(self) -> None:
        if self._stored is not None:
            self._stored.result()


def _told(rows: Sequence[BetRow | RoundRow]) -> NDArray[np.complex128]:
    """Give (nonce, result) of each row as one sortable value of 16 bytes: a million bets are 16 MB.

    Both halves hold their number exactly; nonces end at 2^53 - 1.
    """
    return np.array([complex(row.nonce, row.round_result) for row in rows], np.complex128)


def _among(told: NDArray[np.complex128], ascending: NDArray[np.complex128]) -> NDArray[np.bool_]:
    """Tell of each value whether it is among the others; isin() would sort those again for every page."""
    if not len(ascending):
        return np.zeros(len(told), np.bool_)
    at = np.minimum(np.searchsorted(ascending, told), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[at] == told
    return found
