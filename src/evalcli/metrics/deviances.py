"""Deviances of predicted means: how unlikely the truth is under the mean that was predicted."""

from __future__ import annotations

from evalcli.metrics.registry import Context, Parameter, defaults
from evalcli.metrics.regression import INF, inside, point
from evalcli.metrics.results import Mean, Undefined
from evalcli.statistics import RowLoss, RowLossMoments

POWER = Parameter(
    "power", "a number, at most 0 or at least 1", lambda p, _: p <= 0 or 1 <= p < INF, defaults(1.5)
)


@point(RowLoss("tweedie", 1.0), "lower", (0, INF), "Jørgensen, J. R. Stat. Soc. B 49, 1987")
def mean_poisson_deviance(state: RowLossMoments, context: Context) -> Mean | Undefined:
    """Mean deviance of counts from predicted means.

    Formula: mean of 2 (y ln(y / p) - y + p)

    Undefined: a true value is negative, or a predicted one not above 0

    scikit-learn: mean_poisson_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=1), the same up to float32.
    """
    return inside(state, "a true value is negative, or a predicted one not above 0")


@point(RowLoss("tweedie", 2.0), "lower", (0, INF), "Jørgensen, J. R. Stat. Soc. B 49, 1987")
def mean_gamma_deviance(state: RowLossMoments, context: Context) -> Mean | Undefined:
    """Mean deviance of positive values from predicted means; relative errors count.

    Formula: mean of 2 (ln(p / y) + y / p - 1)

    Undefined: a true or predicted value is not above 0

    scikit-learn: mean_gamma_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=2), the same up to float32.
    """
    return inside(state, "a true or predicted value is not above 0")


@point(
    lambda _, request: RowLoss("tweedie", request.parameter or 0.0),
    "lower",
    (0, INF),
    "Jørgensen, J. R. Stat. Soc. B 49, 1987",
    parameter=POWER,
)
def tweedie_deviance(state: RowLossMoments, context: Context, power: float) -> Mean | Undefined:
    """Mean deviance where the variance grows with the mean to a power: 0 normal, 1 Poisson, 2 gamma.

    Formula: mean of 2 (max(y, 0)^(2-P) / ((1-P)(2-P)) - y p^(1-P) / (1-P) + p^(2-P) / (2-P)); for P = 0, 1, 2
    those of mse, mean_poisson_deviance and mean_gamma_deviance

    Undefined: a true or predicted value lies outside the domain of the power

    scikit-learn: mean_tweedie_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore, the same up to float32.
    """
    return inside(state, f"a true or predicted value lies outside the domain of power {power:g}")
