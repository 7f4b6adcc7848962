"""Joint moments of real values, extremes, coverage, and pairs kept for medians and rank statistics."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from msgspec import Struct

from evalcli.blocks import RealBlock
from evalcli.blocks.base import overflow_to_infinity
from evalcli.blocks.score_store import side_by_side
from evalcli.cached import cached_property
from evalcli.statistics.base import FieldSums, Finished, Floats, Mapper, Summable
from evalcli.statistics.columns import Column, compact
from evalcli.statistics.correlation import Ranked, by_piece, inversions, paired_ranks, rank_product
from evalcli.statistics.medians import Values, median_of
from evalcli.statistics.moments import CoMoments, Moments, geometric_mean
from evalcli.statistics.weights import Weights, run_of


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
        truth, predicted = block.truth, block.predicted_value
        found = by_piece(lambda rows: np.abs(predicted[rows] - truth[rows]).max(), block.n, map)
        return Maximum(float(max(found))) if found else Maximum()


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
        return Pairs(
            side_by_side(self.truths), Column(self.predicted_values), Weights.joined(self.weights), mapper
        )


class Pairs(Struct, frozen=True, eq=False, dict=True):
    """True and predicted values of all rows, (n,)."""

    truth: Floats
    predicted_value: Column
    weights: Weights
    mapper: Mapper

    @classmethod
    def of(cls, truth: Floats, predicted_value: Floats, weights: Weights) -> Pairs:
        """Of whole arrays, (n,)."""
        return cls(truth, Column((predicted_value,)), weights, map)

    @property
    def median_error(self) -> float:
        """Median of the absolute error."""

        def absolute_error(rows: slice) -> Floats:
            error = self.predicted_value[rows] - self.truth[rows]
            return np.abs(error, out=error)

        return self._median(absolute_error)

    def _median(self, values: Values) -> float:
        n = len(self.truth)
        if self.weights.are_given:
            return self.weights.median(values(slice(0, n)))
        return median_of(values, n, self.mapper)

    @property
    def error_around_median(self) -> float:
        """Mean absolute deviation of the true values from their median."""
        centre = self._median(lambda rows: self.truth[rows].copy())

        def distance(rows: slice) -> tuple[float, float]:
            deviation = np.abs(self.truth[rows] - centre)
            weights = self.weights.at(rows)
            return weights.sum(deviation), weights.total(len(deviation))

        sums, weights = zip(*by_piece(distance, len(self.truth), self.mapper), strict=True)
        return math.fsum(sums) / math.fsum(weights)

    @cached_property
    def _ranked(self) -> tuple[Ranked, Ranked]:
        return paired_ranks(self.predicted_value, self.truth, self.mapper)

    @property
    def spearman(self) -> float:
        """Correlation of the mid-ranks; NaN if true or predicted values are constant."""
        predicted_ranks, true_ranks = self._ranked
        spread = geometric_mean(true_ranks.spread, predicted_ranks.spread)
        return rank_product(predicted_ranks, true_ranks, self.mapper) / spread if spread else math.nan

    @property
    def kendall(self) -> float:
        """Kendall's tau-b; NaN if true or predicted values are constant."""
        predicted_ranks, true_ranks = self._ranked
        n = len(self.truth)
        pairs = n * (n - 1) // 2
        discordant, both = inversions(predicted_ranks, true_ranks, self.mapper)
        spread = geometric_mean(pairs - true_ranks.tied_pairs, pairs - predicted_ranks.tied_pairs)
        agree = pairs - true_ranks.tied_pairs - predicted_ranks.tied_pairs + both - 2 * discordant
        return agree / spread if spread else math.nan


class PairedValues(Struct, frozen=True):
    """Keep true and predicted value of each row."""

    row_bytes: ClassVar[int] = 32

    @overflow_to_infinity
    def of(self, block: RealBlock) -> PairedRows:
        """Rows of one block."""
        return PairedRows((block.truth,), (compact(block.predicted_value),), run_of(block.weight))
