"""Metrics of multilabel data."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.context import Summary
from evalcli.metrics.declare import UNIT, metric
from evalcli.metrics.results import Mean, Proportion
from evalcli.statistics import LabelPatternCounts, LabelRankMoments, LabelRanks, Moments, RowConfusion
from evalcli.tasks import MULTILABEL


@metric(RowConfusion(), Proportion, "higher", tasks=(MULTILABEL,))
def subset_accuracy(state: LabelPatternCounts, summary: Summary) -> Proportion:
    """Exact-match ratio: share of the rows whose predicted labels are exactly the true ones.

    It needs all labels of a row: undefined if some are missing.

    Formula: share of rows with FP = FN = 0

    scikit-learn: accuracy_score of indicator matrices.

    torchmetrics: MultilabelExactMatch; its Accuracy(task="multilabel") counts single labels.

    Reference: Ghamrawi & McCallum, CIKM 2005
    """
    exact = (state.rows.fp + state.rows.fn) == 0
    return Proportion(state.counts[exact].sum().item(), state.n)


@metric(RowConfusion(), Mean, "lower", range=UNIT, tasks=(MULTILABEL,))
def hamming_loss(state: LabelPatternCounts, summary: Summary) -> Mean:
    """Share of all (row, label) pairs that are predicted wrongly.

    It needs all labels of a row: undefined if some are missing.

    Formula: (FP + FN) / (rows · labels)

    scikit-learn: hamming_loss, the same.

    torchmetrics: MultilabelHammingDistance, the mean over labels, the same value.

    Reference: Schapire & Singer, Mach. Learn. 39, 2000
    """
    return Mean(Moments.of((state.rows.fp + state.rows.fn) / summary.context.k, state.counts))


@metric(LabelRanks(), Mean, "higher", range=UNIT, tasks=(MULTILABEL,), requires="scores")
def label_ranking_average_precision(state: LabelRankMoments, summary: Summary) -> Mean:
    """Mean over a row's true labels of the share of true labels among those ranked as high or higher.

    A row without true labels, or with all of them, counts as 1.

    It needs all labels of a row: undefined if some are missing.

    Formula: mean over rows and their true labels of (true labels at its score or above) / (labels there)

    scikit-learn: label_ranking_average_precision_score, the same.

    torchmetrics: MultilabelRankingAveragePrecision, the same.

    Reference: Tsoumakas, Katakis & Vlahavas, Data Mining and Knowledge Discovery Handbook, 2010
    """
    return Mean(state.average_precision)


@metric(LabelRanks(), Mean, "lower", tasks=(MULTILABEL,), range=(0, np.inf), requires="scores")
def coverage_error(state: LabelRankMoments, summary: Summary) -> Mean:
    """Mean depth in the ranking of labels by score that covers all true labels of a row.

    Ties count with the worst rank; 0 for a row without true labels.

    It needs all labels of a row: undefined if some are missing.

    Formula: mean over rows of the number of labels that score at least as high as the lowest true one

    scikit-learn: coverage_error, the same.

    torchmetrics: MultilabelCoverageError, the same.

    Reference: Tsoumakas, Katakis & Vlahavas, Data Mining and Knowledge Discovery Handbook, 2010
    """
    return Mean(state.coverage)


@metric(LabelRanks(), Mean, "lower", range=UNIT, tasks=(MULTILABEL,), requires="scores")
def label_ranking_loss(state: LabelRankMoments, summary: Summary) -> Mean:
    """Mean share of the pairs of a true and a false label of a row that are ranked wrongly; ties are wrong.

    0 for a row without true labels, or with all of them.

    It needs all labels of a row: undefined if some are missing.

    Formula: mean over rows of the share of pairs with s(false) ≥ s(true)

    scikit-learn: label_ranking_loss, the same.

    torchmetrics: MultilabelRankingLoss gives tied labels different ranks.

    Reference: Tsoumakas, Katakis & Vlahavas, Data Mining and Knowledge Discovery Handbook, 2010
    """
    return Mean(state.loss)
