"""Blocks with one real value per row."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks.base import Array, overflow_to_infinity
from evalcli.cached import cached_property


class RealBlock(Struct, frozen=True, eq=False, dict=True):
    """Rows with one real value each, float64.

    ``truth``: (n,). ``predicted``: (n,), or None if there are only quantiles. ``quantiles``: one row for each
    of ``levels``, (q, n). ``weight``: (n,) or None. ``row_hashes``: hashes for sampling, of the row's group
    and of the row, (2, n), uint64, or None.
    """

    truth: Array
    predicted: Array | None
    quantiles: Array
    levels: tuple[float, ...] = ()
    weight: Array | None = None
    row_hashes: Array | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.truth)

    @property
    def predicted_value(self) -> Array:
        """The predicted values, (n,)."""
        if self.predicted is None:
            raise ValueError("this block has only quantiles")
        return self.predicted

    @cached_property
    @overflow_to_infinity
    def error(self) -> Array:
        """Predicted minus true, (n,)."""
        return np.asarray(self.predicted_value - self.truth)

    @cached_property
    def absolute_error(self) -> Array:
        """Absolute error, (n,)."""
        return np.abs(self.error)

    @cached_property
    def lowest(self) -> tuple[float, float]:
        """The lowest true and the lowest predicted value; there must be rows."""
        return float(self.truth.min()), float(self.predicted_value.min())

    @cached_property
    def size_of_truth(self) -> Array:
        """Absolute true values, (n,)."""
        return self.truth if self.lowest[0] >= 0 else np.abs(self.truth)

    @cached_property
    @overflow_to_infinity
    def ratio(self) -> Array:
        """Truth over prediction, (n,)."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(self.truth / self.predicted_value)

    @cached_property
    def excess(self) -> Array:
        """The ratio minus 1, (n,)."""
        return self.ratio - 1.0

    @cached_property
    def log_ratio(self) -> Array:
        """Logarithm of the ratio, (n,); -inf or NaN if it is 0 or negative."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.log(self.ratio)

    @property
    @overflow_to_infinity
    def pinball(self) -> Array:
        """Mean pinball loss over the predicted quantiles, (n,)."""
        off = self.truth - self.quantiles
        levels = np.array(self.levels)[:, None]
        return np.asarray(np.maximum(levels * off, (levels - 1.0) * off).mean(axis=0))

    def quantile(self, level: float) -> Array:
        """Predicted quantile of a level, (n,); the predicted values if there are no quantiles."""
        return self.quantiles[self.levels.index(level)] if self.levels else self.predicted_value

    def argument(self, name: str) -> Array:
        """True or predicted values, (n,)."""
        return self.truth if name == "y_true" else self.predicted_value

    @property
    def disagreements(self) -> int:
        """None: the file has no predicted class beside its scores."""
        return 0
