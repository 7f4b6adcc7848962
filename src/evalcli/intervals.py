"""Confidence intervals from states, each with the name of its method."""

from __future__ import annotations

from dataclasses import dataclass

NO_METHOD = "no interval method for this metric yet: only shares of rows have one (Wilson)"
WEIGHTED = "no interval method for weighted rows yet"
TURNED_OFF = "intervals were turned off"


@dataclass(frozen=True)
class Interval:
    """Both ends and the method."""

    low: float
    high: float
    method: str


def wilson(hits: int, total: int, confidence: float) -> Interval:
    """Wilson's score interval of a proportion.

    Shape: scalars. Range: within [0, 1]. Undefined for no rows.
    Reference: Wilson, J. Am. Stat. Assoc. 22, 1927.

    >>> found = wilson(9294, 10000, 0.95)
    >>> round(found.low, 6), round(found.high, 6)
    (0.924213, 0.934257)
    """
    if total <= 0:
        raise ValueError("Wilson's interval needs at least one row")
    z = _quantile(confidence)
    p, z2 = hits / total, z * z
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = z / (1 + z2 / total) * (p * (1 - p) / total + z2 / (4 * total * total)) ** 0.5
    return Interval(
        max(0.0, centre - half) if hits else 0.0, min(1.0, centre + half) if hits < total else 1.0, "wilson"
    )


def _quantile(confidence: float) -> float:
    """How many standard deviations around the mean of a normal distribution hold this share of it.

    >>> from statistics import NormalDist
    >>> _quantile(0.95) == NormalDist().inv_cdf(0.975)
    True
    """
    if confidence == 0.95:
        return 1.9599639845400536  # the usual level: importing statistics would slow every start
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + confidence / 2)
