"""Metrics of one predicted value per row: errors and correlations."""

from __future__ import annotations

import math

import numpy as np

from evalcli.blocks import RealBlock
from evalcli.metrics.context import Summary
from evalcli.metrics.declare import metric
from evalcli.metrics.results import Mean, Undefined
from evalcli.metrics.sources import ByRows, NoInterval
from evalcli.statistics import (
    CoMoments,
    JointMoments,
    LargestError,
    Maximum,
    PairedValues,
    Pairs,
    RowLoss,
    RowLossMoments,
)
from evalcli.statistics.base import Floats
from evalcli.tasks import REGRESSION

INF = np.inf
NEGATIVE = Undefined("a true or predicted value is negative")
CONSTANT_TRUTH = Undefined("the true values are constant")


def finite(value: float) -> float:
    """Infinity for the NaN of an overflow; NaN itself means undefined."""
    return INF if math.isnan(value) else value


@metric(RowLoss("absolute"), Mean, "lower", tasks=(REGRESSION,), range=(0, INF), requires="point")
def mae(state: RowLossMoments, summary: Summary) -> Mean:
    """Mean absolute error, in units of the true values.

    Formula: mean of |ŷ - y|

    scikit-learn: mean_absolute_error, the same.

    torchmetrics: MeanAbsoluteError, the same up to float32.

    Reference: Willmott & Matsuura, Clim. Res. 30, 2005
    """
    return Mean(state.loss)


@metric(RowLoss("squared"), Mean, "lower", tasks=(REGRESSION,), range=(0, INF), requires="point")
def mse(state: RowLossMoments, summary: Summary) -> Mean:
    """Mean squared error, in squared units of the true values.

    Formula: mean of (ŷ - y)²

    Coverage: covers 86 % (nominal 95 %) with heavy tails at n = 50, 89 % at n = 200, 93 % at n = 2,000

    scikit-learn: mean_squared_error, the same.

    torchmetrics: MeanSquaredError, the same up to float32.

    Reference: Gauss, Theoria combinationis observationum, 1823
    """
    return Mean(state.loss)


@metric(RowLoss("squared"), Mean, "lower", tasks=(REGRESSION,), range=(0, INF), requires="point")
def rmse(state: RowLossMoments, summary: Summary) -> Mean:
    """Root mean squared error, in units of the true values.

    Formula: sqrt(mean of (ŷ - y)²)

    Coverage: covers 86 % (nominal 95 %) with heavy tails at n = 50, 89 % at n = 200, 93 % at n = 2,000

    scikit-learn: root_mean_squared_error, the same.

    torchmetrics: MeanSquaredError(squared=False); a mean over batches differs.

    Reference: Gauss, Theoria combinationis observationum, 1823
    """
    return Mean(state.loss, root=True)


def inside(state: RowLossMoments, reason: str) -> Mean | Undefined:
    """The mean of a loss; undefined if rows are outside its domain."""
    return Undefined(f"{reason} ({state.outside:,} rows)") if state.outside else Mean(state.loss)


@metric(
    RowLoss("squared log"),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=NEGATIVE,
    requires="point",
)
def msle(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
    """Mean squared logarithmic error.

    Formula: mean of (ln(1 + ŷ) - ln(1 + y))²

    scikit-learn: mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: MeanSquaredLogError allows values above -1; otherwise the same up to float32.

    Reference: Tofallis, J. Oper. Res. Soc. 66, 2015
    """
    return inside(state, NEGATIVE.reason)


@metric(
    RowLoss("squared log"),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=NEGATIVE,
    requires="point",
)
def rmsle(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
    """Root mean squared logarithmic error.

    Formula: sqrt(mean of (ln(1 + ŷ) - ln(1 + y))²)

    scikit-learn: root_mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: no such metric.

    Reference: Tofallis, J. Oper. Res. Soc. 66, 2015
    """
    result = inside(state, NEGATIVE.reason)
    return result if isinstance(result, Undefined) else Mean(result.moments, root=True)


@metric(PairedValues(), float, "lower", tasks=(REGRESSION,), range=(0, INF), requires="point")
def median_absolute_error(pairs: Pairs, summary: Summary) -> float:
    """Median of the absolute errors, in units of the true values.

    With weights: the mean of the lower and upper weighted median.

    Formula: median of |ŷ - y|

    scikit-learn: median_absolute_error, the same.

    torchmetrics: no such metric.

    Reference: Hampel, J. Am. Stat. Assoc. 69, 1974
    """
    return pairs.median_error


@metric(
    LargestError(),
    float,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    requires="point",
    source=NoInterval("a maximum over rows does not estimate that of other rows"),
)
def max_error(state: Maximum, summary: Summary) -> float:
    """The largest absolute error.

    Weights have no effect, except that rows of weight 0 are excluded.

    Formula: max of |ŷ - y|

    scikit-learn: max_error, the same; takes no weights.

    torchmetrics: no such metric.

    Reference: Chebyshev, Mém. Acad. Sci. St.-Pétersbourg 7, 1854
    """
    return state.value


@metric(
    RowLoss("relative"),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=Undefined("a true value is 0"),
    requires="point",
    share=True,
)
def mape(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
    """Mean absolute percentage error, as a fraction: 0.1 is 10 %.

    Formula: mean of |ŷ - y| / |y|

    scikit-learn: mean_absolute_percentage_error divides by 2e-16 where the true value is 0.

    torchmetrics: MeanAbsolutePercentageError divides by 1.17e-6 where the true value is 0.

    Reference: Makridakis, Int. J. Forecast. 9, 1993
    """
    return inside(state, "a true value is 0: see wape and smape")


@metric(RowLoss("symmetric"), Mean, "lower", tasks=(REGRESSION,), range=(0, 2), requires="point")
def smape(state: RowLossMoments, summary: Summary) -> Mean:
    """Symmetric mean absolute percentage error, as a fraction: errors relative to (|y| + |ŷ|) / 2.

    From 0 to 2; 0 / 0 counts as 0. Other tools use 0 to 200, or half of it.

    Formula: mean of 2 |ŷ - y| / (|y| + |ŷ|)

    scikit-learn: no such metric.

    torchmetrics: SymmetricMeanAbsolutePercentageError, the same up to float32.

    Reference: Makridakis, Int. J. Forecast. 9, 1993
    """
    return Mean(state.loss)


@metric(
    RowLoss("absolute"),
    float,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=Undefined("every true value is 0"),
    requires="point",
    also=(RowLoss("size of truth"),),
    share=True,
)
def wape(state: RowLossMoments, summary: Summary) -> float:
    """Weighted absolute percentage error, as a fraction: total absolute error over total absolute true value.

    Formula: Σ |ŷ - y| / Σ |y|

    scikit-learn: no such metric.

    torchmetrics: WeightedMeanAbsolutePercentageError, the same up to float32; divides by 1.17e-6 where it is
    undefined.

    Reference: Kolassa & Schütz, Foresight 6, 2007
    """
    size = summary[RowLoss("size of truth")].loss.mean
    return finite(state.loss.mean / size) if size else math.nan


def _influence_on_share(state: CoMoments, block: RealBlock, left: float, errors: Floats) -> Floats:
    """Influence on the share of the variance that is explained; ``left``: mean of the squared ``errors``."""
    variance = state.x.m2 / state.x.n
    off = np.square(block.truth - state.x.mean) - variance
    return np.asarray((off * (left / variance) - (np.square(errors) - left)) / variance)


def _influence_on_r2(state: CoMoments, summary: Summary, block: RealBlock) -> Floats:
    return _influence_on_share(state, block, summary[RowLoss("squared")].loss.mean, block.error)


def _influence_on_explained(state: CoMoments, summary: Summary, block: RealBlock) -> Floats:
    error = summary[RowLoss("error")].loss
    return _influence_on_share(state, block, error.m2 / error.n, block.error - error.mean)


@metric(
    JointMoments(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-INF, 1),
    undefined=CONSTANT_TRUTH,
    requires="point",
    also=(RowLoss("squared"),),
    source=ByRows(_influence_on_r2),
)
def r2(state: CoMoments, summary: Summary) -> float:
    """Coefficient of determination: share of the variance of the true values that is explained.

    Below 0 if always predicting the mean of the true values would be better.

    Formula: 1 - Σ (y - ŷ)² / Σ (y - mean y)²

    scikit-learn: r2_score returns 0 or 1 for constant true values.

    torchmetrics: R2Score, from raw sums: in float32 wrong where the mean is far from 0.

    Reference: Wright, J. Agric. Res. 20, 1921
    """
    if state.x.constant:
        return math.nan
    return finite(1.0 - summary[RowLoss("squared")].loss.mean * state.x.n / state.x.m2)


@metric(
    JointMoments(),
    float,
    "higher",
    tasks=(REGRESSION,),
    range=(-INF, 1),
    undefined=CONSTANT_TRUTH,
    requires="point",
    also=(RowLoss("error"),),
    source=ByRows(_influence_on_explained),
)
def explained_variance(state: CoMoments, summary: Summary) -> float:
    """Explained variance: r2 without the contribution of the bias.

    Formula: 1 - Var(y - ŷ) / Var(y)

    scikit-learn: explained_variance_score returns 0 or 1 for constant true values.

    torchmetrics: ExplainedVariance, from raw sums: in float32 wrong where the mean is far from 0.

    Reference: Achen, Interpreting and Using Regression, 1982
    """
    if state.x.constant:
        return math.nan
    return finite(1.0 - summary[RowLoss("error")].loss.m2 / state.x.m2)


@metric(RowLoss("error"), Mean, "none", tasks=(REGRESSION,), range=(-INF, INF), requires="point")
def bias(state: RowLossMoments, summary: Summary) -> Mean:
    """Mean error, predicted minus true, in units of the true values; above 0: predictions are too high.

    Formula: mean of ŷ - y

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: ISO 5725-1:2023
    """
    return Mean(state.loss)
