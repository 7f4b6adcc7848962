"""Scores of the ranked classes in the order of arrival, and the curves of single classes from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array, ScoreKind, ScoreStore
from evalcli.blocks.row_hashes import hash_rows, leading_bits
from evalcli.blocks.score_store import side_by_side
from evalcli.statistics.area_variance import area_sums, sums_of_keys
from evalcli.statistics.base import FieldSums, Mapper
from evalcli.statistics.curves import AreaSums, CurveSegment, curve_of_keys, curve_of_scores
from evalcli.statistics.one_vs_one import OneVsOne, one_vs_one_by_keys, one_vs_one_by_ranks
from evalcli.statistics.sampled_units import sample_rows
from evalcli.statistics.score_bins import BinCounts, curve_of_bins
from evalcli.statistics.sorted_keys import SortedKeys, as_wide, keys_of, scores_of_keys, sort_keys
from evalcli.statistics.spill import OnDisk, Spill
from evalcli.statistics.weights import Weights

ByRow = Array | tuple[Array, ...]
"""One row for each ranked class; or, if labels are missing, an array for each label."""
Run = ByRow | OnDisk
SOME, MANY, FEWEST = 1 << 15, 1 << 20, 2048
"""Rows times classes to estimate covariances of classes from; the same with weights or groups, where
variances need them too; and the minimum number of rows."""
MANY_SAMPLES = 4
"""Times the rows of one sample that samples of several parts may hold together."""
FEW = 1 << 17
"""Rows times classes that can be ranked together."""
PART = 1 << 20
"""Rows whose scores become keys at a time."""


def most_sampled(classes: int, weighted: bool = False) -> int:
    """How many rows covariances are estimated from; ``weighted``: also variances, of weights or groups."""
    return max((MANY if weighted else SOME) // classes, FEWEST)


class JointRows(Struct, frozen=True, eq=False):
    """Sampled rows: their scores of every class, and which they belong to, (m, n); hashes, (n,), uint32."""

    scores: Array
    positive: npt.NDArray[np.bool_]
    hashes: Array

    @classmethod
    def joined(cls, parts: Sequence[JointRows], most: int) -> JointRows:
        """The rows with the lowest hashes, about ``most``, of several parts."""
        whole = cls(
            np.concatenate([part.scores for part in parts], axis=1),
            np.concatenate([part.positive for part in parts], axis=1),
            np.concatenate([part.hashes for part in parts]),
        )
        rows = sample_rows(whole.hashes, None, most)
        return cls(whole.scores[:, rows], whole.positive[:, rows], whole.hashes[rows])


class RankedRows(FieldSums, Struct, frozen=True, eq=False):
    """The scores of each ranked class, in the order of arrival.

    ``columns``: the class of each row of ``runs``, (m, rows). ``truths``: class index, (rows,), or whether a
    row has each label, (m, rows). ``weights``: (rows,), or none. If labels are missing, each of these has m
    arrays, one per label. ``groups``: hashes of the groups, (rows,), or none. ``hashes``: of the rows, by
    which some are sampled, (rows,), uint32, or none. ``joint``: sampled rows, where runs are sorted class by
    class. ``sorted``: in place of runs and truths, sorted keys of each class, for scores that have keys.
    ``binned``: in place of both, counts in bins. ``store``: what the runs may be parts of.

    Nothing is cached, so that any thread may call any method. Where scores are ``overwritten``, keys can be
    made but once.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ("columns", "kind", "store")

    columns: tuple[int, ...]
    kind: ScoreKind
    runs: tuple[Run, ...] = ()
    truths: tuple[ByRow, ...] = ()
    weights: tuple[ByRow, ...] = ()
    groups: tuple[Array, ...] = ()
    hashes: tuple[Array, ...] = ()
    joint: tuple[JointRows, ...] = ()
    sorted: tuple[tuple[Array, ...], ...] = ()
    binned: tuple[BinCounts, ...] = ()
    store: ScoreStore | None = None

    def __add__(self, other: RankedRows) -> RankedRows:
        if self.binned and other.binned:
            both = replace(self, binned=(self.binned[0] + other.binned[0],), joint=self.joint + other.joint)
        elif self._kinds and other._kinds and self.has_gaps != other.has_gaps:
            both = self.by_class() + other.by_class()
        else:
            both = super().__add__(other)
        most = most_sampled(len(self.columns))
        if sum(len(part.hashes) for part in both.joint) <= MANY_SAMPLES * most:
            return both
        return replace(both, joint=(JointRows.joined(both.joint, most),))

    @property
    def _kinds(self) -> bool:
        """Whether there are rows, so that labels may be missing or not."""
        return bool(self.truths or self.sorted)

    def by_class(self) -> RankedRows:
        """The same rows as if labels were missing: an array for each label."""
        if self.has_gaps:
            return self
        rows = range(len(self.columns))
        return RankedRows(
            columns=self.columns,
            kind=self.kind,
            runs=(tuple(map(self.scores, rows)),),
            truths=(tuple(map(self.positive, rows)),),
            weights=((np.concatenate(_arrays(self.weights)),) * len(rows),) if self.weights else (),
        )

    def spilled(self, spill: Spill) -> RankedRows:
        """The same rows, with their scores in a file unless they may stay in memory."""
        runs = tuple(
            run if isinstance(run, (tuple, OnDisk)) or spill.keeps(run.nbytes) else spill.write(run)
            for run in self.runs
        )
        return replace(self, runs=runs)

    @property
    def spill(self) -> Spill | None:
        """Where scores are that are not in memory."""
        return next((run.spill for run in self.runs if isinstance(run, OnDisk)), None)

    def side_by_side(self, overwrite: bool = True) -> RankedRows:
        """The same rows, with the scores of each class in one array if they are parts of the store.

        ``overwrite``: whether keys may take their place.
        """
        runs = [run for run in self.runs if isinstance(run, np.ndarray)]
        if self.store is None or len(runs) < len(self.runs) or not all(map(self.store.holds, runs)):
            return replace(self, store=None)
        truth = side_by_side(_arrays(self.truths))
        joined = replace(self, runs=(self.store.joined(runs),), truths=(truth,))
        return joined if overwrite else replace(joined, store=None)

    @property
    def overwritten(self) -> bool:
        """Whether the keys of a class take the place of its scores."""
        return self.store is not None and self.by_keys and not self.are_few

    @property
    def are_few(self) -> bool:
        """Whether the temporary arrays of all classes fit the cache together."""
        return self.n * len(self.columns) <= FEW

    def cut(self, rows: Sequence[slice | None]) -> RankedRows:
        """Some rows of each run; None: the run has none of them."""

        def of(runs: tuple[Run, ...]) -> tuple[Array, ...]:
            arrays = [run for run in runs if isinstance(run, np.ndarray)]
            pairs = zip(arrays, rows, strict=True) if runs else ()
            return tuple(run[..., chosen] for run, chosen in pairs if chosen is not None)

        parts = of(self.runs), of(self.truths), of(self.weights), of(self.groups), of(self.hashes)
        return RankedRows(self.columns, self.kind, *parts)

    def scores(self, row: int) -> Array:
        """Scores of one class, (n,)."""
        if self.sorted:
            return scores_of_keys(self._sorted_keys(row))
        return np.concatenate([run[row] for run in self.runs])

    def positive(self, row: int) -> npt.NDArray[np.bool_]:
        """Whether each row belongs to a class, (n,)."""
        if self.sorted:
            return (self._sorted_keys(row) & 1).astype(np.bool_)
        if self.has_gaps:
            return np.concatenate([truth[row] for truth in self.truths])
        return np.concatenate([self._belongs(truth, row) for truth in _arrays(self.truths)])

    def _belongs(self, truth: Array, row: int) -> npt.NDArray[np.bool_]:
        """Whether rows of a part of the truth belong to a class."""
        return np.asarray(truth[row] if truth.ndim == 2 else truth == self.columns[row])

    def support(self, row: int) -> float:
        """Number of rows that belong to a class, or their weight."""
        if self.binned:
            return int(self.binned[0].of_bins[row, :, 1].sum())
        members = self.positive(row)
        return Weights(self.weight_of(row)).at(members).total(int(np.count_nonzero(members)))

    def scores_at(self, row: int, positions: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Scores of one class, and whether rows belong to it, for some rows in ascending order."""
        ends = np.cumsum([part.shape[-1] for part in _arrays(self.truths)])
        cuts = np.searchsorted(positions, ends).tolist()
        scores, truths, start = [], [], 0
        parts = zip(self.runs, _arrays(self.truths), cuts, ends.tolist(), strict=True)
        for run, truth, cut, end in parts:
            local = positions[start:cut] - (end - truth.shape[-1])
            scores.append(_at(run, row, local))
            truths.append(self._belongs(truth[..., local], row))
            start = cut
        return np.concatenate(scores), np.concatenate(truths)

    @property
    def has_gaps(self) -> bool:
        """Whether labels are missing, so that labels have different rows."""
        return bool(self.truths) and isinstance(self.truths[0], tuple)

    @property
    def classes(self) -> Array:
        """The class of every row, (n,), if each has one."""
        return np.concatenate(_arrays(self.truths))

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

    def hashes_of(self, seed: int) -> Array:
        """Hash of every row, (n,); of its place if the block had none."""
        if self.hashes or not self.n:
            return np.concatenate(self.hashes) if self.hashes else np.empty(0, np.uint32)
        return leading_bits(hash_rows(np.arange(self.n), seed))

    @property
    def n(self) -> int:
        """Rows, if no labels are missing."""
        if self.binned:
            return int(self.binned[0].of_bins[0].sum())
        if self.sorted:
            return sum(len(run[0]) for run in self.sorted)
        return sum(part.shape[-1] for part in _arrays(self.truths))

    @property
    def by_keys(self) -> bool:
        """Whether integer keys can be sorted: unweighted scores in [0, 1]."""
        return self.kind is ScoreKind.PROBABILITIES and not self.weights and not self.binned

    def keys(self, row: int, mapper: Mapper = map) -> SortedKeys:
        """Sorted keys of one class against the rest."""
        if self.sorted:
            return sort_keys(self._sorted_keys(row), mapper)
        if self.spill is not None:
            return self.spill.sorted_by_runs(self._keys_by_runs(row, self.spill.room), mapper)
        scores = self.runs[0][row] if self.overwritten else self.scores(row)
        return sort_keys(self._unsorted_keys(scores, row, mapper), mapper)

    def _sorted_keys(self, row: int) -> Array:
        """The keys of one class, run after run."""
        runs = [run[row] for run in self.sorted]
        if len({run.dtype for run in runs}) > 1:
            runs = [as_wide(run) for run in runs]
        return np.concatenate(runs)

    def _unsorted_keys(self, scores: Array, row: int, mapper: Mapper) -> Array:
        """Keys of all rows in place of their scores, a part at a time."""
        if not isinstance(self.truths[0], np.ndarray) or len(self.truths) > 1:
            return keys_of(scores, self.positive(row))
        truth = self.truths[0]

        def of_part(first: int) -> Array:
            rows = slice(first, first + PART)
            return keys_of(scores[rows], self._belongs(truth[..., rows], row))

        parts = list(mapper(of_part, range(0, max(len(scores), 1), PART)))
        return parts[0] if len(parts) == 1 else scores.view(parts[0].dtype)

    def _keys_by_runs(self, row: int, room: int) -> Iterator[Array]:
        """Keys of one class that fit into memory together."""
        held: list[Array] = []
        size = 0
        for run, truth in zip(self.runs, _arrays(self.truths), strict=True):
            keys = keys_of(np.array(run[row]), self._belongs(truth, row))
            if held and size + keys.nbytes > room:
                yield np.concatenate(held)
                held, size = [], 0
            held.append(keys)
            size += keys.nbytes
        yield np.concatenate(held)

    def sums(self, row: int, mapper: Mapper = map, squares: bool = False) -> AreaSums:
        """Rank one class against the rest; ``squares``: with the sums for variances."""
        if self.by_keys:
            return sums_of_keys([self.keys(row, mapper)], mapper, squares)
        return area_sums(self.curve(row), squares)

    def curve(self, row: int, mapper: Mapper = map) -> CurveSegment:
        """The curve of one class against the rest."""
        if self.binned:
            return curve_of_bins(self.binned[0].of_bins[row], self.kind)
        if self.by_keys:
            return curve_of_keys(self.keys(row, mapper), mapper)
        return curve_of_scores(self.scores(row), self.positive(row), self.weight_of(row))

    def pooled(self) -> CurveSegment:
        """Rank all (row, class) pairs together."""
        if self.binned:
            return curve_of_bins(self.binned[0].of_bins.sum(axis=0), self.kind)
        rows = range(len(self.columns))
        scores = np.concatenate([self.scores(row) for row in rows])
        positive = np.concatenate([self.positive(row) for row in rows])
        weights = [self.weight_of(row) for row in rows] if self.has_gaps else [self.weight.values] * len(rows)
        return curve_of_scores(scores, positive, Weights.joined(weights).values)

    def rank_one_vs_one(self, row: int) -> OneVsOne:
        """Rank one class against the rest and against each other class, with one sort."""
        class_index, k, truths = self.columns[row], len(self.columns), _arrays(self.truths)
        scores = [run[row] for run in self.runs]
        if self.by_keys and scores[0].dtype == np.float32:
            bits = [part.view(np.uint32) for part in scores]
            return one_vs_one_by_keys(bits, truths, class_index, k)
        return one_vs_one_by_ranks(np.concatenate(scores), self.classes, self.weight, class_index, k)


def _at(run: Run, row: int, places: Array) -> Array:
    """Some scores of one class."""
    return run[row][places] if isinstance(run, tuple) else run[row, places]


def _arrays(parts: tuple[ByRow, ...]) -> list[Array]:
    """The parts of data without missing labels."""
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    if len(arrays) < len(parts):
        raise ValueError("labels are missing, so that labels have different rows")
    return arrays
