"""Losses of the decision values of classifiers, with the names and signatures of scikit-learn's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.functional.scores import require_known_positive, scored
from evalcli.loaders.given import array_of
from evalcli.statistics.base import Floats
from evalcli.statistics.weights import Weights
from evalcli.tasks import BINARY


def hinge_loss(
    y_true: object,
    pred_decision: object,
    *,
    labels: Sequence[object] | None = None,
    sample_weight: object = None,
) -> float:
    """Mean of how far the margin of the true class falls short of 1; from 0 up, always defined.

    Formula: mean of max(0, 1 - margin); the margin is ±decision of two classes, of more the decision of the
    true class less the highest of the others

    ``y_true`` (n,); ``pred_decision`` (n,), positive for the greater label, or (n, classes)

    Reference: Crammer & Singer, J. Mach. Learn. Res. 2, 2001
    """
    decisions = array_of("pred_decision", pred_decision)
    decisions = decisions[:, 0] if decisions.ndim == 2 and decisions.shape[1] == 1 else decisions
    given = scored(y_true, decisions, sample_weight, labels)
    block = given.block
    if given.sets:
        raise UsageError("hinge_loss is of one label per row", hint="one label: y[:, i], decision[:, i]")
    scores = block.argument("y_score").astype(np.float64)
    if given.context.task is BINARY:
        _require_both(given.values, decisions)
        margins = np.where(block.truth.astype(np.bool_), scores, -scores)
    else:
        margins = _of_several(block.truth, scores.T)
    weights = Weights(block.weight)
    return weights.sum(np.maximum(1.0 - margins, 0.0)) / weights.total(block.n)


def _require_both(values: Array, decisions: Array) -> None:
    """Refuse a decision per class of two, and one class of which nothing tells whether it is positive."""
    if decisions.ndim > 1:
        raise InputError(
            "two classes have one decision value per row",
            where=Place("pred_decision"),
            found=f"shape {decisions.shape}",
            hint="pred_decision[:, 1] - pred_decision[:, 0]",
            code="array-shape",
        )
    require_known_positive(values)


def _of_several(truth: Array, scores: Floats) -> Floats:
    """Decision of the true class less the highest of the others; scores (classes, n)."""
    others, rows = scores.copy(), np.arange(len(truth))
    others[truth, rows] = -np.inf
    return np.asarray(scores[truth, rows] - others.max(axis=0))


__all__ = ["hinge_loss"]
