"""Points of the curves of binary data: each is a formula over the segments of the whole curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from evalcli.metrics.context import Summary
from evalcli.metrics.declare import UNIT, between, defaults, metric
from evalcli.metrics.metric import Better, Parameter
from evalcli.metrics.results import AtThreshold, MonotoneArea, Result, Undefined
from evalcli.metrics.sources import ROC_AUC, Source
from evalcli.statistics import CurveSegment, Ranking, SegmentedCurve
from evalcli.statistics.base import ROUNDING, Floats
from evalcli.tasks import BINARY

ONE_CLASS = Undefined("the labels contain one class only")
RECALL = Parameter("recall", "a share above 0, at most 1", lambda p, _: 0 < p <= 1, defaults(0.9))
PRECISION = Parameter("precision", "a share above 0, at most 1", lambda p, _: 0 < p <= 1, defaults(0.9))
FPR = Parameter("fpr", "a share from 0 to 1", between(0, 1, ends=True), defaults(0.01))

R = TypeVar("R", bound=Result)
P = ParamSpec("P")


def _curve_metric(
    gives: type[R],
    better: Better,
    *,
    parameter: Parameter | None = None,
    range: tuple[float, float],
    source: Source | None = None,
) -> Callable[
    [Callable[Concatenate[SegmentedCurve, P], R]], Callable[Concatenate[Ranking, Summary, P], R | Undefined]
]:
    """Declare a metric of the whole curve of the positive class: ``function(curve[, parameter])``."""

    def add(
        function: Callable[Concatenate[SegmentedCurve, P], R],
    ) -> Callable[Concatenate[Ranking, Summary, P], R | Undefined]:
        def on_ranking(
            ranking: Ranking, summary: Summary, /, *args: P.args, **named: P.kwargs
        ) -> R | Undefined:
            curve = ranking.segmented_curve
            if not curve.positives or not curve.negatives:
                return ONE_CLASS
            result = function(curve, *args, **named)
            if isinstance(result, AtThreshold):
                return replace(result, threshold=ranking.threshold(result.threshold))
            return result

        on_ranking.__name__, on_ranking.__doc__ = function.__name__, function.__doc__
        declare = metric(
            lambda context, _: context.ranking,
            gives,
            better,
            range=range,
            tasks=(BINARY,),
            undefined=ONE_CLASS,
            requires="scores",
            parameter=parameter,
            source=source,
            every_class=True,
        )
        return declare(on_ranking)

    return add


def _least(values: Floats, share: float) -> npt.NDArray[np.bool_]:
    """Where values reach a share, up to rounding of sums of weights."""
    return values >= share * (1.0 - ROUNDING)


def _recall_where(
    curve: SegmentedCurve, allowed: Callable[[CurveSegment], npt.NDArray[np.bool_]]
) -> AtThreshold:
    return AtThreshold(*curve.highest(lambda part: (part.recall, allowed(part))))


@_curve_metric(float, "higher", range=UNIT)
def ks(curve: SegmentedCurve) -> float:
    """Kolmogorov-Smirnov statistic: the largest distance between the score distributions of both classes.

    Two-sided: scores that rank the classes the wrong way round also have a large value.

    Formula: max over thresholds of |TPR - FPR|

    Coverage: covers 79 % (nominal 95 %) at n = 200 with 5 % positive, 90 % at n = 2,000; 90–94 % with 50 %
    positive: the estimate is biased upwards

    scikit-learn: no such metric; scipy.stats.ks_2samp is the same.

    torchmetrics: no such metric.

    Reference: Kolmogorov, G. Ist. Ital. Attuari 4, 1933; Smirnov, Ann. Math. Stat. 19, 1948
    """

    def of_part(part: CurveSegment) -> float:
        after = part.recall - part.fpr
        before = (part.tp - part.hits) / part.positives - (part.fp - part.tied) / part.negatives
        return float(max(after.max(), -after.min(), before.max(), -before.min(), 0.0))

    return curve.largest(of_part)


@_curve_metric(MonotoneArea, "higher", range=(-1.0, 1.0), source=ROC_AUC)
def gini(curve: SegmentedCurve) -> MonotoneArea:
    """Gini coefficient of the ROC curve: concordant minus discordant pairs, as a share of all pairs.

    Formula: 2 roc_auc - 1

    scikit-learn: 2 * roc_auc_score - 1.

    torchmetrics: no such metric.

    Reference: Somers, Am. Sociol. Rev. 27, 1962
    """
    return MonotoneArea(curve.sums.roc_auc, lambda area: 2.0 * area - 1.0)


@_curve_metric(float, "lower", range=UNIT)
def eer(curve: SegmentedCurve) -> float:
    """Equal error rate: the rate at which false positive rate and false negative rate are equal.

    The ROC curve is interpolated linearly between two thresholds.

    Formula: FPR at the point of the ROC curve where FPR = 1 - TPR

    scikit-learn: no such metric; the usual script interpolates roc_curve, the same.

    torchmetrics: classification.EER takes the mean of both rates at the nearest threshold.

    Reference: Martin et al., Eurospeech 1997
    """
    return curve.equal_error_rate()


@_curve_metric(AtThreshold, "higher", range=UNIT, parameter=RECALL)
def precision_at_recall(curve: SegmentedCurve, recall: float) -> AtThreshold:
    """The highest precision of any threshold with a recall of at least R.

    Formula: max of precision over thresholds with recall ≥ R

    scikit-learn: no such metric; max(precision[recall >= R]) of precision_recall_curve.

    torchmetrics: PrecisionAtFixedRecall, the same.

    Reference: Davis & Goadrich, ICML 2006
    """
    return AtThreshold(*curve.highest(lambda part: (part.precision, _least(part.recall, recall))))


@_curve_metric(AtThreshold, "higher", range=UNIT, parameter=PRECISION)
def recall_at_precision(curve: SegmentedCurve, precision: float) -> AtThreshold:
    """The highest recall of any threshold with a precision of at least P; 0 if there is none.

    Formula: max of recall over thresholds with precision ≥ P

    scikit-learn: no such metric; max(recall[precision >= P]) of precision_recall_curve.

    torchmetrics: RecallAtFixedPrecision, the same, but float32 may miss a precision of exactly P.

    Reference: Davis & Goadrich, ICML 2006
    """
    return _recall_where(curve, lambda part: _least(part.precision, precision))


@_curve_metric(AtThreshold, "higher", range=UNIT, parameter=FPR)
def recall_at_fpr(curve: SegmentedCurve, limit: float) -> AtThreshold:
    """The highest recall of any threshold with a false positive rate of at most F; 0 if there is none.

    Thresholds are the scores in the file, without interpolation.

    Formula: max of TPR over thresholds with FPR ≤ F

    scikit-learn: no such metric; max(tpr[fpr <= F]) of roc_curve(drop_intermediate=False).

    torchmetrics: SensitivityAtSpecificity(1 - F), the same, but float32 may miss a rate of exactly F.

    Reference: Fawcett, Pattern Recognit. Lett. 27, 2006
    """
    return _recall_where(curve, lambda part: part.fpr <= limit * (1.0 + ROUNDING))


@_curve_metric(AtThreshold, "higher", range=UNIT)
def best_f1(curve: SegmentedCurve) -> AtThreshold:
    """The highest F1 of any threshold on these rows, and that threshold.

    Optimistic: the threshold is chosen on the rows that it is evaluated on; choose it on other rows.

    Formula: max over thresholds of 2 TP / (2 TP + FP + FN)

    scikit-learn: no such metric; max(metric_at_thresholds(y, s, f1_score)[0]) is the same.

    torchmetrics: no such metric.

    Reference: Lipton, Elkan & Naryanaswamy, ECML PKDD 2014
    """
    return AtThreshold(
        *curve.highest(lambda part: (2.0 * part.tp / (part.tp + part.fp + part.positives), None))
    )
