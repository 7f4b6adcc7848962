"""Scores of the ranked classes in the order of arrival, and the curves of single classes from them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ScoreKind
from evalcli.statistics.area_variance import area_sums, sums_of_keys
from evalcli.statistics.base import FieldSums, Mapper
from evalcli.statistics.curves import (
    AreaSums,
    CurveSegment,
    curve_of_keys,
    curve_of_scores,
    keys_of,
    sort_keys,
)
from evalcli.statistics.one_vs_one import OneVsOne, one_vs_one_by_keys, one_vs_one_by_ranks
from evalcli.statistics.weights import Weights

ByRow = Array | tuple[Array, ...]
"""One row for each ranked class; or, if labels are missing, an array for each label."""


class RankedRows(FieldSums, Struct, frozen=True, eq=False):
    """The scores of each ranked class, in the order of arrival.

    ``columns``: the class of each row of ``runs``, (m, rows). ``truths``: class index, (rows,), or whether a
    row has each label, (m, rows). ``weights``: (rows,), or none. If labels are missing, each of these has m
    arrays, one per label. ``groups``: hashes of the groups, (rows,), or none.

    Nothing is cached, so that any thread may call any method.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ("columns", "kind")

    columns: tuple[int, ...]
    kind: ScoreKind
    runs: tuple[ByRow, ...] = ()
    truths: tuple[ByRow, ...] = ()
    weights: tuple[ByRow, ...] = ()
    groups: tuple[Array, ...] = ()

    def scores(self, row: int) -> Array:
        """Scores of one class, (n,)."""
        return np.concatenate([run[row] for run in self.runs])

    def positive(self, row: int) -> npt.NDArray[np.bool_]:
        """Whether each row belongs to a class, (n,)."""
        if self.has_gaps or np.ndim(self.truths[0]) == 2:
            return np.concatenate([truth[row] for truth in self.truths])
        return np.concatenate([truth == self.columns[row] for truth in _arrays(self.truths)])

    def scores_at(self, row: int, positions: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Scores of one class, and whether rows belong to it, for some rows in ascending order."""
        ends = np.cumsum([part.shape[-1] for part in _arrays(self.truths)])
        cuts = np.searchsorted(positions, ends).tolist()
        scores, truths, start = [], [], 0
        parts = zip(_arrays(self.runs), _arrays(self.truths), cuts, ends.tolist(), strict=True)
        for run, truth, cut, end in parts:
            local = positions[start:cut] - (end - truth.shape[-1])
            scores.append(run[row, local])
            truths.append(truth[row, local] if truth.ndim == 2 else truth[local] == self.columns[row])
            start = cut
        return np.concatenate(scores), np.concatenate(truths)

    @property
    def has_gaps(self) -> bool:
        """Whether labels are missing, so that labels have different rows."""
        return isinstance(self.truths[0], tuple)

    @property
    def weight(self) -> Weights:
        """Weight of every row, if no labels are missing."""
        return Weights.joined(_arrays(self.weights))

    def weight_of(self, row: int) -> Array | None:
        """Weight of the rows of one class, (n,), or None."""
        if self.has_gaps:
            return Weights.joined([weight[row] for weight in self.weights]).values
        return self.weight.values

    @property
    def group(self) -> Array | None:
        """Hash of the group of every row, (n,), or None."""
        return np.concatenate(self.groups) if self.groups else None

    @property
    def n(self) -> int:
        """Rows, if no labels are missing."""
        return sum(part.shape[-1] for part in _arrays(self.truths))

    @property
    def by_keys(self) -> bool:
        """Whether integer keys can be sorted: unweighted scores in [0, 1]."""
        return self.kind is ScoreKind.PROBABILITIES and not self.weights

    def keys(self, row: int, mapper: Mapper = map) -> Array:
        """Sorted keys of one class against the rest."""
        return sort_keys(keys_of(self.scores(row), self.positive(row)), mapper)

    def sums(self, row: int, mapper: Mapper = map, squares: bool = False) -> AreaSums:
        """Rank one class against the rest; ``squares``: with the sums for variances."""
        if self.by_keys:
            return sums_of_keys([self.keys(row, mapper)], mapper, squares)
        return area_sums(self.curve(row), squares)

    def curve(self, row: int, mapper: Mapper = map) -> CurveSegment:
        """The curve of one class against the rest."""
        if self.by_keys:
            return curve_of_keys(self.keys(row, mapper), mapper)
        return curve_of_scores(self.scores(row), self.positive(row), self.weight_of(row))

    def pooled(self) -> CurveSegment:
        """Rank all (row, class) pairs together."""
        rows = range(len(self.columns))
        scores = np.concatenate([self.scores(row) for row in rows])
        positive = np.concatenate([self.positive(row) for row in rows])
        weights = [self.weight_of(row) for row in rows] if self.has_gaps else [self.weight.values] * len(rows)
        return curve_of_scores(scores, positive, Weights.joined(weights).values)

    def rank_one_vs_one(self, row: int) -> OneVsOne:
        """Rank one class against the rest and against each other class, with one sort."""
        class_index, k, truths = self.columns[row], len(self.columns), _arrays(self.truths)
        if self.by_keys and _arrays(self.runs)[0].dtype == np.float32:
            bits = [run[row].view(np.uint32) for run in self.runs]
            codes = [np.where(t == class_index, k, t).astype(np.uint32) for t in truths]
            return one_vs_one_by_keys(bits, codes, k)
        return one_vs_one_by_ranks(self.scores(row), np.concatenate(truths), self.weight, class_index, k)


def _arrays(parts: tuple[ByRow, ...]) -> list[Array]:
    """The parts of data without missing labels."""
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) < len(parts):
        raise ValueError("labels are missing, so that labels have different rows")
    return arrays
