"""What the kinds of blocks share: types, how scores are read, the logistic function."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
EPS = float(np.finfo(np.float64).eps)
HALF_EPS = float(np.finfo(np.float16).eps)
P = ParamSpec("P")
T = TypeVar("T")


_silent = threading.local()


def overflow_to_infinity(function: Callable[P, T]) -> Callable[P, T]:
    """What NumPy does with sums too large for a number: infinite, and what follows from them NaN, in silence.

    Metrics of such sums are undefined; a warning would say it once more, to whoever has them raised.
    """

    @wraps(function)
    def silent(*args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(_silent, "already", False):  # within another one
            return function(*args, **kwargs)
        with np.errstate(over="ignore", invalid="ignore"):
            _silent.already = True
            try:
                return function(*args, **kwargs)
            finally:
                _silent.already = False

    return silent


class ScoreKind(StrEnum):
    """How scores are read."""

    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOG_PROBABILITIES = "log-probabilities"
    RAW = "raw"


DECISION_SCORE = {ScoreKind.PROBABILITIES: 0.5, ScoreKind.LOG_PROBABILITIES: math.log(0.5)}
"""Score above which an outcome is the more likely one; 0 for logits and raw scores."""


AnyBlock = TypeVar("AnyBlock")
NOT_ROWS = ("thresholds",)
"""Arrays of a block that do not have its rows last."""


def take_rows(block: AnyBlock, rows: Array | slice) -> AnyBlock:
    """Some rows of a block, with the views of them that were computed already."""
    stored = {field.name for field in fields(block)}  # type: ignore[arg-type]
    seen: dict[int, Any] = {}
    known = {name: _rows_of(value, rows, seen) for name, value in vars(block).items() if name not in NOT_ROWS}
    subset = replace(block, **{name: known[name] for name in stored if name in known})  # type: ignore[type-var]
    # frozen, but a view is kept where cached_property keeps it
    subset.__dict__.update({name: value for name, value in known.items() if name not in stored})
    return subset


def _rows_of(value: Any, rows: Array | slice, seen: dict[int, Any]) -> Any:
    """``seen``: what was made of arrays already, as one may be several views."""
    if isinstance(value, tuple):
        return tuple(_rows_of(part, rows, seen) for part in value)
    if not isinstance(value, np.ndarray):
        return value
    if id(value) not in seen:
        seen[id(value)] = value[..., rows] if isinstance(rows, slice) else np.take(value, rows, axis=-1)
    return seen[id(value)]


def concatenate(blocks: Sequence[AnyBlock]) -> AnyBlock:
    """Rows of several blocks, in their order; views are left out."""
    first = blocks[0]
    if len(blocks) == 1:
        return first
    names = [field.name for field in fields(first) if field.name not in NOT_ROWS]  # type: ignore[arg-type]
    arrays = {name: [getattr(block, name) for block in blocks] for name in names}
    joined = {
        name: np.concatenate(parts, axis=-1)
        for name, parts in arrays.items()
        if isinstance(parts[0], np.ndarray)
    }
    has_rounding = any(getattr(block, "has_rounding", False) for block in blocks)
    return replace(first, **joined, **({"has_rounding": has_rounding} if "has_rounding" in names else {}))  # type: ignore[type-var]


def as_stored(threshold: float, eps: float) -> float:
    """A threshold as the file's float type has it: 0.1 of a file of half floats is its 0.1.

    ``eps``: resolution of that type.

    >>> as_stored(0.1, HALF_EPS), as_stored(0.1, EPS)
    (0.0999755859375, 0.1)
    """
    return float(np.float16(threshold)) if eps == HALF_EPS else threshold


def predicts_positive(scores: Array, kind: ScoreKind) -> Array:
    """Where an outcome is more likely than not, by its own score."""
    return np.asarray(scores > DECISION_SCORE.get(kind, 0.0))


def sigmoid(x: Array) -> Array:
    """Logistic function in float64 that does not overflow."""
    e = np.exp(-np.abs(x.astype(np.float64)))
    return np.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def unit_interval(scores: Array, kind: ScoreKind, has_rounding: bool) -> Array:
    """Probabilities of scores that stand for one outcome each; ``has_rounding``: some may lie above 1."""
    if kind is ScoreKind.PROBABILITIES:
        return np.minimum(scores, 1.0) if has_rounding else scores
    if kind is ScoreKind.LOG_PROBABILITIES:
        return np.exp(scores, dtype=np.float64)
    return sigmoid(scores)


def clipped_logs(p: Array, eps: float) -> tuple[Array, Array]:
    """Natural logarithms of probabilities clipped to [eps, 1 - eps], and where that changed something."""
    return np.log(np.clip(p, eps, 1.0 - eps)), (p < eps) | (p > 1.0 - eps)
