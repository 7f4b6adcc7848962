"""Metrics of real values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from evalcli.metrics.registry import REGRESSION, Parameter, Proportion, Study, Undefined, usual, whole
from evalcli.statistics import (
    CoMoments,
    Coverage,
    Covered,
    Largest,
    LargestError,
    PairedValues,
    Pairs,
    RowLoss,
    RowLossMoments,
    Spread,
    geometric_mean,
)

INF = np.inf
POWER = Parameter(
    "power", "a number, at most 0 or at least 1", lambda p, _: p <= 0 or 1 <= p < INF, usual(1.5)
)


def _closed(value: float) -> float:
    """A level without the rounding of 1 - 0.9."""
    return round(value, 12)


def _has_level(level: float, study: Study) -> bool:
    return 0 < level < 1 and (not study.quantiles or level in study.quantiles)


def _ends(share: float) -> tuple[float, float]:
    return _closed((1 - share) / 2), _closed((1 + share) / 2)


def _has_ends(share: float, study: Study) -> bool:
    return 0 < share < 1 and set(_ends(share)) <= set(study.quantiles)


def _shares(study: Study) -> tuple[float, ...]:
    return tuple(_closed(1 - 2 * q) for q in study.quantiles if q < 0.5)


LEVEL = Parameter("q", "a level between 0 and 1 that has a column", _has_level, lambda study: study.quantiles)
SHARE = Parameter(
    "share", "a share with a column at both its ends, as q_0.1 and q_0.9 for 0.8", _has_ends, _shares
)


def _finite(value: float) -> float:
    """Infinite where sums that overflowed met; NaN is for what is undefined by its nature."""
    return INF if math.isnan(value) else value


def _point(
    needs: Any, better: Any, range: tuple[float, float], reference: str, **more: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of one predicted value a row."""
    return whole(needs, better, range, tasks=REGRESSION, reference=reference, wants="point", **more)


@_point(RowLoss("absolute"), "lower", (0, INF), "Willmott & Matsuura, Clim. Res. 30, 2005")
def mae(state: RowLossMoments, study: Study) -> float:
    """Mean absolute error, in the unit of the truth.

    Formula: mean of |p - y|

    Undefined: there are no rows

    scikit-learn: mean_absolute_error, the same.

    torchmetrics: MeanAbsoluteError, the same up to float32.
    """
    return state.loss.mean


@_point(RowLoss("squared"), "lower", (0, INF), "Gauss, Theoria combinationis observationum, 1823")
def mse(state: RowLossMoments, study: Study) -> float:
    """Mean squared error, in the squared unit of the truth.

    Formula: mean of (p - y)²

    Undefined: there are no rows

    scikit-learn: mean_squared_error, the same.

    torchmetrics: MeanSquaredError, the same up to float32.
    """
    return state.loss.mean


@_point(RowLoss("squared"), "lower", (0, INF), "Gauss, Theoria combinationis observationum, 1823")
def rmse(state: RowLossMoments, study: Study) -> float:
    """Root mean squared error, in the unit of the truth.

    Formula: sqrt(mean of (p - y)²)

    Undefined: there are no rows

    scikit-learn: root_mean_squared_error, the same.

    torchmetrics: MeanSquaredError(squared=False); a mean over batches is another figure.
    """
    return math.sqrt(state.loss.mean)


NEGATIVE = "a true or predicted value is negative"


def _inside(state: RowLossMoments, reason: str) -> float | Undefined:
    return Undefined(f"{reason} ({state.outside:,} rows)") if state.outside else state.loss.mean


@_point(RowLoss("squared log"), "lower", (0, INF), "Tofallis, J. Oper. Res. Soc. 66, 2015")
def msle(state: RowLossMoments, study: Study) -> float | Undefined:
    """Mean squared logarithmic error.

    Formula: mean of (ln(1 + p) - ln(1 + y))²

    Undefined: a true or predicted value is negative

    scikit-learn: mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: MeanSquaredLogError allows values above -1; otherwise the same up to float32.
    """
    return _inside(state, NEGATIVE)


@_point(RowLoss("squared log"), "lower", (0, INF), "Tofallis, J. Oper. Res. Soc. 66, 2015")
def rmsle(state: RowLossMoments, study: Study) -> float | Undefined:
    """Root mean squared logarithmic error.

    Formula: sqrt(mean of (ln(1 + p) - ln(1 + y))²)

    Undefined: a true or predicted value is negative

    scikit-learn: root_mean_squared_log_error allows values above -1; otherwise the same.

    torchmetrics: no such metric.
    """
    found = _inside(state, NEGATIVE)
    return found if isinstance(found, Undefined) else math.sqrt(found)


@_point(PairedValues(), "lower", (0, INF), "Hampel, J. Am. Stat. Assoc. 69, 1974")
def median_absolute_error(pairs: Pairs, study: Study) -> float:
    """Median of the absolute errors, in the unit of the truth.

    With weights the averaged inverse of their distribution.

    Formula: median of |p - y|

    Undefined: there are no rows

    scikit-learn: median_absolute_error, the same.

    torchmetrics: no such metric.
    """
    return pairs.median_error


@_point(LargestError(), "lower", (0, INF), "Chebyshev, Mém. Acad. Sci. St.-Pétersbourg 7, 1854")
def max_error(state: Largest, study: Study) -> float:
    """The largest absolute error.

    Weights do not change it, except that rows of weight 0 do not count.

    Formula: max of |p - y|

    Undefined: there are no rows

    scikit-learn: max_error, the same; takes no weights.

    torchmetrics: no such metric.
    """
    return state.value


@_point(RowLoss("relative"), "lower", (0, INF), "Makridakis, Int. J. Forecast. 9, 1993")
def mape(state: RowLossMoments, study: Study) -> float | Undefined:
    """Mean absolute error as a share of the truth: 0.1 is 10 %.

    Formula: mean of |p - y| / |y|

    Undefined: a true value is 0

    scikit-learn: mean_absolute_percentage_error divides by 2e-16 where the truth is 0.

    torchmetrics: MeanAbsolutePercentageError divides by 1.17e-6 where the truth is 0.
    """
    return _inside(state, "a true value is 0: see wape and smape")


@_point(RowLoss("symmetric"), "lower", (0, 2), "Makridakis, Int. J. Forecast. 9, 1993")
def smape(state: RowLossMoments, study: Study) -> float:
    """Symmetric mean absolute percentage error: errors as a share of the mean size of truth and prediction.

    From 0 to 2; 0 / 0 counts as 0. Elsewhere from 0 to 200, or half of it.

    Formula: mean of 2 |p - y| / (|y| + |p|)

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: SymmetricMeanAbsolutePercentageError, the same up to float32.
    """
    return state.loss.mean


@_point(
    RowLoss("absolute"),
    "lower",
    (0, INF),
    "Kolassa & Schütz, Foresight 6, 2007",
    also=(RowLoss("size of truth"),),
)
def wape(state: RowLossMoments, study: Study) -> float:
    """Absolute errors as a share of the size of all truth together.

    Formula: Σ |p - y| / Σ |y|

    Undefined: every true value is 0

    scikit-learn: no such metric.

    torchmetrics: WeightedMeanAbsolutePercentageError, the same up to float32; divides by 1.17e-6 where it is
    undefined.
    """
    size = study.states[RowLoss("size of truth")].loss.mean
    return _finite(state.loss.mean / size) if size else math.nan


@_point(Spread(), "higher", (-INF, 1), "Wright, J. Agric. Res. 20, 1921", also=(RowLoss("squared"),))
def r2(state: CoMoments, study: Study) -> float:
    """Coefficient of determination: share of the truth's variance explained.

    Below 0 where the mean of the truth would be the better prediction.

    Formula: 1 - Σ (y - p)² / Σ (y - mean y)²

    Undefined: the true values are constant

    scikit-learn: r2_score says 0 or 1 for constant truth.

    torchmetrics: R2Score, from raw sums: in float32 wrong where the mean is far from 0.
    """
    if state.x.constant:
        return math.nan
    return _finite(1.0 - study.states[RowLoss("squared")].loss.mean * state.x.n / state.x.m2)


@_point(
    Spread(), "higher", (-INF, 1), "Achen, Interpreting and Using Regression, 1982", also=(RowLoss("error"),)
)
def explained_variance(state: CoMoments, study: Study) -> float:
    """Share of the truth's variance explained, whatever the bias.

    Formula: 1 - Var(y - p) / Var(y)

    Undefined: the true values are constant

    scikit-learn: explained_variance_score says 0 or 1 for constant truth.

    torchmetrics: ExplainedVariance, from raw sums: in float32 wrong where the mean is far from 0.
    """
    if state.x.constant:
        return math.nan
    return _finite(1.0 - study.states[RowLoss("error")].loss.m2 / state.x.m2)


@_point(RowLoss("error"), "none", (-INF, INF), "ISO 5725-1:2023")
def bias(state: RowLossMoments, study: Study) -> float:
    """Mean of predicted minus true, in the unit of the truth: above 0 the predictions are too high.

    Formula: mean of p - y

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return state.loss.mean


CONSTANT = "the true or the predicted values are constant"


def _spread(state: CoMoments) -> float:
    if state.x.constant or state.y.constant:
        return 0.0
    return geometric_mean(state.x.m2, state.y.m2)


@_point(Spread(), "higher", (-1, 1), "Pearson, Proc. R. Soc. 58, 1895")
def pearson(state: CoMoments, study: Study) -> float:
    """Pearson's correlation of truth and prediction.

    Formula: Cov(y, p) / (sd(y) · sd(p))

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.pearsonr is the same, without weights.

    torchmetrics: PearsonCorrCoef, the same up to float32.
    """
    spread = _spread(state)
    return _finite(state.product / spread) if spread else math.nan


@_point(PairedValues(), "higher", (-1, 1), "Spearman, Am. J. Psychol. 15, 1904", weights=False)
def spearman(pairs: Pairs, study: Study) -> float:
    """Spearman's correlation: Pearson's of the ranks, ties at their middle.

    Formula: correlation of the mid-ranks of y and p

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.spearmanr is the same.

    torchmetrics: SpearmanCorrCoef, the same up to float32; 0 where it is undefined.
    """
    return pairs.spearman


@_point(PairedValues(), "higher", (-1, 1), "Kendall, Biometrika 33, 1945", weights=False)
def kendall(pairs: Pairs, study: Study) -> float:
    """Kendall's tau-b: pairs of rows in the same order less those in opposite order, adjusted for ties.

    Exact; takes some seconds for ten million rows.

    Formula: (C - D) / sqrt((n₀ - n₁)(n₀ - n₂)), n₀ all pairs, n₁ and n₂ those tied in y and in p

    Undefined: the true or the predicted values are constant

    scikit-learn: no such metric; scipy.stats.kendalltau is the same.

    torchmetrics: KendallRankCorrCoef(variant="b"), the same; compares all pairs; NaN beyond some 78,000 rows.
    """
    return pairs.kendall


@_point(Spread(), "higher", (-1, 1), "Lin, Biometrics 45, 1989")
def concordance(state: CoMoments, study: Study) -> float:
    """Lin's concordance: correlation that bias and scale lower.

    With variances over n, not n - 1.

    Formula: 2 Cov(y, p) / (Var(y) + Var(p) + (mean y - mean p)²)

    Undefined: truth and prediction are the same constant

    scikit-learn: no such metric.

    torchmetrics: ConcordanceCorrCoef, with variances over n - 1; NaN where either side is constant.
    """
    apart = state.x.apart(state.y)
    spread = state.x.m2 + state.y.m2 + state.x.n * apart * apart
    if not spread or (state.x.constant and state.y.constant and state.x.mean == state.y.mean):
        return math.nan
    return _finite(2.0 * state.product / spread)


@_point(RowLoss("tweedie", 1.0), "lower", (0, INF), "Jørgensen, J. R. Stat. Soc. B 49, 1987")
def mean_poisson_deviance(state: RowLossMoments, study: Study) -> float | Undefined:
    """Mean deviance of counts from predicted means.

    Formula: mean of 2 (y ln(y / p) - y + p)

    Undefined: a true value is negative, or a predicted one not above 0

    scikit-learn: mean_poisson_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=1), the same up to float32.
    """
    return _inside(state, "a true value is negative, or a predicted one not above 0")


@_point(RowLoss("tweedie", 2.0), "lower", (0, INF), "Jørgensen, J. R. Stat. Soc. B 49, 1987")
def mean_gamma_deviance(state: RowLossMoments, study: Study) -> float | Undefined:
    """Mean deviance of positive values from predicted means; relative errors count.

    Formula: mean of 2 (ln(p / y) + y / p - 1)

    Undefined: a true or predicted value is not above 0

    scikit-learn: mean_gamma_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=2), the same up to float32.
    """
    return _inside(state, "a true or predicted value is not above 0")


@_point(
    lambda _, request: RowLoss("tweedie", request.parameter or 0.0),
    "lower",
    (0, INF),
    "Jørgensen, J. R. Stat. Soc. B 49, 1987",
    parameter=POWER,
)
def tweedie_deviance(state: RowLossMoments, study: Study, power: float) -> float | Undefined:
    """Mean deviance where the variance grows with the mean to a power: 0 normal, 1 Poisson, 2 gamma.

    Formula: mean of 2 (max(y, 0)^(2-P) / ((1-P)(2-P)) - y p^(1-P) / (1-P) + p^(2-P) / (2-P)); for P = 0, 1, 2
    those of mse, mean_poisson_deviance and mean_gamma_deviance

    Undefined: a true or predicted value lies outside the domain of the power

    scikit-learn: mean_tweedie_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore, the same up to float32.
    """
    return _inside(state, f"a true or predicted value lies outside the domain of power {power:g}")


@_point(
    PairedValues(),
    "higher",
    (-INF, 1),
    "Koenker & Machado, J. Am. Stat. Assoc. 94, 1999",
    also=(RowLoss("absolute"),),
)
def d2_absolute_error(pairs: Pairs, study: Study) -> float:
    """Share of the absolute error explained, against always predicting the median of the truth.

    Formula: 1 - Σ |y - p| / Σ |y - median y|

    Undefined: the true values are constant

    scikit-learn: d2_absolute_error_score says 0 or 1 for constant truth.

    torchmetrics: no such metric.
    """
    around = pairs.error_around_median
    return _finite(1.0 - study.states[RowLoss("absolute")].loss.mean / around) if around else math.nan


@whole(
    lambda _, request: RowLoss("pinball", request.parameter or 0.5),
    "lower",
    (0, INF),
    tasks=REGRESSION,
    reference="Koenker & Bassett, Econometrica 46, 1978",
    parameter=LEVEL,
)
def pinball(state: RowLossMoments, study: Study, level: float) -> float:
    """Pinball loss of a predicted quantile: being short costs Q a unit, being over 1 - Q.

    Of the column q_Q; without any such column, of the predicted value.

    Formula: mean of max(Q (y - p), (Q - 1)(y - p))

    Undefined: there are no rows

    scikit-learn: mean_pinball_loss(alpha=Q), the same.

    torchmetrics: no such metric.
    """
    return state.loss.mean


def _covered(study: Study, request: Any) -> Coverage:
    return Coverage(*_ends(request.parameter))


@whole(
    _covered,
    "none",
    tasks=REGRESSION,
    reference="Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007",
    parameter=SHARE,
    wants="quantiles",
)
def interval_coverage(state: Covered, study: Study, share: float) -> Proportion:
    """Share of the rows whose truth lies in the central predicted interval; it should be SHARE.

    The interval of 0.8 runs from q_0.1 to q_0.9, ends included.

    Formula: share of rows with q_low ≤ y ≤ q_high

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return Proportion(state.inside, state.total)


@whole(
    _covered,
    "lower",
    (-INF, INF),
    tasks=REGRESSION,
    reference="Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007",
    parameter=SHARE,
    wants="quantiles",
)
def interval_width(state: Covered, study: Study, share: float) -> float:
    """Mean width of the central predicted interval, in the unit of the truth; below 0 where ends cross.

    Formula: mean of q_high - q_low

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return state.width.mean
