"""Exact confidence bounds of a proportion (Clopper and Pearson 1934), by bisection on the binomial tail."""

from __future__ import annotations

import math

_LEVEL = 0.95
_STEPS = 60  # halvings: below the spacing of doubles
_TERMS = 100_000
_TINY = 1e-300
_PRECISION = 1e-15


def clopper_pearson(count: int, total: int, level: float = _LEVEL) -> tuple[float, float]:
    """Lower and upper bound of the rate behind `count` of `total`, two-sided at `level`.

    Nothing observed says nothing: (0, 1) when `total` is 0. Raises ValueError unless 0 <= count <= total.
    """
    if not 0 <= count <= total:
        raise ValueError("count must lie between 0 and total")
    if total == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _quantile(tail, count, total - count + 1)
    high = 1.0 if count == total else _quantile(1 - tail, count + 1, total - count)
    return low, high


def _quantile(probability: float, a: float, b: float) -> float:
    """Where the cumulative beta distribution with parameters a, b reaches `probability`."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if cumulative_beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def cumulative_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1.0 - cumulative_beta(1.0 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(scale) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22)."""
    c, d = 1.0, _reciprocal(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = _reciprocal(1.0 + term * d)
            c = 1.0 + term / c or _TINY
            value *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return value


def _reciprocal(value: float) -> float:
    return 1.0 / (value or _TINY)
