"""Scores kept for ranking: exact areas under the curves, one class against the rest or against another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ScoreKind
from evalcli.blocks.base import unit_interval
from evalcli.cached import cached_property
from evalcli.statistics.area_variance import InfluenceCurve, area_sums, influences, sums_of_keys
from evalcli.statistics.base import Floats, Mapper
from evalcli.statistics.curves import AreaSums, CurveSegment, curve_of_keys, joined, map_segments
from evalcli.statistics.one_vs_one import OneVsOne
from evalcli.statistics.pairs import ClassRows, Placements, place_rows
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.ranking_sample import RankingSample
from evalcli.statistics.row_count import RowCount
from evalcli.statistics.score_bins import area_bounds
from evalcli.statistics.segmented_curve import SegmentedCurve
from evalcli.statistics.small_rankings import SmallRankings, all_classes, is_small
from evalcli.statistics.sorted_keys import SortedKeys, scores_of_keys

T = TypeVar("T")
R = TypeVar("R")
SHORT = 1 << 17
"""Rows below which one thread ranks a class after the other."""
PLACED = 1 << 16
"""Rows up to which all are placed among the rows of other classes."""


class RankingOptions(Struct, frozen=True):
    """What is computed of a ranking.

    ``one_vs_one``: also rank pairs of classes. ``keep_keys``: keep sorted keys, for curves or pooled areas.
    ``with_variance``: also compute variances of the areas. ``by_group``: rows of a group are dependent.
    ``seed``: random seed of the sampled rows. ``stored``: sorted keys are also written to a state.
    ``certified``: scores are counted in bins, and areas have a bound.
    """

    one_vs_one: bool = False
    keep_keys: bool = False
    with_variance: bool = False
    by_group: bool = False
    seed: int = 0
    stored: bool = False
    certified: bool = False


class Ranking(Struct, frozen=True, eq=False, dict=True):
    """Areas under the curves of the rows of a state, one entry per ranked class; NaN where undefined.

    What is cached is computed on the thread that asks for it. The functions that it runs on other threads are
    none of its methods, and are given what they need: a thread that waited for a cached value, which waits
    for that thread, would wait forever.
    """

    state: RankedRows
    ranked: RankingOptions
    mapper: Mapper

    @property
    def _squares(self) -> bool:
        """Whether the variances of the areas are computed from the curves."""
        return self.ranked.with_variance and not self.state.weights and not self.state.groups

    @cached_property
    def sums(self) -> list[AreaSums]:
        """One class against the rest."""
        state, ranked, squares = self.state, self.ranked, self._squares
        if self._pairs_in_keys or (ranked.keep_keys and not state.by_keys):
            return list(self.mapper(partial(area_sums, squares=squares), self.curves))
        if ranked.keep_keys and len(state.columns) == 1:
            return [self.segmented_curve.sums]
        if ranked.with_variance and not ranked.keep_keys and self.covary:
            return self._small[0] if self._small else self._ranked[0]
        if ranked.keep_keys or state.overwritten or (state.by_keys and ranked.stored):
            return self._each(lambda keys, mapper: sums_of_keys([keys], mapper, squares), self.keys)
        return self._each(partial(state.sums, squares=squares), self._rows)

    @property
    def covary(self) -> bool:
        """Whether intervals need more than the variance of each class."""
        return not (self._squares and (len(self.state.columns) == 1 or self.state.has_gaps))

    @property
    def _rows(self) -> range:
        """Index of each ranked class."""
        return range(len(self.state.columns))

    @cached_property
    def _ranked(self) -> tuple[list[AreaSums], Floats]:
        """Sums of each class, and influences of the sampled rows, (classes, 2, units).

        Those of a class are computed while its curve is in memory.
        """
        sampled, squares = self.sample.units, self._squares
        added = np.empty((len(self.state.columns), 2, sampled.count))
        scores = self.sample.scores

        def of_curve(row: int, curve: CurveSegment, sums: AreaSums) -> None:
            added[row] = sampled.added_by(influences(curve, sums, *scores[row]))

        return self._of_curves(of_curve, squares), added

    def _of_curves(
        self, work: Callable[[int, CurveSegment, AreaSums], None], squares: bool
    ) -> list[AreaSums]:
        """Sums of each class; ``work`` is given its curve while that is in memory."""
        state = self.state

        def of_curve(row: int, curve: CurveSegment, sums: AreaSums | None = None) -> AreaSums:
            sums = sums or area_sums(curve, squares)
            work(row, curve, sums)
            return sums

        if self.ranked.keep_keys or self._pairs_in_keys:
            parts = list(zip(self._rows, self.curves, self.sums, strict=True))
            return self._each(lambda part, _: of_curve(*part), parts)
        if state.overwritten or (state.by_keys and self.ranked.stored):
            keys = self.keys
            return self._each(lambda row, mapper: of_curve(row, curve_of_keys(keys[row], mapper)), self._rows)
        return self._each(lambda row, mapper: of_curve(row, state.curve(row, mapper)), self._rows)

    def visit_curves(self, work: Callable[[int, CurveSegment], None]) -> None:
        """Call a function with the index and the curve of each class, while that is in memory."""
        if len(self.state.columns) == 1 and "segmented_curve" in vars(self):
            work(0, joined(self.segmented_curve.parts))
            return
        self._of_curves(lambda row, curve, _: work(row, curve), False)

    def influences_at(self, rows: Sequence[tuple[Array, Array]]) -> Floats:
        """Influence of rows of weight 1 on both areas of each class, (classes, 2, rows).

        ``rows``: their scores of each class, and which belong to it. Asked for before any area, it leaves
        the areas behind.
        """
        at = np.empty((len(self.state.columns), 2, len(rows[0][0])))

        def of_curve(row: int, curve: CurveSegment, sums: AreaSums) -> None:
            at[row] = influences(curve, sums, *rows[row])

        sums = self._of_curves(of_curve, self._squares)
        vars(self).setdefault("sums", sums)
        return at

    @cached_property
    def _small(self) -> tuple[list[AreaSums], Floats] | None:
        """The same of all classes at once, and of all rows, if there are few."""
        one_by_one = self.ranked.keep_keys or self._pairs_in_keys or bool(self.state.joint)
        if one_by_one or not self._squares or not is_small(self.state):
            return None
        return SmallRankings.of_scores(*all_classes(self.state)).ranked()

    @cached_property
    def sample(self) -> RankingSample:
        """The rows that covariances are estimated from."""
        return RankingSample(self.state, self.ranked.seed)

    @cached_property
    def influences(self) -> Floats:
        """Influence of each sampled row, or group, on both areas of each class; (classes, 2, units).

        If the curves give exact variances, each class is scaled to those.
        """
        if self._small is None:
            _, added = self._ranked  # which nobody else needs unscaled
        elif self.units == self.state.n:
            return self._small[1]
        else:
            added = self._small[1][:, :, self.sample.units.rows]
        if not self._squares:
            added *= np.sqrt(self.sample.variance_factor)
            return added
        exact = np.array([sums.variances for sums in self.sums])
        estimated = np.einsum("crn,crn->cr", added, added)
        scale = np.sqrt(np.divide(exact, estimated, out=np.ones_like(exact), where=estimated > 0))
        added *= scale[:, :, None]
        return added

    @cached_property
    def bounds(self) -> Floats | None:
        """Ends between which both areas of each class lie, (classes, 2, 2); None if the areas are exact."""
        if not self.state.binned:
            return None
        return np.array([area_bounds(counts, self.state.kind) for counts in self.state.binned[0].of_bins])

    @cached_property
    def pooled_bounds(self) -> Floats:
        """The same of the pooled areas, (2, 2)."""
        return np.array(area_bounds(self.state.binned[0].of_bins.sum(axis=0), self.state.kind))

    @cached_property
    def minority_counts(self) -> Floats:
        """Rows of each class or of the others, whichever are fewer; or groups with such rows; (classes,).

        Weighted rows count by their effective sample size.
        """
        if self._squares:
            return np.array([min(sums.positives, sums.negatives) for sums in self.sums], np.float64)
        return np.array([self._minority_count(self.state.positive(row)) for row in self._rows], np.float64)

    def _minority_count(self, positive: npt.NDArray[np.bool_]) -> float:
        sides, group = (positive, ~positive), self.sample.group
        if group is not None:
            return min(len(np.unique(group[members])) for members in sides)
        return min(
            RowCount.of(self.sample.weight.at(members), int(np.count_nonzero(members))).effective
            for members in sides
        )

    def support_influence(self, classes: Array, differences: Floats) -> Floats:
        """Influence of each sampled row on a support-weighted mean, through the support; (units,).

        ``differences``: each class's value minus the mean.
        """
        sampled = self.sample.units
        total, added = 0.0, np.zeros(len(sampled.rows))
        for row, difference in zip(classes, differences, strict=True):
            total += self.state.support(row)
            added += difference * self.sample.scores[row][1]
        return sampled.added_by(added[None, :])[0] / total * np.sqrt(self.sample.variance_factor)

    @property
    def units(self) -> int:
        """Number of sampled groups; of rows without groups."""
        return self.sample.units.count

    @cached_property
    def pooled_influences(self) -> Floats:
        """Influence of each sampled row, or group, on both pooled areas; (2, units)."""
        added = self.pooled_influences_at(self.sample.scores)
        return self.sample.units.added_by(added) * np.sqrt(self.sample.variance_factor)

    def pooled_influences_at(self, rows: Sequence[tuple[Array, Array]]) -> Floats:
        """Influence of rows of weight 1 on both pooled areas, (2, rows); see ``influences_at``."""
        curve = InfluenceCurve.of(*self._pooled)
        return np.asarray(sum(self.mapper(lambda scores: curve.at(*scores), rows)))

    @cached_property
    def curves(self) -> list[CurveSegment]:
        """The curve of one class against the rest."""
        if self._pairs_in_keys:
            return [one_vs_one.curve for one_vs_one in self._one_vs_one]
        if self.state.by_keys:
            return self._each(curve_of_keys, self.keys)
        return self._each(self.state.curve, self._rows)

    @cached_property
    def segmented_curve(self) -> SegmentedCurve:
        """The curve of the only ranked class against the rest, in segments."""
        if self.state.by_keys:
            return SegmentedCurve.of_keys(self.keys[0], self.mapper, self._squares)
        return SegmentedCurve(self.curves, self.mapper, self._squares)

    @cached_property
    def keys(self) -> list[SortedKeys]:
        """Sorted keys of every class against the rest, made once: they may overwrite the scores."""
        alone = self._squares and len(self.state.columns) == 1  # its variance needs no sample of the rows
        if self.state.overwritten and self.ranked.with_variance and not alone:
            _ = self.sample.scores  # while they are there
        kept: list[SortedKeys] = (
            [one_vs_one.keys for one_vs_one in self._one_vs_one if one_vs_one.keys is not None]
            if self._pairs_in_keys
            else []
        )
        return kept or self._each(self.state.keys, self._rows)

    def _each(self, work: Callable[[T, Mapper], R], items: Sequence[T]) -> list[R]:
        """Apply a function to the item of each class.

        One class, or too little memory for several: all threads at its sort; many rows: one class per thread.
        """
        if len(items) == 1 or self.state.spill is not None:
            return [work(item, self.mapper) for item in items]
        short = not self.state.has_gaps and self.state.n < SHORT
        return list((map if short else self.mapper)(lambda item: work(item, map), items))

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
            self._partial[limit] = np.array(self._partial_roc_auc(limit))
        return self._partial[limit]

    def _partial_roc_auc(self, limit: float) -> list[float]:
        if len(self.state.columns) == 1:
            return [self.segmented_curve.partial_roc_auc(limit)]
        if self.state.by_keys and not self._pairs_in_keys:
            return self._each(
                lambda keys, mapper: SegmentedCurve.of_keys(keys, mapper).partial_roc_auc(limit), self.keys
            )
        return list(self.mapper(lambda curve: SegmentedCurve([curve]).partial_roc_auc(limit), self.curves))

    @cached_property
    def _partial(self) -> dict[float, Floats]:
        return {}

    @cached_property
    def pooled(self) -> AreaSums:
        """Areas over all (row, class) pairs."""
        if self.state.by_keys and not self.ranked.with_variance:
            return sums_of_keys(self.keys, self.mapper)
        return self._pooled[1]

    @cached_property
    def _pooled(self) -> tuple[CurveSegment, AreaSums]:
        """The curve of all (row, class) pairs, and its areas."""
        if not self.state.by_keys:
            curve = self.state.pooled()
            return curve, curve.sums
        parts = map_segments(self.keys, self.mapper, lambda part: (part, part.sums))
        curves, (first, *others) = zip(*parts, strict=True)
        return joined(curves), sum(others, first)

    def pooled_curve(self, every: bool) -> CurveSegment | None:
        """The curve of all (row, class) pairs; unless ``every``, only if a metric has needed it."""
        needed = every or "pooled" in self.__dict__ or "_pooled" in self.__dict__
        return self._pooled[0] if needed else None

    def scores(self, row: int) -> Array:
        """Scores of one class, (n,), in any order."""
        if not self.state.overwritten:
            return self.state.scores(row)
        return scores_of_keys(self.keys[row][:])

    def threshold(self, score: float) -> float:
        """The value of ``--threshold`` for a ranking score: a probability, or the raw score."""
        kind = self.state.kind
        return score if kind is ScoreKind.RAW else float(unit_interval(np.array([score]), kind, False)[0])

    @cached_property
    def _one_vs_one(self) -> list[OneVsOne]:
        return list(self.mapper(self.state.rank_one_vs_one, self._rows))

    @property
    def _pairs_in_keys(self) -> bool:
        """Whether pairs of classes are counted in the keys of one class against the rest."""
        return self.ranked.one_vs_one and not self._few_rows

    @property
    def _few_rows(self) -> bool:
        """Whether pairs of classes are counted while all rows are placed, for variances."""
        return self._squares and self.state.n <= PLACED

    def placements(self, averaged: npt.NDArray[np.bool_]) -> Placements:
        """Rows, or a sample of those of each class, placed among those of the other ``averaged`` classes."""
        key = averaged.tobytes()
        if key not in self._placements:
            state, k = self.state, len(self.state.columns)
            rows = ClassRows.of(state.classes, self.sample.hashes, k, PLACED)
            self._placements[key] = place_rows(
                rows, lambda row: state.scores_at(row, rows.positions)[0], averaged, self.mapper
            )
        return self._placements[key]

    @cached_property
    def _placements(self) -> dict[bytes, Placements]:
        return {}

    @cached_property
    def pairwise_auc(self) -> Floats:
        """Pairwise AUC: share of concordant pairs of rows of two classes, (k, k).

        The mean over the scores of both classes, so symmetric; NaN if one of them has no row.
        """
        if self._few_rows:
            placed = self.placements(np.ones(len(self.state.columns), np.bool_))
            support, doubled = placed.rows.support.astype(np.float64), placed.doubled
        else:
            support = np.array([one_vs_one.curve.positives for one_vs_one in self._one_vs_one], np.float64)
            doubled = np.stack([one_vs_one.concordant for one_vs_one in self._one_vs_one])
        pairs = 2 * np.outer(support, support)
        share = np.divide(doubled, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
        np.fill_diagonal(share, np.nan)
        return (share + share.T) / 2
