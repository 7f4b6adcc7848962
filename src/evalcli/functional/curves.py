"""Points of curves over all thresholds, as scikit-learn gives them, and the area under points."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.functional.given import require_finite
from evalcli.functional.scores import scored
from evalcli.loaders.given import array_of
from evalcli.statistics.base import Floats
from evalcli.statistics.weights import Weights


def roc_curve(
    y_true: object,
    y_score: object,
    *,
    pos_label: object = None,
    sample_weight: object = None,
    drop_intermediate: bool = True,
) -> tuple[Floats, Floats, Floats]:
    """False and true positive rates at each threshold, highest first.

    ``drop_intermediate``: without points on a straight line.
    """
    fp, tp, scores = _points(y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fp) > 2:
        bends = np.concatenate([[True], np.logical_or(np.diff(fp, 2), np.diff(tp, 2)), [True]])
        fp, tp, scores = fp[bends], tp[bends], scores[bends]
    fp, tp, scores = np.append(0.0, fp), np.append(0.0, tp), np.append(np.inf, scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        return fp / (fp[-1] or np.nan), tp / (tp[-1] or np.nan), scores


def precision_recall_curve(
    y_true: object,
    y_score: object,
    *,
    pos_label: object = None,
    sample_weight: object = None,
    drop_intermediate: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Precision and recall at each threshold, lowest first; the last point is (1, 0) without a threshold."""
    fp, tp, scores = _points(y_true, y_score, pos_label, sample_weight)
    if drop_intermediate and len(fp) > 2:
        kept = np.concatenate([[True], np.logical_or(np.diff(tp[:-1]), np.diff(tp[1:])), [True]])
        fp, tp, scores = fp[kept], tp[kept], scores[kept]
    precision = np.divide(tp, tp + fp, out=np.zeros(len(tp)), where=tp + fp > 0)
    recall = tp / tp[-1] if tp[-1] else np.ones(len(tp))
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), scores[::-1]


def det_curve(
    y_true: object,
    y_score: object,
    pos_label: object = None,
    sample_weight: object = None,
    drop_intermediate: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """False positive and false negative rates at each threshold, lowest first: detection error tradeoff.

    From the highest threshold without false negatives to the lowest without false positives. Rates are from 0
    to 1, NaN of a class without rows. ``drop_intermediate``: without points between others of equal recall.

    Reference: Martin et al., Eurospeech 1997
    """
    fp, tp, scores = _points(y_true, y_score, pos_label, sample_weight)
    fp, tp, scores = np.append(0.0, fp), np.append(0.0, tp), np.append(np.inf, scores)
    if drop_intermediate and len(fp) > 2:
        kept = np.concatenate([[True], np.logical_or(np.diff(tp[:-1]), np.diff(tp[1:])), [True]])
        fp, tp, scores = fp[kept], tp[kept], scores[kept]
    first = int(np.searchsorted(fp, 0.0, side="right")) - 1
    used = slice(first, int(np.searchsorted(tp, tp[-1])) + 1)
    false_positive = fp[used] / (fp[-1] or np.nan)
    false_negative = (tp[-1] - tp[used]) / (tp[-1] or np.nan)
    return false_positive[::-1], false_negative[::-1], scores[used][::-1]


def confusion_matrix_at_thresholds(
    y_true: object, y_score: object, *, pos_label: object = None, sample_weight: object = None
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """True negatives, false positives, false negatives, true positives at each threshold, highest first.

    A row is predicted positive if its score is at least the threshold; counts are rows, or their weight.
    """
    fp, tp, scores = _points(y_true, y_score, pos_label, sample_weight)
    return fp[-1] - fp, fp, tp[-1] - tp, tp, scores


def auc(x: object, y: object) -> float:
    """Area under points by the trapezoidal rule: of ``x`` in ascending or descending order, and ``y``; (n,).

    In units of ``x`` times ``y``, always defined. Of a curve of precision and recall it is too optimistic:
    ``average_precision_score`` is its area.

    Reference: Davis & Goadrich, ICML 2006
    """
    across, up = array_of("x", x), array_of("y", y)
    for name, values in (("x", across), ("y", up)):
        require_finite(name, values, "drop these points")
    if across.ndim != 1 or across.shape != up.shape or len(across) < 2:
        raise InputError(
            "an area is of two points or more, with one x and one y each",
            where=Place("x"),
            found=f"x {across.shape}, y {up.shape}",
            hint="give two arrays of shape (n,)",
            code="array-shape",
        )
    steps, up = np.diff(across.astype(np.float64)), up.astype(np.float64)
    if (steps < 0).any() and (steps > 0).any():
        raise InputError(
            "x neither ascends nor descends",
            where=Place("x"),
            found=", ".join(map(repr, across.tolist()[:5])),
            hint="sort the points: order = np.argsort(x)",
            code="array-type",
        )
    area = float(np.sum(steps * (up[1:] + up[:-1])) / 2)
    return -area if (steps < 0).any() else area


def _require_positive(values: Array, pos_label: object) -> None:
    """Refuse labels of which nothing tells which is the positive one."""
    known = set(values.tolist())
    if pos_label is None and not (known <= {0, 1} or known <= {-1, 1}):
        raise UsageError(
            "nothing tells which label is the positive one",
            found=f"the labels are {', '.join(map(repr, values.tolist()[:5]))}",
            hint=f"pos_label={values.tolist()[-1]!r}",
        )


def _points(
    y_true: object, y_score: object, pos_label: object, sample_weight: object
) -> tuple[Floats, Floats, Array]:
    """Weight of false and true positives from each distinct score on, highest first."""
    given = scored(y_true, y_score, sample_weight, pos_label=pos_label)
    block = given.block
    if given.context.positive is None or block.scores is None:
        raise UsageError("curves are of two classes and one score per row", hint="one label: y == label")
    _require_positive(given.values, pos_label)
    scores, positive, weights = block.scores[0], block.truth.astype(np.bool_), Weights(block.weight)
    if weights.values is not None:  # rows without weight are no points
        kept = weights.values > 0
        scores, positive, weights = scores[kept], positive[kept], weights.at(kept)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    weight = weights.of_rows(len(ranked))[order].astype(np.float64)
    tp = np.cumsum(weight * positive[order])[last]
    fp = np.cumsum(weight * ~positive[order])[last]
    return fp, tp, ranked[last]


__all__ = ["auc", "confusion_matrix_at_thresholds", "det_curve", "precision_recall_curve", "roc_curve"]
