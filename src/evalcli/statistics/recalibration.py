"""A logistic curve through outcome against log-odds, from the kept scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.blocks.base import sigmoid
from evalcli.statistics.base import Floats, Mapper
from evalcli.statistics.moments import NONE, Moments

STEPS = 60
LONGEST = 4.0
"""The likelihood is concave, but its quadratic is only local: longer steps are cut."""
FARTHEST = 500.0
"""An intercept that has gone this far goes on for ever."""
TINY = 1e-300
Run = tuple[Floats, Floats, Floats | None]


@dataclass(frozen=True, eq=False)
class LogOddsRuns:
    """Log-odds of the positive class, outcome and weight of the rows, a run for each block."""

    runs: tuple[Run, ...] = ()

    def __add__(self, other: LogOddsRuns) -> LogOddsRuns:
        return LogOddsRuns(self.runs + other.runs)

    def finish(self, mapper: Mapper) -> Recalibration:
        """Fit, as soon as something is asked for."""
        return Recalibration(tuple(run for run in self.runs if len(run[0])), mapper)


@dataclass(frozen=True, eq=False)
class Recalibration:
    """Fits of P(positive) = 1 / (1 + exp(-(intercept + slope * log-odds))) by maximum likelihood."""

    runs: tuple[Run, ...]
    mapper: Mapper

    @cached_property
    def slope(self) -> float:
        """Slope of the fit; NaN where no finite one exists (constant scores, separated classes).

        Newton's method from a flat curve, on log-odds of mean 0 and spread 1.
        """
        spread = sum((Moments.of(x, weight) for x, _, weight in self.runs), NONE)
        if not spread.m2 > 0:
            return math.nan
        centre, scale = spread.mean, math.sqrt(spread.m2 / spread.n)
        at = np.zeros(2)
        for _ in range(STEPS):
            first, second, a, b, c = self._sums(at[0], at[1], centre, scale)
            volume = a * c - b * b
            # a flat likelihood: the classes are separated, or there is only one
            if not volume > 1e-13 * a * c:
                break
            move = np.array([c * first - b * second, a * second - b * first]) / volume
            longest = float(np.abs(move).max())
            at = at + move * min(1.0, LONGEST / max(longest, TINY))
            if longest <= 1e-12 * max(1.0, float(np.abs(at).max())):
                return float(at[1]) / scale
        return math.nan

    @cached_property
    def intercept(self) -> float:
        """Intercept of the fit whose slope is held at 1; NaN with one class only.

        Newton's method, held between two ends that close in on the one place where the sum is 0.
        """
        low, high, at = -1e3, 1e3, 0.0
        for _ in range(4 * STEPS):
            excess, _, bend, _, _ = self._sums(at, 1.0)
            low, high = (at, high) if excess > 0 else (low, at)
            move = excess / bend if bend > 0 else math.inf
            following = at + move
            if not low < following < high:
                following = (low + high) / 2
            if abs(following - at) <= 1e-13 * max(1.0, abs(at)):
                return following if abs(following) < FARTHEST else math.nan
            at = following
        return math.nan

    def _sums(self, intercept: float, slope: float, centre: float = 0.0, scale: float = 1.0) -> list[float]:
        """First and second derivatives of the log-likelihood by intercept and slope."""

        def work(run: Run) -> Floats:
            x, y, weight = run
            x = (x - centre) / scale
            mean = sigmoid(intercept + slope * x)
            rest, bend = y - mean, mean * (1.0 - mean)
            if weight is not None:
                rest, bend = rest * weight, bend * weight
            bent = bend * x
            return np.array([rest.sum(), np.dot(rest, x), bend.sum(), bent.sum(), np.dot(bent, x)])

        return [float(value) for value in np.sum(np.stack(list(self.mapper(work, self.runs))), axis=0)]


@dataclass(frozen=True)
class LogOdds:
    """Keep log-odds and outcome of binary data; probabilities clipped to [eps, 1 - eps]."""

    def of(self, block: ClassBlock) -> LogOddsRuns:
        """Rows of one block."""
        outcome: Any = block.is_positive.astype(np.float64)
        return LogOddsRuns(((self._log_odds(block), outcome, block.weight),))

    @staticmethod
    def _log_odds(block: ClassBlock) -> Floats:
        if block.kind is ScoreKind.LOGITS:
            return block.ranking_scores[0][0].astype(np.float64)
        p = np.clip(block.positive_probability, block.eps, 1.0 - block.eps)
        return np.log(p) - np.log1p(-p)
