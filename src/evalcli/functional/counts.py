"""Functions of true and predicted labels, with the names and signatures of scikit-learn's."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np

from evalcli.blocks import Array, ClassBlock
from evalcli.errors import UsageError
from evalcli.functional.given import Labels, defined, labels_of
from evalcli.metrics import METRICS, Context, Summary
from evalcli.metrics.results import Undefined as NotDefined
from evalcli.metrics.results import numbers_of
from evalcli.statistics import Confusion, ConfusionCounts, OneVsRest
from evalcli.statistics.base import Floats
from evalcli.statistics.weights import Weights
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, MULTICLASS, Task
from evalcli.text import join_names

Average = str | None
"""One of ``AVERAGES``; None: the value of each class."""
ZeroDivision = float | Literal["warn"]
ONE_CLASS = BINARY.name
"""What scikit-learn calls the average that is none: the value of the positive class."""


def confusion(given: Labels) -> ConfusionCounts:
    """The confusion matrix of labels, one per row."""
    if given.sets:
        raise UsageError("it is defined for one label per row", hint="give y of shape (n,)")
    block = ClassBlock(given.truth, None, given.predicted, given.k, weight=given.weight)
    return Confusion().of(block)


def one_vs_rest(given: Labels, by_row: bool = False) -> OneVsRest:
    """Counts of each label; of label sets also of each row."""
    if not given.sets:
        return confusion(given).classes
    truth, predicted = given.truth, given.predicted
    if by_row:
        return OneVsRest(
            *(
                part.sum(axis=0)
                for part in (truth & predicted, ~truth & predicted, truth & ~predicted, ~truth & ~predicted)
            )
        )
    weights = Weights(given.weight)
    hits, support, both = (
        np.array([weights.count(row) for row in part]) for part in (truth & predicted, truth, predicted)
    )
    return OneVsRest.of(hits, both, support, weights.total(truth.shape[1]))


def formula(name: str, *arguments: object, task: Task = MULTICLASS) -> Floats:
    """Values of a registered metric, NaN where it is undefined."""
    result = METRICS[name, task].function(*arguments)
    return np.asarray(np.nan) if isinstance(result, NotDefined) else numbers_of(result)


def accuracy_score(
    y_true: object, y_pred: object, *, normalize: bool = True, sample_weight: object = None
) -> float:
    """Share of the rows whose label, or whole label set, is right; their weight if not ``normalize``."""
    hits, total = _right(y_true, y_pred, sample_weight)
    return hits / total if normalize else hits


def zero_one_loss(
    y_true: object, y_pred: object, *, normalize: bool = True, sample_weight: object = None
) -> float:
    """Share of the rows that are wrong; their weight if not ``normalize``."""
    hits, total = _right(y_true, y_pred, sample_weight)
    return 1.0 - hits / total if normalize else total - hits


def _right(y_true: object, y_pred: object, sample_weight: object) -> tuple[float, float]:
    """Weight of the rows that are right, and of all."""
    given = labels_of(y_true, y_pred, sample_weight)
    right = given.y_true == given.y_pred
    weights = Weights(given.weight)
    return weights.count(right.all(axis=0) if given.sets else right), weights.total(given.n)


def hamming_loss(y_true: object, y_pred: object, *, sample_weight: object = None) -> float:
    """Share of wrong labels: of rows, or of all pairs of a row and a label."""
    given = labels_of(y_true, y_pred, sample_weight)
    wrong = given.y_true != given.y_pred
    weights = Weights(given.weight)
    if not given.sets:
        return weights.count(wrong) / weights.total(len(wrong))
    return weights.sum(wrong.sum(axis=0).astype(np.float64)) / (weights.total(wrong.shape[1]) * given.k)


def balanced_accuracy_score(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    adjusted: bool = False,
    undefined: str = "nan",
) -> float:
    """Mean recall of the classes in ``y_true``; ``adjusted``: so that chance is 0."""
    counts = confusion(labels_of(y_true, y_pred, sample_weight))
    value = float(formula("balanced_accuracy", counts, _summary(counts)))
    if adjusted:
        chance = 1.0 / np.count_nonzero(counts.support)
        value = (value - chance) / (1.0 - chance) if chance < 1 else math.nan
    return defined(value, "y_true has one class only" if adjusted else "there are no rows", undefined)


def matthews_corrcoef(
    y_true: object, y_pred: object, *, sample_weight: object = None, undefined: str = "nan"
) -> float:
    """Matthews correlation coefficient; undefined if labels or predictions have one class only."""
    counts = confusion(labels_of(y_true, y_pred, sample_weight))
    value = float(formula("mcc", counts, _summary(counts, sample_weight is not None)))
    return defined(value, "the labels or the predictions contain one class only", undefined)


def cohen_kappa_score(
    y1: object,
    y2: object,
    *,
    labels: Sequence[object] | None = None,
    weights: Literal["linear", "quadratic"] | None = None,
    sample_weight: object = None,
    undefined: str = "nan",
) -> float:
    """Cohen's kappa; ``labels``: the classes in their order, of which others are left out."""
    given = labels_of(y1, y2, sample_weight)
    counts = confusion(given)
    if labels is not None:
        counts = ConfusionCounts(_chosen_table(counts.table, given.indices(labels)))
    name = "cohen_kappa" if weights is None else f"cohen_kappa_{weights}"
    if weights not in (None, "linear", "quadratic"):
        raise UsageError(f"weights={weights!r} is unknown", hint="None, 'linear' or 'quadratic'")
    value = float(formula(name, counts, _summary(counts)))
    return defined(value, "both contain the same single class", undefined)


def confusion_matrix(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    sample_weight: object = None,
    normalize: Literal["true", "pred", "all"] | None = None,
) -> Array:
    """Rows of each true class (first axis) predicted as each class, (k, k); 0 for shares of no row."""
    given = labels_of(y_true, y_pred, sample_weight)
    table = confusion(given).table
    if labels is not None:
        indices = given.indices(labels)
        if all(index < 0 for index in indices):
            raise UsageError("none of the labels occurs in y_true or y_pred", hint="give labels that do")
        table = _chosen_table(table, indices)
    if normalize is None:
        return table
    if normalize not in ("true", "pred", "all"):
        raise UsageError(f"normalize={normalize!r} is unknown", hint="None, 'true', 'pred' or 'all'")
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    total = table.sum(axis=axis, keepdims=True)
    return np.divide(table, total, out=np.zeros(table.shape), where=total > 0)


def multilabel_confusion_matrix(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    labels: Sequence[object] | None = None,
    samplewise: bool = False,
) -> Array:
    """[[tn, fp], [fn, tp]] of each label, (k, 2, 2); ``samplewise``: of each row of label sets."""
    given = labels_of(y_true, y_pred, sample_weight)
    if samplewise and not given.sets:
        raise UsageError("samplewise needs label sets", hint="give indicators of shape (n, labels)")
    if samplewise and (labels is not None or sample_weight is not None):
        raise UsageError(
            "samplewise counts the labels of each row, all and once", hint="without labels and sample_weight"
        )
    counts = one_vs_rest(given, by_row=samplewise)
    if labels is not None:
        counts = _chosen(counts, given.indices(labels), given)
    return np.stack([counts.tn, counts.fp, counts.fn, counts.tp], axis=-1).reshape(-1, 2, 2)


def precision_score(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = "binary",
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> float | Floats:
    """Share of the rows predicted as a class that belong to it."""
    return _scored("precision", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def recall_score(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = "binary",
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> float | Floats:
    """Share of the rows of a class that are predicted as it."""
    return _scored("recall", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def f1_score(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = "binary",
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> float | Floats:
    """Harmonic mean of precision and recall."""
    return _scored("f1", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def fbeta_score(
    y_true: object,
    y_pred: object,
    *,
    beta: float,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = "binary",
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> float | Floats:
    """Harmonic mean of precision and recall; recall counts ``beta`` times as much."""
    if not isinstance(beta, (int, float, np.number)) or not 0 < beta < math.inf:
        raise UsageError(f"beta={beta!r} is not a number above 0", hint="beta=2")
    return _scored("fbeta", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division, beta)


def jaccard_score(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = "binary",
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> float | Floats:
    """Rows that are true and predicted, over rows that are true or predicted."""
    return _scored("jaccard", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division)


def precision_recall_fscore_support(
    y_true: object,
    y_pred: object,
    *,
    beta: float = 1.0,
    labels: Sequence[object] | None = None,
    pos_label: object = 1,
    average: Average = None,
    sample_weight: object = None,
    zero_division: ZeroDivision = "warn",
) -> tuple[float | Floats, float | Floats, float | Floats, Array | None]:
    """Precision, recall and F-score, and the rows of each class if there is no average."""
    given = labels_of(y_true, y_pred, sample_weight)
    rest = (given, labels, pos_label, average, zero_division)
    precision, recall = (_of_labels(name, *rest) for name in ("precision", "recall"))
    fscore = _of_labels("fbeta", *rest, beta)
    counts, _ = _counted(given, labels, pos_label, average)
    return precision, recall, fscore, counts.tp + counts.fn if average is None else None


def _scored(
    name: str,
    y_true: object,
    y_pred: object,
    labels: Sequence[object] | None,
    pos_label: object,
    average: Average,
    sample_weight: object,
    zero_division: ZeroDivision,
    *parameter: float,
) -> float | Floats:
    given = labels_of(y_true, y_pred, sample_weight)
    return _of_labels(name, given, labels, pos_label, average, zero_division, *parameter)


def _of_labels(
    name: str,
    given: Labels,
    labels: Sequence[object] | None,
    pos_label: object,
    average: Average,
    zero_division: ZeroDivision,
    *parameter: float,
) -> float | Floats:
    """The formula for each label, and their average as scikit-learn makes it: over all that are given."""
    counts, weights = _counted(given, labels, pos_label, average)
    values = formula(name, counts, *parameter)
    unknown = np.isnan(values)
    if unknown.any() and zero_division == "warn":
        where = "for some labels" if average != "samples" else "for some rows"
        warnings.warn(
            f"{name} is undefined {where} and counts as 0; zero_division sets what it counts as", stacklevel=4
        )
    if zero_division != "warn" and not isinstance(zero_division, (int, float, np.number)):
        raise UsageError(f"zero_division={zero_division!r} is unknown", hint='0, 1, np.nan or "warn"')
    fill = 0.0 if zero_division == "warn" else float(zero_division)
    values = np.where(unknown, fill, values)
    if average is None:
        return values
    known = ~np.isnan(values)
    weights = np.where(known, weights, 0.0)
    total = float(weights.sum())
    if not total:
        return float(values[known].mean()) if known.any() else math.nan
    return float(np.dot(np.where(known, values, 0.0), weights) / total)


def _counted(
    given: Labels, labels: Sequence[object] | None, pos_label: object, average: Average
) -> tuple[OneVsRest, Floats]:
    """Counts of the labels that are scored, and their weights in the average."""
    if average == "samples":
        if not given.sets:
            raise UsageError("average='samples' needs label sets", hint="average='macro'")
        if labels is not None:
            chosen = given.indices(labels)
            given = Labels(given.y_true[chosen], given.y_pred[chosen], given.weight, sets=True)
        rows = one_vs_rest(given, by_row=True)
        return rows, Weights(given.weight).of_rows(len(rows.tp)).astype(np.float64)
    counts = one_vs_rest(given)
    if average == ONE_CLASS:
        return _chosen(counts, [_positive(given, pos_label)], given), np.ones(1)
    if labels is not None:
        counts = _chosen(counts, given.indices(labels), given)
    if average == "micro":
        return counts.pooled, np.ones(1)
    if average == "weighted":
        return counts, (counts.tp + counts.fn).astype(np.float64)
    if average not in (None, "macro"):
        raise UsageError(
            f"average={average!r} is unknown", hint=f"binary, one of {join_names(AVERAGES)}, or None"
        )
    return counts, np.ones(len(counts.tp))


def _positive(given: Labels, pos_label: object) -> int:
    """Index of the positive class of binary labels; -1 if it does not occur."""
    if given.sets or given.k > 2:
        raise UsageError(
            "average='binary' needs two classes",
            found=f"{given.k} {'label columns' if given.sets else 'classes'}",
            hint=f"choose an average: {join_names(AVERAGES_OF_CLASSES)}, or None for each class",
        )
    (index,) = given.indices([pos_label])
    if index < 0 and given.k == 2:
        raise UsageError(
            f"pos_label={pos_label!r} does not occur",
            found=f"the labels are {', '.join(map(repr, given.values.tolist()))}",
            hint=f"pos_label={given.values.tolist()[-1]!r}",
        )
    return index


def _chosen(counts: OneVsRest, indices: list[int], given: Labels) -> OneVsRest:
    """Counts of some labels; one that does not occur has true negatives only."""
    rows = Weights(given.weight).total(given.n)
    at = np.array(indices, np.intp)
    parts = [
        np.where(at < 0, 0, part[at]) if len(part) else np.zeros(len(at))
        for part in (counts.tp, counts.fp, counts.fn)
    ]
    tn = np.where(at < 0, rows, counts.tn[at]) if len(counts.tn) else np.full(len(at), rows)
    return OneVsRest(parts[0], parts[1], parts[2], tn)


def _chosen_table(table: Array, indices: list[int]) -> Array:
    """Rows and columns of some classes; zeros for one that does not occur."""
    padded = np.zeros((len(table) + 1, len(table) + 1), table.dtype)
    padded[:-1, :-1] = table
    return padded[np.ix_(indices, indices)]


def _summary(counts: ConfusionCounts, weighted: bool = False) -> Summary:
    return Summary(Context(MULTICLASS, tuple(map(str, range(len(counts.table)))), weighted=weighted))
