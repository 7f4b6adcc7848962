"""Exact ROC and precision-recall curves of one class against the rest, from sorted scores.

A probability's bit pattern orders as the number does and leaves the top bits free, so that
``(bits << 1) | is_positive`` is an exact integer key: one sort of values orders the scores *and* carries the
labels; an argsort would take several times as long.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Counts = npt.NDArray[np.int64]
SPLIT_ROWS = 1 << 20
STRETCH_ROWS = 1 << 17
"""Keys whose corners are worked out together: the temporary arrays stay in the cache."""


class Mapper(Protocol):
    """Applies a function to each item, on as many threads as there are."""

    def __call__(self, function: Callable[[Any], Any], items: Any, /) -> Iterator[Any]:
        """Results in the order of the items."""
        ...


@dataclass(frozen=True)
class RankSums:
    """Sums over the positives of a curve, or of a stretch of it.

    ``twice``: two for each negative with a lower score, one for each with the same. ``steps``: the precision
    at each positive's score.
    """

    positives: int
    negatives: int
    twice: int = 0
    steps: float = 0.0

    def __add__(self, other: RankSums) -> RankSums:
        return RankSums(self.positives, self.negatives, self.twice + other.twice, self.steps + other.steps)

    @property
    def roc_auc(self) -> float:
        """Share of (positive, negative) pairs in the right order, ties counted half; NaN without both."""
        if not self.positives or not self.negatives:
            return np.nan
        return self.twice / (2 * self.positives * self.negatives)

    @property
    def average_precision(self) -> float:
        """Precision summed over the steps of recall; NaN without positives."""
        return self.steps / self.positives if self.positives else np.nan


@dataclass(frozen=True)
class Stretch:
    """Part of a curve: one entry per distinct score of the positives, lowest first; shape (m,).

    ``hits`` positives have that score and ``tied`` negatives; ``tp`` and ``fp`` rows have it or a higher one.
    ``positives`` and ``negatives`` are those of the whole curve.
    """

    positives: int
    negatives: int
    hits: Counts
    tied: Counts
    tp: Counts
    fp: Counts

    @property
    def sums(self) -> RankSums:
        """What this part adds to the areas."""
        twice = np.dot(self.hits, 2 * (self.negatives - self.fp) + self.tied)
        steps = np.dot(self.hits, self.tp / (self.tp + self.fp))
        return RankSums(self.positives, self.negatives, int(twice), float(steps))


def sort_keys(keys: Array, mapper: Mapper) -> Array:
    """Sort in place, a long array on two threads: the halves of a partition are independent."""
    if len(keys) < SPLIT_ROWS:
        keys.sort()
        return keys
    middle = len(keys) // 2
    keys.partition(middle)
    list(mapper(lambda part: part.sort(), (keys[:middle], keys[middle:])))
    return keys


def sums_of_keys(keys: Array, mapper: Mapper = map) -> RankSums:
    """Areas from keys in any order, which are sorted in place.

    Cut between scores into stretches; the cuts do not depend on the threads.
    """
    sort_keys(keys, mapper)
    cuts = [0]
    while len(keys) - cuts[-1] > STRETCH_ROWS:
        last = keys[cuts[-1] + STRETCH_ROWS] | keys.dtype.type(1)  # the highest key of this score
        cuts.append(int(np.searchsorted(keys, last, side="right")))
    ends = list(itertools.pairwise([*cuts, len(keys)]))
    counts = list(mapper(lambda ends: len(_positives(keys[slice(*ends)])), ends))
    upto = list(itertools.accumulate(counts, initial=0))
    work = partial(_sums_of_stretch, keys, upto[-1])
    return _total(mapper(work, list(zip(ends, upto, strict=False))), RankSums(upto[-1], len(keys) - upto[-1]))


def _total(parts: Iterable[RankSums], nothing: RankSums) -> RankSums:
    return sum(parts, nothing)


def _positives(keys: Array) -> npt.NDArray[np.intp]:
    return np.flatnonzero((keys & keys.dtype.type(1)).astype(np.bool_))


def _sums_of_stretch(keys: Array, positives: int, part: tuple[tuple[int, int], int]) -> RankSums:
    (start, end), below = part
    return stretch_of_keys(keys[start:end], positives, len(keys) - positives, below, start - below).sums


def stretch_of_keys(
    keys: Array, positives: int, negatives: int, positives_below: int, negatives_below: int
) -> Stretch:
    """Corners from sorted keys, whose lowest bit marks the positives."""
    one = keys.dtype.type(1)
    at = _positives(keys)
    values = keys[at]
    fresh = np.ones(len(at), np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    start = np.flatnonzero(fresh)
    first = at[start]
    tied = np.zeros(len(first), np.int64)
    # equal negatives sort just before the positives of their score
    mixed = np.flatnonzero(keys[np.maximum(first - 1, 0)] == keys[first] - one)
    tied[mixed] = first[mixed] - np.searchsorted(keys, keys[first[mixed]] - one)
    return Stretch(
        positives,
        negatives,
        hits=np.diff(start, append=len(at)),
        tied=tied,
        tp=positives - positives_below - start,
        fp=negatives - negatives_below - (first - start) + tied,
    )


def curve_of_scores(scores: Array, positive: npt.NDArray[np.bool_]) -> Stretch:
    """The whole curve from scores of any scale and a mask of the positives."""
    values, hits = np.unique(scores[positive], return_counts=True)
    everyone = np.sort(scores)
    below, upto = (np.searchsorted(everyone, values, side=side) for side in ("left", "right"))
    positives = int(hits.sum())
    tp = positives - np.cumsum(hits) + hits
    return Stretch(
        positives, len(scores) - positives, hits, upto - below - hits, tp, len(scores) - below - tp
    )
