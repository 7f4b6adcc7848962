"""Functions of scores and probabilities, with the names and signatures of scikit-learn's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, ClassBlock, LabelSetBlock, ScoreKind
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.functional.given import (
    defined,
    indexed,
    require_aligned,
    require_finite,
    require_labels,
    weight_of,
)
from evalcli.functional.measured import value
from evalcli.loaders.given import array_of
from evalcli.metrics import METRICS, Context
from evalcli.metrics.evaluate import area_of
from evalcli.statistics import Ranking, ScoreRanking
from evalcli.statistics.base import Floats
from evalcli.statistics.weights import Weights
from evalcli.tasks import AVERAGES, BINARY, MULTICLASS, MULTILABEL
from evalcli.text import join_names

Average = str | None
"""One of ``AVERAGES``; None: the value of each class."""
RANKED = "y_true has one class only, or none"


class Scored(Struct, frozen=True, eq=False):
    """Labels and scores. ``values``: the labels in ascending order, (k,); ``block``: the rows."""

    values: Array
    block: ClassBlock | LabelSetBlock
    context: Context

    @property
    def sets(self) -> bool:
        """Whether rows have several labels."""
        return self.context.task.several_labels

    @property
    def support(self) -> Floats:
        """Rows of each label, or their weight."""
        weights, truth = Weights(self.block.weight), self.block.truth
        if self.sets:
            return np.array([weights.count(row) for row in truth], np.float64)
        return weights.counted(truth, len(self.values)).astype(np.float64)

    def ranking(self, **options: bool) -> Ranking:
        """All rows, ranked by the scores of each label."""
        return ScoreRanking(**options).of(self.block).finalize(map)


def scored(
    y_true: object,
    y_score: object,
    sample_weight: object,
    labels: Sequence[object] | None = None,
    pos_label: object = None,
    probabilities: bool = False,
) -> Scored:
    truth, scores = array_of("y_true", y_true), array_of("y_score", y_score)
    weight = weight_of(sample_weight)
    require_aligned({"y_true": truth, "y_score": scores}, weight)
    require_finite("y_score", scores, "drop these rows")
    eps = float(np.finfo(scores.dtype if scores.dtype.kind == "f" else np.float64).eps)
    scores = scores if scores.dtype in (np.float32, np.float64) else scores.astype(np.float64)
    kind = _kind(scores, probabilities, weight)
    if truth.ndim == 2 and probabilities:
        truth = _of_one_hot(truth)
    if truth.ndim == 2:
        return _of_sets(truth, scores, weight, kind, eps)
    return _of_classes(truth, scores, weight, kind, eps, labels, pos_label, probabilities)


def _kind(scores: Array, probabilities: bool, weight: Array | None) -> ScoreKind:
    """Scores within [0, 1] are ranked as probabilities are: the order is the same, and found sooner."""
    if probabilities:
        low, high = float(scores.min(initial=0.0)), float(scores.max(initial=0.0))
        if low < 0 or high > 1 + 1e-5:
            raise InputError(
                "y_proba must be probabilities",
                where=Place("y_proba"),
                found=f"values from {low:g} to {high:g}",
                hint="softmax or sigmoid of logits gives probabilities",
                code="not-probabilities",
            )
        return ScoreKind.PROBABILITIES
    within = weight is None and scores.min(initial=0.0) >= 0 and scores.max(initial=0.0) <= 1
    return ScoreKind.PROBABILITIES if within else ScoreKind.RAW


def _of_one_hot(truth: Array) -> Array:
    """The class of each row, where each row has one."""
    if not np.isin(truth, (0, 1)).all() or (truth.sum(axis=1) != 1).any():
        raise InputError(
            "each row of y_true must have one class",
            where=Place("y_true"),
            found=f"shape {truth.shape}, rows with none or several 1",
            hint="of label sets, give every label on its own: y_true.ravel(), y_proba.ravel()",
            code="not-one-hot",
        )
    return np.asarray(truth.argmax(axis=1))


def _of_sets(truth: Array, scores: Array, weight: Array | None, kind: ScoreKind, eps: float) -> Scored:
    if truth.shape != scores.shape or not np.isin(truth, (0, 1)).all():
        raise InputError(
            "y_true has several columns, so each must be 0 or 1, with a score for each",
            where=Place("y_true"),
            found=f"y_true {truth.shape}, y_score {scores.shape}",
            hint="one label per row is an array of shape (n,)",
            code="array-shape",
        )
    block = LabelSetBlock(
        np.ascontiguousarray(truth.T.astype(np.bool_)),
        np.array(scores.T, order="C"),
        kind,
        eps=eps,
        weight=weight,
    )
    names = tuple(map(str, range(block.k)))
    return Scored(np.arange(block.k), block, Context(MULTILABEL, names, weighted=weight is not None))


def _of_classes(
    truth: Array,
    scores: Array,
    weight: Array | None,
    kind: ScoreKind,
    eps: float,
    labels: Sequence[object] | None,
    pos_label: object,
    both: bool,
) -> Scored:
    """``both``: whether the probabilities of both of two classes are used."""
    require_labels("y_true", truth)
    known = truth[:0] if labels is None else _in_order(array_of("labels", labels), truth)
    values, codes, _ = indexed(truth, known)
    _refuse_unnamed(truth, known)
    k, width = len(values), 1 if scores.ndim == 1 else scores.shape[1]
    of_two = scores.ndim == 2 and width == 2 and k <= 2
    if of_two:
        scores, width = scores if both else scores[:, 1], 1  # of the greater label
    if (width == 1 and k > 2) or (width > 1 and k != width):
        raise InputError(
            "the number of classes in y_true is not that of the columns of y_score",
            where=Place("y_score"),
            found=f"{k} classes, y_score {scores.shape}",
            hint="name all classes in ascending order, which is that of the columns: labels=[...]",
            code="classes-differ",
        )
    if width > 1:
        block = ClassBlock(codes, np.array(scores.T, order="C"), None, k, kind, eps=eps, weight=weight)
        return Scored(
            values, block, Context(MULTICLASS, tuple(map(str, range(k))), weighted=weight is not None)
        )
    if both and labels is None:
        require_known_positive(values)
    positive = _positive(values, None if of_two else pos_label)
    truth = (truth == positive).astype(np.int8)
    rows = np.array(np.atleast_2d(scores.T), order="C")
    block = ClassBlock(truth, rows, None, 2, kind, 1, eps=eps, weight=weight)
    return Scored(values, block, Context(BINARY, ("0", "1"), 1, weighted=weight is not None))


def require_known_positive(values: Array) -> None:
    """Refuse one class of which nothing tells whether it is the positive one."""
    if len(values) == 1 and values.tolist()[0] not in (-1, 0, 1):
        raise InputError(
            "y_true has one class only, and nothing tells whether it is the positive one",
            where=Place("y_true"),
            found=repr(values.tolist()[0]),
            hint="name both classes in ascending order: labels=[...]",
            code="one-class",
        )


def _refuse_unnamed(truth: Array, known: Array) -> None:
    """Refuse labels of the truth that are not among those that were named, if any were."""
    odd = sorted(set(np.unique(truth).tolist()) - set(known.tolist())) if len(known) else []
    if odd:
        raise InputError(
            "y_true contains labels that labels does not",
            where=Place("y_true"),
            found=", ".join(map(repr, odd[:5])),
            hint="name every class in labels",
            code="unknown-label",
        )


def _in_order(labels: Array, truth: Array) -> Array:
    """Labels of the kind of the truth, in ascending order."""
    ordered = len(labels) and labels.ndim == 1 and bool((labels[1:] > labels[:-1]).all())
    if not ordered or (labels.dtype.kind == "U") != (truth.dtype.kind == "U"):
        raise InputError(
            "labels must be all classes in ascending order, which is that of the columns of y_score",
            where=Place("labels"),
            found=", ".join(map(repr, labels.reshape(-1).tolist()[:5])),
            hint="sort labels, and the columns of y_score with them: y_score[:, np.argsort(labels)]",
            code="classes-differ",
        )
    return labels


def _positive(values: Array, pos_label: object) -> object:
    """The positive label: the given one, or the greater of two."""
    known = values.tolist()
    if pos_label is None:
        return 1 if known in ([0], [1], [False], [True], [-1]) else known[-1]
    if pos_label not in known and len(known) == 2:
        raise UsageError(
            f"pos_label={pos_label!r} does not occur",
            found=f"the labels are {', '.join(map(repr, known))}",
            hint=f"pos_label={known[-1]!r}",
        )
    return pos_label


def _average(name: str, given: Scored, average: Average, undefined: str, *limit: float) -> float | Floats:
    """A metric of each label, and their average as scikit-learn makes it: undefined if any of them is."""
    metric = METRICS[name, MULTICLASS]
    if limit and average in ("samples", "micro") and given.context.positive is None:
        raise UsageError(
            f"max_fpr with average={average!r} is not available", hint="macro, weighted, or None"
        )
    if average == "samples":
        return value(f"{name}_samples", given.block, given.context, undefined)
    if average == "micro" and given.block.k > 1 and given.context.positive is None:
        return defined(float(area_of(metric).pooled(given.ranking(keep_keys=True).pooled)), RANKED, undefined)
    values = np.asarray(metric.function(given.ranking(keep_keys=bool(limit)), *limit), np.float64)
    if given.context.positive is not None:
        return defined(float(values[0]), RANKED, undefined)
    if average is None:
        return values
    if average not in ("macro", "weighted"):
        raise UsageError(f"average={average!r} is unknown", hint=f"one of {join_names(AVERAGES)}, or None")
    weights = given.support if average == "weighted" else np.ones(len(values))
    if not weights.any():
        return defined(None, RANKED, undefined)
    used = weights > 0
    return defined(float(np.average(values[used], weights=weights[used])), RANKED, undefined)


def roc_auc_score(
    y_true: object,
    y_score: object,
    *,
    average: Average = "macro",
    sample_weight: object = None,
    max_fpr: float | None = None,
    multi_class: Literal["raise", "ovr", "ovo"] = "raise",
    labels: Sequence[object] | None = None,
    undefined: str = "nan",
) -> float | Floats:
    """Area under the ROC curve. ``max_fpr``: partial area up to a false positive rate, standardised.

    ``multi_class``: one class against the rest, or each pair of classes.
    """
    given = scored(y_true, y_score, sample_weight, labels)
    if max_fpr is not None and not 0 < max_fpr <= 1:
        raise UsageError(f"max_fpr={max_fpr!r} is not above 0 and at most 1", hint="max_fpr=0.1")
    limit = () if max_fpr is None or max_fpr == 1 else (max_fpr,)
    if given.context.task is MULTICLASS:
        if multi_class not in ("ovr", "ovo") or limit:
            raise UsageError(
                "y_true has more than two classes",
                found=f"{given.block.k} classes",
                hint="multi_class='ovr' or 'ovo', without max_fpr",
            )
        if multi_class == "ovo":
            if average not in ("macro", "weighted"):
                raise UsageError(f"average={average!r} with multi_class='ovo'", hint="macro or weighted")
            return value(f"roc_auc_ovo_{average}", given.block, given.context, undefined)
    return _average("roc_auc", given, average, undefined, *limit)


def average_precision_score(
    y_true: object,
    y_score: object,
    *,
    average: Average = "macro",
    pos_label: object = 1,
    sample_weight: object = None,
    undefined: str = "nan",
) -> float | Floats:
    """Average precision, without interpolation."""
    binary = array_of("y_true", y_true).ndim == 1 and array_of("y_score", y_score).ndim == 1
    given = scored(y_true, y_score, sample_weight, pos_label=pos_label if binary else None)
    return _average("average_precision", given, average, undefined)


def log_loss(
    y_true: object,
    y_proba: object,
    *,
    normalize: bool = True,
    sample_weight: object = None,
    labels: Sequence[object] | None = None,
    undefined: str = "nan",
) -> float:
    """Mean of -log(probability of the true class); the sum if not ``normalize``."""
    given = scored(y_true, y_proba, sample_weight, labels, probabilities=True)
    found = value("log_loss", given.block, given.context, undefined)
    return found if normalize else found * Weights(given.block.weight).total(given.block.n)


def brier_score_loss(
    y_true: object,
    y_proba: object,
    *,
    sample_weight: object = None,
    pos_label: object = None,
    labels: Sequence[object] | None = None,
    scale_by_half: bool | Literal["auto"] = "auto",
    undefined: str = "nan",
) -> float:
    """Mean squared distance of probabilities and outcomes: of the positive class, or over all classes."""
    given = scored(y_true, y_proba, sample_weight, labels, pos_label, probabilities=True)
    found = value("brier", given.block, given.context, undefined)
    of_two = given.context.task is BINARY
    half = of_two if scale_by_half == "auto" else scale_by_half
    return found * (1.0 if half == of_two else 2.0 if of_two else 0.5)


def top_k_accuracy_score(
    y_true: object,
    y_score: object,
    *,
    k: int = 2,
    normalize: bool = True,
    sample_weight: object = None,
    labels: Sequence[object] | None = None,
    undefined: str = "nan",
) -> float:
    """Share of the rows whose true class is among the ``k`` with the highest scores; ties go to the first."""
    given = scored(y_true, y_score, sample_weight, labels)
    if given.context.task is not MULTICLASS:
        raise UsageError(
            "top_k_accuracy_score needs a score for each of several classes", hint="labels=[...]"
        )
    share = 1.0 if k >= given.block.k else value(f"top_k_accuracy@{k}", given.block, given.context, undefined)
    return share if normalize else share * Weights(given.block.weight).total(given.block.n)


def coverage_error(y_true: object, y_score: object, *, sample_weight: object = None) -> float:
    """How far down the ranked labels all true ones are, on average."""
    given = scored(y_true, y_score, sample_weight)
    return value("coverage_error", given.block, given.context, "nan")


def label_ranking_loss(y_true: object, y_score: object, *, sample_weight: object = None) -> float:
    """Share of the pairs of a true and a false label of a row that are in the wrong order."""
    given = scored(y_true, y_score, sample_weight)
    return value("label_ranking_loss", given.block, given.context, "nan")


def label_ranking_average_precision_score(
    y_true: object, y_score: object, *, sample_weight: object = None
) -> float:
    """Mean over true labels of the share of true labels among those ranked as high."""
    given = scored(y_true, y_score, sample_weight)
    return value("label_ranking_average_precision", given.block, given.context, "nan")


__all__ = [
    "average_precision_score", "brier_score_loss", "coverage_error", "label_ranking_average_precision_score",
    "label_ranking_loss", "log_loss", "roc_auc_score",
    "top_k_accuracy_score",
]  # fmt: skip
