"""Losses of real values per row, and pairs kept for rank statistics."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, RealBlock
from evalcli.blocks.base import overflow_to_infinity
from evalcli.statistics.base import FieldSums, Finished, Floats, Mapper, Summable
from evalcli.statistics.correlation import CHUNK, Ranked, inversions, rank_product, ranks_of
from evalcli.statistics.moments import CoMoments, Moments, geometric_mean
from evalcli.statistics.weights import Weights, run_of

NEAR = 0.03
"""Relative difference of true and predicted value below which a deviance is computed as a series."""
TERMS = 12
Losses = tuple[Floats, Array | None]
"""The loss of each row, (n,), and which rows are in its domain; None: all."""


class RowLossMoments(FieldSums, Finished, Struct, frozen=True):
    """Moments of a loss, and the number of rows outside its domain, which are excluded."""

    loss: Moments
    outside: int = 0


def _relative(block: RealBlock, _: float) -> Losses:
    with np.errstate(divide="ignore", invalid="ignore"):
        return block.absolute_error / np.abs(block.truth), block.truth != 0


def _symmetric(block: RealBlock, _: float) -> Losses:
    total = np.abs(block.truth) + np.abs(block.predicted_value)
    return np.divide(2.0 * block.absolute_error, total, out=np.zeros(block.n), where=total > 0), None


def _squared_log(block: RealBlock, _: float) -> Losses:
    inside = (block.truth >= 0) & (block.predicted_value >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # one logarithm of (1 + p) / (1 + y), without cancellation where they are near
        return np.square(np.log1p(block.error / (1.0 + block.truth))), inside


def _tweedie(block: RealBlock, power: float) -> Losses:
    """Unit deviance; the variance is proportional to the mean to a power."""
    y, mu = block.truth, block.predicted_value
    if power == 0:
        return np.square(y - mu), None
    inside = mu > 0
    if power >= 1:
        inside &= (y >= 0) if power < 2 else (y > 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = _deviance(block, power)
        difference = (y - mu) / mu
    near = np.flatnonzero((np.abs(difference) < NEAR) & inside)
    values[near] = _deviance_nearby(difference[near], mu[near], power)
    return values, None if inside.all() else inside


def _deviance(block: RealBlock, power: float) -> Floats:
    y, mu, rest = block.truth, block.predicted_value, 2.0 - power
    if power == 1:
        return 2.0 * (np.where(y > 0, y * block.log_ratio, 0.0) - y + mu)
    if power == 2:
        return 2.0 * (y / mu - 1.0 - block.log_ratio)
    # the operator is fast for square roots and reciprocals
    first, last = np.maximum(y, 0.0) ** rest, mu**rest
    return np.asarray(2.0 * (first / ((1.0 - power) * rest) - y * (last / mu) / (1.0 - power) + last / rest))


def _deviance_nearby(difference: Floats, mu: Floats, power: float) -> Floats:
    """The same as a series, for y = mu (1 + difference) near mu, where the terms cancel."""
    exponent = 2.0 - power
    term = difference * difference / 2.0
    total = term.copy()
    for index in range(3, TERMS):
        term = term * difference * ((exponent - index + 1) / index)
        total += term
    return np.asarray(2.0 * np.power(mu, exponent) * total)


def _pinball(block: RealBlock, level: float) -> Losses:
    shortfall = block.truth - block.quantile(level)
    return np.maximum(level * shortfall, (level - 1.0) * shortfall), None


LOSSES: dict[str, Callable[[RealBlock, float], Losses]] = {
    "error": lambda block, _: (block.error, None),
    "absolute": lambda block, _: (block.absolute_error, None),
    "squared": lambda block, _: (np.square(block.error), None),
    "size of truth": lambda block, _: (np.abs(block.truth), None),
    "relative": _relative,
    "symmetric": _symmetric,
    "squared log": _squared_log,
    "tweedie": _tweedie,
    "pinball": _pinball,
}


class RowLoss(Struct, frozen=True):
    """Moments of one loss; ``parameter`` is a power or a level."""

    name: str
    parameter: float = 0.0

    @property
    def levels(self) -> tuple[float, ...] | None:
        """Levels of the predicted quantiles that it needs; None: it needs the predicted values."""
        return (self.parameter,) if self.name == "pinball" else None

    @overflow_to_infinity
    def of(self, block: RealBlock) -> RowLossMoments:
        """Loss of one block."""
        values, inside = LOSSES[self.name](block, self.parameter)
        weights, outside = Weights(block.weight), 0
        if inside is not None and not inside.all():
            outside = int(np.count_nonzero(~inside))
            values, weights = values[inside], weights.at(inside)
        return RowLossMoments(Moments.of(values, weights.values), outside)


class Maximum(Summable, Finished, Struct, frozen=True):
    """The largest of some numbers; NaN without any."""

    value: float = math.nan

    def __add__(self, other: Maximum) -> Maximum:
        return Maximum(float(np.fmax(self.value, other.value)))


class LargestError(Struct, frozen=True):
    """The largest absolute error."""

    @overflow_to_infinity
    def of(self, block: RealBlock) -> Maximum:
        """Largest of one block."""
        return Maximum(float(block.absolute_error.max())) if block.n else Maximum()


class JointMoments(Struct, frozen=True):
    """Joint moments of true and predicted values."""

    @overflow_to_infinity
    def of(self, block: RealBlock) -> CoMoments:
        """Moments of one block."""
        return CoMoments.of(block.truth, block.predicted_value, block.weight)


class CoverageCounts(FieldSums, Finished, Struct, frozen=True):
    """Rows, or their weight, with the true value within an interval; and the width of the interval."""

    inside: float
    total: float
    width: Moments


class Coverage(Struct, frozen=True):
    """How often the true value is between two predicted quantiles, ends included."""

    low: float
    high: float

    @property
    def levels(self) -> tuple[float, ...]:
        """Levels of the predicted quantiles that it needs."""
        return self.low, self.high

    @overflow_to_infinity
    def of(self, block: RealBlock) -> CoverageCounts:
        """Count one block."""
        low, high = block.quantile(self.low), block.quantile(self.high)
        inside = (block.truth >= low) & (block.truth <= high)
        weights = Weights(block.weight)
        width = Moments.of(high - low, block.weight)
        return CoverageCounts(weights.count(inside), weights.total(block.n), width)


class PairedRows(FieldSums, Struct, frozen=True, eq=False):
    """True and predicted values and weights of all rows, in the order of arrival."""

    truths: tuple[Floats, ...] = ()
    predicted_values: tuple[Floats, ...] = ()
    weights: tuple[Floats, ...] = ()

    def finalize(self, mapper: Mapper) -> Pairs:
        """All rows in one run."""
        truth, predicted_value = mapper(np.concatenate, (self.truths, self.predicted_values))
        return Pairs(truth, predicted_value, Weights.joined(self.weights), mapper)


class Pairs(Struct, frozen=True, eq=False, dict=True):
    """True and predicted values of all rows, (n,)."""

    truth: Floats
    predicted_value: Floats
    weights: Weights
    mapper: Mapper

    @property
    def median_error(self) -> float:
        """Median of the absolute error."""
        error = self.predicted_value - self.truth
        return self.weights.median(np.abs(error, out=error))

    @property
    def error_around_median(self) -> float:
        """Mean absolute deviation of the true values from their median."""
        centre = self.weights.median(self.truth.copy())
        parts = [slice(first, first + CHUNK) for first in range(0, len(self.truth), CHUNK)]

        def distance(rows: slice) -> tuple[float, float]:
            deviation = np.abs(self.truth[rows] - centre)
            weights = self.weights.at(rows)
            return weights.sum(deviation), weights.total(len(deviation))

        sums, weights = zip(*self.mapper(distance, parts), strict=True)
        return math.fsum(sums) / math.fsum(weights)

    @cached_property
    def _ranked(self) -> tuple[Ranked, Ranked]:
        true_ranks, predicted_ranks = self.mapper(ranks_of, (self.truth, self.predicted_value))
        return true_ranks, predicted_ranks

    @property
    def spearman(self) -> float:
        """Correlation of the mid-ranks; NaN if true or predicted values are constant."""
        true_ranks, predicted_ranks = self._ranked
        spread = geometric_mean(true_ranks.spread, predicted_ranks.spread)
        return rank_product(true_ranks, predicted_ranks, self.mapper) / spread if spread else math.nan

    @property
    def kendall(self) -> float:
        """Kendall's tau-b; NaN if true or predicted values are constant."""
        true_ranks, predicted_ranks = self._ranked
        n = len(self.truth)
        pairs = n * (n - 1) // 2
        discordant, both = inversions(true_ranks, predicted_ranks, self.mapper)
        spread = geometric_mean(pairs - true_ranks.tied_pairs, pairs - predicted_ranks.tied_pairs)
        agree = pairs - true_ranks.tied_pairs - predicted_ranks.tied_pairs + both - 2 * discordant
        return agree / spread if spread else math.nan


class PairedValues(Struct, frozen=True):
    """Keep true and predicted value of each row."""

    @overflow_to_infinity
    def of(self, block: RealBlock) -> PairedRows:
        """Rows of one block."""
        return PairedRows((block.truth,), (block.predicted_value,), run_of(block.weight))
