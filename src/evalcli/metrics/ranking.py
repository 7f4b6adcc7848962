"""Metrics of the scores: areas under curves, ranks of the truth, proper losses, calibration."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import Floats, Mean, Parameter, Proportion, Study, Undefined, area, usual, whole
from evalcli.statistics import (
    Brier,
    Calibration,
    CalibrationBins,
    ClasswiseCalibration,
    ConfidenceRuns,
    Confidences,
    LogLoss,
    LogOdds,
    LossMoments,
    Moments,
    RankCounts,
    Ranking,
    Recalibration,
    Spiegelhalter,
    SpiegelhalterSums,
    TruthRank,
)
from evalcli.tasks import BINARY, CLASSES, LABELS, MULTICLASS, MULTILABEL

EXTREME = "none: a maximum over bins has no interval that can be trusted"
PLACES = Parameter(
    "k",
    "a whole number from 1 to the number of classes",
    lambda p, study: p in range(1, study.k + 1),
    usual(2.0, 3.0, 5.0),
)
LIMIT = Parameter(
    "fpr",
    "a false positive rate above 0 and below 1",
    lambda p, _: 0 < p < 1,
    usual(0.1),
    optional=True,
    averages=("ovr_macro", "ovr_weighted", "macro", "weighted"),
)


@area(
    averages={
        "multiclass": ("ovr_macro", "ovr_micro", "ovr_weighted", "ovo_macro", "ovo_weighted"),
        "multilabel": ("macro", "micro", "weighted", "samples"),
    },
    interval="delong",
    reference="Hanley & McNeil, Radiology 143, 1982; Hand & Till, Mach. Learn. 45, 2001; "
    "McClish, Med. Decis. Making 9, 1989",
    parameter=LIMIT,
)
def roc_auc(ranking: Ranking, limit: float | None = None) -> Floats:
    """Area under the ROC curve: the chance that a row of the class scores above another one, ties half.

    Exact. ovr ranks each class against the rest, ovo each pair of classes by both their scores (Hand & Till,
    weighted by the rows of the pair). Averages are over the classes, or pairs, where it is defined. With @FPR
    it is the area up to that false positive rate, standardised by McClish so that chance is 0.5. Logits are
    ranked by log-odds, so that saturated probabilities make no ties.

    Formula: Σ over pairs of [s⁺ > s⁻] + ½ [s⁺ = s⁻], over P · N; with @F: ½ (1 + (A - F²/2) / (F - F²/2))

    Undefined: the labels hold no row of {name}, or no other

    scikit-learn: roc_auc_score, the same (multi_class="ovo"; max_fpr=F not for multiclass); NaN, with a
    warning, if undefined, and so is its macro.

    torchmetrics: AUROC counts an undefined class as 0.0; thresholds=200 is an approximation.
    """
    return ranking.roc_auc if limit is None else ranking.partial_roc_auc(limit)


@area(
    averages={
        "multiclass": ("macro", "micro", "weighted"),
        "multilabel": ("macro", "micro", "weighted", "samples"),
    },
    interval="infinitesimal-jackknife",
    reference="Boyd, Eng & Page, ECML PKDD 2013",
)
def average_precision(ranking: Ranking) -> Floats:
    """Precision summed over the steps of recall: the sum of (Rn - Rn-1) Pn over distinct thresholds.

    Step-wise, without interpolation. Averages are over the classes where it is defined; samples over the rows
    that have a label.

    Formula: Σ (Rₙ - Rₙ₋₁) Pₙ

    Undefined: the labels hold no row of {name}

    scikit-learn: average_precision_score, the same; 0, with a warning, where it is undefined.

    torchmetrics: AveragePrecision, the same; where it is undefined NaN for a class of multiclass data, else
    0.
    """
    return ranking.average_precision


@whole(TruthRank(), "higher", tasks=MULTICLASS, parameter=PLACES, wants="scores",
       reference="Russakovsky et al., Int. J. Comput. Vis. 115, 2015")  # fmt: skip
def top_k_accuracy(ranks: RankCounts, study: Study, k: float) -> Proportion:
    """Share of the rows whose true class is among the k classes of the highest scores.

    Ties go to the lowest class index, so that k = 1 is the accuracy of the argmax.

    Formula: share of rows with fewer than k classes before the true one

    Undefined: there are no rows

    scikit-learn: top_k_accuracy_score gives ties to the highest class index.

    torchmetrics: MulticlassAccuracy(top_k=K, average="micro"); ties as topk happens to order them.
    """
    return Proportion(ranks.counts[: int(k)].sum().item(), ranks.n)


@whole(TruthRank(), "higher", tasks=MULTICLASS, wants="scores", reference="Voorhees, TREC-8, 1999")
def mrr(ranks: RankCounts, study: Study) -> Mean:
    """Mean reciprocal rank of the true class, ties to the lowest class index.

    Formula: mean of 1 / rank of the true class by score

    Undefined: there are no rows

    scikit-learn: label_ranking_average_precision_score of the one-hot labels; ties at the worst place.

    torchmetrics: RetrievalMRR with a query for each row.
    """
    return Mean(Moments.of(1.0 / np.arange(1, len(ranks.counts) + 1), ranks.counts))


@whole(LogLoss(), "lower", (0, np.inf), tasks=LABELS, wants="probabilities",
       reference="Good, J. R. Stat. Soc. B 14, 1952")  # fmt: skip
def log_loss(state: LossMoments, study: Study) -> Mean:
    """Mean of minus the natural logarithm of the probability given to the true class.

    Probabilities are clipped to [eps, 1 - eps] of the file's float type; rows are not renormalised. From
    logits it is the exact log-softmax, without clipping. Multilabel: mean over rows and labels.

    Formula: - mean of ln p(true class); for labels - mean of y ln p + (1 - y) ln(1 - p)

    Undefined: there are no rows

    scikit-learn: log_loss, the same (labels: of Y.ravel(), P.ravel()); warns of rows that do not sum to 1;
    needs labels= where one class occurs.

    torchmetrics: no such metric; torch's NLL without clipping. A mean of batch means weighs a short last
    batch too much (--explain-batches).
    """
    return Mean(state.loss)


@whole(Brier(), "lower", (0, 2), tasks=LABELS, wants="probabilities",
       reference="Brier, Mon. Weather Rev. 78, 1950")  # fmt: skip
def brier(state: Moments, study: Study) -> Mean:
    """Mean squared distance of the probabilities from the outcome.

    Binary: in [0, 1]. Multiclass: summed over the classes, in [0, 2]. Multilabel: mean over rows and labels.

    Formula: mean of (p - y)²; multiclass mean of Σ (p[j] - y[j])²

    Undefined: there are no rows

    scikit-learn: brier_score_loss with its default scale_by_half="auto", the same; labels: of Y.ravel(),
    P.ravel().

    torchmetrics: no such metric.
    """
    return Mean(state)


def _shares(study: Study) -> Floats:
    support = study.support
    return support / support.sum()


@whole(LogLoss(), "higher", (-np.inf, 1), tasks=CLASSES, wants="probabilities",
       reference="McFadden, in Frontiers in Econometrics, 1974")  # fmt: skip
def d2_log_loss(state: LossMoments, study: Study) -> float | Undefined:
    """Share of the log loss explained, against always giving the classes' shares.

    Formula: 1 - log_loss / (- Σ sⱼ ln sⱼ), s the share of each class in the labels

    Undefined: the labels hold one class only

    scikit-learn: d2_log_loss_score, the same; an error where it is undefined, or with labels= a huge negative
    number.

    torchmetrics: no such metric.
    """
    shares = _shares(study)
    shares = shares[shares > 0]
    by_chance = float(-(shares * np.log(shares)).sum())
    return 1.0 - state.loss.mean / by_chance if len(shares) > 1 else np.nan


@whole(Brier(), "higher", (-np.inf, 1), tasks=CLASSES, wants="probabilities",
       reference="Murphy, J. Appl. Meteorol. 12, 1973")  # fmt: skip
def brier_skill(state: Moments, study: Study) -> float:
    """Share of the Brier score explained, against always giving the classes' shares.

    Formula: 1 - brier / r; r is s (1 - s) for binary data, Σ sⱼ (1 - sⱼ) otherwise, s the shares

    Undefined: the labels hold one class only

    scikit-learn: d2_brier_score, the same; -inf or NaN where it is undefined.

    torchmetrics: no such metric.
    """
    shares = _shares(study)
    spread = float((shares * (1 - shares)).sum())
    by_chance = spread / 2 if study.task == "binary" else spread
    return 1.0 - state.mean / by_chance if np.count_nonzero(shares) > 1 else np.nan


@whole(lambda study, _: Calibration(study.bins), "lower", tasks=CLASSES, wants="probabilities",
       interval="bin-bounds", reference="Guo et al., ICML 2017")  # fmt: skip
def ece(state: CalibrationBins, study: Study) -> float:
    """Expected calibration error: mean gap between confidence and outcome over bins of equal width.

    15 bins (--bins), (lo, hi], 0 in the first. Binary: P(positive) against its outcome. Multiclass: the
    confidence of the predicted class against being right.

    Formula: Σ over bins of |hits - Σ confidence| / n

    Undefined: there are no rows

    scikit-learn: no such metric; calibration_curve has 5 bins.

    torchmetrics: CalibrationError has bins [lo, hi) and a 16th one for p = 1; otherwise the same.
    """
    return float(state.error)


@whole(lambda study, _: Calibration(study.bins), "lower", tasks=CLASSES, wants="probabilities",
       interval=EXTREME, reference="Naeini, Cooper & Hauskrecht, AAAI 2015")  # fmt: skip
def mce(state: CalibrationBins, study: Study) -> float:
    """Maximum calibration error: the largest gap between confidence and outcome of any bin.

    Bins as for ece; a bin of a single row counts as much as one of a million.

    Formula: max over bins with rows of |mean outcome - mean confidence|

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: CalibrationError(norm="max"), with other bins.
    """
    found = state.count > 0
    return float(np.max(state.gaps[found] / state.count[found]))


@whole(Confidences(), "lower", tasks=CLASSES, wants="probabilities", interval="bin-bounds",
       reference="Nixon et al., CVPR Workshops 2019")  # fmt: skip
def ace(state: ConfidenceRuns, study: Study) -> float:
    """Adaptive calibration error: as ece, in bins of equal mass.

    Bins end at the quantiles i / bins of the confidence; rows of equal confidence stay together. Of the same
    confidence as ece, where Nixon et al. average over all classes.

    Formula: Σ over bins of |hits - Σ confidence| / n

    Undefined: there are no rows

    scikit-learn: no such metric; calibration_curve(strategy="quantile") has 5 bins.

    torchmetrics: no such metric.
    """
    return float(state.of_equal_mass(study.bins).error)


@whole(lambda study, _: ClasswiseCalibration(study.bins), "lower", tasks=MULTICLASS, wants="probabilities",
       interval="bin-bounds", reference="Kull et al., NeurIPS 2019")  # fmt: skip
def classwise_ece(state: CalibrationBins, study: Study) -> float:
    """Mean over all classes of the calibration error of the class's own probability.

    Bins as for ece. Every class counts, those without rows too.

    Formula: mean over classes of Σ over bins of |rows of the class - Σ p| / n

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return float(state.error.mean())


@whole(lambda study, _: ClasswiseCalibration(study.bins), "lower", tasks=MULTILABEL, wants="probabilities",
       interval="bin-bounds", reference="Naeini, Cooper & Hauskrecht, AAAI 2015")  # fmt: skip
def ece_macro(state: CalibrationBins, study: Study) -> float:
    """Mean over the labels of the calibration error of the label's probability.

    Bins as for ece, P(label) against its outcome.

    Formula: mean over labels of Σ over bins of |rows with the label - Σ p| / n

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric for labels.
    """
    return float(state.error.mean())


@whole(lambda study, _: Calibration(study.bins), "none", (0, np.inf), tasks=BINARY, wants="probabilities",
       reference="Steyerberg et al., Epidemiology 21, 2010")  # fmt: skip
def mean_ratio(state: CalibrationBins, study: Study) -> float:
    """Mean probability of the positive class over its share: above 1 the scores promise too much.

    Formula: mean p / prevalence

    Undefined: no row is positive

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    hits = float(state.hits.sum())
    return float(state.confidence.sum()) / hits if hits else np.nan


@whole(LogOdds(), "none", (-np.inf, np.inf), tasks=BINARY, wants="probabilities",
       reference="Cox, Biometrika 45, 1958; Van Calster et al., BMC Med. 17, 2019")  # fmt: skip
def calibration_slope(fit: Recalibration, study: Study) -> float:
    """Slope of the logistic curve of the outcome on the log-odds: 1 is right, below 1 is over-confident.

    Slope and intercept are fitted together, by maximum likelihood; probabilities clipped as for log_loss.

    Formula: b of logit P(y = 1) = a + b logit(p)

    Undefined: the labels hold one class only, or the scores are constant or separate the classes

    scikit-learn: LogisticRegression(C=inf) of the outcome on logit(p).

    torchmetrics: no such metric.
    """
    return fit.slope


@whole(LogOdds(), "none", (-np.inf, np.inf), tasks=BINARY, wants="probabilities",
       reference="Cox, Biometrika 45, 1958; Van Calster et al., BMC Med. 17, 2019")  # fmt: skip
def calibration_intercept(fit: Recalibration, study: Study) -> float:
    """What has to be added to the log-odds: 0 is right, below 0 the scores promise too much.

    Calibration in the large: the slope is held at 1; some packages report the intercept of the free fit.

    Formula: a of logit P(y = 1) = a + logit(p)

    Undefined: the labels hold one class only

    scikit-learn: no such metric: LogisticRegression cannot hold a slope.

    torchmetrics: no such metric.
    """
    return fit.intercept if np.count_nonzero(study.support) > 1 else np.nan


@whole(Spiegelhalter(), "none", (-np.inf, np.inf), tasks=BINARY, wants="probabilities", weights=False,
       interval="none: it is a test statistic, whose own spread is 1",
       reference="Spiegelhalter, Stat. Med. 5, 1986")  # fmt: skip
def spiegelhalter_z(state: SpiegelhalterSums, study: Study) -> float:
    """How many standard deviations the Brier score lies from what the probabilities promise.

    Beyond ±1.96 right probabilities would lie in one of twenty files.

    Formula: Σ (y - p)(1 - 2p) / sqrt(Σ (1 - 2p)² p (1 - p))

    Undefined: every probability is 0, 0.5 or 1

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return state.excess / state.variance**0.5 if state.variance > 0 else np.nan
