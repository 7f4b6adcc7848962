"""At which place the true class stands when the classes are ordered by score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalcli.block import Block


@dataclass(frozen=True)
class RankCounts:
    """``counts[r]``: rows whose true class has r classes before it; shape (k,), int64."""

    counts: npt.NDArray[np.int64]

    def __add__(self, other: RankCounts) -> RankCounts:
        return RankCounts(self.counts + other.counts)

    @property
    def n(self) -> int:
        """Rows."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class TruthRank:
    """Count the ranks of the true class, ties to the lowest class index."""

    def of(self, block: Block) -> RankCounts:
        """Count one block."""
        return RankCounts(np.bincount(block.truth_rank, minlength=block.k).astype(np.int64, copy=False))
