"""Calibration: how far predicted probabilities are from observed frequencies."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import ClassBlock
from evalcli.metrics.context import Summary
from evalcli.metrics.declare import UNIT, metric
from evalcli.metrics.results import Undefined
from evalcli.metrics.sources import BINS, Bins, NoInterval
from evalcli.statistics import (
    Calibration,
    CalibrationBins,
    ClasswiseCalibration,
    Confidences,
    LogOdds,
    Recalibration,
    SortedConfidences,
    Spiegelhalter,
    SpiegelhalterSums,
)
from evalcli.statistics.base import Floats
from evalcli.statistics.calibration import bin_of, confidence_and_hits
from evalcli.tasks import BINARY, CLASSES, MULTICLASS, MULTILABEL

ONE_CLASS = Undefined("the labels contain one class only")


def _influence_on_gaps(state: CalibrationBins, summary: Summary, block: ClassBlock) -> Floats:
    """A row adds to the gap of its bin, or takes from it."""
    confidence, hits = confidence_and_hits(block)
    at = bin_of(confidence.astype(np.float64), summary.context.bins)
    return np.sign(state.confidence - state.hits)[at] * (confidence - hits) - state.error


@metric(
    lambda context, _: Calibration(context.bins),
    float,
    "lower",
    range=UNIT,
    tasks=CLASSES,
    requires="probabilities",
    source=Bins(_influence_on_gaps),
)
def ece(state: CalibrationBins, summary: Summary) -> float:
    """Expected calibration error: mean gap between confidence and observed frequency over equal-width bins.

    15 bins (--bins), (lo, hi], 0 in the first. Binary: P(positive) against the share of positives.
    Multiclass: the confidence of the predicted class against its accuracy.

    Formula: Σ over bins of |hits - Σ confidence| / n

    scikit-learn: no such metric; calibration_curve has 5 bins.

    torchmetrics: CalibrationError has bins [lo, hi) and a 16th one for p = 1; otherwise the same.

    Reference: Guo et al., ICML 2017
    """
    return float(state.error)


@metric(
    lambda context, _: Calibration(context.bins),
    float,
    "lower",
    range=UNIT,
    tasks=CLASSES,
    requires="probabilities",
    source=NoInterval("a maximum over bins has no reliable interval"),
)
def mce(state: CalibrationBins, summary: Summary) -> float:
    """Maximum calibration error: the largest gap between confidence and observed frequency in any bin.

    Bins as for ece, none of them weighted: a bin with one row counts as much as one with a million.

    Formula: max over bins with rows of |mean outcome - mean confidence|

    scikit-learn: no such metric.

    torchmetrics: CalibrationError(norm="max"), with other bins.

    Reference: Naeini, Cooper & Hauskrecht, AAAI 2015
    """
    occupied = state.count > 0
    return float(np.max(state.gaps[occupied] / state.count[occupied]))


@metric(Confidences(), float, "lower", range=UNIT, tasks=CLASSES, requires="probabilities", source=BINS)
def ace(state: SortedConfidences, summary: Summary) -> float:
    """Adaptive calibration error: ece with bins of equal mass instead of equal width.

    Bins end at the quantiles i / bins of the confidence; rows of equal confidence share a bin. The confidence
    is that of ece; Nixon et al. average over all classes.

    Formula: Σ over bins of |hits - Σ confidence| / n

    scikit-learn: no such metric; calibration_curve(strategy="quantile") has 5 bins.

    torchmetrics: no such metric.

    Reference: Nixon et al., CVPR Workshops 2019
    """
    return float(state.of_equal_mass(summary.context.bins).error)


@metric(
    lambda context, _: ClasswiseCalibration(context.bins),
    float,
    "lower",
    range=UNIT,
    tasks=(MULTICLASS,),
    requires="probabilities",
    source=BINS,
    mean_of_classes=True,
)
def classwise_ece(state: CalibrationBins, summary: Summary) -> float:
    """Classwise ECE: mean over all classes of the ECE of the class's probability.

    Bins as for ece. Classes without rows also count.

    Formula: mean over classes of Σ over bins of |rows of the class - Σ p| / n

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Kull et al., NeurIPS 2019
    """
    return _mean_of_classes(state, summary)


@metric(
    lambda context, _: ClasswiseCalibration(context.bins),
    float,
    "lower",
    range=UNIT,
    tasks=(MULTILABEL,),
    requires="probabilities",
    source=BINS,
    mean_of_classes=True,
)
def ece_macro(state: CalibrationBins, summary: Summary) -> float:
    """Mean over the labels of the ECE of the label's probability.

    Bins as for ece: P(label) against the share of rows with the label.

    Formula: mean over labels of Σ over bins of |rows with the label - Σ p| / n

    scikit-learn: no such metric.

    torchmetrics: no such metric for labels.

    Reference: Naeini, Cooper & Hauskrecht, AAAI 2015
    """
    return _mean_of_classes(state, summary)


def _mean_of_classes(state: CalibrationBins, summary: Summary) -> float:
    """Mean error of the classes that are not excluded; a label without rows has none."""
    errors = state.error[summary.context.averaged]
    known = errors[~np.isnan(errors)]
    return float(known.mean()) if len(known) else np.nan


@metric(
    lambda context, _: Calibration(context.bins),
    float,
    "none",
    tasks=(BINARY,),
    range=(0, np.inf),
    undefined=Undefined("no row is positive"),
    requires="probabilities",
)
def mean_ratio(state: CalibrationBins, summary: Summary) -> float:
    """Mean predicted probability of the positive class divided by its prevalence; above 1: over-estimation.

    Formula: mean p / prevalence

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Steyerberg et al., Epidemiology 21, 2010
    """
    hits = float(state.hits.sum())
    return float(state.confidence.sum()) / hits if hits else np.nan


@metric(
    LogOdds(),
    float,
    "none",
    tasks=(BINARY,),
    range=(-np.inf, np.inf),
    undefined=Undefined(
        "the labels contain one class only, or the scores are constant or separate the classes"
    ),
    requires="probabilities",
)
def calibration_slope(fit: Recalibration, summary: Summary) -> float:
    """Slope of a logistic regression of the outcome on the log-odds; 1 is ideal, below 1 is over-confident.

    Slope and intercept are fitted jointly by maximum likelihood; probabilities are clipped as for log_loss.

    Formula: b of logit P(y = 1) = a + b logit(p)

    scikit-learn: LogisticRegression(C=inf) of the outcome on logit(p).

    torchmetrics: no such metric.

    Reference: Cox, Biometrika 45, 1958; Van Calster et al., BMC Med. 17, 2019
    """
    return fit.slope


@metric(
    LogOdds(),
    float,
    "none",
    tasks=(BINARY,),
    range=(-np.inf, np.inf),
    undefined=ONE_CLASS,
    requires="probabilities",
)
def calibration_intercept(fit: Recalibration, summary: Summary) -> float:
    """Calibration in the large: intercept to add to the log-odds; 0 is ideal, below 0 is over-estimation.

    The slope is fixed at 1; some packages report the intercept of the joint fit.

    Formula: a of logit P(y = 1) = a + logit(p)

    scikit-learn: no such metric: LogisticRegression cannot fix a slope.

    torchmetrics: no such metric.

    Reference: Cox, Biometrika 45, 1958; Van Calster et al., BMC Med. 17, 2019
    """
    return fit.intercept if np.count_nonzero(summary.support) > 1 else np.nan


@metric(
    Spiegelhalter(),
    float,
    "none",
    tasks=(BINARY,),
    range=(-np.inf, np.inf),
    undefined=Undefined("every probability is 0, 0.5 or 1"),
    requires="probabilities",
    weights=False,
    source=NoInterval("it is a test statistic, with standard deviation 1"),
)
def spiegelhalter_z(state: SpiegelhalterSums, summary: Summary) -> float:
    """Spiegelhalter's z: standardised difference between the Brier score and its expectation.

    For calibrated probabilities it is approximately standard normal: beyond ±1.96 in 5 % of files.

    Formula: Σ (y - p)(1 - 2p) / sqrt(Σ (1 - 2p)² p (1 - p))

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Spiegelhalter, Stat. Med. 5, 1986
    """
    return state.excess / state.variance**0.5 if state.variance > 0 else np.nan
