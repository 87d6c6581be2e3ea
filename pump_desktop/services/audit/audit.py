"""A stream held against its revealed server seed: every bet and every round gets its verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.audits import (
    AuditedBet,
    AuditedRound,
    AuditProgress,
    PayoutCheck,
    PayoutFault,
)
from pump_desktop.domain.errors import CancelledError, ConflictError
from pump_desktop.domain.game import EXACT_TOLERANCE
from pump_desktop.domain.live import Audit, Mismatch, Verdict
from pump_desktop.engine.kernels import Kernel, choose_kernel, is_warm, warm_up
from pump_desktop.services.audit.verdicts import SeedPair, judge, page_matches
from pump_desktop.store.live.audit_reads import UNKNOWN, BetsPage, Numbers, Reals, RoundsPage
from pump_desktop.store.live.streams import StreamsStore

# Named one by one; beyond this a casino rounds in another way and no bet stands out.
MAX_FAULTS = 1000
# Payouts are rounded to eight decimals; large ones come as floats with fewer certain digits.
RELATIVE = 1e-6
HALF_UNIT = 0.5e-8
# A payout rounded at exactly half a unit must not fail by the last bit of a float.
_SLACK = 1 + 1e-9


def due_payouts(amounts: Reals, targets: Reals, results: Reals) -> Reals:
    """Give what bets pay by their own figures."""
    return np.where(results >= targets - EXACT_TOLERANCE, amounts * targets, 0.0)


def paid(payouts: Reals, due: Reals) -> NDArray[np.bool_]:
    """Tell whether payouts are the due ones, rounding aside."""
    allowed = np.maximum(RELATIVE * due, HALF_UNIT) * _SLACK
    right: NDArray[np.bool_] = np.abs(payouts - due) <= allowed
    return right


class PayoutCount:
    """Payouts as they come: counted, and the first wrong ones kept by id."""

    def __init__(self) -> None:
        self._checked = 0
        self._wrong = 0
        self._without_target = 0
        self._faults: list[int] = []

    def take(self, page: BetsPage) -> None:
        """Check a page of bets."""
        told = page.targets != UNKNOWN
        due = due_payouts(page.amounts, page.targets, page.results)
        wrong = page.ids[told & ~paid(page.payouts, due)].tolist()
        self._checked += int(np.count_nonzero(told))
        self._without_target += int(np.count_nonzero(~told))
        self._wrong += len(wrong)
        self._faults += wrong[: MAX_FAULTS - len(self._faults)]

    def result(self, bets_by_id: Callable[[Sequence[int]], Sequence[AuditedBet]]) -> PayoutCheck:
        """Give the totals and the first faults, in the order they came."""
        faults = tuple(_fault(bet) for bet in bets_by_id(self._faults)) if self._faults else ()
        return PayoutCheck(self._checked, self._wrong, self._without_target, faults)


def _fault(bet: AuditedBet) -> PayoutFault:
    target = bet.round_target or 0.0
    due = due_payouts(*(np.array([one]) for one in (bet.amount, target, bet.round_result)))
    return PayoutFault(
        nonce=bet.nonce,
        antebot_bet_id=bet.antebot_bet_id,
        amount=bet.amount,
        currency=bet.currency,
        round_target=target,
        round_result=bet.round_result,
        payout=bet.payout,
        expected=float(due[0]),
    )


# Named one by one; beyond this something is wrong with the seeds and not with a bet.
MAX_MISMATCHES = 1000
# Making the kernel ready costs 0.6 s and more, in which the reference checks as many rounds.
WORTH_A_KERNEL = 20_000
# Twenty words a second are as many as a window shows.
LEAST_INTERVAL_S = 0.05

_Row = AuditedBet | AuditedRound


def audit_stream(
    store: StreamsStore,
    stream_id: UUID,
    *,
    tell: Callable[[AuditProgress], None] = lambda _progress: None,
    see: Callable[[BetsPage], None] = lambda _bets: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Audit:
    """Check a revealed stream page by page and store the verdicts; raises CancelledError between pages.

    A round counts once, with the bet that tells the same result; it counts for itself when no bet does.
    The first 1,000 mismatches are named, bets before rounds. ``see`` is handed every page of bets.
    """
    key = store.key_of(stream_id)
    server_seed = store.seed_of(key)
    if server_seed is None:
        raise not_revealed()
    seeds = SeedPair(server_seed, key.client_seed)
    row = store.stream(stream_id).row
    count = _Count(store, stream_id, cancelled)
    pace = _Pace(row.total_bets + row.total_rounds, tell)
    kernel = _kernel_for(row.total_rounds)
    pace.start()
    for bets in store.audited_bets(stream_id):
        count.take_bets(bets, page_matches(seeds, bets, kernel))
        see(bets)
        pace.went_on(len(bets))
    for rounds in store.audited_rounds(stream_id):
        count.take_rounds(rounds, page_matches(seeds, rounds, kernel))
        pace.went_on(len(rounds))
    return count.result(seeds, kernel)


def not_revealed() -> ConflictError:
    """Return the error of an audit before the reveal."""
    return ConflictError("The server seed of this stream is not revealed yet.")


class _Pace:
    """Tells how far an audit is, at most twenty times a second."""

    def __init__(self, total: int, tell: Callable[[AuditProgress], None]) -> None:
        self._total = total
        self._tell = tell
        self._done = 0
        self._started = self._told = 0.0
        tell(AuditProgress(0, total, None))

    def start(self) -> None:
        """Count time from here: compiling does not belong to it."""
        self._started = self._told = time.perf_counter()

    def went_on(self, rows: int) -> None:
        """Count rows, and tell of them unless the last word was too short ago."""
        self._done += rows
        # Bets may have landed since they were counted.
        self._total = max(self._total, self._done)
        now = time.perf_counter()
        if now - self._told < LEAST_INTERVAL_S and self._done < self._total:
            return
        self._told = now
        left = (self._total - self._done) * (now - self._started) / self._done
        self._tell(AuditProgress(self._done, self._total, left))


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
        self._bets: list[int] = []
        self._rounds: list[int] = []

    def take_bets(self, page: BetsPage, matches: NDArray[np.bool_]) -> None:
        """Count a page of bets."""
        self._store_page(_changed(page.ids, page.stored, matches), [])
        self._count(matches)
        self._bets += page.ids[~matches][: MAX_MISMATCHES - len(self._bets)].tolist()

    def take_rounds(self, page: RoundsPage, matches: NDArray[np.bool_]) -> None:
        """Count a page of rounds, apart from those a bet stands for."""
        self._store_page([], _changed(page.nonces, page.stored, matches))
        alone = ~page.by_bet
        self._count(matches[alone])
        left = MAX_MISMATCHES - len(self._bets) - len(self._rounds)
        self._rounds += page.nonces[alone & ~matches][:left].tolist()

    def result(self, seeds: SeedPair, kernel: Kernel) -> Audit:
        """Give the totals once the last page is on disk, and name the first mismatches."""
        self._wait()
        rows: list[_Row] = []
        if self._bets:
            rows += self._store.bets_by_id(self._stream_id, self._bets)
        if self._rounds:
            rows += self._store.rounds_by_nonce(self._stream_id, self._rounds)
        return Audit(self._checked, self._matches, name_mismatches(seeds, rows, kernel))

    def _count(self, matches: NDArray[np.bool_]) -> None:
        self._checked += len(matches)
        self._matches += int(np.count_nonzero(matches))

    def _store_page(self, bets: Sequence[tuple[int, Verdict]], rounds: Sequence[tuple[int, Verdict]]) -> None:
        if self._cancelled():
            # Who hears of the end reads what is stored: the page under way belongs to it.
            self._wait()
            raise CancelledError
        if not bets and not rounds:
            return
        # One page is written while the next is judged, and no more than one waits in memory.
        self._wait()
        self._stored = self._store.store_verdicts(self._stream_id, bets, rounds)

    def _wait(self) -> None:
        if self._stored is not None:
            self._stored.result()


def _changed(keys: Numbers, stored: Numbers, matches: NDArray[np.bool_]) -> list[tuple[int, Verdict]]:
    """Give the verdicts that are not stored yet, or otherwise."""
    return [
        (key, verdict)
        for verdict, rows in ((Verdict.MATCH, matches), (Verdict.MISMATCH, ~matches))
        for key in keys[rows & (stored != matches)].tolist()
    ]


def name_mismatches(seeds: SeedPair, rows: Sequence[_Row], kernel: Kernel) -> tuple[Mismatch, ...]:
    """Give each wrong row with what the seeds really give."""
    return tuple(
        Mismatch(
            row.nonce,
            row.antebot_bet_id if isinstance(row, AuditedBet) else None,
            row.difficulty,
            row.round_result,
            one.actual,
        )
        for row, one in zip(rows, judge(seeds, rows, kernel), strict=True)
    )
