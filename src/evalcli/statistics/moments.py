"""Means, variances and covariances by centred moments, which merge without cancellation."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks.base import overflow_to_infinity
from evalcli.statistics.base import Finished, Summable, dot
from evalcli.statistics.weights import Weights

EPS = 2.0**-52
Floats = npt.NDArray[np.floating]


class Moments(Summable, Finished, Struct, frozen=True):
    """Number of rows, or their weight; mean; sum of squared deviations from the mean.

    ``compensation``: rounding error of ``mean``, so that near-equal values far from 0 keep their variance.
    Chan, Golub & LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
    """

    n: float = 0
    mean: float = 0.0
    m2: float = 0.0
    compensation: float = 0.0

    @classmethod
    @overflow_to_infinity
    def of(cls, values: Floats, weight: Floats | None = None) -> Moments:
        """Moments of an array (n,), summed in float64."""
        return _centred(values, Weights(weight))[0]

    @overflow_to_infinity
    def __add__(self, other: Moments) -> Moments:
        n = self.n + other.n
        if not self.n or not other.n:
            return self if self.n else other
        difference = self.difference(other)
        step = difference * (other.n / n) + self.compensation
        mean = self.mean + step
        compensation = (self.mean - mean) + step
        return Moments(
            n, mean, self.m2 + other.m2 + difference * difference * (self.n * other.n / n), compensation
        )

    def difference(self, other: Moments) -> float:
        """The other mean minus this one."""
        return (other.mean - self.mean) + (other.compensation - self.compensation)

    @property
    def constant(self) -> bool:
        """Whether all values are equal, up to the rounding of their mean."""
        step = EPS * self.mean  # a product may overflow to infinity where a power would raise
        return math.isfinite(self.m2) and self.m2 <= self.n * (step * step) / 16

    @property
    def variance(self) -> float:
        """Unbiased variance of a row; NaN for fewer than two rows."""
        return self.m2 / (self.n - 1) if self.n > 1 else math.nan

    @property
    def standard_error(self) -> float:
        """Standard error of the mean of independent rows; NaN for fewer than two rows."""
        return math.sqrt(self.variance / self.n) if self.n > 1 else math.nan


EMPTY = Moments()
LOST = 256
"""Sum of squares, over that of squared deviations, from which on their difference loses too many digits."""


class PowerSums:
    """Sums and sums of squares of values that arrive in pieces: the cheapest way to most moments."""

    def __init__(self) -> None:
        self._n: float = 0
        self._sum = self._squares = 0.0

    def add(self, values: Floats, weights: Weights) -> None:
        """Add some values, (n,)."""
        weighted = weights.times(values)
        self._n += weights.total(values.size)
        self._sum += float(np.add.reduce(weighted))
        self._squares += dot(weighted, values)

    def moments(self) -> Moments | None:
        """The moments, or None where values are too near to each other, or too large, for sums of squares."""
        if not self._n:
            return EMPTY
        mean = self._sum / self._n
        m2 = self._squares - self._sum * mean
        kept = m2 * LOST > self._squares and math.isfinite(self._squares)
        return Moments(self._n, mean, m2) if kept else None


def geometric_mean(a: float, b: float) -> float:
    """Square root of a product: exact for equal factors, and without overflow.

    >>> geometric_mean(3.0, 3.0), round(geometric_mean(1e300, 1e200) / 1e250, 9)
    (3.0, 1.0)
    """
    product = a * b
    return math.sqrt(product) if 1e-290 < product < 1e300 else math.sqrt(a) * math.sqrt(b)


def _centred(values: Floats, weights: Weights) -> tuple[Moments, Floats, float]:
    """Moments, the deviations from a number near the mean, and the mean of those."""
    n = weights.total(values.size)
    if not n:
        return EMPTY, np.zeros(values.size), 0.0
    near = weights.sum(values) / n
    deviations = values - np.float64(near)
    weighted = weights.times(deviations)
    mean_deviation = float(weighted.sum()) / n
    m2 = max(dot(weighted, deviations) - n * mean_deviation * mean_deviation, 0.0)
    mean = near + mean_deviation
    return Moments(n, mean, m2, (near - mean) + mean_deviation), deviations, mean_deviation


class CoMoments(Summable, Finished, Struct, frozen=True):
    """Moments of two values of each row, and the sum of the products of their deviations."""

    x: Moments = EMPTY
    y: Moments = EMPTY
    product: float = 0.0

    @classmethod
    @overflow_to_infinity
    def of(cls, x: Floats, y: Floats, weight: Floats | None = None) -> CoMoments:
        """Joint moments of two arrays (n,)."""
        weights = Weights(weight)
        (a, x_off, x_mean), (b, y_off, y_mean) = _centred(x, weights), _centred(y, weights)
        product = dot(weights.times(x_off), y_off)
        return cls(a, b, product - a.n * x_mean * y_mean)

    @overflow_to_infinity
    def __add__(self, other: CoMoments) -> CoMoments:
        n = self.x.n + other.x.n
        if not n:
            return self
        differences = self.x.difference(other.x) * self.y.difference(other.y)
        product = self.product + other.product + differences * (self.x.n * other.x.n / n)
        return CoMoments(self.x + other.x, self.y + other.y, product)
