"""Scores kept for ranking: exact areas under the curves of each class against the rest, or each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evalcli.blocks import ClassBlock, LabelSetBlock, ScoreKind
from evalcli.blocks.base import unit_interval
from evalcli.statistics.base import Floats, Mapper
from evalcli.statistics.correlation import ranks_of
from evalcli.statistics.curves import (
    Array,
    RankSums,
    Stretch,
    corners,
    curve_in_order,
    curve_of_keys,
    curve_of_scores,
    keys_of,
    sort_keys,
    sums_of_keys,
)

CHUNK = 1 << 16
BELOW = np.int64(0xFFFFFFFF)
"""Bits of a key of 64 under those of the score."""


@dataclass(frozen=True, eq=False)
class Duel:
    """One class against the rest, and against each other class.

    ``wins``: for each class, twice the weight of pairs in which a row of this class scores above a row of
    that one, ties once; (k,). ``keys``: sorted keys against the rest, where there are some.
    """

    curve: Stretch
    wins: Floats
    keys: Array | None = None


@dataclass(frozen=True, eq=False)
class ScoreRuns:
    """The scores of each ranked class, in the order of arrival.

    ``columns``: the class that each row of ``runs``, (m, rows), stands for. ``truths``: class index, (rows,),
    or which labels a row has, (m, rows). ``weights``: (rows,), or none. ``ranked``: what was asked for.
    """

    ranked: ClassScores
    columns: tuple[int, ...]
    kind: ScoreKind
    runs: tuple[Array, ...] = ()
    truths: tuple[Array, ...] = ()
    weights: tuple[Array, ...] = ()

    def __add__(self, other: ScoreRuns) -> ScoreRuns:
        return ScoreRuns(
            self.ranked,
            self.columns,
            self.kind,
            self.runs + other.runs,
            self.truths + other.truths,
            self.weights + other.weights,
        )

    def finish(self, mapper: Mapper) -> Ranking:
        """Rank, as soon as something is asked for."""
        return Ranking(self, mapper)

    def scores(self, row: int) -> Array:
        """Scores of one class, (n,)."""
        return np.concatenate([run[row] for run in self.runs])

    def positive(self, row: int) -> npt.NDArray[np.bool_]:
        """Which rows belong to a class, (n,)."""
        sets = self.truths[0].ndim == 2
        return np.concatenate([t[row] if sets else t == self.columns[row] for t in self.truths])

    @cached_property
    def classes(self) -> Array:
        """Class of every row, (n,)."""
        return np.concatenate(self.truths)

    @cached_property
    def weight(self) -> Array | None:
        """Weight of every row, (n,), or None."""
        return np.concatenate(self.weights) if self.weights else None

    @property
    def by_keys(self) -> bool:
        """Whether sorting integers does: scores in [0, 1], whose bits order."""
        return self.kind is ScoreKind.PROBABILITIES and not self.weights

    def keys(self, row: int, mapper: Mapper = map) -> Array:
        """Sorted keys of one class against the rest."""
        return sort_keys(keys_of(self.scores(row), self.positive(row)), mapper)

    def sums(self, row: int, mapper: Mapper = map) -> RankSums:
        """Rank one class against the rest."""
        if self.by_keys:
            return sums_of_keys([self.keys(row, mapper)], mapper)
        return self.curve(row).sums

    def curve(self, row: int, mapper: Mapper = map) -> Stretch:
        """The curve of one class against the rest."""
        if self.by_keys:
            return curve_of_keys(self.keys(row, mapper), mapper)
        return curve_of_scores(self.scores(row), self.positive(row), self.weight)

    def pooled(self) -> RankSums:
        """Rank all (row, class) pairs together."""
        rows = range(len(self.columns))
        scores = np.concatenate([self.scores(row) for row in rows])
        positive = np.concatenate([self.positive(row) for row in rows])
        weight = None if self.weight is None else np.tile(self.weight, len(rows))
        return curve_of_scores(scores, positive, weight).sums

    def duel(self, row: int) -> Duel:
        """Rank one class against the rest, and against each other class alone, with one sort for all."""
        own, k = self.columns[row], len(self.columns)
        if self.by_keys and self.runs[0].dtype == np.float32:
            bits = [run[row].view(np.uint32) for run in self.runs]
            codes = [np.where(t == own, k, t).astype(np.uint32) for t in self.truths]
            return _duel_by_keys(bits, codes, k)
        scores = self.scores(row)
        ranked = ranks_of(scores)
        start, classes = ranked.start, self.classes[ranked.order]
        weight = np.ones(len(classes), np.int64) if self.weight is None else self.weight[ranked.order]
        mine = np.where(classes == own, weight, 0)
        curve = curve_in_order(scores[ranked.order[start]], mine, weight - mine, start)
        tied = np.add.reduceat(mine, start)
        above = mine.sum() - np.cumsum(tied)
        twice = np.repeat(2 * above + tied, ranked.ties) * weight
        wins = np.bincount(classes, weights=twice, minlength=k)
        return Duel(curve, wins.astype(np.float64, copy=False))


def _duel_by_keys(bits: Sequence[Array], codes: Sequence[Array], k: int) -> Duel:
    """Keys of 64 bits: the score's above, the class's below; the own class, k, comes last among ties."""
    keys = np.empty(sum(map(len, codes)), np.int64)
    halves = keys.view(np.uint32).reshape(-1, 2)
    np.concatenate(bits, out=halves[:, 1])
    np.concatenate(codes, out=halves[:, 0])
    keys.sort()
    positives = sum(int(np.count_nonzero(part == k)) for part in codes)
    plain, places, wins, left = np.empty(len(keys), np.uint32), [], np.zeros(k + 1), positives
    for first in range(0, len(keys), CHUNK):
        rows = slice(first, first + CHUNK)
        classes = keys[rows] & BELOW
        own = classes == k
        np.left_shift(halves[rows, 1], 1, out=plain[rows])
        plain[rows] |= own
        places.append(np.flatnonzero(own) + first)
        # rows of the own class; those with the same score counted too
        above = np.subtract(float(left), np.cumsum(own, dtype=np.int32))
        wins += np.bincount(classes, weights=above, minlength=k + 1)
        left -= len(places[-1])
    curve = corners(
        keys,
        np.concatenate(places) if places else np.empty(0, np.intp),
        BELOW,
        lambda found: (found >> 32).astype(np.uint32).view(np.float32),
        (positives, len(keys) - positives),
        (0, 0),
    )
    wins *= 2
    mixed = np.flatnonzero(curve.tied)
    if len(mixed):
        counts = curve.tied[mixed]
        lowest = np.searchsorted(keys, curve.scores[mixed].view(np.uint32).astype(np.int64) << 32)
        tied = np.repeat(lowest - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        once = np.repeat(curve.hits[mixed], counts)
        wins -= np.bincount(keys[tied] & BELOW, weights=once, minlength=k + 1)
    return Duel(curve, wins[:k], plain)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Areas under the curves of a finished state, one entry per ranked class; NaN where undefined."""

    state: ScoreRuns
    mapper: Mapper

    @cached_property
    def sums(self) -> list[RankSums]:
        """One class against the rest."""
        state = self.state
        if state.ranked.pairs or (state.ranked.again and not state.by_keys):
            return list(self.mapper(lambda curve: curve.sums, self.curves))
        if state.ranked.again:
            return self._of_keys(lambda keys, mapper: sums_of_keys([keys], mapper))
        return self._each(state.sums)

    @cached_property
    def curves(self) -> list[Stretch]:
        """The curve of one class against the rest."""
        if self.state.ranked.pairs:
            return [duel.curve for duel in self._duels]
        if self.state.by_keys:
            return self._of_keys(curve_of_keys)
        return self._each(self.state.curve)

    @cached_property
    def _keys(self) -> list[Array]:
        """Sorted keys of every class against the rest."""
        kept = [duel.keys for duel in self._duels if duel.keys is not None] if self.state.ranked.pairs else []
        return kept or self._each(self.state.keys)

    def _of_keys(self, work: Callable[[Array, Mapper], Any]) -> list[Any]:
        keys = self._keys  # before the threads, which would wait for each other
        return self._each(lambda row, mapper=map: work(keys[row], mapper))

    def _each(self, work: Any) -> list[Any]:
        rows = range(len(self.state.columns))
        # one class: both threads at its sort; several: one class a thread
        return [work(0, self.mapper)] if len(rows) == 1 else list(self.mapper(work, rows))

    @cached_property
    def roc_auc(self) -> Floats:
        """ROC AUC, one class against the rest."""
        return np.array([sums.roc_auc for sums in self.sums])

    @cached_property
    def average_precision(self) -> Floats:
        """Average precision, one class against the rest."""
        return np.array([sums.average_precision for sums in self.sums])

    def partial_roc_auc(self, limit: float) -> Floats:
        """Partial ROC AUC, one class against the rest."""
        if limit not in self._partial:
            found = self.mapper(lambda curve: curve.partial_roc_auc(limit), self.curves)
            self._partial[limit] = np.array(list(found))
        return self._partial[limit]

    @cached_property
    def _partial(self) -> dict[float, Floats]:
        return {}

    @cached_property
    def pooled(self) -> RankSums:
        """All pairs of row and class together."""
        return sums_of_keys(self._keys, self.mapper) if self.state.by_keys else self.state.pooled()

    def threshold(self, score: float) -> float:
        """What ``--threshold`` takes for a ranking score: a probability, or the raw score."""
        found = np.array([score])
        return float(
            found[0] if self.state.kind is ScoreKind.RAW else unit_interval(found, self.state.kind, False)[0]
        )

    @cached_property
    def _duels(self) -> list[Duel]:
        return list(self.mapper(self.state.duel, range(len(self.state.columns))))

    @cached_property
    def against_each_other(self) -> Floats:
        """Share of pairs of rows of two classes that each class's score orders rightly, (k, k).

        The mean of both classes' shares, so symmetric; NaN where one of the two has no row.
        """
        support = np.array([duel.curve.positives for duel in self._duels], np.float64)
        twice = np.stack([duel.wins for duel in self._duels])
        pairs = 2 * np.outer(support, support)
        share = np.divide(twice, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
        np.fill_diagonal(share, np.nan)
        return (share + share.T) / 2


@dataclass(frozen=True)
class ClassScores:
    """Keep what ranking needs of each block.

    ``pairs``: classes are ranked against each other too. ``again``: curves or pooled areas are wanted, for
    which sorted keys are kept.
    """

    pairs: bool = False
    again: bool = False

    def of(self, block: ClassBlock | LabelSetBlock) -> ScoreRuns:
        """Scores, truth and weights of one block."""
        scores, columns = block.ranking_scores
        truth = block.truth
        if isinstance(block, ClassBlock):
            truth = truth.astype(np.uint8 if block.k < 256 else np.int32)
        weights = () if block.weight is None else (block.weight,)
        return ScoreRuns(self, columns, block.kind, (scores,), (truth,), weights)
