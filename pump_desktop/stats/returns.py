"""What a stream's bets came back to: paid over wagered, with an interval that is honest for few wins."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

from scipy.special import gammaincinv, ndtri

CONFIDENCE = 0.95
EXPECTED_RETURN = 0.98
# From so many wins on, and so many losses, the mean of the bets is close to normal.
WORTH_A_NORMAL = 30


@dataclass(frozen=True, slots=True)
class Stakes:
    """Sums over bets in one currency.

    ``products`` sums amount times payout; ``largest`` is the highest payout any bet could have had (amount
    times target), ``untold`` how many losing bets do not say their target.
    """

    currency: str
    bets: int
    wins: int
    wagered: float
    paid: float
    wagered_squares: float
    products: float
    paid_squares: float
    largest: float
    untold: int

    def with_more(self, more: Stakes) -> Stakes:
        """Give the sums over both."""
        return Stakes(
            self.currency,
            self.bets + more.bets,
            self.wins + more.wins,
            self.wagered + more.wagered,
            self.paid + more.paid,
            self.wagered_squares + more.wagered_squares,
            self.products + more.products,
            self.paid_squares + more.paid_squares,
            max(self.largest, more.largest),
            self.untold + more.untold,
        )


@dataclass(frozen=True, slots=True)
class Return:
    """Paid over wagered in one currency, with its 95 % interval; ``reading`` says how far to trust it.

    Without a stake there is no share, and without a bound no interval.
    """

    currency: str
    bets: int
    wagered: float
    paid: float
    share: float | None
    low: float | None
    high: float | None
    reading: str


def realised_return(stakes: Stakes, *, truncated: bool = False) -> Return:
    """Give the realised return of some bets; a truncated stream may lack those that lost.

    With many wins and losses it is the ratio estimate: share r = paid / wagered, whose error follows from
    the squares of payout - r * amount (the delta method), and a normal interval around it. With few, that
    error is itself unknown (without a win it would be none at all), so each possible win counts as a Poisson
    event of its size: the gamma interval of Fay and Feuer for weighted sums of rare events, which is too
    wide rather than too narrow.
    """
    if not stakes.wagered > 0:
        return _told(stakes, None, None, None, "Nothing was staked, so there is no return.")
    if truncated:
        return _told(stakes, None, None, None, "Off: bets that are not stored may have come out otherwise.")
    share = stakes.paid / stakes.wagered
    if not isfinite(stakes.paid_squares + stakes.wagered_squares + stakes.products):
        return _told(stakes, share, None, None, "The amounts are too large for an interval.")
    # As many wins of one size would tell as much as these of several sizes do.
    weight = stakes.paid**2 / stakes.paid_squares if stakes.paid_squares > 0 else 0.0
    if weight >= WORTH_A_NORMAL and stakes.bets - stakes.wins >= WORTH_A_NORMAL:
        low, high = _normal(stakes, share)
        return _told(stakes, share, low, high, _reading(low, high))
    if stakes.untold:
        words = "Too few wins for an interval, and bets that lost do not say their target."
        return _told(stakes, share, None, None, words)
    low, high = _gamma(stakes)
    return _told(stakes, share, low, high, f"Few bets, so the interval is wide. {_reading(low, high)}")


def _normal(stakes: Stakes, share: float) -> tuple[float, float]:
    squares = stakes.paid_squares - 2 * share * stakes.products + share**2 * stakes.wagered_squares
    variance = max(squares, 0.0) * stakes.bets / (stakes.bets - 1) / stakes.wagered**2
    reach = float(ndtri((1 + CONFIDENCE) / 2)) * sqrt(variance)
    return max(share - reach, 0.0), share + reach


def _gamma(stakes: Stakes) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    paid, squares, largest = stakes.paid, stakes.paid_squares, stakes.largest
    low = 0.0
    if paid > 0:
        low = squares / paid * float(gammaincinv(paid**2 / squares, tail))
    # One more win, of the largest size there could have been.
    paid, squares = paid + largest, squares + largest**2
    high = squares / paid * float(gammaincinv(paid**2 / squares, 1 - tail)) if paid > 0 else 0.0
    return low / stakes.wagered, high / stakes.wagered


def _reading(low: float, high: float) -> str:
    if low <= EXPECTED_RETURN <= high:
        return "The expected 98 % lies within it."
    side = "above" if high < EXPECTED_RETURN else "below"
    return f"The expected 98 % lies {side} it; chance alone does that in 1 of 20 such streams."


def _told(stakes: Stakes, share: float | None, low: float | None, high: float | None, reading: str) -> Return:
    return Return(stakes.currency, stakes.bets, stakes.wagered, stakes.paid, share, low, high, reading)
