"""Sampled rows, or groups of rows, that covariances of areas are estimated from."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import Floats
from evalcli.statistics.row_sample import bound_of_groups, nth_lowest
from evalcli.statistics.weights import Weights


class SampledUnits(Struct, frozen=True, eq=False):
    """The independent units of a sample: groups, or rows if there are none.

    ``rows``: indices of the sampled rows, (sampled,); ``weights``: of these rows; ``group``: index of the
    group of each, (sampled,), or None.
    """

    rows: Array
    weights: Weights
    group: Array | None

    @classmethod
    def of(cls, rows: Array, weights: Weights, group: Array | None) -> SampledUnits:
        """From the weights and hashes of the groups of all rows, (n,)."""
        members = None if group is None else np.unique(group[rows], return_inverse=True)[1]
        return cls(rows, weights.at(rows), members)

    @property
    def count(self) -> int:
        """Number of sampled groups; of rows without groups."""
        return len(self.rows) if self.group is None else int(self.group.max(initial=-1)) + 1

    def added_by(self, influences: Floats) -> Floats:
        """Weighted influences of rows, summed by group if there are groups; (m, units)."""
        weighted = self.weights.times(influences)
        if self.group is None:
            return weighted
        sums = [np.bincount(self.group, weights=row) for row in weighted]
        return np.stack(sums).astype(np.float64, copy=False)

    def variance_factor(self, n: int, group: Array | None) -> float:
        """All rows (or groups) over sampled ones, with the correction for small samples.

        ``n``: number of all rows; ``group``: hashes of their groups.
        """
        total = n if group is None else len(np.unique(group))
        return total / max(self.count - 1, 1) if total == self.count else total / self.count


def sample_rows(hashes: Array, group: Array | None, most: int) -> Array:
    """Indices of all rows, or of a sample of about ``most``; of whole groups, if there are groups.

    ``hashes``: of the rows, (n,), of which the lowest are sampled, whatever the order of the rows.
    """
    if len(hashes) <= most:
        return np.arange(len(hashes))
    if group is None:
        return np.flatnonzero(hashes <= nth_lowest(hashes, most - 1))
    return np.flatnonzero(group <= bound_of_groups(group, most))
