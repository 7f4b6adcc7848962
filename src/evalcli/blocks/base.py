"""Shared parts of all blocks: types, scales of scores, the logistic function."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec.structs import asdict, replace

Array = npt.NDArray[Any]
DType = np.dtype[Any]
Outcomes = tuple[Array, Array, Array, Array]
"""Of one class: which rows are true and false positives, false and true negatives; (n,) each."""
EPS = float(np.finfo(np.float64).eps)
HALF_EPS = float(np.finfo(np.float16).eps)
P = ParamSpec("P")
T = TypeVar("T")


_silent = threading.local()


def overflow_to_infinity(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function so that overflow gives infinity, or NaN, without a warning.

    Metrics of such sums are undefined, so that a warning would be redundant.
    """

    @wraps(function)
    def silent(*args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(_silent, "already", False):  # within another decorated function
            return function(*args, **kwargs)
        with np.errstate(over="ignore", invalid="ignore"):
            _silent.already = True
            try:
                return function(*args, **kwargs)
            finally:
                _silent.already = False

    return silent


class ScoreKind(StrEnum):
    """Scale of scores."""

    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOG_PROBABILITIES = "log-probabilities"
    RAW = "raw"


DECISION_SCORE = {ScoreKind.PROBABILITIES: 0.5, ScoreKind.LOG_PROBABILITIES: math.log(0.5)}
"""Score above which an outcome is more likely than not; 0 for logits and raw scores."""


ARGUMENTS = ("y_true", "y_pred", "y_prob", "y_score")
"""Names of what a function of the rows may take: truth, predictions, probabilities, scores as they are."""


class Block(Protocol):
    """What every block answers, whatever its kind."""

    @property
    def n(self) -> int:
        """Number of rows."""
        ...

    @property
    def weight(self) -> Array | None:
        """Weight of each row, (n,), or None."""
        ...

    @property
    def row_hashes(self) -> Array | None:
        """Hashes for sampling, of the row's group and of the row, (2, n), uint64, or None."""
        ...

    @property
    def disagreements(self) -> int:
        """Number of rows whose predicted class in the file is not the class of the highest score."""
        ...

    def argument(self, name: str, /) -> Array:
        """What a function of the rows is given by a name of ``ARGUMENTS``; the rows are its first axis."""
        ...


class BlockWithClasses(Block, Protocol):
    """A block whose rows have classes or labels."""

    def outcomes_of(self, cls: int, /) -> Outcomes:
        """The outcomes of one class."""
        ...


AnyBlock = TypeVar("AnyBlock")


def take_rows(block: AnyBlock, rows: Array | slice) -> AnyBlock:
    """Some rows of a block, with the views that were already computed; its arrays have rows last."""
    results: dict[int, Any] = {}
    stored, views = (
        {name: _rows_of(value, rows, results) for name, value in values.items()}
        for values in (asdict(block), vars(block))  # type: ignore[arg-type]
    )
    subset = replace(block, **stored)  # type: ignore[type-var]
    vars(subset).update(views)  # the class is frozen, but this is where cached_property stores them
    return subset


def without_hashes(block: AnyBlock) -> AnyBlock:
    """The same rows, without views, to be drawn many times."""
    return replace(block, row_hashes=None)  # type: ignore[type-var]


def _rows_of(value: Any, rows: Array | slice, results: dict[int, Any]) -> Any:
    """Some rows of a value; ``results``: by array, since several views may share an array."""
    if isinstance(value, tuple):
        return tuple(_rows_of(part, rows, results) for part in value)
    if not isinstance(value, np.ndarray):
        return value
    if id(value) not in results:
        results[id(value)] = value[..., rows] if isinstance(rows, slice) else np.take(value, rows, axis=-1)
    return results[id(value)]


def concatenate(blocks: Sequence[AnyBlock]) -> AnyBlock:
    """Rows of several blocks, in order, without views."""
    if len(blocks) == 1:
        return blocks[0]
    if len({getattr(block, "known", None) is None for block in blocks}) > 1:
        blocks = [block.with_known() for block in blocks]  # type: ignore[attr-defined]
    first = blocks[0]
    names = first.__struct_fields__  # type: ignore[attr-defined]
    arrays = {name: [getattr(block, name) for block in blocks] for name in names}
    joined = {
        name: np.concatenate(parts, axis=-1)
        for name, parts in arrays.items()
        if isinstance(parts[0], np.ndarray)
    }
    has_rounding = any(getattr(block, "has_rounding", False) for block in blocks)
    return replace(first, **joined, **({"has_rounding": has_rounding} if "has_rounding" in names else {}))  # type: ignore[type-var]


def as_stored(threshold: float, eps: float) -> float:
    """A threshold in the file's float type: in a file of half floats, 0.1 is the half float 0.1.

    ``eps``: resolution of that type.

    >>> as_stored(0.1, HALF_EPS), as_stored(0.1, EPS)
    (0.0999755859375, 0.1)
    """
    return float(np.float16(threshold)) if eps == HALF_EPS else threshold


def predicts_positive(scores: Array, kind: ScoreKind) -> Array:
    """Where an outcome's score makes it more likely than not."""
    return np.asarray(scores > DECISION_SCORE.get(kind, 0.0))


def sigmoid(x: Array) -> Array:
    """Logistic function in float64 that does not overflow."""
    e = np.exp(-np.abs(x.astype(np.float64)))
    return np.where(x >= 0, 1.0 / (1.0 + e), e / (1.0 + e))


def unit_interval(scores: Array, kind: ScoreKind, has_rounding: bool) -> Array:
    """Probabilities of scores of one outcome each; ``has_rounding``: some may be above 1."""
    if kind is ScoreKind.PROBABILITIES:
        return np.minimum(scores, 1.0) if has_rounding else scores
    if kind is ScoreKind.LOG_PROBABILITIES:
        return np.exp(scores, dtype=np.float64)
    return sigmoid(scores)


def clipped_logs(p: Array, eps: float) -> tuple[Array, Array]:
    """Natural logarithms of probabilities clipped to [eps, 1 - eps], and where clipping changed a value."""
    return np.log(np.clip(p, eps, 1.0 - eps)), (p < eps) | (p > 1.0 - eps)


def squares_of_others(p: Array, classes: Array, own: Array) -> Array:
    """Sum of the squares of a row's values but that of its class, ``own``; (n,), float64; ``p``: (k, n).

    These are set to 0 meanwhile: to subtract their squares would lose the digits of a confident model, and a
    copy of all values takes longer than their squares.
    """
    places = classes, np.arange(p.shape[1])
    p[places] = 0.0
    squares = np.einsum("ij,ij->j", p, p, dtype=np.float64)
    p[places] = own
    return np.asarray(squares)
