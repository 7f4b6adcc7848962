"""Counts of truth against predicted class: all that the confusion-count metrics need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evalcli.block import Block

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class OneVsRest:
    """True and false positives and negatives, one entry per class; integers."""

    tp: Counts
    fp: Counts
    fn: Counts
    tn: Counts

    @property
    def pooled(self) -> OneVsRest:
        """The sums over the classes, as arrays of one entry."""
        return OneVsRest(*(part.sum(keepdims=True) for part in (self.tp, self.fp, self.fn, self.tn)))

    def only(self, index: int) -> OneVsRest:
        """One class, as arrays of one entry."""
        return OneVsRest(*(part[index : index + 1] for part in (self.tp, self.fp, self.fn, self.tn)))


@dataclass(frozen=True)
class ConfusionCounts:
    """``table[i, j]``: rows of class i predicted as class j; shape (k, k), int64."""

    table: Counts

    def __add__(self, other: ConfusionCounts) -> ConfusionCounts:
        return ConfusionCounts(self.table + other.table)

    @cached_property
    def n(self) -> int:
        """Rows."""
        return int(self.table.sum())

    @cached_property
    def correct(self) -> int:
        """Rows on the diagonal."""
        return int(np.trace(self.table))

    @cached_property
    def support(self) -> Counts:
        """Rows of each class in the truth, shape (k,)."""
        return self.table.sum(axis=1)

    @cached_property
    def claimed(self) -> Counts:
        """Rows predicted as each class, shape (k,)."""
        return self.table.sum(axis=0)

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Classes that occur in truth or predictions, shape (k,)."""
        return (self.support + self.claimed) > 0

    @cached_property
    def classes(self) -> OneVsRest:
        """Each class against the rest."""
        tp = np.diagonal(self.table)
        fp, fn = self.claimed - tp, self.support - tp
        return OneVsRest(tp, fp, fn, self.n - tp - fp - fn)


@dataclass(frozen=True)
class Confusion:
    """Count truth against predicted class."""

    def of(self, block: Block) -> ConfusionCounts:
        """Count one block."""
        k = block.k
        # the widest class index squared fits intp, and bincount wants intp
        cells = block.truth * np.intp(k) + block.predicted
        return ConfusionCounts(np.bincount(cells, minlength=k * k).reshape(k, k).astype(np.int64, copy=False))
