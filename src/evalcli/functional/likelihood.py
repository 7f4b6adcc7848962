"""Likelihood ratios of a binary classifier, with the name and signature of scikit-learn's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalcli.errors import UsageError
from evalcli.functional.counts import confusion_matrix, formula
from evalcli.functional.given import defined, labels_of
from evalcli.metrics import METRICS
from evalcli.statistics import OneVsRest
from evalcli.tasks import BINARY


def class_likelihood_ratios(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    sample_weight: object = None,
    undefined: str = "nan",
) -> tuple[float, float]:
    """Recall over false positive rate, and false negative rate over specificity; each from 0 up.

    ``y_true`` and ``y_pred`` (n,); ``labels``: the negative class and the positive one. Undefined if one
    class occurs, and the first without false positives, the second without true negatives.

    Reference: Deeks & Altman, BMJ 329, 2004
    """
    given = labels_of(y_true, y_pred, sample_weight)
    if given.sets or given.k > 2 or (labels is not None and len(labels) != 2):
        raise UsageError(
            "likelihood ratios need two classes",
            found=f"{given.k} {'label columns' if given.sets else 'classes'}",
            hint="labels=[negative, positive]; of one class against the rest: y_true == 1, y_pred == 1",
        )
    table = confusion_matrix(y_true, y_pred, labels=labels, sample_weight=sample_weight)
    if len(table) < 2:
        table = np.pad(table, (0, 1))
    tn, fp, fn, tp = table.reshape(4, 1)
    counts = OneVsRest(tp, fp, fn, tn)
    plus, minus = (_ratio(name, counts, undefined) for name in ("lr_plus", "lr_minus"))
    return plus, minus


def _ratio(name: str, counts: OneVsRest, undefined: str) -> float:
    value = float(formula(name, counts, task=BINARY)[0])
    return defined(value, METRICS[name, BINARY].undefined.reason, undefined)


__all__ = ["class_likelihood_ratios"]
