"""Scores kept for ranking: exact areas under the curves, one class against the rest or against another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from evalcli.blocks import ClassBlock, LabelSetBlock, ScoreKind
from evalcli.blocks.base import unit_interval
from evalcli.statistics.area_variance import area_sums, influences, sums_of_keys
from evalcli.statistics.base import FieldSums, Floats, Mapper
from evalcli.statistics.curves import (
    AreaSums,
    Array,
    CurveSegment,
    curve_of_keys,
    curve_of_scores,
    joined,
    keys_of,
    map_segments,
    sort_keys,
)
from evalcli.statistics.one_vs_one import OneVsOne, one_vs_one_by_keys, one_vs_one_by_ranks
from evalcli.statistics.row_count import RowCount
from evalcli.statistics.row_sample import bound_of_groups
from evalcli.statistics.weights import Weights, run_of

SOME, MANY, FEWEST = 1 << 15, 1 << 20, 2048
"""Rows times classes to estimate covariances of classes from; the same with weights or groups, where
variances need them too; and the minimum number of rows."""


@dataclass(frozen=True, eq=False)
class ScoreRuns(FieldSums):
    """The scores of each ranked class, in the order of arrival.

    ``columns``: the class of each row of ``runs``, (m, rows). ``truths``: class index, (rows,), or whether a
    row has each label, (m, rows). ``weights``: (rows,), or none. If labels are missing, each of these has m
    arrays, one per label. ``groups``: hashes of the groups, (rows,), or none. ``ranked``: the statistic.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ("ranked", "columns", "kind")

    ranked: ScoreRanking
    columns: tuple[int, ...]
    kind: ScoreKind
    runs: tuple[Any, ...] = ()
    truths: tuple[Any, ...] = ()
    weights: tuple[Any, ...] = ()
    groups: tuple[Array, ...] = ()

    def finalize(self, mapper: Mapper) -> Ranking:
        """A ranking, computed on demand."""
        return Ranking(self, mapper)

    def scores(self, row: int) -> Array:
        """Scores of one class, (n,)."""
        return np.concatenate([run[row] for run in self.runs])

    def positive(self, row: int) -> npt.NDArray[np.bool_]:
        """Whether each row belongs to a class, (n,)."""
        sets = self.has_gaps or self.truths[0].ndim == 2
        return np.concatenate([t[row] if sets else t == self.columns[row] for t in self.truths])

    def scores_at(self, row: int, positions: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Scores of one class, and whether rows belong to it, for some rows in ascending order."""
        ends = np.cumsum([part.shape[-1] for part in self.truths])
        cuts = np.searchsorted(positions, ends).tolist()
        scores, truths, start = [], [], 0
        for run, truth, cut, end in zip(self.runs, self.truths, cuts, ends.tolist(), strict=True):
            local = positions[start:cut] - (end - truth.shape[-1])
            scores.append(run[row, local])
            truths.append(truth[row, local] if truth.ndim == 2 else truth[local] == self.columns[row])
            start = cut
        return np.concatenate(scores), np.concatenate(truths)

    @property
    def has_gaps(self) -> bool:
        """Whether labels are missing, so that labels have different rows."""
        return isinstance(self.truths[0], tuple)

    def weight_of(self, row: int) -> Array | None:
        """Weight of the rows of one class, (n,), or None."""
        if not self.has_gaps:
            return self.weight
        return np.concatenate([weight[row] for weight in self.weights]) if self.weights else None

    @cached_property
    def classes(self) -> Array:
        """Class of every row, (n,)."""
        return np.concatenate(self.truths)

    @cached_property
    def weight(self) -> Array | None:
        """Weight of every row, (n,), or None."""
        return np.concatenate(self.weights) if self.weights else None

    @cached_property
    def group(self) -> Array | None:
        """Hash of the group of every row, (n,), or None."""
        return np.concatenate(self.groups) if self.groups else None

    @property
    def n(self) -> int:
        """Rows."""
        return sum(part.shape[-1] for part in self.truths)

    @property
    def by_keys(self) -> bool:
        """Whether integer keys can be sorted: unweighted scores in [0, 1]."""
        return self.kind is ScoreKind.PROBABILITIES and not self.weights

    def keys(self, row: int, mapper: Mapper = map) -> Array:
        """Sorted keys of one class against the rest."""
        return sort_keys(keys_of(self.scores(row), self.positive(row)), mapper)

    def sums(self, row: int, mapper: Mapper = map) -> AreaSums:
        """Rank one class against the rest."""
        if self.by_keys:
            return sums_of_keys([self.keys(row, mapper)], mapper, self.squares)
        return area_sums(self.curve(row), self.squares)

    def curve(self, row: int, mapper: Mapper = map) -> CurveSegment:
        """The curve of one class against the rest."""
        if self.by_keys:
            return curve_of_keys(self.keys(row, mapper), mapper)
        return curve_of_scores(self.scores(row), self.positive(row), self.weight_of(row))

    @property
    def squares(self) -> bool:
        """Whether the variances of the areas are computed from the curves."""
        return self.ranked.with_variance and not self.weights and not self.groups

    def pooled(self) -> CurveSegment:
        """Rank all (row, class) pairs together."""
        rows = range(len(self.columns))
        scores = np.concatenate([self.scores(row) for row in rows])
        positive = np.concatenate([self.positive(row) for row in rows])
        weights = Weights.joined([self.weight_of(row) for row in rows])
        return curve_of_scores(scores, positive, weights.values)

    def rank_one_vs_one(self, row: int) -> OneVsOne:
        """Rank one class against the rest and against each other class, with one sort."""
        class_index, k = self.columns[row], len(self.columns)
        if self.by_keys and self.runs[0].dtype == np.float32:
            bits = [run[row].view(np.uint32) for run in self.runs]
            codes = [np.where(t == class_index, k, t).astype(np.uint32) for t in self.truths]
            return one_vs_one_by_keys(bits, codes, k)
        return one_vs_one_by_ranks(self.scores(row), self.classes, Weights(self.weight), class_index, k)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Areas under the curves of a finished state, one entry per ranked class; NaN where undefined."""

    state: ScoreRuns
    mapper: Mapper

    @cached_property
    def sums(self) -> list[AreaSums]:
        """One class against the rest."""
        state, squares = self.state, self.state.squares
        if state.ranked.one_vs_one or (state.ranked.keep_keys and not state.by_keys):
            return list(self.mapper(lambda curve: area_sums(curve, squares), self.curves))
        if state.ranked.keep_keys:
            return self._of_keys(lambda keys, mapper: sums_of_keys([keys], mapper, squares))
        if state.ranked.with_variance and not (squares and (len(state.columns) == 1 or state.has_gaps)):
            return [sums for sums, _ in self._ranked]
        return self._each(state.sums)

    @cached_property
    def _ranked(self) -> list[tuple[AreaSums, Floats]]:
        """Sums of each class, and influences of the sampled rows, while its curve is in memory."""
        sampled_rows = self.sampled_rows

        def work(row: int, mapper: Mapper = map) -> tuple[AreaSums, Floats]:
            keeps_curves = self.state.ranked.keep_keys or self.state.ranked.one_vs_one
            curve = self.curves[row] if keeps_curves else self.state.curve(row, mapper)
            sums = area_sums(curve, self.state.squares)
            return sums, self._by_unit(influences(curve, sums, *self.state.scores_at(row, sampled_rows)))

        if self.state.ranked.keep_keys or self.state.ranked.one_vs_one:
            self.curves  # noqa: B018  before the threads, which would block each other
        self._group, self.state.weight  # noqa: B018
        return self._each(work)

    @cached_property
    def sampled_rows(self) -> Array:
        """Indices of the rows that covariances are estimated from: all, or a sample."""
        state = self.state
        most = (MANY if state.weights or state.groups else SOME) // len(state.columns)
        most, n = max(most, FEWEST), state.n
        if n <= most:
            return np.arange(n)
        rng = np.random.default_rng(state.ranked.seed)
        if state.group is None:
            return np.sort(rng.choice(n, most, replace=False, shuffle=False))
        return np.flatnonzero(state.group <= bound_of_groups(state.group, most))

    @cached_property
    def influences(self) -> Floats:
        """Influence of each sampled row, or group, on both areas of each class; (classes, 2, units).

        If the curves give exact variances, each class is scaled to those.
        """
        added = np.stack([part for _, part in self._ranked])
        if not self.state.squares:
            return added * np.sqrt(self._variance_factor)
        exact = np.array([sums.variances for sums in self.sums])
        estimated = np.square(added).sum(axis=2)
        scale = np.sqrt(np.divide(exact, estimated, out=np.ones_like(exact), where=estimated > 0))
        return added * scale[:, :, None]

    @property
    def _variance_factor(self) -> float:
        """All rows (or groups) over sampled ones, with the correction for small samples."""
        total, sampled = self.state.n, len(self.sampled_rows)
        if self.state.group is not None:
            total, sampled = len(np.unique(self.state.group)), self.units
        return total / max(sampled - 1, 1) if total == sampled else total / sampled

    @cached_property
    def _group(self) -> Array | None:
        """Index of the group of each sampled row, (sampled,)."""
        if self.state.group is None:
            return None
        return np.unique(self.state.group[self.sampled_rows], return_inverse=True)[1]

    @cached_property
    def minority_counts(self) -> Floats:
        """Rows of each class or of the others, whichever are fewer; or groups with such rows; (classes,).

        Weighted rows count by their effective sample size.
        """
        state, counts = self.state, []
        for row in range(len(state.columns)):
            if state.squares:
                counts.append(min(self.sums[row].positives, self.sums[row].negatives))
                continue
            positive = state.positive(row)
            for members in (positive, ~positive):
                if state.group is not None:
                    counts.append(float(len(np.unique(state.group[members]))))
                else:
                    weights = Weights(state.weight).at(members)
                    counts.append(RowCount.of(weights, int(np.count_nonzero(members))).effective)
            counts[-2:] = [min(counts[-2:])]
        return np.array(counts, np.float64)

    def support_influence(self, classes: Array, differences: Floats) -> Floats:
        """Influence of each sampled row on a support-weighted mean, through the support; (units,).

        ``differences``: each class's value minus the mean.
        """
        state, sampled_rows = self.state, self.sampled_rows
        total, added = 0.0, np.zeros(len(sampled_rows))
        for row, difference in zip(classes, differences, strict=True):
            members = state.positive(row)
            total += Weights(state.weight).at(members).total(int(np.count_nonzero(members)))
            added += difference * members[sampled_rows]
        return self._by_unit(added[None, :])[0] / total * np.sqrt(self._variance_factor)

    @property
    def units(self) -> int:
        """Number of sampled groups; of rows without groups."""
        return len(self.sampled_rows) if self._group is None else int(self._group.max(initial=-1)) + 1

    def _by_unit(self, added: Floats) -> Floats:
        """Weighted influences of rows, summed by group if there are groups; (m, units)."""
        added = Weights(self.state.weight).at(self.sampled_rows).times(added)
        if self._group is None:
            return added
        return np.stack([np.bincount(self._group, weights=row) for row in added]).astype(
            np.float64, copy=False
        )

    @cached_property
    def pooled_influences(self) -> Floats:
        """Influence of each sampled row, or group, on both pooled areas; (2, units)."""
        state, sampled_rows, curve = self.state, self.sampled_rows, self._pooled_curve
        sums = self.pooled
        rows = range(len(state.columns))
        added = sum(
            self.mapper(lambda row: influences(curve, sums, *state.scores_at(row, sampled_rows)), rows)
        )
        return self._by_unit(np.asarray(added)) * np.sqrt(self._variance_factor)

    @cached_property
    def curves(self) -> list[CurveSegment]:
        """The curve of one class against the rest."""
        if self.state.ranked.one_vs_one:
            return [one_vs_one.curve for one_vs_one in self._one_vs_one]
        if self.state.by_keys:
            return self._of_keys(curve_of_keys)
        return self._each(self.state.curve)

    @cached_property
    def _keys(self) -> list[Array]:
        """Sorted keys of every class against the rest."""
        kept = (
            [one_vs_one.keys for one_vs_one in self._one_vs_one if one_vs_one.keys is not None]
            if self.state.ranked.one_vs_one
            else []
        )
        return kept or self._each(self.state.keys)

    def _of_keys(self, work: Callable[[Array, Mapper], Any]) -> list[Any]:
        keys = self._keys  # before the threads, which would block each other
        return self._each(lambda row, mapper=map: work(keys[row], mapper))

    def _each(self, work: Any) -> list[Any]:
        rows = range(len(self.state.columns))
        # one class: all threads at its sort; several: one class per thread
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
            values = self.mapper(lambda curve: curve.partial_roc_auc(limit), self.curves)
            self._partial[limit] = np.array(list(values))
        return self._partial[limit]

    @cached_property
    def _partial(self) -> dict[float, Floats]:
        return {}

    @cached_property
    def pooled(self) -> AreaSums:
        """Areas over all (row, class) pairs."""
        return sums_of_keys(self._keys, self.mapper) if self.state.by_keys else self._pooled_curve.sums

    @cached_property
    def _pooled_curve(self) -> CurveSegment:
        if self.state.by_keys:
            return joined(map_segments(self._keys, self.mapper, lambda part: part))
        return self.state.pooled()

    def threshold(self, score: float) -> float:
        """The value of ``--threshold`` for a ranking score: a probability, or the raw score."""
        kind = self.state.kind
        return score if kind is ScoreKind.RAW else float(unit_interval(np.array([score]), kind, False)[0])

    @cached_property
    def _one_vs_one(self) -> list[OneVsOne]:
        return list(self.mapper(self.state.rank_one_vs_one, range(len(self.state.columns))))

    @cached_property
    def pairwise_auc(self) -> Floats:
        """Pairwise AUC: share of concordant pairs of rows of two classes, (k, k).

        The mean over the scores of both classes, so symmetric; NaN if one of them has no row.
        """
        support = np.array([one_vs_one.curve.positives for one_vs_one in self._one_vs_one], np.float64)
        doubled = np.stack([one_vs_one.concordant for one_vs_one in self._one_vs_one])
        pairs = 2 * np.outer(support, support)
        share = np.divide(doubled, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
        np.fill_diagonal(share, np.nan)
        return (share + share.T) / 2


@dataclass(frozen=True)
class ScoreRanking:
    """Keep what ranking needs of each block.

    ``one_vs_one``: also rank pairs of classes. ``keep_keys``: keep sorted keys, for curves or pooled areas.
    ``with_variance``: also compute variances of the areas. ``by_group``: rows of a group are dependent.
    ``seed``: random seed of the sampled rows.
    """

    one_vs_one: bool = False
    keep_keys: bool = False
    with_variance: bool = False
    by_group: bool = False
    seed: int = 0

    def of(self, block: ClassBlock | LabelSetBlock) -> ScoreRuns:
        """Scores, truth and weights of one block."""
        scores, columns = block.ranking_scores
        weights = run_of(block.ranking_weight)
        groups = (block.row_hashes[0],) if self.by_group and block.row_hashes is not None else ()
        return ScoreRuns(self, columns, block.kind, (scores,), (block.ranking_truth,), weights, groups)
