"""Rows that may have several labels each, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evalcli.blocks.base import (
    EPS,
    Array,
    ScoreKind,
    as_stored,
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
    ``known``: which labels of a row are known, (k, n), bool, where some are missing, else None; those that
    are not count as absent in ``truth``. ``has_rounding``: some probability is a rounding error above 1.
    ``row_hashes``: numbers that rows are drawn by, of the row's group and of the row, (2, n), uint64, or
    None.
    """

    truth: Array
    scores: Array
    kind: ScoreKind = ScoreKind.PROBABILITIES
    thresholds: Array | None = None
    eps: float = EPS
    has_rounding: bool = False
    weight: Array | None = None
    known: Array | None = None
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
            stored = np.array([as_stored(float(t), self.eps) for t in self.thresholds[given]])
            predictions[given] = values[given] >= stored[:, None].astype(values.dtype)
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
        """Mean over known labels of the logarithm of what the outcome got, and whether one was clipped."""
        if self.kind is ScoreKind.LOGITS:
            margin = np.where(self.truth, self.scores, -self.scores).astype(np.float64)
            return self._mean(-np.logaddexp(0.0, -margin)), np.zeros(self.n, np.bool_)
        p = np.abs(self.probabilities.astype(np.float64) - ~self.truth)
        logs, clipped = clipped_logs(p, self.eps)
        clipped = clipped if self.known is None else clipped & self.known
        return self._mean(logs), np.asarray(clipped.any(axis=0))

    @cached_property
    @overflow_to_infinity
    def squared_distance(self) -> Array:
        """Mean over the known labels of (p - y)², (n,), float64."""
        return self._mean(np.square(self.probabilities.astype(np.float64) - self.truth))

    def _mean(self, values: Array) -> Array:
        """Mean over the labels that are known, (n,); 0 where none is."""
        if self.known is None:
            return np.asarray(values.mean(axis=0))
        return values.sum(axis=0, where=self.known) / np.maximum(self.known.sum(axis=0), 1)

    @property
    def loss_weight(self) -> Array | None:
        """What a mean over the labels counts in one over all rows: the share of them that is known; (n,)."""
        if self.known is None:
            return self.weight
        share = self.known.mean(axis=0)
        return share if self.weight is None else share * self.weight

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
    def ranking_scores(self) -> tuple[Array | tuple[Array, ...], tuple[int, ...]]:
        """Scores (k, n) and the labels that the rows stand for."""
        return self._by_label(self.scores), tuple(range(self.k))

    @property
    def ranking_truth(self) -> Array | tuple[Array, ...]:
        """Which labels a row has, (k, n)."""
        return self._by_label(self.truth)

    @property
    def ranking_weight(self) -> Array | tuple[Array, ...] | None:
        """Weight of each row, (n,), or None; where labels are missing, of the rows of each label."""
        if self.weight is None or self.known is None:
            return self.weight
        return tuple(self.weight[known] for known in self.known)

    def _by_label(self, values: Array) -> Array | tuple[Array, ...]:
        """Values (k, n); where labels are missing, those of the rows that have each label."""
        if self.known is None:
            return values
        return tuple(row[known] for row, known in zip(values, self.known, strict=True))
