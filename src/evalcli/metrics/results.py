"""Results of formulas: a proportion, a mean, a value at a threshold, plain numbers, or undefined and why."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.statistics import Moments
from evalcli.statistics.base import Floats


class Undefined(Struct, frozen=True):
    """No value, and why, in words for users.

    In a declaration: what a NaN of the formula means; ``{name}`` stands for the class. ``without_rows``: it
    is undefined only if there are no rows, so that any other NaN is an overflow.
    """

    reason: str
    without_rows: bool = False


NO_BOUND = "scores were counted in bins (--ranking certified), which give no bound of it"
NO_ROWS = Undefined("there are no rows", without_rows=True)


class Proportion(Struct, frozen=True):
    """A share of rows: ``hits`` of ``total``, arrays of one shape or two numbers."""

    hits: npt.ArrayLike
    total: npt.ArrayLike

    @property
    def value(self) -> Floats:
        """The share; NaN without rows."""
        return ratio(self.hits, self.total)


class MonotoneProportion(Struct, frozen=True):
    """A value that increases with a share of rows: ``value = curve(share)``."""

    value: Floats
    share: Proportion
    curve: Callable[[float], float]


class MonotoneArea(Struct, frozen=True):
    """A value that increases with the area under a curve: ``value = curve(area)``."""

    area: float
    curve: Callable[[float], float]

    @property
    def value(self) -> float:
        """The value; NaN if the area is."""
        return self.curve(self.area)


class Mean(Struct, frozen=True):
    """A mean over the rows. ``root``: the value is its square root."""

    moments: Moments
    root: bool = False

    @property
    def value(self) -> float:
        """The mean, or its root; NaN without rows."""
        mean = self.moments.mean if self.moments.n else math.nan
        return math.sqrt(mean) if self.root else mean


class AtThreshold(Struct, frozen=True):
    """A value, and the decision threshold at which it is reached."""

    value: float
    threshold: float


Result = Proportion | MonotoneProportion | MonotoneArea | Mean | AtThreshold | float | Floats
"""What a formula gives unless it is undefined; plain numbers are one number, or one per class or draw."""
NAMED = (Proportion, MonotoneProportion, MonotoneArea, Mean, AtThreshold)
GIVEN = (*NAMED, float, np.ndarray)
"""The same as types, for declarations."""


def numbers_of(result: Result) -> Floats:
    """The values of a result."""
    return np.asarray(result.value if isinstance(result, NAMED) else result, np.float64)


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> Floats:
    """Elementwise quotient; NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    return np.asarray(numerator / np.where(denominator != 0, denominator, np.nan))
