"""The payout arithmetic of bets: won pays amount times target, lost pays nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pump_desktop.domain.audits import AuditedBet, PayoutCheck, PayoutFault
from pump_desktop.domain.game import EXACT_TOLERANCE
from pump_desktop.store.live.audit_reads import UNKNOWN, BetsPage, Reals

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
