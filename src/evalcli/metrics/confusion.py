"""Metrics of the confusion matrix: formulas only; averages and intervals are computed elsewhere."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.context import Summary
from evalcli.metrics.declare import UNIT, metric
from evalcli.metrics.results import Proportion, Undefined, ratio
from evalcli.statistics import Confusion, ConfusionCounts, ResampledCounts, geometric_mean
from evalcli.statistics.base import Floats
from evalcli.statistics.confusion import distances
from evalcli.tasks import CLASSES

Counted = ConfusionCounts | ResampledCounts
"""Counts of the rows, or of many resamples, which are the first axis of the arrays."""

SAME_CLASS = Undefined("labels and predictions contain the same single class")


@metric(Confusion(), Proportion, "higher", tasks=CLASSES)
def accuracy(c: Counted, summary: Summary) -> Proportion:
    """Share of the rows whose predicted class is the true one.

    Formula: Σ C[i, i] / n

    scikit-learn: accuracy_score, the same.

    torchmetrics: Accuracy(task="multiclass"), the same; MulticlassAccuracy averages the recalls of the
    classes unless average="micro".

    Reference: Sokolova & Lapalme, Inf. Process. Manag. 45, 2009
    """
    return Proportion(c.correct, c.n)


@metric(Confusion(), np.ndarray, "higher", range=UNIT, tasks=CLASSES, every_class=True)
def balanced_accuracy(c: Counted, summary: Summary) -> Floats:
    """Mean recall of the classes that occur in the labels.

    Formula: mean over classes with support of C[i, i] / Σⱼ C[i, j]

    Coverage: conservative with few groups: covers 99 % (nominal 95 %) with 10 groups of 5 rows, 98 % with 40

    scikit-learn: balanced_accuracy_score, the same; warns of predicted classes without support.

    torchmetrics: MulticlassAccuracy(average="macro") counts a predicted class without support as 0.

    Reference: Brodersen et al., ICPR 2010
    """
    return np.asarray(np.nanmean(ratio(c.hits, c.support), axis=-1))


@metric(
    Confusion(),
    np.ndarray,
    "higher",
    tasks=CLASSES,
    range=(-1, 1),
    undefined=Undefined("the labels or the predictions contain one class only"),
)
def mcc(c: Counted, summary: Summary) -> Floats:
    """Matthews correlation coefficient: correlation of true and predicted classes.

    Formula: (n Σ C[i, i] - Σ tᵢ pᵢ) / sqrt((n² - Σ tᵢ²)(n² - Σ pᵢ²)), t, p true and predicted rows by class

    Coverage: conservative with few groups: covers 98 % (nominal 95 %) with 10 or 40 groups of 5 rows

    scikit-learn: matthews_corrcoef returns 0 where it is undefined.

    torchmetrics: MatthewsCorrCoef returns 0 where it is undefined; for binary data any value from -1 to 1.

    Reference: Gorodkin, Comput. Biol. Chem. 28, 2004
    """
    per_class = c.classes
    parts = (per_class.tp, per_class.fp, per_class.fn, per_class.tn)
    if isinstance(c, ConfusionCounts) and not summary.context.weighted:  # Python integers do not round
        tp, fp, fn, tn = (part.astype(object) for part in parts)
    else:  # relative to the largest, so that products do not overflow
        scale = np.max(c.hits + c.support + c.predicted_counts, axis=-1, keepdims=True)
        tp, fp, fn, tn = (part / scale for part in parts)
    truth, predicted = ((tp + fn) * (fp + tn)).sum(axis=-1), ((tp + fp) * (fn + tn)).sum(axis=-1)
    both = (np.count_nonzero(c.support, axis=-1) > 1) & (np.count_nonzero(c.predicted_counts, axis=-1) > 1)
    spread = (
        geometric_mean(float(truth), float(predicted)) if np.ndim(both) == 0 else np.sqrt(truth * predicted)
    )
    return ratio((tp * tn - fp * fn).sum(axis=-1), np.where(both, spread, 0.0))


def kappa(c: Counted, power: int) -> Floats:
    """Cohen's kappa with disagreements weighted by the distance in class order to a power (0: none)."""
    by_chance = ((c.support @ distances(c.support.shape[-1], power)) * c.predicted_counts).sum(axis=-1) / c.n
    return 1.0 - ratio(c.disagreement(power), by_chance)


@metric(Confusion(), np.ndarray, "higher", tasks=CLASSES, range=(-1, 1), undefined=SAME_CLASS)
def cohen_kappa(c: Counted, summary: Summary) -> Floats:
    """Cohen's kappa: agreement of true and predicted classes beyond chance.

    Formula: 1 - (share of disagreements) / (their share if labels and predictions were independent)

    scikit-learn: cohen_kappa_score is NaN where it is undefined.

    torchmetrics: CohenKappa is NaN where it is undefined.

    Reference: Cohen, Educ. Psychol. Meas. 20, 1960
    """
    return kappa(c, 0)


@metric(
    Confusion(),
    np.ndarray,
    "higher",
    tasks=CLASSES,
    range=(-1, 1),
    undefined=SAME_CLASS,
    same_for_two="cohen_kappa",
)
def cohen_kappa_linear(c: Counted, summary: Summary) -> Floats:
    """Cohen's kappa with linear weights: disagreements count by the distance of the classes.

    The order of the classes: --classes, otherwise the score columns, otherwise numbers before words.

    Formula: as cohen_kappa, each disagreement counted |i - j| times

    scikit-learn: cohen_kappa_score(weights="linear"); classes that do not occur are excluded from the
    order unless labels= names them.

    torchmetrics: CohenKappa(weights="linear"), the same.

    Reference: Cohen, Psychol. Bull. 70, 1968
    """
    return kappa(c, 1)


@metric(
    Confusion(),
    np.ndarray,
    "higher",
    tasks=CLASSES,
    range=(-1, 1),
    undefined=SAME_CLASS,
    same_for_two="cohen_kappa",
)
def cohen_kappa_quadratic(c: Counted, summary: Summary) -> Floats:
    """Cohen's kappa with quadratic weights: disagreements count by the squared distance of the classes.

    The order of the classes: --classes, otherwise the score columns, otherwise numbers before words.

    Formula: as cohen_kappa, each disagreement counted (i - j)² times

    scikit-learn: cohen_kappa_score(weights="quadratic"); classes that do not occur are excluded from the
    order unless labels= names them.

    torchmetrics: CohenKappa(weights="quadratic"), the same.

    Reference: Cohen, Psychol. Bull. 70, 1968
    """
    return kappa(c, 2)
