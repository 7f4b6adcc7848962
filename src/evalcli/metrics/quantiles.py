"""Metrics of predicted quantiles, and of the intervals between them."""

from __future__ import annotations

from evalcli.metrics.context import Context, Summary
from evalcli.metrics.declare import metric
from evalcli.metrics.metric import Parameter, Request
from evalcli.metrics.regression import INF
from evalcli.metrics.results import Mean, Proportion
from evalcli.statistics import Coverage, CoverageCounts, RowLoss, RowLossMoments
from evalcli.tasks import REGRESSION


def _closed(value: float) -> float:
    """A level without rounding errors such as that of 1 - 0.9."""
    return round(value, 12)


def _has_level(level: float, context: Context) -> bool:
    return 0 < level < 1 and (not context.quantiles or level in context.quantiles)


def _ends(share: float) -> tuple[float, float]:
    return _closed((1 - share) / 2), _closed((1 + share) / 2)


def _has_ends(share: float, context: Context) -> bool:
    return 0 < share < 1 and set(_ends(share)) <= set(context.quantiles)


def _shares(context: Context) -> tuple[float, ...]:
    return tuple(_closed(1 - 2 * q) for q in context.quantiles if q < 0.5)


LEVEL = Parameter(
    "q", "a level between 0 and 1 with a quantile column", _has_level, lambda context: context.quantiles
)
SHARE = Parameter(
    "share", "a share with a quantile column at both ends (0.8: q_0.1 and q_0.9)", _has_ends, _shares
)


@metric(
    lambda _, request: RowLoss("pinball", request.parameter or 0.5),
    Mean,
    "lower",
    tasks=(REGRESSION,),
    range=(0, INF),
    parameter=LEVEL,
)
def pinball(state: RowLossMoments, summary: Summary, level: float) -> Mean:
    """Pinball (quantile) loss: an under-prediction costs Q per unit, an over-prediction 1 - Q.

    The prediction is column q_Q, or the predicted value if there are no quantile columns.

    Formula: mean of max(Q (y - ŷ), (Q - 1)(y - ŷ))

    scikit-learn: mean_pinball_loss(alpha=Q), the same.

    torchmetrics: no such metric.

    Reference: Koenker & Bassett, Econometrica 46, 1978
    """
    return Mean(state.loss)


def _covered(context: Context, request: Request) -> Coverage:
    return Coverage(*_ends(request.parameter or 0.0))


@metric(_covered, Proportion, "none", tasks=(REGRESSION,), requires="quantiles", parameter=SHARE)
def interval_coverage(state: CoverageCounts, summary: Summary, share: float) -> Proportion:
    """Share of the rows with the true value in the central prediction interval; nominal value SHARE.

    E.g. the 0.8 interval is [q_0.1, q_0.9], ends included.

    Formula: share of rows with q_low ≤ y ≤ q_high

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007
    """
    return Proportion(state.inside, state.total)


@metric(
    _covered, Mean, "lower", tasks=(REGRESSION,), range=(-INF, INF), requires="quantiles", parameter=SHARE
)
def interval_width(state: CoverageCounts, summary: Summary, share: float) -> Mean:
    """Mean width of the central prediction interval, in units of the true values; below 0 if quantiles cross.

    Formula: mean of q_high - q_low

    scikit-learn: no such metric.

    torchmetrics: no such metric.

    Reference: Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007
    """
    return Mean(state.width)
