"""Confusion counts, for classes and for labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ClassBlock, LabelSetBlock
from evalcli.cached import cached_property
from evalcli.statistics.base import FieldSums, Finished, Summable
from evalcli.statistics.parts import Parts, StackedSums
from evalcli.statistics.weights import Weights

MOST_CELLS = 1 << 22
"""Cells of all parts of a block, above which each part is counted on its own."""
Counts = Array
"""int64, or float64 where rows have weights."""


class OneVsRest(Struct, frozen=True):
    """True and false positives and negatives, one entry per class, label or row pattern; (..., k)."""

    tp: Counts
    fp: Counts
    fn: Counts
    tn: Counts

    @property
    def pooled(self) -> OneVsRest:
        """The sums over the classes, as arrays of one entry."""
        return OneVsRest(*(part.sum(axis=-1, keepdims=True) for part in (self.tp, self.fp, self.fn, self.tn)))

    @classmethod
    def of(cls, hits: Counts, predicted_counts: Counts, support: Counts, n: Array | float) -> OneVsRest:
        """From hits, rows predicted and rows true; sums of weights may differ in the last digit."""
        fp, fn = np.maximum(predicted_counts - hits, 0), np.maximum(support - hits, 0)
        return cls(hits, fp, fn, np.maximum(n - hits - fp - fn, 0))

    def without(self, excluded: tuple[int, ...]) -> OneVsRest:
        """All classes but some."""
        if not excluded:
            return self
        parts = (np.delete(part, excluded, axis=-1) for part in (self.tp, self.fp, self.fn, self.tn))
        return OneVsRest(*parts)

    def only(self, index: int) -> OneVsRest:
        """One class, as arrays of one entry."""
        return OneVsRest(*(part[..., index : index + 1] for part in (self.tp, self.fp, self.fn, self.tn)))


def distances(k: int, power: int) -> npt.NDArray[np.float64]:
    """Distance of classes in their order, to a power; power 0: 1 between different classes; (k, k)."""
    positions = np.arange(k, dtype=np.float64)
    distance = np.abs(positions[:, None] - positions)
    return distance**power if power else (distance > 0).astype(np.float64)


class ConfusionCounts(FieldSums, Finished, Struct, frozen=True, dict=True):
    """``table[i, j]``: rows of class i predicted as class j, or their weight; shape (k, k)."""

    table: Counts

    @cached_property
    def n(self) -> float:
        """Rows, or their weight."""
        return self.table.sum().item()

    @cached_property
    def hits(self) -> Counts:
        """Rows of each class that are predicted as it, shape (k,)."""
        return np.diagonal(self.table)

    @cached_property
    def correct(self) -> float:
        """Rows on the diagonal."""
        return self.hits.sum().item()

    def disagreement(self, power: int) -> float:
        """Sum over rows of the distance of true and predicted class to a power."""
        return float((distances(len(self.table), power) * self.table).sum())

    @cached_property
    def support(self) -> Counts:
        """Rows of each class in the labels, shape (k,)."""
        return self.table.sum(axis=1)

    @cached_property
    def predicted_counts(self) -> Counts:
        """Rows predicted as each class, shape (k,)."""
        return self.table.sum(axis=0)

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Whether each class occurs in labels or predictions, shape (k,)."""
        return np.asarray((self.support + self.predicted_counts) > 0)

    @cached_property
    def classes(self) -> OneVsRest:
        """Each class against the rest."""
        if self.table.dtype != np.float64:
            return OneVsRest.of(self.hits, self.predicted_counts, self.support, self.n)
        # sums of weights: a small difference of large ones would be noise
        errors = self.table.copy()
        np.fill_diagonal(errors, 0.0)
        fp, fn = errors.sum(axis=0), errors.sum(axis=1)
        not_tn = self.hits + fp + fn
        tn = self.n - not_tn
        for cls in np.flatnonzero(~(not_tn <= self.n / 2)):  # three classes at most, unless they are NaN
            others = np.arange(len(tn)) != cls
            tn[cls] = errors[others][:, others].sum() + self.hits[others].sum()
        return OneVsRest(self.hits, fp, fn, tn)


class Confusion(Struct, frozen=True):
    """Count rows by true and predicted class. ``squared``: sum the squares of the weights."""

    squared: bool = False

    def of(self, block: ClassBlock) -> ConfusionCounts:
        """Count one block."""
        k = block.k
        # the largest class index squared fits intp, which bincount requires
        cells = block.truth * np.intp(k) + block.predicted
        return ConfusionCounts(_weights(block, self.squared).counted(cells, k * k).reshape(k, k))

    def of_parts(self, block: ClassBlock, parts: Parts) -> StackedSums[ConfusionCounts] | None:
        """Count each part of a block."""
        k = block.k
        if parts.count * k * k > MOST_CELLS:
            return None
        cells = (parts.of * k + block.truth) * np.intp(k) + block.predicted
        counted = _weights(block, self.squared).counted(cells, parts.count * k * k)
        return StackedSums(parts.codes, (counted.reshape(-1, k, k),), ConfusionCounts)


def _weights(block: ClassBlock | LabelSetBlock, squared: bool) -> Weights:
    weights = Weights(block.weight)
    return weights.squared if squared else weights


class LabelTotals(FieldSums, Finished, Struct, frozen=True, dict=True):
    """True and false positives and negatives of each label, shape (k,); or their weights.

    ``gaps``: in how many rows each label is missing, (k,), or 0.
    """

    tp: Counts
    fp: Counts
    fn: Counts
    tn: Counts
    gaps: Array | int = 0

    @classmethod
    def of(
        cls, hits: Counts, predicted_counts: Counts, support: Counts, n: Array | int, gaps: Array | int = 0
    ) -> LabelTotals:
        """From whole numbers: hits, rows predicted and rows true of each label, and rows."""
        fp, fn = predicted_counts - hits, support - hits
        return cls(hits, fp, fn, n - hits - fp - fn, gaps)

    @cached_property
    def predicted_counts(self) -> Counts:
        """Rows predicted to have each label, shape (k,)."""
        return self.tp + self.fp

    @cached_property
    def support(self) -> Counts:
        """Rows that have each label, shape (k,)."""
        return self.tp + self.fn

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Whether each label occurs in labels or predictions, shape (k,)."""
        return np.asarray((self.support + self.predicted_counts) > 0)

    @cached_property
    def classes(self) -> OneVsRest:
        """Each label on its own."""
        return OneVsRest(self.tp, self.fp, self.fn, self.tn)


class LabelConfusion(Struct, frozen=True):
    """Count rows by truth and prediction of each label. ``squared``: sum the squares of the weights."""

    squared: bool = False

    def of(self, block: LabelSetBlock) -> LabelTotals:
        """Count one block."""
        truth, predicted, known = block.truth, block.predicted, block.known
        weights = _weights(block, self.squared)
        if known is not None:
            predicted = predicted & known
        gaps = 0 if known is None else block.n - np.count_nonzero(known, axis=1)
        if not weights.are_given:  # the fourth count follows from the others
            parts: list[Array] = [truth & predicted, predicted, truth]
            hits, predicted_counts, support = (
                np.count_nonzero(part, axis=1).astype(np.int64) for part in parts
            )
            return LabelTotals.of(hits, predicted_counts, support, block.n - gaps, gaps)
        neither = ~(truth | predicted) if known is None else known & ~(truth | predicted)
        kinds: list[Array] = [truth & predicted, predicted & ~truth, truth & ~predicted, neither]
        tp, fp, fn, tn = (kind @ weights.of_rows(block.n) for kind in kinds)
        return LabelTotals(tp, fp, fn, tn, gaps)


class LabelPatternCounts(Summable, Finished, Struct, frozen=True):
    """Number of rows with each pattern: counts of true positive, false positive and false negative labels.

    ``kinds``: the distinct patterns, (m, 3); ``counts``: rows of each pattern or their weight, (m,); ``k``:
    number of labels. A few patterns represent any number of rows.
    """

    kinds: npt.NDArray[np.int64]
    counts: Counts
    k: int

    @classmethod
    def of(cls, kinds: npt.NDArray[np.int64], counts: Weights, k: int) -> LabelPatternCounts:
        """Merge equal patterns."""
        codes = (kinds[:, 0] * (k + 1) + kinds[:, 1]) * (k + 1) + kinds[:, 2]
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        return cls(kinds[first], counts.counted(inverse, len(first)), k)

    def __add__(self, other: LabelPatternCounts) -> LabelPatternCounts:
        kinds, counts = np.concatenate([self.kinds, other.kinds]), np.concatenate([self.counts, other.counts])
        merged = LabelPatternCounts.of(kinds, Weights(counts), self.k)
        return LabelPatternCounts(merged.kinds, merged.counts.astype(counts.dtype), self.k)

    @property
    def n(self) -> float:
        """Rows, or their weight."""
        return self.counts.sum().item()

    @property
    def rows(self) -> OneVsRest:
        """Confusion counts over the labels of each pattern."""
        tp, fp, fn = self.kinds.T
        return OneVsRest(tp, fp, fn, self.k - tp - fp - fn)


def labels_but(matrix: Array, excluded: tuple[int, ...]) -> Array:
    """A matrix of labels and rows without some of the labels."""
    return np.delete(matrix, excluded, axis=0) if excluded else matrix


class RowConfusion(Struct, frozen=True):
    """Count rows by their pattern of labels. ``excluded``: labels that are ignored."""

    excluded: tuple[int, ...] = ()

    def of(self, block: LabelSetBlock) -> LabelPatternCounts:
        """Count one block."""
        truth, predicted = (labels_but(matrix, self.excluded) for matrix in (block.truth, block.predicted))
        parts = (truth & predicted, predicted & ~truth, truth & ~predicted)
        kinds = np.stack([part.sum(axis=0, dtype=np.int64) for part in parts], axis=1)
        return LabelPatternCounts.of(kinds, Weights(block.weight), len(truth))
