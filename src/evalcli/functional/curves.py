"""Points of the ROC curve and of the precision-recall curve, as scikit-learn gives them."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import UsageError
from evalcli.functional.scores import scored
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


__all__ = ["precision_recall_curve", "roc_curve"]
