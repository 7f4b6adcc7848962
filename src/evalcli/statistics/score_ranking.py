"""The statistic that keeps scores for ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array, ClassBlock, LabelSetBlock
from evalcli.blocks.row_hashes import leading_bits
from evalcli.statistics.base import FieldSums, Mapper
from evalcli.statistics.parts import Parts, StackedRuns
from evalcli.statistics.ranked_rows import ByRow, JointRows, RankedRows, most_sampled
from evalcli.statistics.ranking import Ranking, RankingOptions
from evalcli.statistics.sampled_units import sample_rows
from evalcli.statistics.score_bins import BinCounts, bins_of, edges
from evalcli.statistics.spill import Spill
from evalcli.statistics.weights import run_of


class ScoreRuns(FieldSums, Struct, frozen=True, eq=False):
    """The rows to rank, and ``ranked``, the statistic."""

    ALIKE: ClassVar[tuple[str, ...]] = ("ranked",)

    ranked: ScoreRanking
    rows: RankedRows

    def spilled(self, spill: Spill) -> ScoreRuns:
        """The same rows, in a file as far as memory does not hold them."""
        return self if self.rows.has_gaps else replace(self, rows=self.rows.spilled(spill))

    def cut(self, rows: Sequence[slice | None]) -> ScoreRuns:
        """Some of the rows of each run."""
        return replace(self, rows=self.rows.cut(rows))

    @property
    def _rows_stay(self) -> bool:
        """Whether rows are read again after their scores were sorted."""
        return self.ranked.one_vs_one or (self.ranked.stored and self.ranked.by_group)

    def finalize(self, mapper: Mapper) -> Ranking:
        """A ranking, computed on demand."""
        if self.rows.binned:
            counted = replace(self.rows, binned=(self.rows.binned[0].counted(),))
            return Ranking(counted, self.ranked, mapper)
        rows = self.rows.side_by_side(overwrite=not self._rows_stay)
        return Ranking(rows, self.ranked, mapper)


class ScoreRanking(RankingOptions, frozen=True):
    """Keep what ranking needs of each block."""

    def of(self, block: ClassBlock | LabelSetBlock) -> ScoreRuns:
        """Scores, truth and weights of one block."""
        scores, columns = block.ranking_scores
        if self.certified and isinstance(scores, np.ndarray) and isinstance(block.ranking_truth, np.ndarray):
            return ScoreRuns(self, self._binned(block, scores, block.ranking_truth, columns))
        weights: tuple[ByRow, ...] = run_of(block.ranking_weight)
        groups = (block.row_hashes[0],) if self.by_group and block.row_hashes is not None else ()
        rows = RankedRows(
            columns=columns,
            kind=block.kind,
            runs=(scores,),
            truths=(block.ranking_truth,),
            weights=weights,
            groups=groups,
            hashes=self._hashes(block, len(columns), bool(weights)),
            store=block.store,
        )
        return ScoreRuns(self, rows)

    def _binned(
        self, block: ClassBlock | LabelSetBlock, scores: Array, truth: Array, columns: tuple[int, ...]
    ) -> RankedRows:
        """Counts of the rows in bins, and a sample of whole rows if covariances are estimated from one."""
        positive = truth if truth.ndim == 2 else truth == np.array(columns)[:, None]
        joint: tuple[JointRows, ...] = ()
        counts = BinCounts.of(scores, positive, block.kind)
        for hashes in self._hashes(block, len(columns), False):
            rows = sample_rows(hashes, None, most_sampled(len(columns)))
            as_counted = edges(block.kind)[bins_of(scores[:, rows], block.kind)]
            joint = (JointRows(as_counted, positive[:, rows], hashes[rows]),)
        return RankedRows(columns, block.kind, binned=(counts,), joint=joint)

    def _hashes(self, block: ClassBlock | LabelSetBlock, classes: int, weighted: bool) -> tuple[Array, ...]:
        """Hashes of the rows, if covariances are estimated from a sample of these."""
        draws = self.with_variance and not self.by_group and (classes > 1 or weighted)
        if not draws or block.row_hashes is None:
            return ()
        return (leading_bits(block.row_hashes[1]),)

    def of_parts(self, block: ClassBlock | LabelSetBlock, parts: Parts) -> StackedRuns[ScoreRuns] | None:
        """Views of the rows of each part, if all labels have the same rows."""
        if self.certified:
            return None
        whole = self.of(block)
        return None if whole.rows.has_gaps else StackedRuns((parts,), whole)
