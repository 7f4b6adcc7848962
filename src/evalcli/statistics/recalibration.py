"""A logistic curve through outcome against log-odds, from the kept scores."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.blocks.base import sigmoid
from evalcli.statistics.base import Floats, Mapper

STEPS = 50
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

    def _sums(self, work: Callable[[Run], Floats]) -> Floats:
        return np.sum(np.stack(list(self.mapper(work, self.runs))), axis=0)

    @cached_property
    def slope(self) -> float:
        """Slope of the fit; NaN where no finite one exists (constant scores, separated classes)."""
        return self._newton(self._step, np.array([0.0, 1.0]))[1]

    @cached_property
    def intercept(self) -> float:
        """Intercept of the fit whose slope is held at 1; NaN with one class only."""
        return self._newton(lambda at: self._step(np.array([at[0], 1.0]), held=True), np.array([0.0]))[0]

    def _newton(self, step: Callable[[Floats], Floats], at: Floats) -> list[float]:
        """Iterate to convergence; NaN where there is none."""
        for _ in range(STEPS):
            move = step(at)
            if not np.isfinite(move).all() or np.abs(at + move).max() > 1e6:
                break
            # far steps are cut: the likelihood is concave, but its quadratic is only local
            at = at + move * min(1.0, 8.0 / float(np.abs(move).max() or 1.0))
            if np.abs(move).max() <= 1e-12 * max(1.0, float(np.abs(at).max())):
                return [float(value) for value in at]
        return [math.nan] * len(at)

    def _step(self, at: Floats, held: bool = False) -> Floats:
        """One step of Newton's method. ``held``: the slope stays."""

        def work(run: Run) -> Floats:
            x, y, weight = run
            mean = sigmoid(at[0] + at[1] * x)
            rest, bend = y - mean, mean * (1.0 - mean)
            if weight is not None:
                rest, bend = rest * weight, bend * weight
            bent = bend * x
            sums = [rest.sum(), np.dot(rest, x), bend.sum(), bent.sum(), np.dot(bent, x)]
            return np.array(sums)

        first, second, a, b, c = self._sums(work)
        if held:
            return np.array([first / a if a > 0 else np.nan])
        volume = a * c - b * b
        # a flat likelihood: the scores are constant, or all rows are fitted
        if not volume > 1e-12 * a * c:
            return np.array([np.nan, np.nan])
        return np.array([c * first - b * second, a * second - b * first]) / volume


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
