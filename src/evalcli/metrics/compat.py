"""What other libraries give for a metric where their conventions differ, from the same states."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from evalcli.metrics.confusion import kappa
from evalcli.metrics.context import Summary
from evalcli.metrics.evaluate import class_index, numbers
from evalcli.metrics.metric import Request
from evalcli.metrics.results import ratio
from evalcli.statistics import AnyStatistic, Confusion, ConfusionCounts, JointMoments
from evalcli.statistics.base import Floats

CLOSE = 1e-9
"""Largest relative difference of two values that are the same."""
AVERAGED = {
    "precision": ("precision_score", "Precision"),
    "recall": ("recall_score", "Recall"),
    "f1": ("f1_score", "F1Score"),
    "fbeta": ("fbeta_score", "FBetaScore"),
    "jaccard": ("jaccard_score", "JaccardIndex"),
}
"""Metrics of counts that both libraries have, with their names in both."""
ZERO = "returns 0 where it is undefined"
CONSTANT = ("r2", "explained_variance", "d2_absolute_error")


OF_ROWS: Mapping[str, Mapping[str, str]] = {
    "sklearn": {"top_k_accuracy": "it gives ties to the highest class"},
    "torchmetrics": {
        "ece": "its bins are [lo, hi), with one more for probabilities of 1",
        "mce": "its bins are [lo, hi), with one more for probabilities of 1",
        "label_ranking_loss": "it gives tied labels different ranks",
        "top_k_accuracy": "ties have the order of torch.topk",
    },
}
"""Differences that depend on the rows, which states do not have: they are told, and not computed."""


class Theirs(Struct, frozen=True):
    """The value of another library, None if it gives none; how it is called, and why it differs."""

    value: float | None
    call: str
    reason: str


def theirs(library: str, request: Request, value: float | None, summary: Summary) -> Theirs | None:
    """What a library gives in place of a value; None: the same, or it has no such metric."""
    if summary.context.excluded or (request.parameter is not None and request.metric.name != "fbeta"):
        return None
    for found in RULES[library](request, value, summary):
        if not _same(found.value, value):
            finite = found.value is not None and math.isfinite(found.value)
            return found if finite else replace(found, value=None)
    reason = OF_ROWS[library].get(request.metric.name)
    if reason is None or value is None:
        return None
    return Theirs(None, "", f"may differ: {reason}")


def needs(library: str, request: Request) -> Sequence[AnyStatistic]:
    """Statistics that the values of a library need besides those of the request."""
    constant = library == "sklearn" and request.metric.name in CONSTANT
    return (JointMoments(),) if constant else ()


def _same(left: float | None, right: float | None) -> bool:
    """Whether two values are the same; no value of theirs is something to say."""
    if left is None or right is None:
        return False
    return math.isclose(left, right, rel_tol=CLOSE, abs_tol=CLOSE)


def _sklearn(request: Request, value: float | None, summary: Summary) -> Iterator[Theirs]:
    name, context = request.metric.name, summary.context
    if name in AVERAGED:
        call = f"{AVERAGED[name][0]}({_average(request)})"
        if class_index(request, context) is not None or request.pools:
            if value is None:
                yield Theirs(0.0, call, f"{ZERO}, and warns")
        elif request.by_support and value is None:
            yield Theirs(0.0, call, f"{ZERO}, and warns")
        elif request.average == "macro":
            every = np.ones(context.k, np.bool_) if context.task.several_labels else summary.counts.present
            reason = (
                "absent labels count as 0" if context.task.several_labels else "undefined classes count as 0"
            )
            yield Theirs(_macro(request, summary, every), call, reason)
    elif name == "mcc" and value is None:
        yield Theirs(0.0, "matthews_corrcoef()", ZERO)
    elif name in ("cohen_kappa_linear", "cohen_kappa_quadratic"):
        kind = name.rpartition("_")[2]
        known = _occurring(summary[Confusion()])
        reason = "classes that do not occur are left out of their order"
        yield Theirs(
            float(kappa(known, 1 + (kind == "quadratic"))), f'cohen_kappa_score(weights="{kind}")', reason
        )
    elif name == "roc_auc" and request.average is not None and "macro" in request.average:
        if _some_undefined(request, summary):
            several = context.task.several_labels
            reason = "is NaN if it is for one label" if several else "is an error if a class does not occur"
            yield Theirs(None, "roc_auc_score()", reason)
    elif name == "average_precision" and request.average is None and value is None:
        yield Theirs(0.0, "average_precision_score()", f"{ZERO}, and warns")
    elif name == "specificity" and value is None and class_index(request, context) is not None:
        yield Theirs(0.0, "recall_score(pos_label=0)", f"{ZERO}, and warns")
    elif name == "average_precision" and request.average in ("macro", "ovr_macro"):
        values = _of_classes(request, summary)
        yield Theirs(
            float(np.nan_to_num(values).mean()),
            "average_precision_score()",
            "classes without rows count as 0",
        )
    elif name in CONSTANT and value is None and summary.size.rows > 1 and JointMoments() in summary:
        moments = summary[JointMoments()]
        perfect = moments.y.constant and (name == "explained_variance" or moments.x.mean == moments.y.mean)
        yield Theirs(
            float(perfect), f"{name}_score()", "is 0 for constant true values, 1 if predicted exactly"
        )
    elif name == "mape" and value is None and summary.size.rows:
        yield Theirs(None, "mean_absolute_percentage_error()", "divides by 2e-16 where the true value is 0")


def _torchmetrics(request: Request, value: float | None, summary: Summary) -> Iterator[Theirs]:
    name, context = request.metric.name, summary.context
    several, task = context.task.several_labels, context.task.name
    if name in ("accuracy", "balanced_accuracy") and not context.task.has_positive:
        reason = "averages the recalls of the classes by default; a class that is only predicted counts as 0"
        counts = summary.counts
        recalls = np.nan_to_num(ratio(counts.classes.tp, counts.support))[counts.present]
        yield Theirs(float(recalls.mean()), "MulticlassAccuracy()", reason)
    elif name in AVERAGED or name in ("specificity", "npv"):
        call = (
            AVERAGED[name][1]
            if name in AVERAGED
            else {"specificity": "Specificity"}.get(name, "NegativePredictiveValue")
        )
        if class_index(request, context) is not None or request.pools:
            if value is None:
                yield Theirs(0.0, f'{call}(task="{task}")', ZERO)
        elif request.average == "macro" and name != "jaccard":
            pooled = float(numbers(request, summary.counts.classes.pooled)[0])
            yield Theirs(
                0.0 if math.isnan(pooled) else pooled, f'{call}(task="{task}")', "averages micro by default"
            )
        elif request.average == "macro":
            every = np.ones(context.k, np.bool_) if several else summary.counts.present
            yield Theirs(
                _macro(request, summary, every), f'{call}(task="{task}")', "absent labels count as 0"
            )
    elif name == "mcc" and value is None:
        theirs_there, reason = _mcc_of_one_class(summary)
        yield Theirs(theirs_there, f'MatthewsCorrCoef(task="{task}")', reason)
    elif name == "subset_accuracy":
        labels = summary.counts.classes.pooled
        right, wrong = float(labels.tp[0] + labels.tn[0]), float(labels.fp[0] + labels.fn[0])
        share = right / (right + wrong)
        yield Theirs(share, f'Accuracy(task="{task}")', "counts single labels, not whole rows")
    elif name in ("roc_auc", "average_precision"):
        yield from _areas(request, value, summary)
    elif not context.task.has_classes:
        yield from _of_reals(name, value, summary)


def _of_reals(name: str, value: float | None, summary: Summary) -> Iterator[Theirs]:
    """Values of torchmetrics for metrics of real values."""
    if summary.size.rows < 2:
        return
    if name == "mape" and value is None:
        yield Theirs(None, "MeanAbsolutePercentageError()", "divides by 1.17e-6 where the true value is 0")
    elif name == "spearman" and value is None:
        yield Theirs(0.0, "SpearmanCorrCoef()", ZERO)
    elif name == "concordance" and JointMoments() in summary:
        moments = summary[JointMoments()]
        variances = (moments.x.m2 + moments.y.m2) / (moments.x.n - 1)
        distance = moments.x.difference(moments.y) ** 2
        if variances > 0:
            theirs_there = 2 * moments.product / (moments.x.n - 1) / (variances + distance)
            yield Theirs(float(theirs_there), "ConcordanceCorrCoef()", "has variances over n - 1")


def _areas(request: Request, value: float | None, summary: Summary) -> Iterator[Theirs]:
    """Areas of classes that have none: 0, but for the average precision of one of several classes."""
    task, name = summary.context.task.name, request.metric.name
    call = f'{"AUROC" if name == "roc_auc" else "AveragePrecision"}(task="{task}")'
    if request.average is None and value is None:
        yield Theirs(0.0, call, ZERO)
    left_out = name == "average_precision" and summary.context.task.exclusive
    if request.average in ("macro", "ovr_macro") and not left_out:
        values = _of_classes(request, summary)
        yield Theirs(float(np.nan_to_num(values).mean()), call, "classes without an area count as 0")


def _mcc_of_one_class(summary: Summary) -> tuple[float | None, str]:
    """The value and the reason, of rows or predictions of one class only."""
    if not summary.context.task.has_positive:
        return 0.0, ZERO
    counts = summary.counts.classes
    right, wrong = float(counts.tp.sum()), float(counts.fp.sum())
    if right and wrong:
        return None, "is some number from -1 to 1 where it is undefined"
    return (1.0 if right else -1.0), "is 1 or -1 where it is undefined and all rows are right or wrong"


def _average(request: Request) -> str:
    return "" if request.average is None else f'average="{request.average}"'


def _macro(request: Request, summary: Summary, counted: npt.NDArray[np.bool_]) -> float:
    """Mean over the classes that count, undefined ones as 0."""
    return float(np.nan_to_num(numbers(request, summary.counts.classes))[counted].mean())


def _of_classes(request: Request, summary: Summary) -> Floats:
    return numbers(request, summary[summary.context.ranking])


def _some_undefined(request: Request, summary: Summary) -> bool:
    return bool(np.isnan(_of_classes(request, summary)).any())


def _occurring(counts: ConfusionCounts) -> ConfusionCounts:
    known = np.flatnonzero(counts.present)
    return ConfusionCounts(counts.table[np.ix_(known, known)])


RULES: Mapping[str, Callable[[Request, float | None, Summary], Iterator[Theirs]]] = {
    "sklearn": _sklearn,
    "torchmetrics": _torchmetrics,
}
