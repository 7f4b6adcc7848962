"""Confidence and outcome in bins of equal width and of equal mass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ClassBlock, LabelSetBlock
from evalcli.cached import cached_property
from evalcli.statistics.base import ROUNDING, FieldSums, Finished, Floats, Mapper, dot
from evalcli.statistics.parts import Parts, StackedSums
from evalcli.statistics.sorted_keys import keys_of, sort_keys
from evalcli.statistics.weights import Weights

CHUNK = 1 << 16
"""Rows whose temporary arrays stay in the cache."""


class CalibrationBins(FieldSums, Finished, Struct, frozen=True):
    """Rows (or their weight), summed confidence and summed outcomes of each bin; shape (..., bins).

    ``squares``: summed squared difference of outcome and confidence, each times the weight of the row.
    """

    count: Array
    confidence: Floats
    hits: Array
    squares: Floats

    @property
    def gaps(self) -> Floats:
        """Absolute difference of mean outcome and mean confidence, times the bin's rows."""
        return np.abs(self.hits - self.confidence)

    @property
    def error(self) -> Floats:
        """Mean gap over the rows, one for each set of bins; NaN without rows."""
        total = self.count.sum(axis=-1)
        return np.divide(self.gaps.sum(axis=-1), total, out=np.full(total.shape, np.nan), where=total > 0)


def binned(
    at: npt.NDArray[np.intp],
    confidence: Array,
    hits: Array,
    weights: Weights,
    bins: int,
) -> CalibrationBins:
    """Sums over the rows of each bin; ``at``: the bin of each row."""
    cells, off = 2 * at + hits, weights.times(confidence - hits)
    off *= off
    count = weights.counted(cells, 2 * bins).reshape(-1, 2)
    sums, squares = (
        np.bincount(at, part, bins).astype(np.float64, copy=False)
        for part in (weights.times(confidence), off)
    )
    return CalibrationBins(count.sum(axis=1), sums, count[:, 1].copy(), squares)


def bin_of(confidence: Floats, bins: int, exact: bool = False) -> npt.NDArray[np.intp]:
    """Bin (lo, hi] of equal width, 0 in the first: computed by a product, then corrected at the edges.

    ``exact``: the numbers have 24 bits, so products do not round and nothing is corrected.
    """
    scaled = confidence * bins
    if exact:
        at = np.ceil(scaled, out=scaled).astype(np.intp)
        at -= 1
        return np.maximum(at, 0, out=at)
    edges = np.arange(bins + 1) / bins
    at = scaled.astype(np.intp)
    np.minimum(at, bins - 1, out=at)
    at -= (confidence <= edges.take(at)) & (at > 0)
    at += confidence > edges.take(at + 1)
    return at


def confidence_and_hits(block: ClassBlock) -> tuple[Array, npt.NDArray[np.bool_]]:
    """P(positive) and its outcome; multiclass: confidence and whether the prediction is correct."""
    if block.positive is not None:
        return block.positive_probability, block.is_positive
    return block.confidence, np.asarray(block.truth == block.predicted)


class Calibration(Struct, frozen=True):
    """Bins (lo, hi] of equal width, 0 in the first.

    Binary: P(positive) and its outcome; multiclass: the confidence of the predicted class and whether it is
    correct.
    """

    bins: int = 15

    def of(self, block: ClassBlock) -> CalibrationBins:
        """Bin one block."""
        confidence, hits = confidence_and_hits(block)
        confidence = confidence.astype(np.float64, copy=False)
        at = bin_of(confidence, self.bins, exact=block.probabilities.dtype == np.float32)
        return binned(at, confidence, hits, Weights(block.weight), self.bins)

    def of_parts(self, block: ClassBlock, parts: Parts) -> StackedSums[CalibrationBins]:
        """Bin each part of a block."""
        confidence, hits = confidence_and_hits(block)
        confidence, bins = confidence.astype(np.float64, copy=False), self.bins
        at = bin_of(confidence, bins) + parts.of * bins
        sums = binned(at, confidence, hits, Weights(block.weight), bins * parts.count)
        of_parts = (part.reshape(-1, bins) for part in (sums.count, sums.confidence, sums.hits, sums.squares))
        return StackedSums(parts.codes, tuple(of_parts), CalibrationBins)


def _rows_of_classes(
    block: ClassBlock | LabelSetBlock,
) -> Iterator[tuple[Array, Weights]]:
    """The probabilities of each class or label, and the weights, of the rows where it is known."""
    weights = Weights(block.weight)
    for index, row in enumerate(block.probabilities):
        known = block.known_of(index)
        yield (row, weights) if known is None else (row[known], weights.at(known))


class ClasswiseCalibration(Struct, frozen=True):
    """The same for the probability and outcome of each class or label; shape (k, bins)."""

    bins: int = 15

    def of(self, block: ClassBlock | LabelSetBlock) -> CalibrationBins:
        """Bin one block, class by class: one row of scores stays in the cache."""
        p, bins = block.probabilities, self.bins
        classes, rows = block.true_classes
        true_p, weights = p[classes, rows].astype(np.float64), Weights(block.weight).at(rows)
        at = self._bins(true_p, exact=p.dtype == np.float32) + classes * bins
        hits = weights.counted(at, len(p) * bins).reshape(-1, bins)
        counts, sums, squares = zip(*(self._of_class(*row) for row in _rows_of_classes(block)), strict=True)
        # (1 - p)² in place of p² where the outcome is 1
        turned = weights.squared.times(1.0 - 2.0 * true_p)
        moved = np.bincount(at, turned, len(p) * bins).reshape(-1, bins)
        return CalibrationBins(np.stack(counts), np.stack(sums), hits, np.stack(squares) + moved)

    def _of_class(self, p: Array, weights: Weights) -> tuple[Array, Floats, Floats]:
        """Rows of each bin, their summed probability and its summed square.

        With many classes most probabilities are in the first bin, so it is the total less the others.
        """
        high = np.flatnonzero(p > 0.99 / self.bins)
        upper = p[high].astype(np.float64)
        at, some = self._bins(upper, exact=p.dtype == np.float32), weights.at(high)
        count = some.counted(at, self.bins)
        weighed = some.times(upper)
        sums, squares = (
            np.bincount(at, part, self.bins).astype(np.float64, copy=False)
            for part in (weighed, np.square(weighed))
        )
        count[0] = max(weights.total(len(p)) - count[1:].sum(), 0)
        sums[0] = max(weights.sum(p) - sums[1:].sum(), 0.0)
        squares[0] = max(weights.sum_squares(p) - squares[1:].sum(), 0.0)
        return count, sums, squares

    def _bins(self, p: Floats, exact: bool) -> npt.NDArray[np.intp]:
        return bin_of(p, self.bins, exact)


class ConfidenceRuns(FieldSums, Struct, frozen=True, eq=False):
    """Confidence, outcome and weight of every row, for bins that depend on all rows."""

    runs: tuple[tuple[Array, npt.NDArray[np.bool_], Array | None], ...] = ()

    def finalize(self, mapper: Mapper) -> SortedConfidences:
        """All rows, to be sorted once."""
        confidence, hits, weights = zip(*self.runs, strict=True)
        return SortedConfidences(
            np.concatenate(confidence), np.concatenate(hits), Weights.joined(weights), mapper
        )


class SortedConfidences(Struct, frozen=True, eq=False, dict=True):
    """Bins of equal mass; each number of bins is computed once."""

    confidence: Array
    hits: npt.NDArray[np.bool_]
    weights: Weights
    mapper: Mapper

    @cached_property
    def _found(self) -> dict[int, CalibrationBins]:
        return {}

    def of_equal_mass(self, bins: int) -> CalibrationBins:
        """Bins (lo, hi] between the quantiles i / bins of the confidence; ties share a bin."""
        if bins not in self._found:
            of_bins = self._of_weighted if self.weights.are_given else self._of_keys
            self._found[bins] = of_bins(bins)
        return self._found[bins]

    def _of_weighted(self, bins: int) -> CalibrationBins:
        order = np.argsort(self.confidence)
        upto = np.cumsum(self.weights.of_rows(len(order))[order])
        positions = np.searchsorted(upto, np.arange(1, bins) * upto[-1] / bins * (1.0 - ROUNDING))
        edges = self.confidence[order[np.minimum(positions, len(order) - 1)]]
        at = np.searchsorted(edges, self.confidence).astype(np.intp, copy=False)
        return binned(at, self.confidence.astype(np.float64), self.hits, self.weights, bins)

    @cached_property
    def _keys(self) -> Array:
        return sort_keys(keys_of(self.confidence.copy(), self.hits), self.mapper)

    def _of_keys(self, bins: int) -> CalibrationBins:
        keys, kind = self._keys, self.confidence.dtype
        positions = -(-np.arange(1, bins) * len(keys) // bins) - 1
        edges = keys[np.maximum(positions, 0)] | keys.dtype.type(1)  # with all rows of that confidence
        cuts = [0, *np.searchsorted(keys, edges, side="right").tolist(), len(keys)]

        def of_bin(cut: tuple[int, int]) -> tuple[int, int, float, float]:
            sums = [(0, 0, 0.0, 0.0)]
            for start in range(*cut, CHUNK):
                part = keys[start : min(start + CHUNK, cut[1])]
                hits = part & keys.dtype.type(1)
                p = (part >> keys.dtype.type(1)).view(kind).astype(np.float64)
                off = p - hits
                sums.append((len(part), int(np.count_nonzero(hits)), float(p.sum()), dot(off, off)))
            rows, positives, total, squares = zip(*sums, strict=True)
            return sum(rows), sum(positives), math.fsum(total), math.fsum(squares)

        rows, positives, total, squares = zip(*self.mapper(of_bin, list(pairwise(cuts))), strict=True)
        return CalibrationBins(np.array(rows), np.array(total), np.array(positives), np.array(squares))


class Confidences(Struct, frozen=True):
    """Keep confidence and outcome of each row."""

    row_bytes: ClassVar[int] = 18

    def of(self, block: ClassBlock) -> ConfidenceRuns:
        """Rows of one block, in the float type of the file: shorter keys are sorted faster."""
        confidence, hits = confidence_and_hits(block)
        if block.probabilities.dtype == np.float32:
            confidence = confidence.astype(np.float32, copy=False)
        return ConfidenceRuns(((confidence, hits, block.weight),))
