"""Medians and rank correlations of resampled rows, sorted once: from how often each row is drawn."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.cached import cached_property
from evalcli.statistics.base import Floats
from evalcli.statistics.moments import geometric_mean
from evalcli.statistics.regression import Pairs
from evalcli.statistics.weights import Weights, median_in_order


class _Sorted(Struct, frozen=True, eq=False):
    """Values of sampled rows in ascending order, (n,), their rows, and the first place of each value."""

    values: Floats
    order: npt.NDArray[np.intp]
    start: npt.NDArray[np.intp]

    @classmethod
    def of(cls, values: Floats) -> _Sorted:
        """Sort values, (n,)."""
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        is_new = np.ones(len(values), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
        return cls(ordered, order, np.flatnonzero(is_new))

    def median(self, weight: Floats) -> float:
        """Median of weighted rows."""
        return median_in_order(self.values, np.cumsum(weight[self.order]))

    def centred_ranks(self, times: npt.NDArray[np.integer]) -> Floats:
        """Twice the mid-rank of each row among the drawn ones, minus its mean; (n,)."""
        drawn = np.add.reduceat(times[self.order], self.start)
        upto = np.cumsum(drawn)
        centred = np.repeat(2 * upto - drawn - upto[-1], np.diff(self.start, append=len(times)))
        ranks = np.empty(len(times))
        ranks[self.order] = centred
        return ranks


class SampledPairs:
    """True and predicted values of sampled rows, to be resampled many times."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self.truth, self.predicted_value = pairs.truth, pairs.predicted_value[:]
        with np.errstate(over="ignore"):
            error = np.abs(self.predicted_value - self.truth)
        self.by_truth, self.by_prediction, self.by_error = map(
            _Sorted.of, (self.truth, self.predicted_value, error)
        )


class ResampledPairs(Struct, frozen=True, eq=False, dict=True):
    """What ``Pairs`` has, of each row of a sample ``times`` times, (n,); some row must be drawn."""

    sample: SampledPairs
    times: npt.NDArray[np.integer]

    @cached_property
    def _weight(self) -> Floats:
        return np.asarray(self.sample.pairs.weights.times(self.times), np.float64)

    @property
    def median_error(self) -> float:
        """Median of the absolute error."""
        return self.sample.by_error.median(self._weight)

    @property
    def error_around_median(self) -> float:
        """Mean absolute deviation of the true values from their median."""
        centre = self.sample.by_truth.median(self._weight)
        return float(np.dot(np.abs(self.sample.truth - centre), self._weight)) / float(self._weight.sum())

    @property
    def spearman(self) -> float:
        """Correlation of the mid-ranks; NaN if true or predicted values are constant."""
        one, other = (
            side.centred_ranks(self.times) for side in (self.sample.by_truth, self.sample.by_prediction)
        )
        drawn = one * self.times
        spread = geometric_mean(float(np.dot(drawn, one)), float(np.dot(other * self.times, other)))
        return float(np.dot(drawn, other)) / spread if spread else math.nan

    @property
    def kendall(self) -> float:
        """Kendall's tau-b; NaN if true or predicted values are constant."""
        rows = np.repeat(np.arange(len(self.times)), self.times)
        return Pairs.of(self.sample.truth[rows], self.sample.predicted_value[rows], Weights()).kendall
