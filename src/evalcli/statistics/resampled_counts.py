"""Many resamples at once of a table of confusion counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, distinct, starts_of_runs
from evalcli.cached import cached_property
from evalcli.statistics.base import Floats
from evalcli.statistics.confusion import OneVsRest

MANY_CELLS, FEWEST_DRAWS, SPARSE = 4096, 200, 4
"""Cells of a large table; the minimum of draws; rows per cell below which rows are drawn instead of cells."""
HALF = 0.5
"""Pseudo-count of a hit and of a miss of each class, added before resampling: classes without errors would
have no variance. Jeffreys' prior of a proportion."""


class ResampledCounts(Struct, frozen=True, eq=False, dict=True):
    """Counts of many draws: hits, predicted counts and support (draws, k), total (draws, 1).

    ``distance_sums``: sums over the cells of counts times the distance of the classes, and times its square;
    (2, draws), if they were summed from tables.
    """

    hits: Floats
    predicted_counts: Floats
    support: Floats
    total: Floats
    distance_sums: Floats | None = None

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
        """Whether each class occurs in labels or predictions, (draws, k)."""
        return np.asarray((self.support + self.predicted_counts) > 0)

    @cached_property
    def classes(self) -> OneVsRest:
        """Each class against the rest, (draws, k)."""
        return OneVsRest.of(self.hits, self.predicted_counts, self.support, self.total)

    def disagreement(self, power: int) -> Floats:
        """Sum of counts times the distance of true and predicted class to a power, (draws,)."""
        if not power:
            return self.n - self.correct
        if self.distance_sums is None:
            raise ValueError("these counts were not summed from a table")
        return np.asarray(self.distance_sums[power - 1])


def of_cells(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], cells: Floats, k: int
) -> ResampledCounts:
    """Sums of the cells of many tables: true and predicted class of each, (m,), and counts, (draws, m)."""
    hits, predicted_counts, support = np.zeros((3, len(cells), k))
    diagonal = np.flatnonzero(rows == columns)
    hits[:, rows[diagonal]] = cells[:, diagonal]
    for out, classes in ((support, rows), (predicted_counts, columns)):
        order = np.argsort(classes, kind="stable")
        ordered = classes[order]
        start = starts_of_runs(ordered)
        out[:, ordered[start]] = np.add.reduceat(cells[:, order], start, axis=1)
    distance = np.abs(rows - columns).astype(np.float64)
    distance_sums = np.stack([cells @ distance, cells @ distance**2])
    return ResampledCounts(hits, predicted_counts, support, cells.sum(axis=1, keepdims=True), distance_sums)


def of_tables(tables: Floats) -> ResampledCounts:
    """Sums of tables (k, k, draws), which are sums of rows of draws; the draws stay side by side."""
    k = len(tables)
    places = np.arange(k)
    distance = np.abs(places[:, None] - places).astype(np.float64).reshape(-1)
    support = tables.sum(axis=1)
    return ResampledCounts(
        tables[places, places].T,
        tables.sum(axis=0).T,
        support.T,
        support.sum(axis=0)[:, None],
        np.stack([distance, distance**2]) @ tables.reshape(k * k, -1),
    )


def with_pseudo_counts(table: Array) -> tuple[npt.NDArray[np.intp], Floats]:
    """Cells of a table (k, k) that are not empty, as true class times k plus predicted class, and counts."""
    k = len(table)
    present = np.flatnonzero(table.sum(axis=0) + table.sum(axis=1))
    following = np.concatenate([present[1:], present[:1]])
    if table.size <= MANY_CELLS:
        counts = table.astype(np.float64)
        counts[present, present] += HALF
        counts[present, following] += HALF
        filled = np.flatnonzero(counts)
        return filled, counts.reshape(-1)[filled]
    rows, columns = np.nonzero(table)
    codes = np.concatenate([rows * k + columns, present * k + present, present * k + following])
    counts = np.concatenate([table[rows, columns], np.full(2 * len(present), HALF)])
    cells = distinct(codes)
    return cells, np.bincount(np.searchsorted(cells, codes), weights=counts).astype(np.float64, copy=False)


def resample_table(table: Array, rng: np.random.Generator, draws: int, most: int) -> ResampledCounts:
    """Multinomial draws of a table (k, k) of counts, with pseudo-counts.

    Tables with very many cells use Poisson draws, which differ only in the number of rows and take half the
    time; if most cells have very few rows, the rows are drawn. ``most``: maximum number of cells over all
    draws, so there are fewer draws of large tables.
    """
    k, n = len(table), int(table.sum())
    codes, shares = with_pseudo_counts(table)
    draws = max(min(draws, most // len(codes)), FEWEST_DRAWS)
    if len(codes) <= MANY_CELLS:
        cells = rng.multinomial(n, shares / shares.sum(), size=draws).astype(np.float64)
        return of_cells(codes // k, codes % k, cells, k)
    if n <= SPARSE * len(codes):
        return _of_drawn_rows(codes, np.rint(shares / HALF).astype(np.intp), rng, (draws, n), k)
    parts, step = [], max(most // (4 * len(codes)), 1)
    for first in range(0, draws, step):
        size = (min(step, draws - first), len(codes))
        cells = rng.poisson(shares * (n / shares.sum()), size=size).astype(np.float64)
        parts.append(of_cells(codes // k, codes % k, cells, k))
    return _concatenate(parts)


def _of_drawn_rows(
    cells: npt.NDArray[np.intp],
    halves: npt.NDArray[np.intp],
    rng: np.random.Generator,
    size: tuple[int, int],
    k: int,
) -> ResampledCounts:
    """Multinomial draws of rows, (draws, rows), so that cells without rows cost nothing.

    ``cells``: true class times k plus predicted class; ``halves``: twice the rows of each, which are whole
    numbers also with pseudo-counts.
    """
    bits = k.bit_length()
    pairs = np.repeat((cells // k) << bits | cells % k, halves)  # one look-up for both classes
    draws, n = size
    hits, predicted_counts, support = np.empty((3, draws, k))
    distance_sums = np.empty((2, draws))
    for draw in range(draws):
        drawn = pairs.take(rng.integers(0, len(pairs), n, dtype=np.uint32))
        truth, predicted = drawn >> bits, drawn & ((1 << bits) - 1)
        distance = truth - predicted
        hits[draw] = np.bincount(truth[distance == 0], minlength=k)
        support[draw] = np.bincount(truth, minlength=k)
        predicted_counts[draw] = np.bincount(predicted, minlength=k)
        distance_sums[:, draw] = np.abs(distance).sum(), np.dot(distance, distance)
    return ResampledCounts(hits, predicted_counts, support, np.full((draws, 1), float(n)), distance_sums)


def _concatenate(parts: Sequence[ResampledCounts]) -> ResampledCounts:
    """All draws of several parts."""
    distance_sums = [part.distance_sums for part in parts if part.distance_sums is not None]
    names = ("hits", "predicted_counts", "support", "total")
    hits, predicted_counts, support, total = (
        np.concatenate([getattr(part, name) for part in parts]) for name in names
    )
    return ResampledCounts(
        hits,
        predicted_counts,
        support,
        total,
        np.concatenate(distance_sums, axis=1) if distance_sums else None,
    )
