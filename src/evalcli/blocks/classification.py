"""Blocks with one class per row, class-major; each derived view is computed at most once.

Class-major (one contiguous row per class) makes reductions over classes as fast as memory.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks.base import (
    DECISION_SCORE,
    EPS,
    Array,
    Outcomes,
    ScoreKind,
    as_stored,
    clipped_logs,
    overflow_to_infinity,
    predicts_positive,
    sigmoid,
    squares_of_others,
    unit_interval,
)
from evalcli.blocks.score_store import ScoreStore
from evalcli.cached import cached_property

UNDERFLOW = 1e-290
"""Sum of exponentials below which digits are lost to denormal numbers."""


class ClassBlock(Struct, frozen=True, eq=False, dict=True):
    """Rows with one class each.

    ``truth``: class index, shape (n,), of any integer type. ``scores``: (k, n), or (1, n) for the positive
    class only, or None; float32 or float64. ``given_predictions``: predicted class index from the file, (n,),
    or None. ``positive``: index of the positive class of binary data. ``weight``: (n,) or None. ``eps``:
    resolution of the file's float type. ``has_rounding``: some probabilities are above 1 by rounding error;
    they count as 1 but are ranked unchanged. ``row_hashes``: hashes for sampling, of the row's group and of
    the row, (2, n), uint64, or None. ``store``: what ``scores`` may be a part of.
    """

    truth: Array
    scores: Array | None
    given_predictions: Array | None
    k: int
    kind: ScoreKind = ScoreKind.PROBABILITIES
    positive: int | None = None
    threshold: float | None = None
    eps: float = EPS
    has_rounding: bool = False
    weight: Array | None = None
    row_hashes: Array | None = None
    store: ScoreStore | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.truth)

    def known_of(self, _: int) -> None:
        """Which rows have a known value of a class: all."""

    def outcomes_of(self, cls: int) -> Outcomes:
        """The outcomes of one class."""
        truth, predicted = self.truth == cls, self.predicted == cls
        return truth & predicted, predicted & ~truth, truth & ~predicted, ~(truth | predicted)

    @property
    def ranking_truth(self) -> Array:
        """Class index, (n,)."""
        return self.truth

    @property
    def ranking_weight(self) -> Array | None:
        """Weight of each row in rankings, (n,), or None."""
        return self.weight

    @property
    def loss_weight(self) -> Array | None:
        """Weight of each row's loss in a mean, (n,), or None."""
        return self.weight

    @property
    def _scores(self) -> Array:
        if self.scores is None:
            raise ValueError("this block has no scores")
        return self.scores

    @property
    def has_probabilities(self) -> bool:
        """Whether the scores can be read as probabilities."""
        return self.scores is not None and self.kind is not ScoreKind.RAW

    @cached_property
    def predicted(self) -> Array:
        """Predicted class index, (n,), intp: from the file, otherwise by threshold, otherwise by argmax."""
        if self.given_predictions is not None:
            return self.given_predictions
        if self.positive is not None and (self.threshold is not None or len(self._scores) == 1):
            predicted_second = self._is_predicted_positive if self.positive else ~self._is_predicted_positive
            return predicted_second.astype(np.intp)
        return self.argmax

    @property
    def _is_predicted_positive(self) -> npt.NDArray[np.bool_]:
        if self.threshold is None:
            return predicts_positive(self._scores[0], self.kind)
        if self.kind in (ScoreKind.RAW, ScoreKind.PROBABILITIES):
            # in the scores' own type: 0.7 of a float32 file is 0.7
            return np.asarray(self.ranking_scores[0][0] >= as_stored(self.threshold, self.eps))
        return np.asarray(self.positive_probability >= self.threshold)

    @cached_property
    def _highest(self) -> Array:
        """Highest score of each row, (n,)."""
        return np.asarray(self._scores.max(axis=0))

    @cached_property
    def argmax(self) -> Array:
        """Class of the highest score, ties to the lowest index; (n,), intp."""
        scores = self._scores
        k = len(scores)
        # classes are numbered downwards, so that the maximum over ties is the lowest index
        down = np.arange(k, 0, -1, dtype=np.uint8 if k < 256 else np.uint16 if k < 65536 else np.uint32)
        at_top = scores == self._highest
        return (k - (at_top * down[:, None]).max(axis=0).astype(np.intp)).astype(np.intp, copy=False)

    @cached_property
    def truth_rank(self) -> Array:
        """Number of classes ranked above the true one by score, ties to the lowest index; (n,)."""
        scores = self._scores
        k = len(scores)
        if k == 1:  # the other class is above if it is more likely, or if they tie and it is first
            decision_score = DECISION_SCORE.get(self.kind, 0.0)
            margin = np.where(self.is_positive, decision_score - scores[0], scores[0] - decision_score)
            second = self.is_positive == bool(self.positive)
            return ((margin > 0) | ((margin == 0) & second)).view(np.uint8)
        true_scores = scores[self.truth, np.arange(self.n)]
        small = np.uint8 if k < 256 else np.uint32
        before: Array = (scores > true_scores).view(np.uint8).sum(axis=0, dtype=small)
        equal = scores == true_scores
        tied = np.flatnonzero(equal.view(np.uint8).sum(axis=0, dtype=small) > 1)
        if len(tied):
            lower = np.arange(k)[:, None] < self.truth[tied]
            before[tied] += (equal[:, tied] & lower).sum(axis=0, dtype=small)
        return before

    @cached_property
    @overflow_to_infinity
    def probabilities(self) -> Array:
        """Probability of each class, (k, n), or (1, n) for the positive class only."""
        scores = self._scores
        if self.kind is not ScoreKind.LOGITS or len(scores) == 1:
            return unit_interval(scores, self.kind, self.has_rounding)
        e, others = self._exponentials
        return e / (1.0 + others)

    @cached_property
    @overflow_to_infinity
    def _exponentials(self) -> tuple[Array, Array]:
        """Softmax before division: exp(score - highest), (k, n), and its sum without one highest, (n,).

        float64, with compensated summation, so that the sum does not depend on the order of the classes: rows
        that tie stay tied.
        """
        e = np.subtract(self._scores, self._highest, dtype=np.float64)
        np.exp(e, out=e)
        total, lost = np.zeros(self.n), np.zeros(self.n)
        for row in e:
            following = total + row
            back = following - total
            lost += (total - (following - back)) + (row - back)
            total = following
        return e, (total - 1.0) + lost

    @cached_property
    def is_positive(self) -> npt.NDArray[np.bool_]:
        """Rows whose true class is the positive one, (n,)."""
        return np.asarray(self.truth == self._positive)

    @cached_property
    @overflow_to_infinity
    def positive_probability(self) -> Array:
        """Probability of the positive class of binary data, (n,), float64."""
        if self.kind is ScoreKind.LOGITS:
            return sigmoid(self.ranking_scores[0][0])
        p = self.probabilities
        return p[0 if len(p) == 1 else self._positive].astype(np.float64)

    @property
    def _positive(self) -> int:
        if self.positive is None:
            raise ValueError("only binary data has a positive class")
        return self.positive

    @cached_property
    @overflow_to_infinity
    def true_probability(self) -> Array:
        """Probability of the true class, (n,), float64."""
        p = self.probabilities
        if len(p) == 1:
            return np.abs(self.positive_probability - ~self.is_positive)
        return p[self.truth, np.arange(self.n)].astype(np.float64)

    @cached_property
    @overflow_to_infinity
    def confidence(self) -> Array:
        """Probability of the predicted class, (n,)."""
        p = self.probabilities
        if len(p) == 1:
            return np.abs(self.positive_probability - (self.predicted != self.positive))
        return np.asarray(p[self.predicted, np.arange(self.n)])

    @cached_property
    @overflow_to_infinity
    def log_true_probability(self) -> tuple[Array, Array]:
        """Natural logarithm of the true class's probability, and whether it was clipped; (n,) each.

        Probabilities are clipped to [eps, 1 - eps] of the file's float type. From logits the logarithm is
        exact (log-softmax), and nothing is clipped.
        """
        if self.kind is ScoreKind.LOGITS:
            return self._log_softmax, np.zeros(self.n, np.bool_)
        return clipped_logs(self.true_probability, self.eps)

    @cached_property
    @overflow_to_infinity
    def squared_distance(self) -> Array:
        """Brier score of each row, (n,), float64: (p - y)² if binary, its sum over the classes otherwise."""
        if self.positive is not None:
            return np.square(self.positive_probability - self.is_positive)
        own = self.true_probability
        return squares_of_others(self.probabilities, self.truth, own) + np.square(1.0 - own)

    @property
    def true_classes(self) -> tuple[Array, Array]:
        """Class and row of each outcome, (n,) each."""
        return self.truth.astype(np.intp), np.arange(self.n)

    @property
    def _log_softmax(self) -> Array:
        scores = self._scores
        if len(scores) == 1:
            margin = np.where(self.truth == self.positive, scores[0], -scores[0]).astype(np.float64)
            return -np.logaddexp(0.0, -margin)
        _, others = self._exponentials
        true_scores = scores[self.truth, np.arange(self.n)].astype(np.float64)
        return np.asarray((true_scores - self._highest) - np.log1p(others))

    @cached_property
    @overflow_to_infinity
    def ranking_scores(self) -> tuple[Array, tuple[int, ...]]:
        """Scores that rank one class against the rest, (m, n), and the class of each of the m rows.

        Probabilities and raw scores are ranked unchanged. Logits are ranked by log-odds, which have the order
        of the probabilities but do not saturate into ties.
        """
        scores = self._scores
        if self.positive is not None:
            if len(scores) == 1:
                return scores, (self.positive,)
            positive_scores, negative_scores = scores[self.positive], scores[1 - self.positive]
            row = (
                np.subtract(positive_scores, negative_scores, dtype=np.float64)
                if self.kind is ScoreKind.LOGITS
                else positive_scores
            )
            return np.ascontiguousarray(row)[None, :], (self.positive,)
        classes = tuple(range(self.k))
        return (self._log_odds if self.kind is ScoreKind.LOGITS else scores), classes

    @property
    def _log_odds(self) -> Array:
        scores, (e, others) = self._scores, self._exponentials
        odds = np.subtract(scores, self._highest, dtype=np.float64)
        with np.errstate(divide="ignore"):
            odds -= np.log(others + (1.0 - e))
        lone = np.flatnonzero(others < UNDERFLOW)
        if len(lone):  # measure the highest from the second highest
            top, columns = self.argmax[lone], np.arange(len(lone))
            rest = scores[:, lone].astype(np.float64)
            top_scores = rest[top, columns]
            rest[top, columns] = -np.inf
            second = rest.max(axis=0)
            certain = np.isneginf(second)  # no other class is possible
            second[certain] = 0.0
            others_sum = np.where(certain, 1.0, np.exp(rest - second).sum(axis=0))
            odds[top, lone] = np.where(certain, np.inf, top_scores - second - np.log(others_sum))
        return odds

    def argument(self, name: str) -> Array:
        """Index of the class, (n,), or a number for each, (n, k); of binary data 0 and 1, and (n,)."""
        if name in ("y_true", "y_pred"):
            classes = self.truth if name == "y_true" else self.predicted
            return (
                classes.astype(np.intp)
                if self.positive is None
                else (classes == self.positive).astype(np.intp)
            )
        if self.positive is None:
            return (self.probabilities if name == "y_prob" else self._scores).T
        return self.positive_probability if name == "y_prob" else self.ranking_scores[0][0]

    @property
    def disagreements(self) -> int:
        """Number of rows whose predicted class in the file is not the class of the highest score."""
        if self.given_predictions is None or self.scores is None:
            return 0
        if len(self.scores) == 1:
            return int(
                np.count_nonzero((self.given_predictions == self.positive) != self._is_predicted_positive)
            )
        return int(np.count_nonzero(self.given_predictions != self.argmax))
