"""Counts as other samples of rows would have had them: many at once, drawn from a table of counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evalcli.statistics.base import Floats
from evalcli.statistics.confusion import OneVsRest

MANY_CELLS = 4096
HALF = 0.5
"""A row for each class, half of it a hit and half a miss, is added before a table is drawn anew: classes
without a mistake would show no spread at all. Jeffreys' prior of a single share."""


@dataclass(frozen=True, eq=False)
class RedrawnCounts:
    """What metrics of counts take, draws in front: hits, claimed and support (draws, k), total (draws, 1).

    ``rows``, ``columns`` and ``cells``: the cells of the tables that they were summed from, where they were;
    true class, predicted class, (m,), and counts, (draws, m).
    """

    hits: Floats
    claimed: Floats
    support: Floats
    total: Floats
    rows: npt.NDArray[np.intp] | None = None
    columns: npt.NDArray[np.intp] | None = None
    cells: Floats | None = None

    @property
    def n(self) -> Floats:
        """Rows, or their weight, (draws,)."""
        return self.total[:, 0]

    @property
    def correct(self) -> Floats:
        """Hits of all classes, (draws,)."""
        return np.asarray(self.hits.sum(axis=-1))

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Classes that occur in truth or predictions, (draws, k)."""
        return np.asarray((self.support + self.claimed) > 0)

    @cached_property
    def classes(self) -> OneVsRest:
        """Each class against the rest, (draws, k)."""
        return OneVsRest.of(self.hits, self.claimed, self.support, self.total)

    def weighed(self, weights: Floats) -> Floats:
        """Sum over the cells of their counts times a weight of the cell, (draws,)."""
        if self.cells is None or self.rows is None or self.columns is None:
            raise ValueError("these counts were not summed from a table")
        return np.asarray(self.cells @ weights[self.rows, self.columns])


def of_cells(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], cells: Floats, k: int
) -> RedrawnCounts:
    """Sums of the cells of many tables: true and predicted class of each, (m,), and counts, (draws, m)."""
    hits, claimed, support = np.zeros((3, len(cells), k))
    own = np.flatnonzero(rows == columns)
    hits[:, rows[own]] = cells[:, own]
    for out, places in ((support, rows), (claimed, columns)):
        order = np.argsort(places, kind="stable")
        found, start = np.unique(places[order], return_index=True)
        out[:, found] = np.add.reduceat(cells[:, order], start, axis=1)
    return RedrawnCounts(hits, claimed, support, cells.sum(axis=1, keepdims=True), rows, columns, cells)


def redrawn(table: npt.NDArray[Any], rng: np.random.Generator, draws: int, most: int) -> RedrawnCounts:
    """Multinomial draws of a table (k, k) of counts, half a hit and half a miss added for each class.

    Of tables with very many cells Poisson draws, which differ in the number of rows alone and take half the
    time. ``most``: cells that may be drawn in all, for which there are fewer draws of tables with very many
    cells.
    """
    k, n = len(table), int(table.sum())
    present = np.flatnonzero(table.sum(axis=0) + table.sum(axis=1))
    rows, columns = np.nonzero(table)
    codes = np.concatenate([rows * k + columns, present * k + present, present * k + np.roll(present, -1)])
    counts = np.concatenate([table[rows, columns], np.full(2 * len(present), HALF)])
    found, place = np.unique(codes, return_inverse=True)
    shares = np.bincount(place, weights=counts)
    draws = max(min(draws, most // len(found)), 200)
    if len(found) > MANY_CELLS:
        cells = rng.poisson(shares * (n / shares.sum()), size=(draws, len(found))).astype(np.float64)
    else:
        cells = rng.multinomial(n, shares / shares.sum(), size=draws).astype(np.float64)
    return of_cells(found // k, found % k, cells, k)
