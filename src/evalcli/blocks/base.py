"""What the kinds of blocks share: types, how scores are read, the logistic function."""

from __future__ import annotations

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


def sigmoid(x: Array) -> Array:
    """Logistic function in float64 that does not overflow."""
    e = np.exp(-np.abs(x.astype(np.float64)))
    return np.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def clipped_logs(p: Array, eps: float) -> tuple[Array, Array]:
    """Natural logarithms of probabilities clipped to [eps, 1 - eps], and where that changed something."""
    return np.log(np.clip(p, eps, 1.0 - eps)), (p < eps) | (p > 1.0 - eps)
