"""Equal values of an array, found without ``numpy.unique``, which imports the slow ``numpy.ma``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalcli.blocks.base import Array


def starts_of_runs(ordered: Array) -> npt.NDArray[np.intp]:
    """Index of the first of each run of equal values, (runs,).

    >>> starts_of_runs(np.array([2, 2, 3, 7, 7])).tolist()
    [0, 2, 3]
    """
    begins = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def distinct(values: Array) -> Array:
    """The distinct values, ascending; values are not NaN.

    >>> distinct(np.array([7, 2, 7])).tolist()
    [2, 7]
    """
    ordered = np.sort(values)
    return ordered[starts_of_runs(ordered)]
