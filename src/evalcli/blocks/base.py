"""What the kinds of blocks share: types, how scores are read, the logistic function."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
EPS = float(np.finfo(np.float64).eps)


class ScoreKind(StrEnum):
    """How scores are read."""

    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOG_PROBABILITIES = "log-probabilities"
    RAW = "raw"


EVEN = {ScoreKind.PROBABILITIES: 0.5, ScoreKind.LOG_PROBABILITIES: math.log(0.5)}
"""Score above which an outcome is the more likely one; 0 for logits and raw scores."""


def more_likely(scores: Array, kind: ScoreKind) -> Array:
    """Where an outcome is more likely than not, by its own score."""
    return np.asarray(scores > EVEN.get(kind, 0.0))


def sigmoid(x: Array) -> Array:
    """Logistic function in float64 that does not overflow."""
    e = np.exp(-np.abs(x.astype(np.float64)))
    return np.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def unit_interval(scores: Array, kind: ScoreKind, rounded: bool) -> Array:
    """Probabilities of scores that stand for one outcome each; ``rounded``: some may lie above 1."""
    if kind is ScoreKind.PROBABILITIES:
        return np.minimum(scores, 1.0) if rounded else scores
    if kind is ScoreKind.LOG_PROBABILITIES:
        return np.exp(scores, dtype=np.float64)
    return sigmoid(scores)


def clipped_logs(p: Array, eps: float) -> tuple[Array, Array]:
    """Natural logarithms of probabilities clipped to [eps, 1 - eps], and where that changed something."""
    return np.log(np.clip(p, eps, 1.0 - eps)), (p < eps) | (p > 1.0 - eps)
