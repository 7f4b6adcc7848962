"""Median of many values that are computed in pieces and never all in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evalcli.statistics.base import Floats, Mapper
from evalcli.statistics.correlation import by_piece

FEW = 1 << 17
"""Number of values up to which they are simply partitioned."""
SAMPLED = 1 << 14
MARGIN = 6 / 2 / SAMPLED**0.5
"""Six standard deviations of the rank of a sample's median, as a share of the values."""
Values = Callable[[slice], Floats]
"""Makes new values of a slice of rows."""


def median_of(values: Values, n: int, mapper: Mapper) -> float:
    """The median, exactly; NaN without values.

    One pass counts the values below a sample's quantiles around the median, and keeps those between them.
    Where the sample misleads, e.g. by values that repeat with its step, all values are partitioned.
    """
    if n <= FEW:
        return _of_all(values, n)
    sample = values(slice(0, n, n // SAMPLED))
    places = [int(len(sample) * (0.5 - MARGIN)), int(len(sample) * (0.5 + MARGIN))]
    sample.partition(places)
    low, high = sample[places]

    def around(rows: slice) -> tuple[int, Floats]:
        part = values(rows)
        below = part < low
        return int(np.count_nonzero(below)), part[(part <= high) ^ below]

    counts, parts = zip(*by_piece(around, n, mapper), strict=True)
    kept = np.concatenate(parts)
    middle = [(n - 1) // 2 - sum(counts), n // 2 - sum(counts)]
    if middle[0] < 0 or middle[1] >= len(kept):
        return _of_all(values, n)
    kept.partition(middle)
    return float(np.mean(kept[middle]))


def _of_all(values: Values, n: int) -> float:
    """As ``numpy.median``, which imports ``numpy.ma``; NaN if one of the values is."""
    if not n:
        return np.nan
    kept, low, high = values(slice(0, n)), (n - 1) // 2, n // 2
    kept.partition([low, high, n - 1])
    return np.nan if np.isnan(kept[-1]) else float(np.mean(kept[low : high + 1]))
