"""Exact bounds against sums of the binomial distribution."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from deidra.score.intervals import clopper_pearson


def _at_least(count: int, total: int, rate: float) -> float:
    """Probability of `count` or more, summed exactly."""
    p = Fraction(rate)
    return float(sum(comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(count, total + 1)))


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (0, 35), (3, 35), (34, 35), (17, 40), (1, 300)])
def test_each_bound_leaves_two_and_a_half_percent_beyond_it(count: int, total: int) -> None:
    low, high = clopper_pearson(count, total)
    if count:
        assert _at_least(count, total, low) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0.0
    if count < total:
        assert 1 - _at_least(count + 1, total, high) == pytest.approx(0.025, rel=1e-6)
    else:
        assert high == 1.0


def test_nothing_seen_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)


def test_no_miss_in_35_still_allows_one_in_ten() -> None:
    assert clopper_pearson(0, 35)[1] == pytest.approx(1 - 0.025 ** (1 / 35))


def test_millions_of_checks_have_bounds_too() -> None:
    low, high = clopper_pearson(5_999_000, 6_000_000)
    assert low < 5_999_000 / 6_000_000 < high
    assert high - low < 1e-4


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="between 0 and total"):
        clopper_pearson(count, total)
