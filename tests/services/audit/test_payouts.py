from collections.abc import Sequence
from decimal import Decimal
from math import nextafter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pump_desktop.domain.audits import AuditedBet, PayoutCheck
from pump_desktop.domain.live import Bet
from pump_desktop.services.audit import audit as payout_check
from pump_desktop.services.audit.audit import PayoutCount
from pump_desktop.store.live.audit_reads import UNKNOWN, BetsPage
from tests.store.live_samples import make_bet


def page(bets: Sequence[Bet]) -> BetsPage:
    """Give bets as an audit reads them, each under its nonce as id."""
    whole = np.array([bet.nonce for bet in bets])
    none = np.full(len(bets), UNKNOWN)
    targets = [UNKNOWN if bet.round_target is None else bet.round_target for bet in bets]
    return BetsPage(
        nonces=whole,
        difficulties=none,
        safe_pumps=none,
        results=np.array([bet.round_result for bet in bets]),
        stored=none,
        ids=whole,
        amounts=np.array([bet.amount for bet in bets]),
        payouts=np.array([bet.payout for bet in bets]),
        targets=np.array(targets, np.float64),
    )


def check(*pages: Sequence[Bet]) -> PayoutCheck:
    """Check pages of bets."""
    count = PayoutCount()
    for bets in pages:
        count.take(page(bets))
    by_id = {bet.nonce: bet for bets in pages for bet in bets}

    def read(ids: Sequence[int]) -> list[AuditedBet]:
        return [_read(by_id[one]) for one in ids]

    return count.result(read)


def _read(bet: Bet) -> AuditedBet:
    shared = {name: getattr(bet, name) for name in AuditedBet._fields if name in Bet._fields}
    return AuditedBet(id=bet.nonce, verdict=None, **shared)


def verdict(**changes: Any) -> tuple[int, int, int]:
    """Check one bet and give how many were checked, wrong and without a target."""
    found = check([make_bet(1, **changes)])
    return found.checked, found.wrong, found.without_target


@pytest.mark.parametrize(
    ("amount", "target", "result", "payout", "right"),
    [
        (0.5, 1.63, 1.63, 0.815, True),  # won at exactly the target
        (0.5, 1.63, 2.8, 0.815, True),  # a higher result pays the target all the same
        (0.5, 1.63, 2.8, 1.4, False),  # and not itself
        (0.5, 2.8, 1.63, 0.0, True),  # lost
        (0.5, 2.8, 1.63, 0.5, False),  # lost, and the amount given back
        (0.5, 1.63, 1.63, 0.0, False),  # won, and not paid
        (0.0, 1.63, 2.8, 0.0, True),  # a bet of nothing
        (0.00000001, 1.63, 1.63, 0.00000002, True),  # rounded to eight decimals
        (0.00000001, 1.63, 1.63, 0.00000001, False),
        (1e9, 2.8, 2.8, 2.8e9 + 2_000, True),  # within a millionth
        (1e9, 2.8, 2.8, 2.8e9 + 4_000, False),
        (0.5, 2.8, nextafter(2.8, 0), 1.4, True),  # the last bit of a float decides nothing
    ],
)
def test_won_pays_amount_times_target_and_lost_pays_nothing(
    amount: float, target: float, result: float, payout: float, right: bool
) -> None:
    said = verdict(amount=amount, round_target=target, round_result=result, payout=payout)
    assert said == (1, 0 if right else 1, 0)


@given(
    st.decimals("0.00000001", "1000", places=8),
    st.sampled_from(["1.02", "1.63", "2.80", "9.08", "34.68", "3203384.80"]),
    st.sampled_from(["ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_HALF_DOWN"]),
)
def test_a_payout_rounded_to_eight_decimals_is_never_wrong(
    amount: Decimal, target: str, rounding: str
) -> None:
    paid = (amount * Decimal(target)).quantize(Decimal("1e-8"), rounding)
    wanted = float(target)
    changes = {"amount": float(amount), "round_target": wanted, "round_result": wanted, "payout": float(paid)}
    assert verdict(**changes) == (1, 0, 0)


@given(st.decimals("0.00000001", "0.001", places=8), st.integers(1, 1000))
def test_a_small_payout_that_is_off_by_a_unit_is_wrong(amount: Decimal, units: int) -> None:
    paid = amount * Decimal("1.63") + units * Decimal("1.01e-8")
    changes = {"amount": float(amount), "round_target": 1.63, "round_result": 1.63, "payout": float(paid)}
    assert verdict(**changes) == (1, 1, 0)


def test_without_a_target_nothing_can_be_said() -> None:
    assert verdict(round_target=None, payout=123.0) == (0, 0, 1)


def test_each_fault_is_named_with_its_figures() -> None:
    (fault,) = check([make_bet(7, payout=1.0), make_bet(8, payout=0.815)]).faults
    assert (fault.nonce, fault.antebot_bet_id, fault.currency) == (7, "bet-7", "usdt")
    assert (fault.amount, fault.round_target, fault.round_result) == (0.5, 1.63, 1.63)
    assert fault.payout == 1.0
    assert fault.expected == pytest.approx(0.815)


def test_all_are_counted_and_the_first_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payout_check, "MAX_FAULTS", 3)
    wrong = [[make_bet(n, payout=9.0) for n in range(first, first + 10)] for first in (1, 11)]
    found = check(*wrong, [make_bet(50, payout=0.815), make_bet(51, round_target=None)])
    assert (found.checked, found.wrong, found.without_target) == (21, 20, 1)
    assert [fault.nonce for fault in found.faults] == [1, 2, 3]


def test_no_bets_are_no_faults() -> None:
    assert check() == PayoutCheck(0, 0, 0, ())
