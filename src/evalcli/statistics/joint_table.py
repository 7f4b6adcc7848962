"""Rows by true class and the classes that two models predict: all that count metrics of both need."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, distinct
from evalcli.statistics.base import Floats
from evalcli.statistics.resampled_counts import ResampledCounts, of_cells

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
        drawn = rng.multinomial(self.n, counts / counts.sum(), size=draws).astype(np.float64)
        return _both(cells, drawn, self.k)

    def swapped(self, rng: np.random.Generator, draws: int) -> tuple[ResampledCounts, ResampledCounts]:
        """The rows with the two predictions of each swapped or not by a coin, if both models are alike."""
        truth, old, new = self.cells
        differ = np.flatnonzero(old != new)
        kept = rng.binomial(self.counts[differ], 0.5, (draws, len(differ)))
        same = np.broadcast_to(self.counts, (draws, len(self.counts))).astype(np.float64)
        drawn = same.copy()
        drawn[:, differ] = kept
        mirrored = np.stack([truth[differ], new[differ], old[differ]])
        cells = np.concatenate([self.cells, mirrored], axis=1)
        return _both(cells, np.concatenate([drawn, self.counts[differ] - kept], axis=1), self.k)


def _cells(codes: Array, k: int) -> Array:
    return np.stack([codes // (k * k), codes // k % k, codes % k])


def _both(cells: Array, drawn: Floats, k: int) -> tuple[ResampledCounts, ResampledCounts]:
    truth, old, new = cells
    first, second = (_table(truth, predicted, drawn, k) for predicted in (old, new))
    return first, second


def _table(truth: Array, predicted: Array, drawn: Floats, k: int) -> ResampledCounts:
    """Counts of one model: cells that differ in the other model's class only are added."""
    codes = truth.astype(np.int64) * k + predicted
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    start = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    known = ordered[start]
    return of_cells(known // k, known % k, np.add.reduceat(drawn[:, order], start, axis=1), k)
