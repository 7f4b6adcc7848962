"""P-values of paired tests, and their adjustment for the number of tests."""

from __future__ import annotations

import math

import numpy as np

from evalcli.statistics.base import Floats


def two_sided(t: float, freedom: float) -> float:
    """P-value of Student's t, of two sides, by the normal distribution of a transformed value.

    Reference: Wallace, Ann. Math. Stat. 30, 1959

    >>> round(two_sided(1.959963985, math.inf), 4), round(two_sided(2.042, 30), 3)
    (0.05, 0.05)
    """
    z = abs(t)
    if math.isfinite(freedom):
        z = math.sqrt(freedom * math.log1p(t * t / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)
    return math.erfc(z / math.sqrt(2))


def one_sided(t: float, freedom: float) -> float:
    """P-value of Student's t that is large, of one side."""
    half = two_sided(t, freedom) / 2
    return half if t > 0 else 1 - half


def holm(values: list[float | None]) -> list[float | None]:
    """P-values adjusted by Holm's method; None stays None.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((p, index) for index, p in enumerate(values) if p is not None)
    adjusted: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(p * (len(known) - rank), 1.0))
        adjusted[index] = highest
    return adjusted


def log_binomials(n: int, most: int) -> Floats:
    """Logarithms of the binomial coefficients of n over 0 to ``most``, (most + 1,).

    >>> np.exp(log_binomials(5, 3)).round().tolist()
    [1.0, 5.0, 10.0, 10.0]
    """
    places = np.arange(1, most + 1, dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(np.log((n - places + 1) / places))])


def mcnemar(broken: int, fixed: int) -> float:
    """P-value of McNemar's test with the mid-p correction; 1 if nothing differs.

    Reference: Fagerland, Lydersen & Laake, BMC Med. Res. Methodol. 13, 2013

    >>> round(mcnemar(152, 209), 5), mcnemar(0, 0), round(mcnemar(1, 8), 5)
    (0.00269, 1.0, 0.02148)
    """
    n, least = broken + fixed, min(broken, fixed)
    if not n:
        return 1.0
    logs = log_binomials(n, least) - n * math.log(2)
    below, at = float(np.exp(logs[:-1]).sum()), math.exp(logs[-1])
    return min(2 * below + at, 1.0)
