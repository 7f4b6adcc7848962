"""The rows of a ranking that covariances of areas are estimated from: all, or a sample of them."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.cached import cached_property
from evalcli.statistics.ranked_rows import JointRows, RankedRows, most_sampled
from evalcli.statistics.sampled_units import SampledUnits, sample_rows
from evalcli.statistics.weights import Weights


class RankingSample(Struct, frozen=True, eq=False, dict=True):
    """The sampled rows of a state. ``seed``: random seed, for rows without hashes."""

    state: RankedRows
    seed: int

    @cached_property
    def scores(self) -> list[tuple[Array, Array]]:
        """Scores and outcomes of the sampled rows, by class."""
        if self.state.joint:
            return list(zip(self._joint.scores, self._joint.positive, strict=True))
        classes = range(len(self.state.columns))
        return [self.state.scores_at(row, self.units.rows) for row in classes]

    @cached_property
    def weight(self) -> Weights:
        """Weight of every row of the state."""
        return self.state.weight

    @cached_property
    def group(self) -> Array | None:
        """Hash of the group of every row of the state, (n,), or None."""
        return self.state.group

    @cached_property
    def hashes(self) -> Array:
        """Hash of every row of the state, (n,)."""
        return self.state.hashes_of(self.seed)

    @cached_property
    def units(self) -> SampledUnits:
        """The sampled rows, or groups of rows."""
        if self.state.joint:
            return SampledUnits.of(np.arange(len(self._joint.hashes)), Weights(), None)
        rows = sample_rows(self.hashes, self.group, self._most)
        return SampledUnits.of(rows, self.weight, self.group)

    @cached_property
    def variance_factor(self) -> float:
        """All rows (or groups) over sampled ones, with the correction for small samples."""
        return self.units.variance_factor(self.state.n, self.group)

    @property
    def joint(self) -> JointRows:
        """The sampled rows with their scores of every class."""
        if self.state.joint:
            return self._joint
        scores, positive = (np.stack(part) for part in zip(*self.scores, strict=True))
        return JointRows(scores, positive, self.hashes[self.units.rows])

    @property
    def _most(self) -> int:
        """How many rows are sampled."""
        state = self.state
        return most_sampled(len(state.columns), bool(state.weights or state.groups))

    @cached_property
    def _joint(self) -> JointRows:
        """The sampled rows, of a state whose rows are sorted."""
        return JointRows.joined(self.state.joint, self._most)
