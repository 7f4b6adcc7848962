"""Metrics of the confusion counts. Each is a formula; averages, classes and intervals are made elsewhere."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import (
    BINARY,
    MULTICLASS,
    Floats,
    Parameter,
    Proportion,
    Study,
    Undefined,
    by_class,
    ratio,
    whole,
)
from evalcli.statistics import Confusion, ConfusionCounts, OneVsRest

NO_PREDICTION = "no row is predicted as {name}"
NO_TRUTH = "no row belongs to {name}"
NEITHER = "{name} occurs neither in the labels nor in the predictions"
NO_REST = "every row belongs to {name}"
BETA = Parameter("beta", "above 0", lambda b, _: 0 < b < float("inf"))


@whole(Confusion(), "higher", (0, 1), reference="ISO 5725-1:2023")
def accuracy(c: ConfusionCounts, study: Study) -> Proportion:
    """Share of the rows whose predicted class is the true one."""
    return Proportion(c.correct, c.n)


@whole(Confusion(), "higher", (0, 1), reference="Brodersen et al., ICPR 2010")
def balanced_accuracy(c: ConfusionCounts, study: Study) -> float:
    """Mean recall of the classes that occur in the labels."""
    found = c.support > 0
    return float(np.mean(np.diagonal(c.table)[found] / c.support[found]))


@whole(Confusion(), "higher", (-1, 1), reference="Gorodkin, Comput. Biol. Chem. 28, 2004")
def mcc(c: ConfusionCounts, study: Study) -> float | Undefined:
    """Matthews correlation coefficient: correlation of truth and prediction over the confusion matrix.

    Null when the labels or the predictions hold one class only, where other libraries say 0.
    """
    n, truth, claimed = c.n, c.support.astype(object), c.claimed.astype(object)
    spread = (n * n - int(truth @ truth)) * (n * n - int(claimed @ claimed))
    if not spread:
        return Undefined("the labels or the predictions hold one class only")
    return float((n * c.correct - int(truth @ claimed)) / spread**0.5)


def _kappa(c: ConfusionCounts, power: int) -> float | Undefined:
    """Cohen's kappa with disagreements weighted by the distance in class order to a power (0: none)."""
    places = np.arange(len(c.table), dtype=np.float64)
    apart = np.abs(places[:, None] - places)
    weight = apart**power if power else (apart > 0).astype(np.float64)
    by_chance = float(c.support @ weight @ c.claimed) / c.n
    if not by_chance:
        return Undefined("labels and predictions hold the same single class")
    return 1.0 - float((weight * c.table).sum()) / by_chance


@whole(Confusion(), "higher", (-1, 1), reference="Cohen, Educ. Psychol. Meas. 20, 1960")
def cohen_kappa(c: ConfusionCounts, study: Study) -> float | Undefined:
    """Agreement of truth and prediction beyond chance."""
    return _kappa(c, 0)


@whole(Confusion(), "higher", (-1, 1), tasks=MULTICLASS, reference="Cohen, Psychol. Bull. 70, 1968")
def cohen_kappa_linear(c: ConfusionCounts, study: Study) -> float | Undefined:
    """Cohen's kappa, disagreements weighted by their distance in the order of the classes."""
    return _kappa(c, 1)


@whole(Confusion(), "higher", (-1, 1), tasks=MULTICLASS, reference="Cohen, Psychol. Bull. 70, 1968")
def cohen_kappa_quadratic(c: ConfusionCounts, study: Study) -> float | Undefined:
    """Cohen's kappa, disagreements weighted by their squared distance in the order of the classes."""
    return _kappa(c, 2)


@by_class("higher", undefined=NO_PREDICTION)
def precision(c: OneVsRest) -> Proportion:
    """Share of the rows predicted as the class that belong to it."""
    return Proportion(c.tp, c.tp + c.fp)


@by_class("higher", undefined=NO_TRUTH)
def recall(c: OneVsRest) -> Proportion:
    """Share of the class's rows that are predicted as it; also called sensitivity."""
    return Proportion(c.tp, c.tp + c.fn)


@by_class("higher", undefined=NO_REST)
def specificity(c: OneVsRest) -> Proportion:
    """Share of the other classes' rows that are not predicted as the class."""
    return Proportion(c.tn, c.tn + c.fp)


@by_class("higher", undefined=NEITHER)
def f1(c: OneVsRest) -> Floats:
    """Harmonic mean of precision and recall.

    0, not undefined, where there is truth or prediction and no hit.
    """
    return ratio(2 * c.tp, 2 * c.tp + c.fp + c.fn)


@by_class(
    "higher", undefined=NEITHER, parameter=BETA, reference="van Rijsbergen, Information Retrieval, 1979"
)
def fbeta(c: OneVsRest, beta: float) -> Floats:
    """Weighted harmonic mean of precision and recall; recall counts beta times as much as precision."""
    hits = (1 + beta * beta) * c.tp
    return ratio(hits, hits + beta * beta * c.fn + c.fp)


@by_class("higher", undefined=NEITHER)
def jaccard(c: OneVsRest) -> Proportion:
    """Rows both true and predicted, over rows either true or predicted; intersection over union."""
    return Proportion(c.tp, c.tp + c.fp + c.fn)


@by_class("higher", tasks=BINARY, undefined="every row is predicted as {name}")
def npv(c: OneVsRest) -> Proportion:
    """Negative predictive value: share of the rows predicted negative that are negative."""
    return Proportion(c.tn, c.tn + c.fn)


@by_class("higher", (-1, 1), tasks=BINARY, undefined="the labels hold one class only")
def informedness(c: OneVsRest) -> Floats:
    """Recall + specificity - 1; Youden's J."""
    return ratio(c.tp, c.tp + c.fn) + ratio(c.tn, c.tn + c.fp) - 1


@by_class("higher", (-1, 1), tasks=BINARY, undefined="the predictions hold one class only")
def markedness(c: OneVsRest) -> Floats:
    """Precision + negative predictive value - 1."""
    return ratio(c.tp, c.tp + c.fp) + ratio(c.tn, c.tn + c.fn) - 1


@by_class("higher", tasks=BINARY, undefined="the labels hold one class only")
def g_mean(c: OneVsRest) -> Floats:
    """Geometric mean of recall and specificity."""
    return np.sqrt(ratio(c.tp, c.tp + c.fn) * ratio(c.tn, c.tn + c.fp))


@by_class("lower", tasks=BINARY, undefined=NO_REST)
def fpr(c: OneVsRest) -> Proportion:
    """False positive rate: share of the negative rows predicted positive."""
    return Proportion(c.fp, c.fp + c.tn)


@by_class("lower", tasks=BINARY, undefined=NO_TRUTH)
def fnr(c: OneVsRest) -> Proportion:
    """False negative rate: share of the positive rows predicted negative."""
    return Proportion(c.fn, c.fn + c.tp)


@by_class("lower", tasks=BINARY, undefined=NO_PREDICTION)
def fdr(c: OneVsRest) -> Proportion:
    """False discovery rate: share of the rows predicted positive that are negative."""
    return Proportion(c.fp, c.fp + c.tp)


@by_class("lower", tasks=BINARY, undefined="every row is predicted as {name}")
def false_omission_rate(c: OneVsRest) -> Proportion:
    """Share of the rows predicted negative that are positive."""
    return Proportion(c.fn, c.fn + c.tn)


@by_class(
    "higher", (0, np.inf), tasks=BINARY, undefined="the labels hold one class only, or no false positive"
)
def lr_plus(c: OneVsRest) -> Floats:
    """Positive likelihood ratio: recall / false positive rate."""
    return ratio(ratio(c.tp, c.tp + c.fn), ratio(c.fp, c.fp + c.tn))


@by_class("lower", (0, np.inf), tasks=BINARY, undefined="the labels hold one class only, or no true negative")
def lr_minus(c: OneVsRest) -> Floats:
    """Negative likelihood ratio: false negative rate / specificity."""
    return ratio(ratio(c.fn, c.fn + c.tp), ratio(c.tn, c.tn + c.fp))


@by_class("higher", (0, np.inf), tasks=BINARY, undefined="there are no false positives or no false negatives")
def diagnostic_odds_ratio(c: OneVsRest) -> Floats:
    """Odds of a positive prediction among the positives over those among the negatives."""
    return ratio(c.tp * 1.0 * c.tn, c.fp * 1.0 * c.fn)


@by_class("none", tasks=BINARY, undefined="there are no rows")
def prevalence(c: OneVsRest) -> Proportion:
    """Share of the rows that are positive."""
    return Proportion(c.tp + c.fn, c.tp + c.fn + c.fp + c.tn)


@by_class("none", tasks=BINARY, undefined="there are no rows")
def predicted_positive_rate(c: OneVsRest) -> Proportion:
    """Share of the rows that are predicted positive."""
    return Proportion(c.tp + c.fp, c.tp + c.fn + c.fp + c.tn)
