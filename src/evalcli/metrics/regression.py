"""Metrics of one predicted value per row: errors and correlations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from evalcli.metrics.registry import Context, metric
from evalcli.metrics.results import Mean, Undefined
from evalcli.statistics import (
    CoMoments,
    JointMoments,
    LargestError,
    Maximum,
    PairedValues,
    Pairs,
    RowLoss,
    RowLossMoments,
    geometric_mean,
)
from evalcli.tasks import REGRESSION

INF = np.inf


def _finite(value: float) -> float:
    """Infinity for the NaN of an overflow; NaN itself means undefined."""
    return INF if math.isnan(value) else value


def point(
    needs: Any, better: Any, range: tuple[float, float], reference: str, **more: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of one predicted value per row."""
    return metric(needs, better, range, tasks=(REGRESSION,), reference=reference, requires="point", **more)


@point(RowLoss("absolute"), "lower", (0, INF), "Willmott & Matsuura, Clim. Res. 30, 2005")
def mae(state: RowLossMoments, context: Context) -> Mean:
    """Mean absolute error, in units of the true values.

    Formula: mean of |ŷ - y|

    Undefined: there are no rows

    scikit-learn: mean_absolute_error, the same.

    torchmetrics: MeanAbsoluteError, the same up to float32.
    """
    return Mean(state.loss)


@point(RowLoss("squared"), "lower", (0, INF), "Gauss, Theoria combinationis observationum, 1823")
def mse(state: RowLossMoments, context: Context) -> Mean:
    """Mean squared error, in squared units of the true values.

    Formula: mean of (ŷ - y)²

    Undefined: there are no rows

    scikit-learn: mean_squared_error, the same.

    torchmetrics: MeanSquaredError, the same up to float32.
    """
    return Mean(state.loss)


@point(RowLoss("squared"), "lower", (0, INF), "Gauss, Theoria combinationis observationum, 1823")
def rmse(state: RowLossMoments, context: Context) -> Mean:
    """Root mean squared error, in units of the true values.

    Formula: sqrt(mean of (ŷ - y)²)

    Undefined: there are no rows

    scikit-learn: root_mean_squared_error, the same.

    torchmetrics: MeanSquaredError(squared=False); a mean over batches differs.
    """
    return Mean(state.loss, root=True)


NEGATIVE = "a true or predicted value is negative"


def inside(state: RowLossMoments, reason: str) -> Mean | Undefined:
    """The mean of a loss; undefined if rows are outside its domain."""
    return Undefined(f"{reason} ({state.outside:,} rows)") if state.outside else Mean(state.loss)


@point(RowLoss("squared log"), "lower", (0, INF), "Tofallis, J. Oper. Res. Soc. 66, 2015")
def msle(state: RowLossMoments, context: Context) -> Mean | Undefined:
    """Mean squared logarithmic error.

    Formula: mean of (ln(1 + ŷ) - ln(1 + y))²

    Undefined: a true or predicted value is negative

    scikit-learn: mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: MeanSquaredLogError allows values above -1; otherwise the same up to float32.
    """
    return inside(state, NEGATIVE)


@point(RowLoss("squared log"), "lower", (0, INF), "Tofallis, J. Oper. Res. Soc. 66, 2015")
def rmsle(state: RowLossMoments, context: Context) -> Mean | Undefined:
    """Root mean squared logarithmic error.

    Formula: sqrt(mean of (ln(1 + ŷ) - ln(1 + y))²)

    Undefined: a true or predicted value is negative

    scikit-learn: root_mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: no such metric.
    """
    result = inside(state, NEGATIVE)
    return result if isinstance(result, Undefined) else Mean(result.moments, root=True)


@point(PairedValues(), "lower", (0, INF), "Hampel, J. Am. Stat. Assoc. 69, 1974")
def median_absolute_error(pairs: Pairs, context: Context) -> float:
    """Median of the absolute errors, in units of the true values.

    With weights: the mean of the lower and upper weighted median.

    Formula: median of |ŷ - y|

    Undefined: there are no rows

    scikit-learn: median_absolute_error, the same.

    torchmetrics: no such metric.
    """
    return pairs.median_error


@point(
    LargestError(),
    "lower",
    (0, INF),
    "Chebyshev, Mém. Acad. Sci. St.-Pétersbourg 7, 1854",
    interval="none: a maximum over rows does not estimate that of other rows",
)
def max_error(state: Maximum, context: Context) -> float:
    """The largest absolute error.

    Weights have no effect, except that rows of weight 0 are excluded.

    Formula: max of |ŷ - y|

    Undefined: there are no rows

    scikit-learn: max_error, the same; takes no weights.

    torchmetrics: no such metric.
    """
    return state.value


@point(RowLoss("relative"), "lower", (0, INF), "Makridakis, Int. J. Forecast. 9, 1993")
def mape(state: RowLossMoments, context: Context) -> Mean | Undefined:
    """Mean absolute percentage error, as a fraction: 0.1 is 10 %.

    Formula: mean of |ŷ - y| / |y|

    Undefined: a true value is 0

    scikit-learn: mean_absolute_percentage_error divides by 2e-16 where the true value is 0.

    torchmetrics: MeanAbsolutePercentageError divides by 1.17e-6 where the true value is 0.
    """
    return inside(state, "a true value is 0: see wape and smape")


@point(RowLoss("symmetric"), "lower", (0, 2), "Makridakis, Int. J. Forecast. 9, 1993")
def smape(state: RowLossMoments, context: Context) -> Mean:
    """Symmetric mean absolute percentage error, as a fraction: errors relative to (|y| + |ŷ|) / 2.

    From 0 to 2; 0 / 0 counts as 0. Other tools use 0 to 200, or half of it.

    Formula: mean of 2 |ŷ - y| / (|y| + |ŷ|)

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: SymmetricMeanAbsolutePercentageError, the same up to float32.
    """
    return Mean(state.loss)


@point(
    RowLoss("absolute"),
    "lower",
    (0, INF),
    "Kolassa & Schütz, Foresight 6, 2007",
    extra_statistics=(RowLoss("size of truth"),),
)
def wape(state: RowLossMoments, context: Context) -> float:
    """Weighted absolute percentage error, as a fraction: total absolute error over total absolute true value.

    Formula: Σ |ŷ - y| / Σ |y|

    Undefined: every true value is 0

    scikit-learn: no such metric.

    torchmetrics: WeightedMeanAbsolutePercentageError, the same up to float32; divides by 1.17e-6 where it is
    undefined.
    """
    size = context.states[RowLoss("size of truth")].loss.mean
    return _finite(state.loss.mean / size) if size else math.nan


@point(
    JointMoments(),
    "higher",
    (-INF, 1),
    "Wright, J. Agric. Res. 20, 1921",
    extra_statistics=(RowLoss("squared"),),
)
def r2(state: CoMoments, context: Context) -> float:
    """Coefficient of determination: share of the variance of the true values that is explained.

    Below 0 if always predicting the mean of the true values would be better.

    Formula: 1 - Σ (y - ŷ)² / Σ (y - mean y)²

    Undefined: the true values are constant

    scikit-learn: r2_score returns 0 or 1 for constant true values.

    torchmetrics: R2Score, from raw sums: in float32 wrong where the mean is far from 0.
    """
    if state.x.constant:
        return math.nan
    return _finite(1.0 - context.states[RowLoss("squared")].loss.mean * state.x.n / state.x.m2)


@point(
    JointMoments(),
    "higher",
    (-INF, 1),
    "Achen, Interpreting and Using Regression, 1982",
    extra_statistics=(RowLoss("error"),),
)
def explained_variance(state: CoMoments, context: Context) -> float:
    """Explained variance: r2 without the contribution of the bias.

    Formula: 1 - Var(y - ŷ) / Var(y)

    Undefined: the true values are constant

    scikit-learn: explained_variance_score returns 0 or 1 for constant true values.

    torchmetrics: ExplainedVariance, from raw sums: in float32 wrong where the mean is far from 0.
    """
    if state.x.constant:
        return math.nan
    return _finite(1.0 - context.states[RowLoss("error")].loss.m2 / state.x.m2)


@point(RowLoss("error"), "none", (-INF, INF), "ISO 5725-1:2023")
def bias(state: RowLossMoments, context: Context) -> Mean:
    """Mean error, predicted minus true, in units of the true values; above 0: predictions are too high.

    Formula: mean of ŷ - y

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return Mean(state.loss)


CONSTANT = "the true or the predicted values are constant"


def _spread(state: CoMoments) -> float:
    if state.x.constant or state.y.constant:
        return 0.0
    return geometric_mean(state.x.m2, state.y.m2)


@point(JointMoments(), "higher", (-1, 1), "Pearson, Proc. R. Soc. 58, 1895")
def pearson(state: CoMoments, context: Context) -> float:
    """Pearson's correlation of true and predicted values.

    Formula: Cov(y, ŷ) / (sd(y) · sd(ŷ))

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.pearsonr is the same, without weights.

    torchmetrics: PearsonCorrCoef, the same up to float32.
    """
    spread = _spread(state)
    return _finite(state.product / spread) if spread else math.nan


@point(PairedValues(), "higher", (-1, 1), "Spearman, Am. J. Psychol. 15, 1904", weights=False)
def spearman(pairs: Pairs, context: Context) -> float:
    """Spearman's rank correlation: Pearson's correlation of the ranks; ties have their mean rank.

    Formula: correlation of the mid-ranks of y and ŷ

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.spearmanr is the same.

    torchmetrics: SpearmanCorrCoef, the same up to float32; 0 where it is undefined.
    """
    return pairs.spearman


@point(PairedValues(), "higher", (-1, 1), "Kendall, Biometrika 33, 1945", weights=False)
def kendall(pairs: Pairs, context: Context) -> float:
    """Kendall's tau-b: concordant minus discordant pairs of rows, as a share of all pairs, adjusted for ties.

    Exact; takes a few seconds for ten million rows.

    Formula: (C - D) / sqrt((n₀ - n₁)(n₀ - n₂)), n₀ all pairs, n₁ and n₂ those tied in y and in ŷ

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.kendalltau is the same.

    torchmetrics: KendallRankCorrCoef(variant="b"), the same; compares all pairs; NaN above about 78,000 rows.
    """
    return pairs.kendall


@point(JointMoments(), "higher", (-1, 1), "Lin, Biometrics 45, 1989")
def concordance(state: CoMoments, context: Context) -> float:
    """Lin's concordance correlation: agreement of true and predicted values, lowered by bias and wrong scale.

    Variances are over n, not n - 1.

    Formula: 2 Cov(y, ŷ) / (Var(y) + Var(ŷ) + (mean y - mean ŷ)²)

    Undefined: true and predicted values are the same constant

    scikit-learn: no such metric.

    torchmetrics: ConcordanceCorrCoef, with variances over n - 1; NaN where either side is constant.
    """
    difference = state.x.difference(state.y)
    spread = state.x.m2 + state.y.m2 + state.x.n * difference * difference
    if not spread or (state.x.constant and state.y.constant and state.x.mean == state.y.mean):
        return math.nan
    return _finite(2.0 * state.product / spread)


@point(
    PairedValues(),
    "higher",
    (-INF, 1),
    "Koenker & Machado, J. Am. Stat. Assoc. 94, 1999",
    extra_statistics=(RowLoss("absolute"),),
)
def d2_absolute_error(pairs: Pairs, context: Context) -> float:
    """D² of the absolute error: improvement over always predicting the median, as a share of its error.

    Formula: 1 - Σ |y - ŷ| / Σ |y - median y|

    Undefined: the true values are constant

    scikit-learn: d2_absolute_error_score returns 0 or 1 for constant true values.

    torchmetrics: no such metric.
    """
    around = pairs.error_around_median
    return _finite(1.0 - context.states[RowLoss("absolute")].loss.mean / around) if around else math.nan
