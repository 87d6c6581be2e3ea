from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pump_desktop.domain.game import PAYOUTS, Difficulty, p_at_least, p_exact
from pump_desktop.stats.compare import Homogeneity, Side, homogeneity, named, pairwise, tail

EXPERT = Difficulty.EXPERT
LAW = np.array([float(p_exact(EXPERT, k)) for k in range(EXPERT.max_safe + 1)])


def side(label: str, count: int, seed: int, law: np.ndarray | None = None) -> Side:
    """Give a fair side, or one that follows another law."""
    drawn = np.random.default_rng(seed).multinomial(count, LAW if law is None else law)
    return Side(label, EXPERT, tuple(drawn.tolist()))


def cells_of(sides: list[Side], test: Homogeneity) -> np.ndarray:
    """Give the table that was tested, joined by hand: the rarest results share the last cell."""
    counts = np.array([side.counts for side in sides])
    kept = counts[:, : test.cells - 1]
    return np.column_stack([kept, counts[:, test.cells - 1 :].sum(axis=1)])


class TestTogether:
    @pytest.mark.parametrize("counts", [(10_000, 10_000), (5_000, 200_000), (3_000, 4_000, 50_000, 900)])
    def test_the_figures_are_scipys(self, counts: tuple[int, ...]) -> None:
        sides = [side("ABCDEF"[place], count, place) for place, count in enumerate(counts)]
        test = homogeneity(sides)
        wanted = stats.chi2_contingency(cells_of(sides, test), correction=False)
        assert test.statistic == pytest.approx(wanted.statistic)
        assert test.degrees == wanted.dof
        assert test.p_value == pytest.approx(wanted.pvalue)
        assert wanted.expected_freq.min() >= 5
        assert test.labels == tuple("ABCDEF"[: len(counts)])

    def test_no_cell_could_be_split_further(self) -> None:
        sides = [side("A", 20_000, 1), side("B", 300_000, 2)]
        test = homogeneity(sides)
        counts = np.array([one.counts for one in sides])
        # One more cell of its own, for the commonest of the results that were joined.
        finer = np.column_stack([counts[:, : test.cells], counts[:, test.cells :].sum(axis=1)])
        assert stats.contingency.expected_freq(finer).min() < 5

    def test_equal_shares_differ_by_nothing(self) -> None:
        counts = side("A", 10_000, 3).counts
        test = homogeneity([Side("A", EXPERT, counts), Side("B", EXPERT, tuple(3 * n for n in counts))])
        assert test.statistic == pytest.approx(0)
        assert test.p_value == pytest.approx(1)
        assert test.reading == "A and B differ no more than fair results do."

    def test_another_law_is_seen(self) -> None:
        other = LAW.copy()
        other[0], other[1] = other[0] + 0.02, other[1] - 0.02
        test = homogeneity([side("A", 50_000, 4), side("B", 50_000, 5, other)])
        assert test.p_value is not None
        assert test.p_value < 0.001
        assert test.reading == "Fewer than 1 in 1,000 comparisons of fair results differ this much."

    def test_fair_sides_give_even_p_values(self) -> None:
        random = np.random.default_rng(6)
        found = []
        for _ in range(1500):
            counts = [tuple(random.multinomial(n, LAW).tolist()) for n in (4_000, 9_000)]
            test = homogeneity([Side("A", EXPERT, counts[0]), Side("B", EXPERT, counts[1])])
            assert test.p_value is not None
            found.append(test.p_value)
        assert stats.kstest(found, "uniform").pvalue > 0.001

    @pytest.mark.parametrize(
        ("sides", "reason"),
        [
            ([side("A", 900, 1)], "A test needs at least two sides."),
            (
                [side("A", 900, 1), Side("B", Difficulty.EASY, (36,) * 25)],
                "The difficulties differ and so do their odds: there is nothing to test.",
            ),
            (
                [side("A", 90_000, 1), side("B", 10, 2)],
                "Too few nonces: a test needs two groups of results that expect 5 or more on every side.",
            ),
            (
                [Side("A", EXPERT, (0,) * 16), Side("B", EXPERT, (0,) * 16)],
                "Too few nonces: a test needs two groups of results that expect 5 or more on every side.",
            ),
            (
                [Side("A", EXPERT, (99, *(0,) * 15)), Side("B", EXPERT, (99, *(0,) * 15))],
                "Too few nonces: a test needs two groups of results that expect 5 or more on every side.",
            ),
        ],
    )
    def test_what_cannot_be_tested_says_why(self, sides: list[Side], reason: str) -> None:
        test = homogeneity(sides)
        assert (test.p_value, test.statistic, test.adjusted) == (None, None, None)
        assert (test.reason, test.reading) == (reason, "")


class TestPairs:
    def test_every_pair_is_tested_as_alone_and_corrected_together(self) -> None:
        sides = [side(label, 20_000, seed) for seed, label in enumerate("ABCD")]
        tests = pairwise(sides)
        assert ["".join(test.labels) for test in tests] == ["AB", "AC", "AD", "BC", "BD", "CD"]
        by_label = {side.label: side for side in sides}
        p_values = []
        for test in tests:
            table = cells_of([by_label[label] for label in test.labels], test)
            p_values.append(stats.chi2_contingency(table, correction=False).pvalue)
            assert test.p_value == pytest.approx(p_values[-1])
        # Holm: the i-th smallest of m is multiplied by m - i + 1, and never falls below the one before.
        ranked = np.argsort(p_values)
        stepped = np.maximum.accumulate(np.array(p_values)[ranked] * np.arange(6, 0, -1)).clip(max=1)
        assert [tests[place].adjusted for place in ranked] == pytest.approx(stepped.tolist())

    def test_a_pair_kept_apart_is_not_counted(self) -> None:
        sides = [side("A", 20_000, 1), side("B", 20_000, 2), side("C", 20_000, 3)]
        tests = {"".join(test.labels): test for test in pairwise(sides, [("C", "A", "They share nonces.")])}
        assert tests["AC"].reason == "They share nonces."
        assert (tests["AC"].p_value, tests["AC"].adjusted) == (None, None)
        alone = [tests["AB"].p_value, tests["BC"].p_value]
        assert min(tests["AB"].adjusted, tests["BC"].adjusted) == pytest.approx(  # type: ignore[type-var]  # none of them is None here
            min(1, 2 * min(alone))  # type: ignore[type-var,operator]  # as above
        )

    def test_the_reading_follows_the_corrected_value(self) -> None:
        other = LAW.copy()
        other[0], other[1] = other[0] + 0.03, other[1] - 0.03
        sides = [side("A", 50_000, 1), side("B", 50_000, 2), side("C", 50_000, 3, other)]
        fair, *unfair = pairwise(sides)
        assert fair.reading == "A and B differ no more than fair results do."
        assert {test.reading for test in unfair} == {
            "Fewer than 1 in 1,000 comparisons of fair results differ this much in any of 3 pairs."
        }


class TestTail:
    def test_shares_and_bounds_are_those_of_scipy(self) -> None:
        one = side("A", 5_000, 7)
        points = tail(one)
        assert [point.multiplier for point in points] == list(PAYOUTS[EXPERT])
        assert [point.observed for point in points] == [sum(one.counts[k:]) for k in range(16)]
        for k, point in enumerate(points):
            assert point.probability == pytest.approx(float(p_at_least(EXPERT, k)))
            exact = stats.binomtest(point.observed, 5_000).proportion_ci(0.95, "exact")
            assert (point.low, point.high) == pytest.approx((exact.low, exact.high))
            assert point.share == point.observed / 5_000

    def test_nothing_observed_leaves_everything_open(self) -> None:
        points = tail(Side("A", EXPERT, (0,) * 16))
        assert {(point.share, point.low, point.high) for point in points} == {(0.0, 0.0, 1.0)}


def test_labels_become_words() -> None:
    assert [named(text) for text in ("A", "AB", "ABC")] == ["A", "A and B", "A, B and C"]
