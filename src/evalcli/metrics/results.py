"""Results of formulas: a proportion, a mean, a value at a threshold, or undefined and why."""

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
    """No value, and why, in words for users."""

    reason: str


@dataclass(frozen=True)
class Proportion:
    """A share of rows: ``hits`` of ``total``, arrays of one shape or two numbers."""

    hits: Any
    total: Any

    @property
    def value(self) -> Floats:
        """The share; NaN without rows."""
        return ratio(self.hits, self.total)


@dataclass(frozen=True)
class MonotoneProportion:
    """A value that increases with a share of rows: ``value = curve(share)``."""

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
        """The mean, or its root; NaN without rows."""
        mean = self.moments.mean if self.moments.n else math.nan
        return math.sqrt(mean) if self.root else mean


@dataclass(frozen=True)
class AtThreshold:
    """A value, and the decision threshold at which it is reached."""

    value: float
    threshold: float


def ratio(numerator: Any, denominator: Any) -> Floats:
    """Elementwise quotient; NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    out = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out
