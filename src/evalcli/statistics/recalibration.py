"""Logistic recalibration: regression of the outcome on the log-odds.

Newton's method needs some dozen passes over the rows, most of them far from the solution. So it begins from
the solution for a sample of the rows, from where three passes or four are left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ClassBlock, ScoreKind
from evalcli.cached import cached_property
from evalcli.statistics.base import FieldSums, Floats, Mapper, dot
from evalcli.statistics.moments import EMPTY, Moments
from evalcli.statistics.weights import Weights

STEPS = 200
HALVINGS = 50
FLAT = 1e-14
"""Relative gain in likelihood below which Newton's method has converged."""
FEWEST, SHARE = 1 << 12, 8
"""Rows from which on a sample of them is fitted first: one of so many rows."""
PASSES = 8
NEAR = 1e-12
"""Newton's step, in standard deviations of the log-odds, that is not worth another pass."""
LOWEST = -700.0
"""Log-odds of a probability that adds nothing to any sum, and whose exponential does not overflow."""
CHUNK = 1 << 16
"""Rows whose temporary arrays are in memory at a time."""
Run = tuple[Floats, npt.NDArray[np.bool_], Array | None]


class LogOddsRuns(FieldSums, Struct, frozen=True, eq=False):
    """Log-odds of the positive class, outcome and weight of the rows, one run per block."""

    runs: tuple[Run, ...] = ()

    def finalize(self, mapper: Mapper) -> Recalibration:
        """Fits, computed on demand."""
        return Recalibration(tuple(run for run in self.runs if len(run[0])), mapper)


Fit = tuple[Floats, float, float]
"""Intercept and slope, and the centre and scale of the log-odds."""


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

    @property
    def step_of_intercept(self) -> Floats:
        """Newton's step of the intercept alone."""
        return np.array([self.first[0] / self.second[0, 0] if self.second[0, 0] > 0 else math.nan, 0.0])


class Recalibration(Struct, frozen=True, eq=False, dict=True):
    """Fits of P(positive) = 1 / (1 + exp(-(intercept + slope * log-odds))) by maximum likelihood."""

    runs: tuple[Run, ...]
    mapper: Mapper

    @cached_property
    def _ends(self) -> Floats:
        """Lowest and highest log-odds of the negatives, and of the positives; (2, 2)."""

        def of_run(run: Run) -> list[tuple[float, float]]:
            parts = [run[0][run[1] == outcome] for outcome in (False, True)]
            return [(part.min(initial=math.inf), part.max(initial=-math.inf)) for part in parts]

        ends = np.array([of_run(run) for run in self.runs])
        return np.stack([ends[..., 0].min(axis=0), ends[..., 1].max(axis=0)], axis=1)

    @property
    def slope(self) -> float:
        """Slope of the fit; NaN if none is finite (one class, constant or separated scores)."""
        (_, slope), _, scale = self._joint
        return float(slope) / scale

    @cached_property
    def intercept(self) -> float:
        """Intercept of the fit with slope 1; NaN with one class only."""
        near = None if self._sample is None else self._near(np.array([self._sample.intercept, 1.0]), free=1)
        return self.safe_intercept if near is None else float(near[0][0])

    @cached_property
    def _joint(self) -> Fit:
        """Intercept and slope, on log-odds that are standardised by a centre and a scale."""
        near = None if self._sample is None else self._near(*self._sample._joint)
        return self.safe_joint if near is None else near

    @cached_property
    def _sample(self) -> Recalibration | None:
        """The fits of every so many rows; None if there are few."""
        if sum(len(x) for x, _, _ in self.runs) < FEWEST:
            return None
        parts, first = [], 0
        for x, y, weight in self.runs:
            rows = slice(-first % SHARE, None, SHARE)
            parts.append((x[rows], y[rows], Weights(weight).at(rows).values))
            first += len(x)
        return Recalibration((_joined(parts),), map)

    def _near(self, at: Floats, centre: float = 0.0, scale: float = 1.0, free: int = 2) -> Fit | None:
        """Newton's method from near the solution; None if it does not converge at once.

        ``free``: whether both the intercept and the slope are fitted, or only the former.
        """
        last = math.inf
        for number in range(PASSES):
            likelihood = self._at(at, centre, scale, value=False)
            step = likelihood.step if free == 2 else likelihood.step_of_intercept
            size = float(np.abs(step).max())
            if not 0.0 < size < last / 2:  # not finite, without curvature, or not nearer
                return None
            at = at + step
            if number and size * (size / last) ** 2 <= NEAR:  # the next step: correct digits double
                return at, centre, scale
            last = size
        return None

    @cached_property
    def safe_joint(self) -> Fit:
        """The same by Newton's method from slope 0, whose steps are halved if they lower the likelihood."""
        (negative_low, negative_high), (positive_low, positive_high) = self._ends
        if negative_high <= positive_low or positive_high <= negative_low:
            return np.full(2, math.nan), 0.0, 1.0
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
        return at, centre, scale

    @cached_property
    def safe_intercept(self) -> float:
        """The same where hits and misses that are expected too little and too much are equal, by bisection.

        Both sums are of positive terms, and are compared by their logarithms: between saturated log-odds
        their difference is 0 to rounding.
        """
        hits = sum(Weights(weight).sum(y) for _, y, weight in self.runs)
        total = sum(Weights(weight).total(len(y)) for _, y, weight in self.runs)
        if not 0 < hits < total:
            return math.nan
        log_odds = math.log(hits) - math.log(total - hits)
        low, high = log_odds - float(self._ends[:, 1].max()), log_odds - float(self._ends[:, 0].min())
        at = (low + high) / 2
        for _ in range(STEPS):
            excess, slope = self._excess(at)
            low, high = (at, high) if excess > 0 else (low, at)
            following = at + excess / slope if slope > 0 else math.inf
            if not low < following < high:
                following = (low + high) / 2
            if abs(following - at) <= 1e-13 * max(1.0, abs(at)):
                return following
            at = following
        return at

    def _excess(self, intercept: float) -> tuple[float, float]:
        """Logarithm of missing to superfluous expected hits at an intercept, and minus its derivative."""

        def of_run(run: Run) -> list[Floats]:
            x, y, weight = run
            found = []
            for outcome, sign in ((True, 1.0), (False, -1.0)):
                rows = y == outcome
                line = sign * (x[rows] + intercept)
                terms = Weights(weight).at(rows).plus_logs(-np.logaddexp(0.0, line))
                found += [terms, 1.0 / (1.0 + np.exp(np.minimum(-line, -LOWEST)))]
            return found

        parts = list(self.mapper(of_run, self.runs))
        logs, slope = [], 0.0
        for at in (0, 2):
            terms = np.concatenate([part[at] for part in parts])
            highest = terms.max()
            shares = np.exp(terms - highest)
            logs.append(highest + math.log(shares.sum()))
            slope += float(shares.dot(np.concatenate([part[at + 1] for part in parts])) / shares.sum())
        return float(logs[0] - logs[1]), slope

    def _at(self, curve: Floats, centre: float = 0.0, scale: float = 1.0, value: bool = True) -> _Likelihood:
        """The likelihood at an intercept and slope, for centred and scaled log-odds.

        ``value``: whether itself is computed, or only its derivatives.
        """

        def of_run(run: Run) -> Floats:
            starts = range(0, len(run[0]), CHUNK)
            chunks = [slice(start, start + CHUNK) for start in starts]
            return np.sum([_terms(run, rows, curve, centre, scale, value) for rows in chunks], axis=0)

        total, *first, a, b, c = np.sum(np.stack(list(self.mapper(of_run, self.runs))), axis=0)
        return _Likelihood(float(total), np.array(first), np.array([[a, b], [b, c]]))


def _terms(run: Run, rows: slice, curve: Floats, centre: float, scale: float, value: bool) -> list[float]:
    """Sums over some rows: log-likelihood, its gradient, and the entries of its negative Hessian."""
    y, weights = run[1][rows], Weights(run[2]).at(rows)
    x = run[0][rows] - centre
    if scale != 1.0:
        x /= scale
    line = x * curve[1]
    line += curve[0]
    logs = weights.times(np.logaddexp(0.0, np.where(y, -line, line))).sum() if value else 0.0
    np.maximum(line, LOWEST, out=line)
    np.exp(np.negative(line, out=line), out=line)
    line += 1.0
    mean = np.reciprocal(line, out=line)
    variance = 1.0 - mean
    variance *= mean
    residual, variance = weights.times(np.subtract(y, mean, out=mean)), weights.times(variance)
    product = variance * x
    first = (residual.sum(), dot(residual, x))
    return [-logs, *first, variance.sum(), product.sum(), dot(product, x)]


def _joined(runs: Sequence[Run]) -> Run:
    x, y, weights = zip(*runs, strict=True)
    return np.concatenate(x), np.concatenate(y), Weights.joined(weights).values


class LogOdds(Struct, frozen=True):
    """Keep log-odds and outcome of binary data; probabilities are clipped to [eps, 1 - eps]."""

    row_bytes: ClassVar[int] = 9

    def of(self, block: ClassBlock) -> LogOddsRuns:
        """Rows of one block."""
        return LogOddsRuns(((self._log_odds(block), block.is_positive, block.weight),))

    @staticmethod
    def _log_odds(block: ClassBlock) -> Floats:
        if block.kind is ScoreKind.LOGITS:
            return block.ranking_scores[0][0].astype(np.float64)
        p = np.clip(block.positive_probability, block.eps, 1.0 - block.eps)
        return np.log(p / (1.0 - p))
