"""Rows that may have several labels each, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evalcli.blocks.base import (
    EPS,
    Array,
    ScoreKind,
    clipped_logs,
    overflow_to_infinity,
    predicts_positive,
    unit_interval,
)


@dataclass(frozen=True, eq=False)
class LabelSetBlock:
    """Rows of label sets.

    ``truth``: which labels a row has, (k, n), bool. ``scores``: (k, n), float32 or float64. ``thresholds``: a
    label is predicted from this score on, (k,); where NaN, or None, for p > 0.5. ``weight``: (n,) or None.
    ``has_rounding``: some probability is a rounding error above 1. ``row_hashes``: numbers that rows are
    drawn by, of the row's group and of the row, (2, n), uint64, or None.
    """

    truth: Array
    scores: Array
    kind: ScoreKind = ScoreKind.PROBABILITIES
    thresholds: Array | None = None
    eps: float = EPS
    has_rounding: bool = False
    weight: Array | None = None
    row_hashes: Array | None = None

    @property
    def n(self) -> int:
        """Rows."""
        return self.truth.shape[1]

    @property
    def k(self) -> int:
        """Labels."""
        return len(self.truth)

    @cached_property
    def predicted(self) -> Array:
        """Which labels are predicted, (k, n), bool."""
        predictions = predicts_positive(self.scores, self.kind)
        if self.thresholds is not None:
            values = self.scores if self.kind is ScoreKind.RAW else self.probabilities
            given = ~np.isnan(self.thresholds)
            # in the scores' own type: 0.7 of a float32 file is 0.7
            predictions[given] = values[given] >= self.thresholds[given, None].astype(values.dtype)
        return predictions

    @cached_property
    @overflow_to_infinity
    def probabilities(self) -> Array:
        """Probability of each label, (k, n)."""
        return unit_interval(self.scores, self.kind, self.has_rounding)

    @property
    def true_classes(self) -> tuple[Array, Array]:
        """Label and row of every label that a row has."""
        labels, rows = np.nonzero(self.truth)
        return labels, rows

    @cached_property
    @overflow_to_infinity
    def log_true_probability(self) -> tuple[Array, Array]:
        """Mean over the labels of the logarithm of what the outcome got, and whether one was clipped."""
        if self.kind is ScoreKind.LOGITS:
            margin = np.where(self.truth, self.scores, -self.scores).astype(np.float64)
            return -np.logaddexp(0.0, -margin).mean(axis=0), np.zeros(self.n, np.bool_)
        p = np.abs(self.probabilities.astype(np.float64) - ~self.truth)
        logs, clipped = clipped_logs(p, self.eps)
        return logs.mean(axis=0), np.asarray(clipped.any(axis=0))

    @cached_property
    @overflow_to_infinity
    def squared_distance(self) -> Array:
        """Mean over the labels of (p - y)², (n,), float64."""
        return np.square(self.probabilities.astype(np.float64) - self.truth).mean(axis=0)

    @property
    def confidence(self) -> Array:
        """Probability given to what is predicted of the label that it is least sure of, (n,), float64."""
        p = self.probabilities.astype(np.float64)
        return np.asarray(np.where(self.predicted, p, 1.0 - p).min(axis=0))

    @property
    def coverage_depth(self) -> Array:
        """How many labels, from the highest score down, hold all that a row has, 0 if none; (n,)."""
        lowest = np.where(self.truth, self.scores, np.inf).min(axis=0)
        return np.asarray((self.scores >= lowest).sum(axis=0))

    @property
    def ranking_scores(self) -> tuple[Array, tuple[int, ...]]:
        """Scores (k, n) and the labels that the rows stand for."""
        return self.scores, tuple(range(self.k))
