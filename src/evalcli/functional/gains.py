"""Discounted gains of ranked documents, with the names and signatures of scikit-learn's."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.functional.given import defined, require_alike, require_finite, weight_of
from evalcli.loaders.given import array_of
from evalcli.statistics.base import Floats
from evalcli.statistics.weights import Weights

PIECE = 1 << 20
"""Documents that are ranked at a time."""


def dcg_score(
    y_true: object,
    y_score: object,
    *,
    k: int | None = None,
    log_base: float = 2,
    sample_weight: object = None,
    ignore_ties: bool = False,
) -> float:
    """Discounted cumulative gain: sum of the gains, each over the logarithm of its rank + 1; mean over rows.

    Formula: Σ over ranks r from 1 to k of gain(r) / log(r + 1); documents of equal score share their mean
    gain, or with ``ignore_ties`` have an arbitrary order

    ``y_true`` gains and ``y_score``, both (n, documents); in units of the gain, always defined

    Reference: Järvelin & Kekäläinen, ACM Trans. Inf. Syst. 20, 2002; ties: McSherry & Najork, ECIR 2008
    """
    gains, scores, weight = _rankings(y_true, y_score, sample_weight, k)
    if not isinstance(log_base, (int, float, np.number)) or not 1 < log_base < np.inf:
        raise UsageError(f"log_base={log_base!r} is not a number above 1", hint="log_base=2")
    values = _gained(gains, scores, _discounts(gains, k, log_base), ignore_ties)
    return Weights(weight).sum(values) / Weights(weight).total(len(values))


def ndcg_score(
    y_true: object,
    y_score: object,
    *,
    k: int | None = None,
    sample_weight: object = None,
    ignore_ties: bool = False,
    undefined: str = "nan",
) -> float:
    """Discounted cumulative gain over that of the best ranking; mean over rows, from 0 to 1.

    ``y_true`` gains from 0 up and ``y_score``, both (n, documents). Rows whose gains are all 0 are left out;
    without any other it is undefined.

    Reference: Järvelin & Kekäläinen, ACM Trans. Inf. Syst. 20, 2002
    """
    gains, scores, weight = _rankings(y_true, y_score, sample_weight, k)
    if gains.min() < 0:
        raise InputError(
            "gains must not be negative",
            where=Place("y_true"),
            found=f"values from {gains.min():g}",
            hint="subtract the lowest: y_true - y_true.min()",
            code="array-type",
        )
    discounts = _discounts(gains, k, 2)
    best = _gained(gains, gains, discounts, True)
    known = best > 0
    shares = _gained(gains[known], scores[known], discounts, ignore_ties) / best[known]
    weights = Weights(None if weight is None else weight[known])
    total = weights.total(len(shares))
    value = weights.sum(shares) / total if total else None
    return defined(value, "every row has gains of 0 only", undefined)


def _rankings(
    y_true: object, y_score: object, sample_weight: object, k: int | None
) -> tuple[Floats, Floats, Array | None]:
    """Gains and scores, (n, documents), and weights."""
    gains, scores = array_of("y_true", y_true), array_of("y_score", y_score)
    weight = weight_of(sample_weight)
    require_alike(gains, scores, weight, "give one score per gain")
    for name, values in (("y_true", gains), ("y_score", scores)):
        require_finite(name, values, "drop these rows")
    if gains.ndim != 2 or gains.shape[1] < 2:
        raise InputError(
            "a ranking needs at least two documents per row",
            where=Place("y_true"),
            found=f"shape {gains.shape}",
            hint="give arrays of shape (n, documents): of one query, y_true[None, :], y_score[None, :]",
            code="array-shape",
        )
    if k is not None and (not isinstance(k, (int, np.integer)) or k < 1):
        raise UsageError(f"k={k!r} is not a number of documents", hint="k=10")
    scores = scores if scores.dtype.kind == "f" else scores.astype(np.float64)
    return gains.astype(np.float64), scores, weight


def _discounts(gains: Floats, k: int | None, base: float) -> Floats:
    """What a gain counts at each rank, (documents,)."""
    discounts = np.log(base) / np.log(np.arange(gains.shape[1]) + 2.0)
    discounts[k if k is not None else len(discounts) :] = 0.0
    return discounts


def _gained(gains: Floats, scores: Floats, discounts: Floats, ignore_ties: bool) -> Floats:
    """Discounted gain of each row, (n,)."""
    found = np.empty(len(gains))
    step = max(PIECE // len(discounts), 1)
    for first in range(0, len(gains), step):
        rows = slice(first, first + step)
        order = np.argsort(scores[rows], axis=1, kind="stable")[:, ::-1]
        ranked = np.take_along_axis(gains[rows], order, axis=1)
        if not ignore_ties:
            ranked = _mean_of_ties(ranked, np.take_along_axis(scores[rows], order, axis=1))
        found[rows] = (ranked * discounts).sum(axis=1)
    return found


def _mean_of_ties(ranked: Floats, scores: Floats) -> Floats:
    """Gains in the order of the scores, each the mean of those with its score."""
    starts = np.ones(scores.shape, np.bool_)
    starts[:, 1:] = scores[:, 1:] != scores[:, :-1]
    if starts.all():
        return ranked
    groups = np.cumsum(starts.ravel()) - 1
    means = np.bincount(groups, ranked.ravel()) / np.bincount(groups)
    return np.asarray(means[groups].reshape(ranked.shape))


__all__ = ["dcg_score", "ndcg_score"]
