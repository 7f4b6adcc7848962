"""Metrics of the scores: areas under curves, ranks of the truth, proper losses, calibration."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import (
    BOTH,
    MULTICLASS,
    Floats,
    Parameter,
    Proportion,
    Study,
    Undefined,
    area,
    whole,
)
from evalcli.statistics import (
    Brier,
    Calibration,
    CalibrationBins,
    LogLoss,
    LossMoments,
    Moments,
    RankCounts,
    Ranking,
    TruthRank,
)

PLACES = Parameter("k", "a whole number from 1 to the number of classes", lambda p, s: p in range(1, s.k + 1))


@area(
    undefined="the labels hold no row of {name}, or no other",
    averages=("ovr_macro", "ovr_micro", "ovr_weighted"),
    reference="Hanley & McNeil, Radiology 143, 1982",
)
def roc_auc(ranking: Ranking) -> Floats:
    """Area under the ROC curve: the chance that a row of the class scores above another one, ties half.

    Exact. Averages are over the classes where it is defined; null when there is none. Logits are ranked by
    log-odds, so that saturated probabilities make no ties.
    """
    return ranking.roc_auc


@area(
    undefined="the labels hold no row of {name}",
    averages=("macro", "micro", "weighted"),
    reference="Boyd, Eng & Page, ECML PKDD 2013",
)
def average_precision(ranking: Ranking) -> Floats:
    """Precision summed over the steps of recall: the sum of (Rn - Rn-1) Pn over distinct thresholds.

    Step-wise, without interpolation. Averages are over the classes where it is defined.
    """
    return ranking.average_precision


@whole(TruthRank(), "higher", (0, 1), tasks=MULTICLASS, parameter=PLACES, scores=True)
def top_k_accuracy(ranks: RankCounts, study: Study, k: float) -> Proportion:
    """Share of the rows whose true class is among the k classes of the highest scores.

    Ties go to the lowest class index, so that k = 1 is the accuracy of the argmax.
    """
    return Proportion(int(ranks.counts[: int(k)].sum()), ranks.n)


@whole(TruthRank(), "higher", (0, 1), tasks=MULTICLASS, scores=True, reference="Voorhees, TREC-8, 1999")
def mrr(ranks: RankCounts, study: Study) -> float:
    """Mean reciprocal rank of the true class, ties to the lowest class index."""
    return float(ranks.counts @ (1.0 / np.arange(1, len(ranks.counts) + 1))) / ranks.n


@whole(
    LogLoss(),
    "lower",
    (0, np.inf),
    tasks=BOTH,
    probabilities=True,
    reference="Good, J. R. Stat. Soc. B 14, 1952",
)
def log_loss(state: LossMoments, study: Study) -> float:
    """Mean of minus the natural logarithm of the probability given to the true class.

    Probabilities are clipped to [eps, 1 - eps] of the file's float type; rows are not renormalised. From
    logits it is the exact log-softmax, without clipping.
    """
    return state.loss.mean


@whole(
    Brier(), "lower", (0, 2), tasks=BOTH, probabilities=True, reference="Brier, Mon. Weather Rev. 78, 1950"
)
def brier(state: Moments, study: Study) -> float:
    """Mean squared distance of the probabilities from the outcome.

    Binary: (p - y)², in [0, 1]. Multiclass: summed over the classes, in [0, 2].
    """
    return state.mean


@whole(
    lambda study: Calibration(study.bins),
    "lower",
    (0, 1),
    tasks=BOTH,
    probabilities=True,
    reference="Guo et al., ICML 2017",
)
def ece(state: CalibrationBins, study: Study) -> float | Undefined:
    """Expected calibration error: mean gap between confidence and outcome over bins of equal width.

    15 bins (--bins), (lo, hi], 0 in the first. Binary: P(positive) against its outcome. Multiclass: the
    confidence of the predicted class against being right.
    """
    return float(state.gaps.sum() / state.count.sum())
