"""Rows placed among the rows of each other class: pairs of classes, and the variance of their mean area.

The mean over pairs of classes is a sum of areas of one class against another, so that DeLong's variance
holds for it: what a row adds is its mean place among the rows of the other classes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import Floats, Mapper

GROUPS = 16
"""Sums over the classes are added by group, whatever the number of threads."""
LEAST = 32
"""Minimum number of sampled rows of a class, if there are as many."""


class ClassRows(Struct, frozen=True, eq=False):
    """Rows in the order of their classes. ``positions``: their indices, ascending; ``order``: of these.

    ``start``: where each class begins, and the number of rows, (k + 1,). ``support``: all rows of a class.
    """

    positions: Array
    order: Array
    start: Array
    support: Array

    @classmethod
    def of(cls, classes: Array, hashes: Array, k: int, most: int) -> ClassRows:
        """All rows, or a sample of each class; ``classes`` and ``hashes``: of every row, (n,)."""
        support = np.bincount(classes, minlength=k)
        positions = np.arange(len(classes))
        if len(classes) > most:
            share = max(most // k, LEAST)
            members = np.split(np.argsort(classes, kind="stable"), np.cumsum(support)[:-1])
            drawn = [
                rows if len(rows) <= share else rows[np.argpartition(hashes[rows], share)[:share]]
                for rows in members
            ]
            positions = np.sort(np.concatenate(drawn))
        counts = np.bincount(classes[positions], minlength=k)
        order = np.argsort(classes[positions], kind="stable")
        return cls(positions, order, np.append(0, np.cumsum(counts)), support)

    @property
    def counts(self) -> Array:
        """Rows of each class, (k,)."""
        return np.diff(self.start)


class Placements(Struct, frozen=True, eq=False):
    """``doubled``: twice the pairs of rows where class i outscores class j by the score of class i, (k, k).

    ``places``: of each row, over the other classes that count in averages, the sum of its shares of rows that
    it is on the right side of: by its own class's score and by theirs; and the same sum weighted by the rows
    of the other classes. (2, rows).
    """

    rows: ClassRows
    doubled: Floats
    places: Floats

    def variances(self, counted: Array, by_support: bool) -> Floats:
        """Variance of the mean over the pairs of counted classes that the rows of each class add, (classes,).

        ``by_support``: the pairs are weighted by their rows, which are taken as given.
        """
        counts, support = self.rows.counts[counted], self.rows.support[counted].astype(np.float64)
        pairs = len(counted) * (len(counted) - 1) / 2
        total = support.sum() * (len(counted) - 1) if by_support else pairs
        out = np.empty(len(counted))
        for index, cls in enumerate(counted):
            plain, weighted = self.places[:, self.rows.start[cls] : self.rows.start[cls + 1]]
            added = (weighted + support[index] * plain if by_support else plain) / (2 * total)
            out[index] = np.square(added - added.mean()).sum() / (counts[index] - 1) / support[index]
        return out


def place_rows(
    rows: ClassRows, scores_of: Callable[[int], Array], averaged: Array, mapper: Mapper
) -> Placements:
    """Place every row. ``scores_of``: the scores of a class, of ``rows.positions``."""
    k = len(rows.support)
    counts = rows.counts.astype(np.float64)
    share = np.where(averaged & (counts > 0), 1.0 / np.maximum(counts, 1.0), 0.0)
    of_row = np.repeat(np.stack([share, share * rows.support]), rows.counts, axis=1)

    def of_group(group: range) -> tuple[Floats, Floats]:
        doubled, places = np.zeros((len(group), k)), np.zeros((2, len(rows.order)))
        for index, cls in enumerate(group):
            if counts[cls]:
                above, own = _of_class(
                    scores_of(cls)[rows.order], rows.start[cls], rows.start[cls + 1], of_row
                )
                doubled[index] = 2 * _by_class(above, rows)
                if averaged[cls]:
                    inside = slice(rows.start[cls], rows.start[cls + 1])
                    for weight in (0, 1):
                        shares = above * (rows.support[cls] ** weight / counts[cls])
                        shares[inside] = own[weight]
                        places[weight] += shares
        return doubled, places

    edges = [k * group // GROUPS for group in range(GROUPS + 1)]
    groups = [range(first, last) for first, last in pairwise(edges) if first < last]
    doubled, places = zip(*mapper(of_group, groups), strict=True)
    return Placements(rows, np.concatenate(doubled), sum(places[1:], places[0]))


def _of_class(scores: Array, first: int, last: int, of_row: Floats) -> tuple[Floats, Floats]:
    """Rows of one class that score above each row, ties half; and the places of its own rows.

    ``first``, ``last``: where its rows are. ``of_row``: what each row adds to the places above it; (2, rows).
    """
    order, values = _sorted(scores)
    own = np.flatnonzero((order >= first) & (order < last))
    mine = values[own]
    is_new = np.append(True, mine[1:] != mine[:-1])
    distinct = mine[is_new]
    lower, upper = (np.searchsorted(values, distinct, side=side) for side in ("left", "right"))
    hits = np.diff(np.flatnonzero(is_new), append=len(own))
    reached = np.cumsum(hits)
    # a step function: within the ties of each distinct score, and between them
    ends = np.stack([lower, upper], axis=1).reshape(-1)
    steps = (last - first) - np.stack([reached - hits, reached - hits / 2], axis=1).reshape(-1)
    above = np.empty(len(order))
    above[order] = np.repeat(np.append(steps, 0.0), np.diff(ends, prepend=0, append=len(order)))
    below = np.cumsum(of_row[:, order], axis=1)
    below = np.concatenate([np.zeros((2, 1)), below], axis=1)
    places = (below[:, lower] + below[:, upper]) / 2 - of_row[:, first, None] * (reached - hits / 2)
    out = np.empty((2, last - first))
    out[:, order[own] - first] = np.repeat(places, hits, axis=1)
    return above, out


def _sorted(scores: Array) -> tuple[Array, Array]:
    """Order and sorted values; one sort of 64-bit keys where the bits of a score order as it does."""
    if scores.dtype != np.float32 or scores.min() < 0:
        order = np.argsort(scores)
        return order, scores[order]
    keys = np.empty(len(scores), np.uint64)
    halves = keys.view(np.uint32).reshape(-1, 2)
    halves[:, 1] = (scores + np.float32(0)).view(np.uint32)  # -0 as 0
    halves[:, 0] = np.arange(len(scores), dtype=np.uint32)
    keys.sort()
    return halves[:, 0].astype(np.intp), np.ascontiguousarray(halves[:, 1])


def _by_class(values: Floats, rows: ClassRows) -> Floats:
    """Sums over the rows of each class, (k,)."""
    present = np.flatnonzero(rows.counts)
    out = np.zeros(len(rows.support))
    out[present] = np.add.reduceat(values, rows.start[present])
    return out
