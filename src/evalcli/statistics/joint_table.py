"""Rows by true class and the classes that two models predict: all that count metrics of both need."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array, distinct
from evalcli.statistics.base import Floats
from evalcli.statistics.resampled_counts import ResampledCounts

PSEUDO = 0.5
"""Pseudo-count of each of the four outcomes: right or wrong by either model. The interval of a difference of
proportions with it is near that of Agresti & Min, Stat. Med. 24, 2005."""


class JointTable(Struct, frozen=True, eq=False):
    """``cells``: (3, m), true class, first and second model's class of each cell; ``counts``: its rows, (m,).

    ``k``: number of classes. Two of them add by their cells.
    """

    cells: Array
    counts: Array
    k: int

    @classmethod
    def of(cls, truth: Array, old: Array, new: Array, k: int) -> JointTable:
        """Of rows, (n,) each."""
        codes = (truth.astype(np.int64) * k + old) * k + new
        if k**3 <= 1 << 20:
            counted = np.bincount(codes, minlength=k**3)
            known = np.flatnonzero(counted)
            return cls(_cells(known, k), counted[known], k)
        known, counts = np.unique(codes, return_counts=True)
        return cls(_cells(known, k), counts, k)

    def __add__(self, other: JointTable) -> JointTable:
        codes = np.concatenate([self._codes, other._codes])
        known = distinct(codes)
        counts = np.bincount(np.searchsorted(known, codes), np.concatenate([self.counts, other.counts]))
        return JointTable(_cells(known, self.k), counts.astype(np.int64), self.k)

    @property
    def _codes(self) -> Array:
        truth, old, new = self.cells.astype(np.int64)
        return np.asarray((truth * self.k + old) * self.k + new)

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.counts.sum())

    @property
    def right(self) -> tuple[Array, Array]:
        """Whether each model is right in each cell, (m,)."""
        truth, old, new = self.cells
        return old == truth, new == truth

    def outcomes(self) -> tuple[int, int, int, int]:
        """Rows that are right in both, broken, fixed, and wrong in both."""
        old, new = self.right
        kinds = (old & new, old & ~new, ~old & new, ~old & ~new)
        both, broken, fixed, neither = (int(self.counts[kind].sum()) for kind in kinds)
        return both, broken, fixed, neither

    def only(self, cls: int) -> JointTable:
        """One class against the rest, as classes 1 and 0."""
        cells = (self.cells == cls).astype(np.int64)
        codes = (cells[0] * 2 + cells[1]) * 2 + cells[2]
        counts = np.bincount(codes, self.counts, 8).astype(np.int64)
        known = np.flatnonzero(counts)
        return JointTable(_cells(known, 2), counts[known], 2)

    def with_pseudo_counts(self) -> tuple[Array, Floats]:
        """The cells and counts, and half a row of each outcome: of two classes in each, otherwise in all."""
        rows = np.bincount(self.cells[0], self.counts, self.k)
        known = np.flatnonzero(rows)
        wrong = known[np.roll(np.arange(len(known)), -1)] if len(known) > 1 else (known + 1) % self.k
        more = np.concatenate(
            [np.stack([known, a, b]) for a in (known, wrong) for b in (known, wrong)], axis=1
        )
        weights = np.tile(rows[known] / rows.sum() if self.k > 2 else np.ones(len(known)), 4) * PSEUDO
        cells = np.concatenate([self.cells, more], axis=1)
        codes = (cells[0].astype(np.int64) * self.k + cells[1]) * self.k + cells[2]
        known_codes = distinct(codes)
        counts = np.bincount(
            np.searchsorted(known_codes, codes), np.concatenate([self.counts, weights]), len(known_codes)
        )
        return _cells(known_codes, self.k), counts.astype(np.float64)

    def resampled(self, rng: np.random.Generator, draws: int) -> tuple[ResampledCounts, ResampledCounts]:
        """Multinomial draws of the rows: the counts of both models on the same draws."""
        cells, counts = self.with_pseudo_counts()
        drawn = rng.multinomial(self.n, counts / counts.sum(), size=draws)
        return _both(cells, np.ascontiguousarray(drawn.T, np.float64), self.k)

    def swapped(self, rng: np.random.Generator, draws: int) -> tuple[ResampledCounts, ResampledCounts]:
        """The rows with the two predictions of each swapped or not by a coin, if both models are alike."""
        truth, old, new = self.cells
        differ = old != new
        drawn = np.repeat(self.counts[:, None].astype(np.float64), draws, axis=1)
        drawn[differ] = rng.binomial(self.counts[differ, None], 0.5, (int(differ.sum()), draws))
        mirrored = np.stack([truth, new, old])[:, differ]
        cells = np.concatenate([self.cells, mirrored], axis=1)
        return _both(cells, np.concatenate([drawn, self.counts[differ, None] - drawn[differ]]), self.k)


def _cells(codes: Array, k: int) -> Array:
    return np.stack([codes // (k * k), codes // k % k, codes % k])


def _both(cells: Array, drawn: Floats, k: int) -> tuple[ResampledCounts, ResampledCounts]:
    """Counts of both models; ``drawn``: rows of each cell, (m, draws)."""
    truth, old, new = cells
    support, total = _sums(truth, drawn, k), drawn.sum(axis=0)[:, None]
    first, second = (_counts(truth, predicted, drawn, support, total, k) for predicted in (old, new))
    return first, second


def _counts(
    truth: Array, predicted: Array, drawn: Floats, support: Floats, total: Floats, k: int
) -> ResampledCounts:
    right = truth == predicted
    distance = np.abs(truth - predicted).astype(np.float64)
    sums = np.einsum("pm,md->pd", np.stack([distance, distance**2]), drawn)
    return ResampledCounts(
        _sums(truth[right], drawn[right], k), _sums(predicted, drawn, k), support, total, sums
    )


def _sums(classes: Array, drawn: Floats, k: int) -> Floats:
    """Sums over the cells of each class, (draws, k); the draws stay side by side."""
    out = np.zeros((k, drawn.shape[1]))
    if len(classes):
        order = np.argsort(classes, kind="stable")
        ordered = classes[order]
        start = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        out[ordered[start]] = np.add.reduceat(drawn[order], start, axis=0)
    return out.T


class Joint(Struct, frozen=True, eq=False):
    """Two models on some rows. Two of them add.

    ``table``: rows by true class and both predictions; None for tasks without one class per row.
    ``identical``: whether both predict the same classes and are equally sure of them.
    """

    table: JointTable | None
    identical: bool

    def __add__(self, other: Joint) -> Joint:
        table = None if self.table is None or other.table is None else self.table + other.table
        return Joint(table, self.identical and other.identical)

    def reversed(self) -> Joint:
        """With the second model first."""
        table = self.table
        return self if table is None else replace(self, table=replace(table, cells=table.cells[[0, 2, 1]]))
