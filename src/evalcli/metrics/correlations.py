"""Correlations of true and predicted values, and skill relative to their median."""

from __future__ import annotations

import math

import numpy as np

from evalcli.blocks import RealBlock
from evalcli.metrics.context import Summary
from evalcli.metrics.declare import metric
from evalcli.metrics.regression import CONSTANT_TRUTH, INF, finite
from evalcli.metrics.results import Undefined
from evalcli.metrics.sources import ByRows
from evalcli.statistics import CoMoments, JointMoments, PairedValues, Pairs, RowLoss, geometric_mean
from evalcli.statistics.base import Floats
from evalcli.tasks import REGRESSION

CONSTANT = Undefined("the true or the predicted values are constant")


def _spread(state: CoMoments) -> float:
    if state.x.constant or state.y.constant:
        return 0.0
    return geometric_mean(state.x.m2, state.y.m2)


def _influence_on_pearson(state: CoMoments, summary: Summary, block: RealBlock) -> Floats:
    x, y = (
        (values - moments.mean) / math.sqrt(moments.m2 / moments.n)
        for values, moments in ((block.truth, state.x), (block.predicted_value, state.y))
    )
    return np.asarray(x * y - state.product / _spread(state) * (np.square(x) + np.square(y)) / 2)


@metric(
    JointMoments(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-1, 1),
    undefined=CONSTANT,
    requires="point",
    source=ByRows(_influence_on_pearson),
)
def pearson(state: CoMoments, summary: Summary) -> float:
    """Pearson's correlation of true and predicted values.

    Formula: Cov(y, ŷ) / (sd(y) · sd(ŷ))

    Coverage: covers 91 % (nominal 95 %) with heavy tails at n = 50

    scikit-learn: no such metric; scipy.stats.pearsonr is the same, without weights.

    torchmetrics: PearsonCorrCoef, the same up to float32.

    Reference: Pearson, Proc. R. Soc. 58, 1895
    """
    spread = _spread(state)
    return finite(state.product / spread) if spread else math.nan


@metric(
    PairedValues(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-1, 1),
    undefined=CONSTANT,
    requires="point",
    weights=False,
)
def spearman(pairs: Pairs, summary: Summary) -> float:
    """Spearman's rank correlation: Pearson's correlation of the ranks; ties have their mean rank.

    Formula: correlation of the mid-ranks of y and ŷ

    scikit-learn: no such metric; scipy.stats.spearmanr is the same.

    torchmetrics: SpearmanCorrCoef, the same up to float32; 0 where it is undefined.

    Reference: Spearman, Am. J. Psychol. 15, 1904
    """
    return pairs.spearman


@metric(
    PairedValues(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-1, 1),
    undefined=CONSTANT,
    requires="point",
    weights=False,
)
def kendall(pairs: Pairs, summary: Summary) -> float:
    """Kendall's tau-b: concordant minus discordant pairs of rows, as a share of all pairs, adjusted for ties.

    Exact; takes a few seconds for ten million rows.

    Formula: (C - D) / sqrt((n₀ - n₁)(n₀ - n₂)), n₀ all pairs, n₁ and n₂ those tied in y and in ŷ

    scikit-learn: no such metric; scipy.stats.kendalltau is the same.

    torchmetrics: KendallRankCorrCoef(variant="b"), the same; compares all pairs; NaN above about 78,000 rows.

    Reference: Kendall, Biometrika 33, 1945
    """
    return pairs.kendall


@metric(
    JointMoments(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-1, 1),
    undefined=Undefined("true and predicted values are the same constant"),
    requires="point",
)
def concordance(state: CoMoments, summary: Summary) -> float:
    """Lin's concordance correlation: agreement of true and predicted values, lowered by bias and wrong scale.

    Variances are over n, not n - 1.

    Formula: 2 Cov(y, ŷ) / (Var(y) + Var(ŷ) + (mean y - mean ŷ)²)

    scikit-learn: no such metric.

    torchmetrics: ConcordanceCorrCoef, with variances over n - 1; NaN where either side is constant.

    Reference: Lin, Biometrics 45, 1989
    """
    difference = state.x.difference(state.y)
    spread = state.x.m2 + state.y.m2 + state.x.n * difference * difference
    if not spread or (state.x.constant and state.y.constant and state.x.mean == state.y.mean):
        return math.nan
    return finite(2.0 * state.product / spread)


@metric(
    PairedValues(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-INF, 1),
    undefined=CONSTANT_TRUTH,
    requires="point",
    also=(RowLoss("absolute"),),
)
def d2_absolute_error(pairs: Pairs, summary: Summary) -> float:
    """D² of the absolute error: improvement over always predicting the median, as a share of its error.

    Formula: 1 - Σ |y - ŷ| / Σ |y - median y|

    scikit-learn: d2_absolute_error_score returns 0 or 1 for constant true values.

    torchmetrics: no such metric.

    Reference: Koenker & Machado, J. Am. Stat. Assoc. 94, 1999
    """
    around = pairs.error_around_median
    return finite(1.0 - summary[RowLoss("absolute")].loss.mean / around) if around else math.nan
