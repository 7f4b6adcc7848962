"""Resamples of the tables of many slices, which share their random numbers."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field

from evalcli.blocks import Array
from evalcli.statistics.base import Floats
from evalcli.statistics.resampled_counts import (
    HALF,
    MANY_CELLS,
    ResampledCounts,
    of_tables,
    with_pseudo_counts,
)

STEPS = 64
"""Rates are multiples of a 64th of a half row, so that tables of similar size have equal ones."""


class SharedDraws(Struct, frozen=True, eq=False):
    """Poisson draws of cells. A cell with the same rate in two tables has the same draws in both.

    A table of k classes has k² cells, but most are of few rows: the tables of a thousand slices have a few
    thousand different rates. The draws of a table do not depend on the other tables, nor on their order.
    """

    seed: int
    draws: int
    _known: dict[tuple[int, int, int], Floats] = field(default_factory=dict)

    @staticmethod
    def fits(k: int) -> bool:
        """Whether tables of k classes are resampled faster so: more than two classes, but not very many."""
        return k > 2 and k * k <= MANY_CELLS

    def of_table(self, table: Array) -> ResampledCounts:
        """Draws of a table (k, k) of counts, with pseudo-counts."""
        k, n = len(table), int(table.sum())
        cells, counts = with_pseudo_counts(table)
        halves = np.rint(counts / HALF).astype(np.int64)
        scale = round(STEPS * n / counts.sum())  # as many rows as the table has without pseudo-counts
        tables = np.zeros((k * k, self.draws))
        tables[cells] = [self._of(*cell, scale) for cell in zip(cells.tolist(), halves.tolist(), strict=True)]
        return of_tables(tables.reshape(k, k, -1))

    def _of(self, cell: int, halves: int, scale: int) -> Floats:
        key = cell, halves, scale
        if key not in self._known:
            rng = np.random.default_rng([self.seed, *key])
            self._known[key] = rng.poisson(halves * HALF * scale / STEPS, self.draws).astype(np.float64)
        return self._known[key]
