"""Means and spreads of a loss per row, by centred moments that merge without cancellation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Moments:
    """Number of rows, mean, and sum of squared deviations from the mean.

    Chan, Golub & LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
    """

    n: int = 0
    mean: float = 0.0
    m2: float = 0.0

    @classmethod
    def of(cls, values: npt.NDArray[np.floating]) -> Moments:
        """Moments of an array of any shape, summed in float64."""
        if values.size == 0:
            return cls()
        mean = float(values.mean(dtype=np.float64))
        off = values - np.float64(mean)
        return cls(values.size, mean, float(np.dot(off, off)))

    def __add__(self, other: Moments) -> Moments:
        n = self.n + other.n
        if n == 0:
            return self
        apart = other.mean - self.mean
        mean = self.mean + apart * (other.n / n) if self.n else other.mean
        return Moments(n, mean, self.m2 + other.m2 + apart * apart * (self.n * other.n / n))

    @property
    def variance(self) -> float:
        """Unbiased variance of a row; NaN under two rows."""
        return self.m2 / (self.n - 1) if self.n > 1 else math.nan
