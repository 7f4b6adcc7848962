"""Deviances of predicted means: how unlikely the true values are under the predicted means."""

from __future__ import annotations

from evalcli.metrics.context import Summary
from evalcli.metrics.declare import defaults, metric
from evalcli.metrics.metric import Parameter
from evalcli.metrics.regression import INF, inside
from evalcli.metrics.results import Mean, Undefined
from evalcli.statistics import RowLoss, RowLossMoments
from evalcli.tasks import REGRESSION

POWER = Parameter(
    "power", "a number, at most 0 or at least 1", lambda p, _: p <= 0 or 1 <= p < INF, defaults(1.5)
)


@metric(
    RowLoss("tweedie", 1.0),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=Undefined("a true value is negative, or a predicted value is not above 0"),
    requires="point",
)
def mean_poisson_deviance(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
    """Mean Poisson deviance: a loss for predicted means of counts.

    Formula: mean of 2 (y ln(y / ŷ) - y + ŷ)

    scikit-learn: mean_poisson_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=1), the same up to float32.

    Reference: Jørgensen, J. R. Stat. Soc. B 49, 1987
    """
    return inside(state, "a true value is negative, or a predicted value is not above 0")


@metric(
    RowLoss("tweedie", 2.0),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=Undefined("a true or predicted value is not above 0"),
    requires="point",
)
def mean_gamma_deviance(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
    """Mean gamma deviance: a loss for predicted means of positive values, which depends on relative errors.

    Formula: mean of 2 (ln(ŷ / y) + y / ŷ - 1)

    scikit-learn: mean_gamma_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore(power=2), the same up to float32.

    Reference: Jørgensen, J. R. Stat. Soc. B 49, 1987
    """
    return inside(state, "a true or predicted value is not above 0")


@metric(
    lambda _, request: RowLoss("tweedie", request.parameter or 0.0),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    undefined=Undefined("a true or predicted value is outside the domain of the power"),
    requires="point",
    parameter=POWER,
)
def tweedie_deviance(state: RowLossMoments, summary: Summary, power: float) -> Mean | Undefined:
    """Mean Tweedie deviance: the variance is proportional to mean^POWER; 0 normal, 1 Poisson, 2 gamma.

    Formula: mean of 2 (max(y, 0)^(2-p) / ((1-p)(2-p)) - y ŷ^(1-p) / (1-p) + ŷ^(2-p) / (2-p)), p the power;
    for p = 0, 1, 2 those of mse, mean_poisson_deviance and mean_gamma_deviance

    scikit-learn: mean_tweedie_deviance, the same; an error where it is undefined.

    torchmetrics: TweedieDevianceScore, the same up to float32.

    Reference: Jørgensen, J. R. Stat. Soc. B 49, 1987
    """
    return inside(state, f"a true or predicted value is outside the domain of power {power:g}")
