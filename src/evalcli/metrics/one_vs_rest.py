"""Metrics of one class against the rest, or of one label, from TP, FP, FN and TN."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.declare import UNIT, class_metric, defaults
from evalcli.metrics.metric import Parameter, both_truths
from evalcli.metrics.results import NO_ROWS, MonotoneProportion, Proportion, Undefined, ratio
from evalcli.statistics import OneVsRest
from evalcli.statistics.base import Floats
from evalcli.tasks import BINARY, CLASSES

BETA = Parameter("beta", "a number above 0", lambda b, _: 0 < b < float("inf"), defaults(0.5, 2.0))

NONE_PREDICTED = Undefined("no row is predicted as {name}")
NONE_TRUE = Undefined("no row belongs to {name}")
ALL_TRUE = Undefined("every row belongs to {name}")
ABSENT = Undefined("{name} occurs neither in the labels nor in the predictions")
ALL_PREDICTED = Undefined("every row is predicted as {name}")
ONE_CLASS = Undefined("the labels contain one class only")


@class_metric(Proportion, "higher", undefined=NONE_PREDICTED, per_class=True)
def precision(c: OneVsRest) -> Proportion:
    """Share of the rows predicted as the class that belong to it; also called positive predictive value.

    Formula: TP / (TP + FP)

    scikit-learn: precision_score returns 0 where it is undefined, and warns; absent labels count in macro.

    torchmetrics: Precision returns 0 where it is undefined; macro excludes classes that do not occur, but not
    labels; micro by default.

    Reference: van Rijsbergen, Information Retrieval, 1979
    """
    return Proportion(c.tp, c.tp + c.fp)


@class_metric(Proportion, "higher", undefined=NONE_TRUE, per_class=True)
def recall(c: OneVsRest) -> Proportion:
    """Share of the rows of the class that are predicted as it; also called sensitivity.

    Formula: TP / (TP + FN)

    scikit-learn: recall_score returns 0 where it is undefined, and warns; absent labels count in macro.

    torchmetrics: Recall returns 0 where it is undefined; macro excludes classes that do not occur, but not
    labels; micro by default.

    Reference: van Rijsbergen, Information Retrieval, 1979
    """
    return Proportion(c.tp, c.tp + c.fn)


@class_metric(Proportion, "higher", tasks=CLASSES, undefined=ALL_TRUE, samples=False)
def specificity(c: OneVsRest) -> Proportion:
    """Share of the rows of other classes that are not predicted as the class; true negative rate.

    Formula: TN / (TN + FP)

    scikit-learn: recall_score(pos_label=0) for binary data; no such average over classes.

    torchmetrics: Specificity returns 0 where it is undefined; micro by default.

    Reference: Yerushalmy, Public Health Rep. 62, 1947
    """
    return Proportion(c.tn, c.tn + c.fp)


@class_metric(MonotoneProportion, "higher", undefined=ABSENT, per_class=True)
def f1(c: OneVsRest) -> MonotoneProportion:
    """Harmonic mean of precision and recall.

    0, not undefined, if the class occurs but TP = 0. Macro is the mean of the classes' F1, not the F1 of mean
    precision and mean recall.

    Formula: 2 TP / (2 TP + FP + FN)

    Coverage: covers 91 % (nominal 95 %) at n = 50 with 5 % positive

    scikit-learn: f1_score, the same; 0 where it is undefined, which for labels counts in macro.

    torchmetrics: F1Score, the same, micro by default; absent labels count as 0 in macro; a mean over
    batches differs (--explain-batches).

    Reference: van Rijsbergen, Information Retrieval, 1979
    """
    overlap = Proportion(c.tp, c.tp + c.fp + c.fn)
    return MonotoneProportion(
        ratio(2 * c.tp, 2 * c.tp + c.fp + c.fn), overlap, lambda share: 2 * share / (1 + share)
    )


@class_metric(
    np.ndarray,
    "higher",
    range=UNIT,
    undefined=ABSENT,
    parameter=BETA,
    totals=lambda c: (c.tp + c.fp + c.fn,),
)
def fbeta(c: OneVsRest, beta: float) -> Floats:
    """Weighted harmonic mean of precision and recall; recall counts beta times as much as precision.

    Formula: (1 + β²) TP / ((1 + β²) TP + β² FN + FP)

    scikit-learn: fbeta_score, the same; 0 where it is undefined, which for labels counts in macro.

    torchmetrics: FBetaScore, the same, micro by default; absent labels count as 0 in macro.

    Reference: van Rijsbergen, Information Retrieval, 1979
    """
    hits = (1 + beta * beta) * c.tp
    return ratio(hits, hits + beta * beta * c.fn + c.fp)


@class_metric(Proportion, "higher", undefined=ABSENT)
def jaccard(c: OneVsRest) -> Proportion:
    """Jaccard index, intersection over union: rows true and predicted, over rows true or predicted.

    Formula: TP / (TP + FP + FN)

    scikit-learn: jaccard_score, the same; 0 where it is undefined, which for labels counts in macro.

    torchmetrics: JaccardIndex, the same; absent labels count as 0 in macro.

    Reference: Jaccard, New Phytol. 11, 1912
    """
    return Proportion(c.tp, c.tp + c.fp + c.fn)


@class_metric(Proportion, "higher", tasks=(BINARY,), undefined=ALL_PREDICTED)
def npv(c: OneVsRest) -> Proportion:
    """Negative predictive value: share of the rows predicted negative that are negative.

    Formula: TN / (TN + FN)

    scikit-learn: precision_score(pos_label=0).

    torchmetrics: NegativePredictiveValue returns 0 where it is undefined.

    Reference: Altman & Bland, BMJ 309, 1994
    """
    return Proportion(c.tn, c.tn + c.fn)


@class_metric(np.ndarray, "higher", tasks=(BINARY,), range=(-1, 1), undefined=ONE_CLASS, totals=both_truths)
def informedness(c: OneVsRest) -> Floats:
    """Informedness, or Youden's J: recall + specificity - 1.

    Formula: TP / (TP + FN) + TN / (TN + FP) - 1

    scikit-learn: balanced_accuracy_score(adjusted=True), -inf or NaN where it is undefined.

    torchmetrics: no such metric.

    Reference: Youden, Cancer 3, 1950
    """
    return ratio(c.tp, c.tp + c.fn) + ratio(c.tn, c.tn + c.fp) - 1


@class_metric(
    np.ndarray,
    "higher",
    tasks=(BINARY,),
    range=(-1, 1),
    undefined=Undefined("the predictions contain one class only"),
    totals=lambda c: (c.tp + c.fp, c.tn + c.fn),
)
def markedness(c: OneVsRest) -> Floats:
    """Markedness: precision + negative predictive value - 1.

    Formula: TP / (TP + FP) + TN / (TN + FN) - 1

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Powers, J. Mach. Learn. Technol. 2, 2011
    """
    return ratio(c.tp, c.tp + c.fp) + ratio(c.tn, c.tn + c.fn) - 1


@class_metric(np.ndarray, "higher", range=UNIT, tasks=(BINARY,), undefined=ONE_CLASS, totals=both_truths)
def g_mean(c: OneVsRest) -> Floats:
    """Geometric mean of recall and specificity.

    Formula: sqrt(TP / (TP + FN) · TN / (TN + FP))

    scikit-learn: no such metric; imbalanced-learn has geometric_mean_score.

    torchmetrics: no such metric.

    Reference: Kubat & Matwin, ICML 1997
    """
    return np.sqrt(ratio(c.tp, c.tp + c.fn) * ratio(c.tn, c.tn + c.fp))


@class_metric(Proportion, "lower", tasks=(BINARY,), undefined=ALL_TRUE)
def fpr(c: OneVsRest) -> Proportion:
    """False positive rate: share of the negative rows predicted positive.

    Formula: FP / (FP + TN)

    scikit-learn: 1 - recall_score(pos_label=0).

    torchmetrics: no such metric.

    Reference: Fawcett, Pattern Recognit. Lett. 27, 2006
    """
    return Proportion(c.fp, c.fp + c.tn)


@class_metric(Proportion, "lower", tasks=(BINARY,), undefined=NONE_TRUE)
def fnr(c: OneVsRest) -> Proportion:
    """False negative rate: share of the positive rows predicted negative.

    Formula: FN / (FN + TP)

    scikit-learn: 1 - recall_score.

    torchmetrics: no such metric.

    Reference: Fawcett, Pattern Recognit. Lett. 27, 2006
    """
    return Proportion(c.fn, c.fn + c.tp)


@class_metric(Proportion, "lower", tasks=(BINARY,), undefined=NONE_PREDICTED)
def fdr(c: OneVsRest) -> Proportion:
    """False discovery rate: share of the rows predicted positive that are negative.

    Formula: FP / (FP + TP)

    scikit-learn: 1 - precision_score.

    torchmetrics: no such metric.

    Reference: Benjamini & Hochberg, J. R. Stat. Soc. B 57, 1995
    """
    return Proportion(c.fp, c.fp + c.tp)


@class_metric(Proportion, "lower", tasks=(BINARY,), undefined=ALL_PREDICTED)
def false_omission_rate(c: OneVsRest) -> Proportion:
    """False omission rate: share of the rows predicted negative that are positive.

    Formula: FN / (FN + TN)

    scikit-learn: 1 - precision_score(pos_label=0).

    torchmetrics: no such metric.

    Reference: Altman & Bland, BMJ 309, 1994
    """
    return Proportion(c.fn, c.fn + c.tn)


@class_metric(
    np.ndarray,
    "higher",
    tasks=(BINARY,),
    range=(0, np.inf),
    undefined=Undefined("the labels contain one class only, or there is no false positive"),
    totals=both_truths,
)
def lr_plus(c: OneVsRest) -> Floats:
    """Positive likelihood ratio: recall / false positive rate.

    Formula: (TP / (TP + FN)) / (FP / (FP + TN))

    scikit-learn: class_likelihood_ratios(labels=[0, 1]), the same; NaN where it is undefined.

    torchmetrics: no such metric.

    Reference: Deeks & Altman, BMJ 329, 2004
    """
    return ratio(ratio(c.tp, c.tp + c.fn), ratio(c.fp, c.fp + c.tn))


@class_metric(
    np.ndarray,
    "lower",
    tasks=(BINARY,),
    range=(0, np.inf),
    undefined=Undefined("the labels contain one class only, or there is no true negative"),
    totals=both_truths,
)
def lr_minus(c: OneVsRest) -> Floats:
    """Negative likelihood ratio: false negative rate / specificity.

    Formula: (FN / (FN + TP)) / (TN / (TN + FP))

    scikit-learn: class_likelihood_ratios(labels=[0, 1]), the same; NaN where it is undefined.

    torchmetrics: no such metric.

    Reference: Deeks & Altman, BMJ 329, 2004
    """
    return ratio(ratio(c.fn, c.fn + c.tp), ratio(c.tn, c.tn + c.fp))


@class_metric(
    np.ndarray,
    "higher",
    tasks=(BINARY,),
    range=(0, np.inf),
    undefined=Undefined("there are no false positives or no false negatives"),
    totals=both_truths,
)
def diagnostic_odds_ratio(c: OneVsRest) -> Floats:
    """Diagnostic odds ratio: odds of a positive prediction for positives over those for negatives.

    Formula: TP · TN / (FP · FN)

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Glas et al., J. Clin. Epidemiol. 56, 2003
    """
    return ratio(c.tp * 1.0 * c.tn, c.fp * 1.0 * c.fn)


@class_metric(Proportion, "none", tasks=(BINARY,), undefined=NO_ROWS)
def prevalence(c: OneVsRest) -> Proportion:
    """Share of the rows that are positive.

    Formula: (TP + FN) / n

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Altman & Bland, BMJ 309, 1994
    """
    return Proportion(c.tp + c.fn, c.tp + c.fn + c.fp + c.tn)


@class_metric(Proportion, "none", tasks=(BINARY,), undefined=NO_ROWS)
def predicted_positive_rate(c: OneVsRest) -> Proportion:
    """Share of the rows that are predicted positive.

    Formula: (TP + FP) / n

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Powers, J. Mach. Learn. Technol. 2, 2011
    """
    return Proportion(c.tp + c.fp, c.tp + c.fn + c.fp + c.tn)
