"""What formulas give: a share, a mean, a value at a threshold, or undefined and why."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalcli.metrics.registry import Floats
from evalcli.statistics import Moments


@dataclass(frozen=True)
class Undefined:
    """No number, and why, in words that a user understands."""

    reason: str


@dataclass(frozen=True)
class Proportion:
    """A share of rows: ``hits`` of ``total``, arrays of one shape or two numbers."""

    hits: Any
    total: Any

    @property
    def value(self) -> Floats:
        """The share; NaN of no rows."""
        return ratio(self.hits, self.total)


@dataclass(frozen=True)
class MonotoneProportion:
    """A value that rises with a share of rows: ``curve`` makes the one of the other."""

    value: Any
    share: Proportion
    curve: Callable[[float], float]


@dataclass(frozen=True)
class Mean:
    """A mean over the rows. ``root``: the value is its square root."""

    moments: Moments
    root: bool = False

    @property
    def value(self) -> float:
        """The mean, or its root; NaN of no rows."""
        mean = self.moments.mean if self.moments.n else math.nan
        return math.sqrt(mean) if self.root else mean


@dataclass(frozen=True)
class AtThreshold:
    """A value, and the score from which on a row has to count as positive to reach it."""

    value: float
    threshold: float


def ratio(numerator: Any, denominator: Any) -> Floats:
    """Elementwise quotient; NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    out = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out
