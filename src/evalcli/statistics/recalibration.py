"""Logistic recalibration: regression of the outcome on the log-odds."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from msgspec import Struct

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.blocks.base import sigmoid
from evalcli.statistics.base import FieldSums, Floats, Mapper
from evalcli.statistics.moments import EMPTY, Moments
from evalcli.statistics.weights import Weights

STEPS = 200
HALVINGS = 50
FLAT = 1e-14
"""Relative gain in likelihood below which Newton's method has converged."""
Run = tuple[Floats, Floats, Floats | None]


class LogOddsRuns(FieldSums, Struct, frozen=True, eq=False):
    """Log-odds of the positive class, outcome and weight of the rows, one run per block."""

    runs: tuple[Run, ...] = ()

    def finalize(self, mapper: Mapper) -> Recalibration:
        """Fits, computed on demand."""
        return Recalibration(tuple(run for run in self.runs if len(run[0])), mapper)


class _Likelihood(Struct, frozen=True):
    """Log-likelihood and its derivatives with respect to intercept and slope."""

    value: float
    first: Floats
    second: Floats

    @property
    def step(self) -> Floats:
        """Newton's step."""
        (a, b), (_, c) = self.second
        determinant = a * c - b * b
        if not determinant > 0:
            return np.zeros(2)
        first, second = self.first
        return np.array([c * first - b * second, a * second - b * first]) / determinant


class Recalibration(Struct, frozen=True, eq=False, dict=True):
    """Fits of P(positive) = 1 / (1 + exp(-(intercept + slope * log-odds))) by maximum likelihood."""

    runs: tuple[Run, ...]
    mapper: Mapper

    @cached_property
    def _ends(self) -> Floats:
        """Lowest and highest log-odds of the negatives, and of the positives; (2, 2)."""

        def of_run(run: Run) -> list[tuple[float, float]]:
            parts = [run[0][run[1] == outcome] for outcome in (0.0, 1.0)]
            return [(part.min(initial=math.inf), part.max(initial=-math.inf)) for part in parts]

        ends = np.array([of_run(run) for run in self.runs])
        return np.stack([ends[..., 0].min(axis=0), ends[..., 1].max(axis=0)], axis=1)

    @cached_property
    def slope(self) -> float:
        """Slope of the fit; NaN if none is finite (one class, constant or separated scores).

        Newton's method from slope 0, on standardised log-odds; steps that lower the likelihood are halved.
        """
        (negative_low, negative_high), (positive_low, positive_high) = self._ends
        if negative_high <= positive_low or positive_high <= negative_low:
            return math.nan
        spread = sum((Moments.of(x, weight) for x, _, weight in self.runs), EMPTY)
        centre, scale = spread.mean, math.sqrt(spread.m2 / spread.n)
        at = np.zeros(2)
        likelihood = self._at(at, centre, scale)
        for _ in range(STEPS):
            step = likelihood.step
            if float(likelihood.first @ step) <= FLAT * abs(likelihood.value):
                at = at + step  # its gain is below the rounding of the likelihood, but not of the slope
                break
            for _ in range(HALVINGS):
                following = self._at(at + step, centre, scale)
                if following.value >= likelihood.value:
                    break
                step = step / 2
            else:  # no step increases the likelihood
                break
            at, likelihood = at + step, following
        return float(at[1]) / scale

    @cached_property
    def intercept(self) -> float:
        """Intercept of the fit with slope 1; NaN with one class only.

        Newton's method, safeguarded by bisection.
        """
        hits = sum(Weights(weight).sum(y) for _, y, weight in self.runs)
        total = sum(Weights(weight).total(len(y)) for _, y, weight in self.runs)
        if not 0 < hits < total:
            return math.nan
        log_odds = math.log(hits) - math.log(total - hits)
        low, high = log_odds - float(self._ends[:, 1].max()), log_odds - float(self._ends[:, 0].min())
        at = (low + high) / 2
        for _ in range(STEPS):
            likelihood = self._at(np.array([at, 1.0]))
            excess, curvature = float(likelihood.first[0]), float(likelihood.second[0, 0])
            low, high = (at, high) if excess > 0 else (low, at)
            following = at + excess / curvature if curvature > 0 else math.inf
            if not low < following < high:
                following = (low + high) / 2
            if abs(following - at) <= 1e-13 * max(1.0, abs(at)):
                return following
            at = following
        return at

    def _at(self, curve: Floats, centre: float = 0.0, scale: float = 1.0) -> _Likelihood:
        """The likelihood at an intercept and slope, for centred and scaled log-odds."""

        def of_run(run: Run) -> Floats:
            x, y, weight = run
            x = (x - centre) / scale
            line = curve[0] + curve[1] * x
            mean = sigmoid(line)
            logs = -np.logaddexp(0.0, np.where(y == 1.0, -line, line))
            weighted = Weights(weight).times
            logs, residual, variance = weighted(logs), weighted(y - mean), weighted(mean * (1.0 - mean))
            product = variance * x
            return np.array(
                [
                    *(logs.sum(), residual.sum(), np.dot(residual, x)),
                    *(variance.sum(), product.sum(), np.dot(product, x)),
                ]
            )

        value, first, second, a, b, c = np.sum(np.stack(list(self.mapper(of_run, self.runs))), axis=0)
        return _Likelihood(float(value), np.array([first, second]), np.array([[a, b], [b, c]]))


class LogOdds(Struct, frozen=True):
    """Keep log-odds and outcome of binary data; probabilities are clipped to [eps, 1 - eps]."""

    def of(self, block: ClassBlock) -> LogOddsRuns:
        """Rows of one block."""
        outcome: Floats = block.is_positive.astype(np.float64)
        return LogOddsRuns(((self._log_odds(block), outcome, block.weight),))

    @staticmethod
    def _log_odds(block: ClassBlock) -> Floats:
        if block.kind is ScoreKind.LOGITS:
            return block.ranking_scores[0][0].astype(np.float64)
        p = np.clip(block.positive_probability, block.eps, 1.0 - block.eps)
        return np.log(p) - np.log1p(-p)
