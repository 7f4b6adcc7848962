"""Sample size in groups of dependent rows, counted in the sampled rows."""

from __future__ import annotations

from typing import cast

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.blocks.base import BlockWithClasses
from evalcli.cached import cached_property
from evalcli.metrics.context import Context
from evalcli.metrics.metric import Totals
from evalcli.metrics.rows_behind import kish
from evalcli.statistics import OneVsRest, Sample
from evalcli.statistics.base import Floats


class Groups(Struct, frozen=True, eq=False, dict=True):
    """Groups, by Kish's effective sample size: a group with most of the rows lowers it towards 1.

    ``sample``: whole groups of rows; groups that are not in it are assumed to be similar.
    """

    context: Context
    sample: Sample

    @property
    def all(self) -> float:
        """Groups of the scored rows."""
        return self._effective(np.bincount(self._group, weights=self._weight))

    def of_class(self, totals: Totals, cls: int) -> float:
        """Groups with rows in the denominator."""
        return self._fewest(totals, self._counts(cls))

    def pooled(self, totals: Totals) -> float:
        """Groups with rows in the denominator for any class."""
        counted = (cls for cls in range(self.context.k) if self.context.averaged[cls])
        parts = zip(*map(self._cells, counted), strict=True)
        return self._fewest(totals, OneVsRest(*(np.sum(part, axis=0)[:, None] for part in parts)))

    def of_classes(self, totals: Totals) -> Floats:
        """Groups of each class, (k,)."""
        return np.array([self.of_class(totals, cls) for cls in range(self.context.k)])

    def _fewest(self, totals: Totals, counts: OneVsRest) -> float:
        return min(self._effective(part[..., 0]) for part in totals(counts))

    def _effective(self, by_group: Array) -> float:
        return float(kish(by_group.sum(), np.square(by_group).sum())) / self.sample.part

    def _counts(self, cls: int) -> OneVsRest:
        return OneVsRest(*(cell[:, None] for cell in self._cells(cls)))

    def _cells(self, cls: int) -> list[Array]:
        """The four counts of a class in each group, (groups,)."""
        block = cast(BlockWithClasses, self.sample.block)  # metrics of other rows have no denominators
        return [
            np.bincount(self._group, weights=kind * self._weight, minlength=self.sample.units)
            for kind in block.outcomes_of(cls)
        ]

    @cached_property
    def _group(self) -> Array:
        """Index of the group of each row."""
        lengths = np.diff(self.sample.starts, append=self.sample.block.n)
        return np.repeat(np.arange(self.sample.units), lengths)

    @cached_property
    def _weight(self) -> Floats:
        weight = self.sample.block.weight
        return np.ones(self.sample.block.n) if weight is None else np.asarray(weight, np.float64)
