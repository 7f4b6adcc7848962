"""Weights of rows: all that depends on whether there are any."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import ROUNDING, Floats, dot

W = TypeVar("W")


def run_of(weight: W | None) -> tuple[W, ...]:
    """The weights of a block as a run, or no run."""
    return () if weight is None else (weight,)


class Weights(Struct, frozen=True, eq=False):
    """``values``: weight of each row, (n,); or None: each row weighs 1, and nothing is multiplied."""

    values: Array | None = None

    @classmethod
    def joined(cls, parts: Sequence[Array | None]) -> Weights:
        """Of several parts, which all have weights or have none."""
        given = [part for part in parts if part is not None]
        return cls(np.concatenate(given) if given else None)

    @property
    def are_given(self) -> bool:
        """Whether rows may weigh anything but 1."""
        return self.values is not None

    @property
    def squared(self) -> Weights:
        """The squares of the weights."""
        return self if self.values is None else Weights(np.square(self.values))

    def at(self, rows: Array | slice | EllipsisType) -> Weights:
        """Of some rows."""
        return self if self.values is None else Weights(self.values[rows])

    def of_rows(self, n: int) -> Array:
        """The weight of each of n rows; int64 ones if none are given."""
        return np.ones(n, np.int64) if self.values is None else self.values

    def plus_logs(self, values: Array) -> Array:
        """Logarithms of weighted numbers, from those of the numbers."""
        return values if self.values is None else values + np.log(self.values)

    def times(self, values: Array) -> Array:
        """Values times the weights."""
        return values if self.values is None else values * self.values

    def total(self, n: int) -> float:
        """Weight of all n rows."""
        return n if self.values is None else float(self.values.sum())

    def total_squares(self, n: int) -> float:
        """Sum of the squared weights of all n rows."""
        return n if self.values is None else dot(self.values, self.values)

    def count(self, chosen: Array) -> float:
        """Rows that are true in a mask, or their weight."""
        return int(np.count_nonzero(chosen)) if self.values is None else dot(chosen, self.values)

    def sum(self, values: Array) -> float:
        """Weighted sum, in float64 without weights."""
        return float(values.sum(dtype=np.float64) if self.values is None else dot(values, self.values))

    def sum_squares(self, values: Array) -> float:
        """Sum of the squares of the weighted values."""
        if self.values is None:
            return float(np.einsum("i,i->", values, values, dtype=np.float64))
        return float(np.square(values * self.values).sum())

    def counted(self, cells: npt.NDArray[np.integer], length: int) -> Array:
        """Rows in each cell: int64, or their weights, float64."""
        if self.values is None:
            return np.bincount(cells, minlength=length).astype(np.int64, copy=False)
        return np.bincount(cells, weights=self.values, minlength=length).astype(np.float64, copy=False)

    def median(self, values: Floats) -> float:
        """Median, in place; with weights the mean of the lower and upper weighted median.

        >>> Weights(np.array([1.0, 1.0, 2.0])).median(np.array([1.0, 2.0, 4.0]))
        3.0
        """
        if self.values is None:
            return float(np.median(values, overwrite_input=True))
        order = np.argsort(values)
        return median_in_order(values[order], np.cumsum(self.values[order]))


def median_in_order(values: Floats, upto: Floats) -> float:
    """Mean of the lower and upper weighted median of ascending values; ``upto``: sums of their weights."""
    half = upto[-1] / 2
    low = int(np.searchsorted(upto, half * (1 - ROUNDING), side="left"))
    high = int(np.searchsorted(upto, half * (1 + ROUNDING), side="right"))
    return float(values[low] + values[min(high, len(values) - 1)]) / 2
