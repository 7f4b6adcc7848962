"""Blocks with any number of labels per row."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks.base import (
    EPS,
    Array,
    Outcomes,
    ScoreKind,
    as_stored,
    clipped_logs,
    overflow_to_infinity,
    predicts_positive,
    unit_interval,
)
from evalcli.blocks.score_store import ScoreStore
from evalcli.cached import cached_property


class LabelSetBlock(Struct, frozen=True, eq=False, dict=True):
    """Rows with a set of labels each.

    ``truth``: which labels a row has, (k, n), bool. ``scores``: (k, n), float32 or float64. ``thresholds``: a
    label is predicted if its score is at least this, (k,); if NaN or None, for p > 0.5. ``weight``: (n,) or
    None. ``known``: which labels of a row are known, (k, n), bool, or None if none is missing; unknown labels
    are absent in ``truth``. ``has_rounding``: some probabilities are above 1 by rounding error.
    ``row_hashes``: hashes for sampling, of the row's group and of the row, (2, n), uint64, or None.
    ``store``: what ``scores`` may be a part of.
    """

    truth: Array
    scores: Array
    kind: ScoreKind = ScoreKind.PROBABILITIES
    thresholds: tuple[float, ...] | None = None
    eps: float = EPS
    has_rounding: bool = False
    weight: Array | None = None
    known: Array | None = None
    row_hashes: Array | None = None
    store: ScoreStore | None = None

    def with_known(self) -> LabelSetBlock:
        """The same rows, with all labels marked as known if none is missing."""
        return self if self.known is not None else replace(self, known=np.ones(self.truth.shape, np.bool_))

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.truth.shape[1]

    @property
    def k(self) -> int:
        """Number of labels."""
        return len(self.truth)

    @cached_property
    def predicted(self) -> Array:
        """Which labels are predicted, (k, n), bool."""
        predictions = predicts_positive(self.scores, self.kind)
        if self.thresholds is not None:
            values = self.scores if self.kind is ScoreKind.RAW else self.probabilities
            thresholds = np.array(self.thresholds)
            given = ~np.isnan(thresholds)
            # in the scores' own type: 0.7 of a float32 file is 0.7
            stored = np.array([as_stored(float(t), self.eps) for t in thresholds[given]])
            predictions[given] = values[given] >= stored[:, None].astype(values.dtype)
        return predictions

    @cached_property
    @overflow_to_infinity
    def probabilities(self) -> Array:
        """Probability of each label, (k, n)."""
        return unit_interval(self.scores, self.kind, self.has_rounding)

    def known_of(self, label: int) -> Array | None:
        """Which rows have a known value of a label, (n,); None if all."""
        return None if self.known is None else self.known[label]

    def outcomes_of(self, label: int) -> Outcomes:
        """The outcomes of one label; of rows without it none is true."""
        truth, predicted, known = self.truth[label], self.predicted[label], self.known_of(label)
        kinds = truth & predicted, predicted & ~truth, truth & ~predicted, ~(truth | predicted)
        if known is None:
            return kinds
        hits, false_alarms, misses, rest = (kind & known for kind in kinds)
        return hits, false_alarms, misses, rest

    @property
    def true_classes(self) -> tuple[Array, Array]:
        """Label and row of each true label."""
        labels, rows = np.nonzero(self.truth)
        return labels, rows

    @cached_property
    @overflow_to_infinity
    def log_true_probability(self) -> tuple[Array, Array]:
        """Mean over known labels of the outcome's log-probability, and whether one was clipped; (n,) each."""
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
        """Mean over the known labels, (n,); 0 if none is known."""
        if self.known is None:
            return np.asarray(values.mean(axis=0))
        return values.sum(axis=0, where=self.known) / np.maximum(self.known.sum(axis=0), 1)

    @property
    def loss_weight(self) -> Array | None:
        """Weight of each row's mean over labels: the proportion of known labels, times the weight; (n,)."""
        if self.known is None:
            return self.weight
        share = self.known.mean(axis=0)
        return share if self.weight is None else share * self.weight

    @property
    def confidence(self) -> Array:
        """Probability of the prediction for the least certain label, (n,), float64."""
        p = self.probabilities.astype(np.float64)
        return np.asarray(np.where(self.predicted, p, 1.0 - p).min(axis=0))

    @property
    def coverage_depth(self) -> Array:
        """Number of top-scored labels that include all true labels, 0 without true labels; (n,)."""
        lowest = np.where(self.truth, self.scores, np.inf).min(axis=0)
        return np.asarray((self.scores >= lowest).sum(axis=0))

    @property
    def ranking_scores(self) -> tuple[Array | tuple[Array, ...], tuple[int, ...]]:
        """Scores, (k, n), and the label of each of the k rows."""
        return self._by_label(self.scores), tuple(range(self.k))

    @property
    def ranking_truth(self) -> Array | tuple[Array, ...]:
        """Which labels a row has, (k, n)."""
        return self._by_label(self.truth)

    @property
    def ranking_weight(self) -> Array | tuple[Array, ...] | None:
        """Weight of each row, (n,), or None; if labels are missing, weights of the rows of each label."""
        if self.weight is None or self.known is None:
            return self.weight
        return tuple(self.weight[known] for known in self.known)

    def _by_label(self, values: Array) -> Array | tuple[Array, ...]:
        """Values, (k, n); if labels are missing, values of the rows with each label."""
        if self.known is None:
            return values
        return tuple(row[known] for row, known in zip(values, self.known, strict=True))

    def argument(self, name: str) -> Array:
        """Of each label 0 or 1, or its number, (n, k)."""
        if name in ("y_true", "y_pred"):
            return (self.truth if name == "y_true" else self.predicted).T.astype(np.intp)
        return (self.probabilities if name == "y_prob" else self.scores).T

    @property
    def disagreements(self) -> int:
        """None: the file has no predicted class beside its scores."""
        return 0
