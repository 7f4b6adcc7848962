"""Scores kept for ranking: exact areas under the curves of each class against the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evalcli.block import Block
from evalcli.statistics.curves import Array, Mapper, RankSums, curve_of_scores, sums_of_keys

KEYS: dict[Any, Any] = {np.dtype(np.float32): np.uint32, np.dtype(np.float64): np.uint64}


@dataclass(frozen=True, eq=False)
class ScoreRuns:
    """The scores of each ranked class, in the order of arrival, as keys or as (scores, truth).

    ``runs`` are arrays of shape (m, rows); ``truths`` of shape (rows,) only where the scores are no keys.
    """

    columns: tuple[int, ...]
    runs: tuple[Array, ...] = ()
    truths: tuple[Array, ...] = ()

    def __add__(self, other: ScoreRuns) -> ScoreRuns:
        return ScoreRuns(self.columns, self.runs + other.runs, self.truths + other.truths)

    def sums(self, row: int, mapper: Mapper = map) -> RankSums:
        """Rank one class against the rest."""
        scores = np.concatenate([run[row] for run in self.runs])
        if self.truths:
            return curve_of_scores(scores, np.concatenate(self.truths) == self.columns[row]).sums
        return sums_of_keys(scores, mapper)

    def pooled(self, mapper: Mapper = map) -> RankSums:
        """Rank all (row, class) pairs together."""
        scores = np.concatenate([run.reshape(-1) for run in self.runs])
        if self.truths:
            wanted = np.array(self.columns)[:, None]
            positive = np.concatenate([(truth == wanted).reshape(-1) for truth in self.truths])
            return curve_of_scores(scores, positive).sums
        return sums_of_keys(scores, mapper)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Areas under the curves of a finished state, one entry per ranked class; NaN where undefined."""

    state: ScoreRuns
    mapper: Mapper

    @cached_property
    def _sums(self) -> list[RankSums]:
        rows = range(len(self.state.columns))
        # one class: both threads at its sort; several: one class a thread
        return (
            [self.state.sums(0, self.mapper)] if len(rows) == 1 else list(self.mapper(self.state.sums, rows))
        )

    @property
    def roc_auc(self) -> npt.NDArray[np.float64]:
        """ROC AUC, one class against the rest."""
        return np.array([sums.roc_auc for sums in self._sums])

    @property
    def average_precision(self) -> npt.NDArray[np.float64]:
        """Average precision, one class against the rest."""
        return np.array([sums.average_precision for sums in self._sums])

    @cached_property
    def pooled(self) -> RankSums:
        """All pairs of row and class together."""
        return self.state.pooled(self.mapper)


@dataclass(frozen=True)
class ClassScores:
    """Keep what ranking needs of each block."""

    def of(self, block: Block) -> ScoreRuns:
        """Keys of one block."""
        scores, columns = block.ranking_scores
        if not block.in_unit_interval:
            return ScoreRuns(columns, (scores,), (block.truth,))
        keys = np.left_shift(scores.view(KEYS[scores.dtype]), 1)
        if len(columns) == 1:
            keys[0] |= block.truth == columns[0]
        else:
            keys[block.truth, np.arange(block.n)] |= keys.dtype.type(1)
        return ScoreRuns(columns, (keys,))
