"""Means, spreads and correlations by centred moments, which merge without cancellation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EPS = 2.0**-52


@dataclass(frozen=True)
class Moments:
    """Number of rows (their weight, if they have some), mean, sum of squared deviations from the mean.

    Chan, Golub & LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
    """

    n: float = 0
    mean: float = 0.0
    m2: float = 0.0

    @classmethod
    def of(cls, values: npt.NDArray[np.floating], weight: npt.NDArray[np.floating] | None = None) -> Moments:
        """Moments of an array (n,), summed in float64."""
        n = values.size if weight is None else float(weight.sum())
        if not n:
            return cls()
        if weight is None:
            mean = float(values.mean(dtype=np.float64))
            off = values - np.float64(mean)
            return cls(n, mean, float(np.dot(off, off)))
        mean = float(np.dot(values, weight)) / n
        off = values - np.float64(mean)
        mean += float(np.dot(off, weight)) / n
        return cls(n, mean, float(np.dot(off * off, weight)))

    def __add__(self, other: Moments) -> Moments:
        n = self.n + other.n
        if n == 0:
            return self
        apart = other.mean - self.mean
        mean = self.mean + apart * (other.n / n) if self.n else other.mean
        return Moments(n, mean, self.m2 + other.m2 + apart * apart * (self.n * other.n / n))

    @property
    def constant(self) -> bool:
        """Whether all values are the same, up to the rounding of their mean."""
        return self.m2 <= self.n * (4.0 * EPS * self.mean) ** 2

    @property
    def variance(self) -> float:
        """Unbiased variance of a row; NaN under two rows."""
        return self.m2 / (self.n - 1) if self.n > 1 else math.nan


NONE = Moments()


@dataclass(frozen=True)
class CoMoments:
    """Moments of two values of each row, and the sum of the products of their deviations."""

    x: Moments = NONE
    y: Moments = NONE
    product: float = 0.0

    @classmethod
    def of(
        cls,
        x: npt.NDArray[np.floating],
        y: npt.NDArray[np.floating],
        weight: npt.NDArray[np.floating] | None = None,
    ) -> CoMoments:
        """Joint moments of two arrays (n,)."""
        a, b = Moments.of(x, weight), Moments.of(y, weight)
        off = x - a.mean if weight is None else (x - a.mean) * weight
        return cls(a, b, float(np.dot(off, y - b.mean)))

    def __add__(self, other: CoMoments) -> CoMoments:
        n = self.x.n + other.x.n
        if n == 0:
            return self
        apart = (other.x.mean - self.x.mean) * (other.y.mean - self.y.mean)
        product = self.product + other.product + apart * (self.x.n * other.x.n / n)
        return CoMoments(self.x + other.x, self.y + other.y, product)
