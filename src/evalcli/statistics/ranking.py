"""Exact ranking of scores, one class against the rest: ROC AUC, average precision and curves.

A probability's bit pattern orders as the number does and leaves the top bits free, so that
``(bits << 1) | is_positive`` is an exact integer key: one sort of values orders the scores *and* carries the
labels; an argsort would take several times as long. Scores outside [0, 1] are kept as they are, next to the
truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from evalcli.block import Block

Array = npt.NDArray[Any]
SPLIT_ROWS = 1 << 20
KEYS = {np.dtype(np.float32): np.dtype(np.uint32), np.dtype(np.float64): np.dtype(np.uint64)}


class Mapper(Protocol):
    """Applies a function to each item, on as many threads as there are."""

    def __call__(self, function: Callable[[Any], Any], items: Any) -> Iterator[Any]:
        """Results in the order of the items."""
        ...


@dataclass(frozen=True)
class RankCurve:
    """The corners of a ROC curve: one entry per distinct score of the positives, highest first.

    ``hits`` positives have that score, ``tied`` negatives have it too, ``above`` negatives a higher one.
    """

    positives: int
    negatives: int
    hits: npt.NDArray[np.int64]
    above: npt.NDArray[np.int64]
    tied: npt.NDArray[np.int64]

    @property
    def tp(self) -> npt.NDArray[np.int64]:
        """Positives at or above each threshold."""
        return np.cumsum(self.hits)

    @property
    def fp(self) -> npt.NDArray[np.int64]:
        """Negatives at or above each threshold."""
        return self.above + self.tied

    @property
    def roc_auc(self) -> float:
        """Share of (positive, negative) pairs in the right order, ties counted half; NaN without both."""
        if not self.positives or not self.negatives:
            return np.nan
        twice = np.dot(self.hits, 2 * (self.negatives - self.above) - self.tied)
        return float(twice) / (2 * self.positives * self.negatives)

    @property
    def average_precision(self) -> float:
        """Precision summed over the steps of recall; NaN without positives."""
        if not self.positives:
            return np.nan
        tp = self.tp
        return float(np.dot(self.hits, tp / (tp + self.fp))) / self.positives


def curve_of_keys(keys: Array) -> RankCurve:
    """Corners from sorted keys, whose lowest bit marks the positives."""
    at = np.flatnonzero(keys & 1)
    positives, negatives = len(at), len(keys) - len(at)
    values = keys[at]
    start = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1]))) if positives else at
    first, values = at[start], values[start]
    hits = np.diff(start, append=positives)
    before = first - start  # negatives with a lower or an equal score: equal ones sort just before
    tied = np.zeros(len(first), np.int64)
    mixed = np.flatnonzero(keys[np.maximum(first - 1, 0)] == values - keys.dtype.type(1))
    tied[mixed] = first[mixed] - np.searchsorted(keys, values[mixed] - keys.dtype.type(1))
    return RankCurve(positives, negatives, hits[::-1], (negatives - before)[::-1], tied[::-1])


def curve_of_scores(scores: Array, positive: npt.NDArray[np.bool_]) -> RankCurve:
    """Corners from scores of any scale and a mask of the positives."""
    values, hits = np.unique(scores[positive], return_counts=True)
    everyone = np.sort(scores)
    below, upto = (np.searchsorted(everyone, values, side=side) for side in ("left", "right"))
    tied = upto - below - hits
    positives, negatives = int(hits.sum()), len(scores) - int(hits.sum())
    not_above = upto - np.cumsum(hits)  # negatives with a lower or an equal score
    return RankCurve(positives, negatives, hits[::-1], (negatives - not_above)[::-1], tied[::-1])


def sort_in_place(keys: Array, mapper: Mapper) -> Array:
    """Sort one long array on two threads: the halves of a partition are independent."""
    if len(keys) < SPLIT_ROWS:
        keys.sort()
        return keys
    middle = len(keys) // 2
    keys.partition(middle)
    list(mapper(lambda part: part.sort(), (keys[:middle], keys[middle:])))
    return keys


@dataclass(frozen=True, eq=False)
class ScoreRuns:
    """The scores of each ranked class, in the order of arrival, as keys or as (scores, truth).

    ``runs`` are arrays of shape (m, rows); ``truths`` of shape (rows,) only where the scores are no keys.
    """

    columns: tuple[int, ...]
    runs: tuple[Array, ...] = ()
    truths: tuple[Array, ...] = ()

    def __add__(self, other: ScoreRuns) -> ScoreRuns:
        return ScoreRuns(self.columns, self.runs + other.runs, self.truths + other.truths)

    def curve(self, row: int, mapper: Mapper = map) -> RankCurve:
        """Rank one class against the rest."""
        scores = np.concatenate([run[row] for run in self.runs]) if self.runs else np.empty(0, np.uint32)
        if self.truths:
            return curve_of_scores(scores, np.concatenate(self.truths) == self.columns[row])
        return curve_of_keys(sort_in_place(scores, mapper))

    def pooled(self, mapper: Mapper = map) -> RankCurve:
        """Rank all (row, class) pairs together."""
        scores = np.concatenate([run.reshape(-1) for run in self.runs])
        if self.truths:
            wanted = np.array(self.columns)[:, None]
            return curve_of_scores(scores, np.concatenate([(t == wanted).reshape(-1) for t in self.truths]))
        return curve_of_keys(sort_in_place(scores, mapper))


@dataclass(frozen=True, eq=False)
class Ranking:
    """Areas under the curves of a finished state, one entry per ranked class; NaN where undefined."""

    state: ScoreRuns
    mapper: Mapper

    @cached_property
    def _areas(self) -> npt.NDArray[np.float64]:
        def areas(row: int, mapper: Mapper = map) -> tuple[float, float]:
            curve = self.state.curve(row, mapper)
            return curve.roc_auc, curve.average_precision

        rows = range(len(self.state.columns))
        # one class: both threads at its sort; several: one class a thread
        found = [areas(0, self.mapper)] if len(rows) == 1 else list(self.mapper(areas, rows))
        return np.array(found, np.float64).reshape(-1, 2)

    @property
    def roc_auc(self) -> npt.NDArray[np.float64]:
        """ROC AUC, one class against the rest."""
        return self._areas[:, 0]

    @property
    def average_precision(self) -> npt.NDArray[np.float64]:
        """Average precision, one class against the rest."""
        return self._areas[:, 1]

    @cached_property
    def pooled(self) -> RankCurve:
        """All pairs of row and class together."""
        return self.state.pooled(self.mapper)


@dataclass(frozen=True)
class ClassScores:
    """Keep what ranking needs of each block."""

    def of(self, block: Block) -> ScoreRuns:
        """Keys of one block."""
        scores, columns = block.ranking_scores
        if not block.in_unit_interval:
            return ScoreRuns(columns, (scores,), (block.truth,))
        keys = np.left_shift(scores.view(KEYS[scores.dtype]), 1)
        if len(columns) == 1:
            keys[0] |= block.truth == columns[0]
        else:
            keys[block.truth, np.arange(block.n)] |= keys.dtype.type(1)
        return ScoreRuns(columns, (keys,))
