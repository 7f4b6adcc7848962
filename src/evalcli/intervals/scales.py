"""Formulas of confidence intervals: Wilson, delta method, and quantiles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalcli.statistics.base import Floats

Ends = tuple[float, float]

ROUNDING = 1e-7
"""Relative rounding error of a value."""


def wilson(hits: float, total: float, confidence: float) -> Ends:
    """Wilson's score interval of a proportion.

    Shape: scalars. Range: within [0, 1]. Undefined for no rows. ``total`` may be an effective sample size,
    and ``hits`` a fraction. Reference: Wilson, J. Am. Stat. Assoc. 22, 1927.

    >>> low, high = wilson(9294, 10000, 0.95)
    >>> round(low, 6), round(high, 6)
    (0.924213, 0.934257)
    """
    return _score_interval(hits, total, normal_quantile(confidence))


def _score_interval(hits: float, total: float, z: float) -> Ends:
    if total <= 0:
        raise ValueError("Wilson's interval needs at least one row")
    p, z2 = hits / total, z * z
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = z / (1 + z2 / total) * (p * (1 - p) / total + z2 / (4 * total * total)) ** 0.5
    return (max(0.0, centre - half) if hits else 0.0, min(1.0, centre + half) if hits < total else 1.0)


def wilson_effective(
    value: float, mean: float, variance: float, limits: Ends, rows: float, confidence: float
) -> Ends | None:
    """Wilson's interval of a value between two limits, at the effective sample size of its variance.

    ``mean`` and ``variance``: of resamples. ``rows``: degrees of freedom plus one.
    Reference: Korn & Graubard, Surv. Methodol. 24, 1998.
    """
    low, high = limits
    width = high - low
    share, middle, spread = (value - low) / width, (mean - low) / width, variance / (width * width)
    if not spread > ROUNDING * ROUNDING or not 0 < middle < 1:
        return None
    effective = middle * (1 - middle) / spread
    ends = _score_interval(share * effective, effective, student_quantile(confidence, rows - 1))
    return low + width * ends[0], low + width * ends[1]


def delta_interval(
    value: float, error: float, limits: Ends, freedom: float, confidence: float
) -> Ends | None:
    """Interval of a value with a standard error, by the delta method on the scale of its limits.

    Log-odds for two limits, the logarithm of the distance for one, the identity for none. None if the value
    is at a limit, or the standard error is 0.

    >>> low, high = delta_interval(0.9, 0.05, (0.0, 1.0), math.inf, 0.95)
    >>> round(low, 3), round(high, 3)
    (0.752, 0.964)
    """
    low, high = limits
    half = student_quantile(confidence, freedom) * error
    if not error > ROUNDING * abs(value) or not math.isfinite(half) or value <= low or value >= high:
        return None
    if math.isfinite(low) and math.isfinite(high):
        odds = math.log(value - low) - math.log(high - value)
        step = half * (high - low) / ((value - low) * (high - value))
        ends = [_share(odds + sign * step) for sign in (-1, 1)]
        return low + (high - low) * ends[0], low + (high - low) * ends[1]
    if math.isfinite(low):
        factor = math.exp(min(half / (value - low), 700.0))
        return low + (value - low) / factor, low + (value - low) * factor
    if math.isfinite(high):
        factor = math.exp(min(half / (high - value), 700.0))
        return high - (high - value) * factor, high - (high - value) / factor
    return value - half, value + half


def _share(odds: float) -> float:
    """The inverse of the logit."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700 else 0.0


def normal_quantile(confidence: float) -> float:
    """Two-sided quantile of the standard normal distribution.

    >>> from statistics import NormalDist
    >>> normal_quantile(0.95) == NormalDist().inv_cdf(0.975)
    True
    """
    if confidence == 0.95:
        return 1.9599639845400536  # the default: importing statistics would slow every start
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)


def student_quantile(confidence: float, freedom: float) -> float:
    """Two-sided quantile of Student's t: exact for 1 and 2 degrees of freedom, otherwise Hill's expansion.

    Reference: Hill, Commun. ACM 13, 1970, algorithm 396; four digits from 3 degrees on.

    >>> [round(student_quantile(0.95, freedom), 3) for freedom in (1, 2, 4, 30, math.inf)]
    [12.706, 4.303, 2.776, 2.042, 1.96]
    """
    tail = 1.0 - confidence
    if freedom < 2:  # the wider one, of 1 degree
        return 1.0 / math.tan(tail * math.pi / 2)
    if freedom == 2:
        return math.sqrt(2.0 / (tail * (2.0 - tail)) - 2.0)
    x = normal_quantile(confidence)
    if math.isinf(freedom):
        return x
    a = 1.0 / (freedom - 0.5)
    b = 48.0 / (a * a)
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * freedom
    y = (d * tail) ** (2.0 / freedom)
    if y > 0.05 + a:
        y = x * x
        if freedom < 5:
            c += 0.3 * (freedom - 4.5) * (-x + 0.6)
        c = (((0.05 * d * -x - 5) * -x - 7) * -x - 2) * -x + b + c
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * -x
        y = a * y * y
        y = math.expm1(y) if y > 0.002 else 0.5 * y * y + y
    else:
        y = (
            (
                1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) * (freedom + 2) * 3)
                + 0.5 / (freedom + 4)
            )
            * y
            - 1
        ) * (freedom + 1) / (freedom + 2) + 1 / y
    return math.sqrt(freedom * y)


def quantiles(values: Floats, confidence: float) -> Ends:
    """Both ends of the central interval of some values."""
    return quantile(values, 0.5 - confidence / 2), quantile(values, 0.5 + confidence / 2)


def quantile(values: Floats, level: float) -> float:
    """A quantile, as ``numpy.quantile`` has it, in a tenth of its time; NaN if a value is.

    >>> import numpy as np
    >>> quantile(np.array([3.0, 1.0, 2.0]), 0.75)
    2.5
    """
    import numpy as np

    place = (len(values) - 1) * level
    below = min(max(math.floor(place), 0), len(values) - 1)
    above, share = min(below + 1, len(values) - 1), place - below
    parts = np.partition(values, (below, above, len(values) - 1))
    low, high = float(parts[below]), float(parts[above])
    if math.isnan(parts[-1]):
        return math.nan
    return high - (high - low) * (1.0 - share) if share >= 0.5 else low + (high - low) * share


def transform(ends: Ends, curve: Callable[[float], float]) -> Ends:
    """Both ends of a monotone function of a value."""
    low, high = sorted((curve(ends[0]), curve(ends[1])))
    return low, high
