"""Metrics of rows with several labels each."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import Context, metric
from evalcli.metrics.results import Mean, Proportion
from evalcli.statistics import LabelPatternCounts, LabelRankMoments, LabelRanks, Moments, RowConfusion
from evalcli.tasks import MULTILABEL

SOURCE = "Tsoumakas, Katakis & Vlahavas, Data Mining and Knowledge Discovery Handbook, 2010"


@metric(RowConfusion(), "higher", tasks=MULTILABEL, reference="Ghamrawi & McCallum, CIKM 2005")
def subset_accuracy(state: LabelPatternCounts, context: Context) -> Proportion:
    """Share of the rows whose predicted labels are exactly the true ones.

    All labels of a row are compared: no value where labels of some rows are missing.

    Formula: share of rows without a false and without a missed label

    Undefined: there are no rows

    scikit-learn: accuracy_score of indicator matrices.

    torchmetrics: MultilabelExactMatch; its Accuracy(task="multilabel") counts single labels instead.
    """
    exact = (state.rows.fp + state.rows.fn) == 0
    return Proportion(state.counts[exact].sum().item(), state.n)


@metric(RowConfusion(), "lower", tasks=MULTILABEL, reference="Schapire & Singer, Mach. Learn. 39, 2000")
def hamming_loss(state: LabelPatternCounts, context: Context) -> Mean:
    """Share of the single labels that are wrong.

    All labels of a row are compared: no value where labels of some rows are missing.

    Formula: (false labels + missed labels) / (rows · labels)

    Undefined: there are no rows

    scikit-learn: hamming_loss, the same.

    torchmetrics: MultilabelHammingDistance, the mean over labels, which is the same.
    """
    return Mean(Moments.of((state.rows.fp + state.rows.fn) / context.k, state.counts))


@metric(LabelRanks(), "higher", tasks=MULTILABEL, requires="scores", reference=SOURCE)
def label_ranking_average_precision(state: LabelRankMoments, context: Context) -> Mean:
    """Mean over a row's labels of the share of true labels among those that score as high or higher.

    A row without labels, or with all, counts as 1.

    All labels of a row are compared: no value where labels of some rows are missing.

    Formula: mean over rows and their labels of (true labels at the score or above) / (labels there)

    Undefined: there are no rows

    scikit-learn: label_ranking_average_precision_score, the same.

    torchmetrics: MultilabelRankingAveragePrecision, the same.
    """
    return Mean(state.average_precision)


@metric(LabelRanks(), "lower", (0, np.inf), tasks=MULTILABEL, requires="scores", reference=SOURCE)
def coverage_error(state: LabelRankMoments, context: Context) -> Mean:
    """How far down the labels one has to go, by score, to find all of a row's own, on average.

    Ties at the worst place; 0 for a row without labels.

    All labels of a row are compared: no value where labels of some rows are missing.

    Formula: mean over rows of the number of labels that score as high as the row's lowest true one or higher

    Undefined: there are no rows

    scikit-learn: coverage_error, the same.

    torchmetrics: MultilabelCoverageError, the same.
    """
    return Mean(state.coverage)


@metric(LabelRanks(), "lower", tasks=MULTILABEL, requires="scores", reference=SOURCE)
def label_ranking_loss(state: LabelRankMoments, context: Context) -> Mean:
    """Share of a row's pairs of a true and a false label that score in the wrong order; ties are wrong.

    0 for a row without labels, or with all.

    All labels of a row are compared: no value where labels of some rows are missing.

    Formula: mean over rows of the share of pairs with s(false) ≥ s(true)

    Undefined: there are no rows

    scikit-learn: label_ranking_loss, the same.

    torchmetrics: MultilabelRankingLoss gives each of two tied labels a place of its own.
    """
    return Mean(state.loss)
