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

    def medians(self, weights: Floats) -> Floats:
        """Median of weighted rows, for several weights of each; (draws, n)."""
        upto = np.cumsum(weights[:, self.order], axis=1)
        return np.array([median_in_order(self.values, of_draw) for of_draw in upto])

    def centred_ranks(self, times: npt.NDArray[np.integer]) -> Floats:
        """Twice the mid-rank of each row among those of a draw, minus its mean; (draws, n)."""
        ordered = times[:, self.order]
        distinct = len(self.start) == times.shape[1]
        drawn = ordered if distinct else np.add.reduceat(ordered, self.start, axis=1)
        upto = np.cumsum(drawn, axis=1)
        centred = 2 * upto - drawn - upto[:, -1:]
        if not distinct:
            centred = np.repeat(centred, np.diff(self.start, append=times.shape[1]), axis=1)
        ranks = np.empty(times.shape)
        ranks[:, self.order] = centred
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

    def drawn(self, times: npt.NDArray[np.integer]) -> list[ResampledPairs]:
        """Each row as often as each draw has it, (draws, n); every draw must have some row."""
        resamples = _Resamples(self, times)
        return [ResampledPairs(resamples, index) for index in range(len(times))]


class _Resamples(Struct, frozen=True, eq=False, dict=True):
    """Several draws, evaluated together. ``times``: how often each has each row, (draws, n)."""

    sample: SampledPairs
    times: npt.NDArray[np.integer]

    @cached_property
    def _weights(self) -> Floats:
        return np.asarray(self.sample.pairs.weights.times(self.times), np.float64)

    @cached_property
    def median_errors(self) -> Floats:
        return self.sample.by_error.medians(self._weights)

    @cached_property
    def errors_around_medians(self) -> Floats:
        centres = self.sample.by_truth.medians(self._weights)
        distances = np.abs(self.sample.truth - centres[:, None])
        return np.einsum("ij,ij->i", distances, self._weights) / self._weights.sum(axis=1)

    @cached_property
    def spearmans(self) -> list[float]:
        one, other = (
            side.centred_ranks(self.times) for side in (self.sample.by_truth, self.sample.by_prediction)
        )
        drawn = one * self.times
        products = (
            np.einsum("ij,ij->i", left, right).tolist()
            for left, right in ((drawn, one), (other * self.times, other), (drawn, other))
        )
        spreads = ((geometric_mean(a, b), both) for a, b, both in zip(*products, strict=True))
        return [both / spread if spread else math.nan for spread, both in spreads]


class ResampledPairs(Struct, frozen=True, eq=False):
    """What ``Pairs`` has, of one of several draws of the rows of a sample."""

    resamples: _Resamples
    index: int

    @property
    def median_error(self) -> float:
        """Median of the absolute error."""
        return float(self.resamples.median_errors[self.index])

    @property
    def error_around_median(self) -> float:
        """Mean absolute deviation of the true values from their median."""
        return float(self.resamples.errors_around_medians[self.index])

    @property
    def spearman(self) -> float:
        """Correlation of the mid-ranks; NaN if true or predicted values are constant."""
        return self.resamples.spearmans[self.index]

    @property
    def kendall(self) -> float:
        """Kendall's tau-b; NaN if true or predicted values are constant."""
        sample, times = self.resamples.sample, self.resamples.times[self.index]
        rows = np.repeat(np.arange(len(times)), times)
        return Pairs.of(sample.truth[rows], sample.predicted_value[rows], Weights()).kendall
