"""Metrics of rankings: areas under curves, and ranks of the true class."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.context import Summary
from evalcli.metrics.declare import UNIT, defaults, metric, ranking_metric
from evalcli.metrics.metric import Parameter
from evalcli.metrics.results import Mean, Proportion, Undefined
from evalcli.metrics.sources import AVERAGE_PRECISION, ROC_AUC
from evalcli.statistics import (
    Moments,
    RankCounts,
    Ranking,
    TruthRank,
)
from evalcli.statistics.base import Floats
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, MULTICLASS, MULTILABEL

K = Parameter(
    "k",
    "a whole number from 1 to the number of classes",
    lambda p, context: p in range(1, context.k + 1),
    defaults(2.0, 3.0, 5.0),
)
LIMIT = Parameter(
    "fpr",
    "a false positive rate above 0 and below 1",
    lambda p, _: 0 < p < 1,
    defaults(0.1),
    optional=True,
    averages=("ovr_macro", "ovr_weighted", "macro", "weighted"),
)


@ranking_metric(
    ROC_AUC,
    undefined=Undefined("the labels contain no row of {name}, or no other"),
    averages={
        MULTICLASS: ("ovr_macro", "ovr_micro", "ovr_weighted", "ovo_macro", "ovo_weighted"),
        MULTILABEL: AVERAGES,
    },
    parameter=LIMIT,
    per_class=True,
)
def roc_auc(ranking: Ranking, limit: float | None = None) -> Floats:
    """Area under the ROC curve: the probability that a row of the class outscores another; ties count half.

    Exact. ovr: each class against the rest. ovo: each pair of classes, by the scores of both (Hand & Till,
    weighted by the rows of the pair). Averages are over the classes, or pairs, where it is defined. @FPR:
    partial area up to that false positive rate, standardised (McClish) so that chance is 0.5. Logits are
    ranked by log-odds, so that saturated probabilities are not tied.

    Formula: Σ over pairs of [s⁺ > s⁻] + ½ [s⁺ = s⁻], over P · N; with @F: ½ (1 + (A - F²/2) / (F - F²/2)),
    A the area up to F

    scikit-learn: roc_auc_score, the same (multi_class="ovo"; max_fpr=F not for multiclass); NaN, with a
    warning, if undefined, and so is its macro.

    torchmetrics: AUROC counts an undefined class as 0.0; thresholds=200 is an approximation.

    Reference: Hanley & McNeil, Radiology 143, 1982; Hand & Till, Mach. Learn. 45, 2001; McClish, Med. Decis.
    Making 9, 1989
    """
    return ranking.roc_auc if limit is None else ranking.partial_roc_auc(limit)


@ranking_metric(
    AVERAGE_PRECISION,
    undefined=Undefined("the labels contain no row of {name}"),
    averages={
        MULTICLASS: AVERAGES_OF_CLASSES,
        MULTILABEL: AVERAGES,
    },
    per_class=True,
)
def average_precision(ranking: Ranking) -> Floats:
    """Average precision: mean of the precisions at each threshold, weighted by the increase in recall.

    Without interpolation. Averages are over the classes where it is defined; samples over the rows with at
    least one label.

    Formula: Σ (Rₙ - Rₙ₋₁) Pₙ

    scikit-learn: average_precision_score, the same; 0, with a warning, where it is undefined.

    torchmetrics: AveragePrecision, the same; where it is undefined NaN for a class of multiclass data, else
    0.

    Reference: Boyd, Eng & Page, ECML PKDD 2013
    """
    return ranking.average_precision


@metric(TruthRank(), Proportion, "higher", tasks=(MULTICLASS,), requires="scores", parameter=K)
def top_k_accuracy(ranks: RankCounts, summary: Summary, k: float) -> Proportion:
    """Share of the rows whose true class is among the k classes with the highest scores.

    Ties are broken by the lowest class index, so that k = 1 is the accuracy of the argmax.

    Formula: share of rows with rank of the true class ≤ k

    scikit-learn: top_k_accuracy_score breaks ties by the highest class index.

    torchmetrics: MulticlassAccuracy(top_k=K, average="micro"); ties in the order of torch.topk.

    Reference: Russakovsky et al., Int. J. Comput. Vis. 115, 2015
    """
    return Proportion(ranks.counts[: int(k)].sum().item(), ranks.n)


@metric(TruthRank(), Mean, "higher", range=UNIT, tasks=(MULTICLASS,), requires="scores")
def mrr(ranks: RankCounts, summary: Summary) -> Mean:
    """Mean reciprocal rank of the true class by score; ties are broken by the lowest class index.

    Formula: mean of 1 / rank of the true class by score

    scikit-learn: label_ranking_average_precision_score of the one-hot labels; ties with the worst rank.

    torchmetrics: RetrievalMRR with one query per row.

    Reference: Voorhees, TREC-8, 1999
    """
    return Mean(Moments.of(1.0 / np.arange(1, len(ranks.counts) + 1), ranks.counts))
