"""Metrics of predicted quantiles, and of the intervals between them."""

from __future__ import annotations

from typing import Any

from evalcli.metrics.registry import Context, Parameter, metric
from evalcli.metrics.regression import INF
from evalcli.metrics.results import Mean, Proportion
from evalcli.statistics import Coverage, CoverageCounts, RowLoss, RowLossMoments
from evalcli.tasks import REGRESSION


def _closed(value: float) -> float:
    """A level without the rounding of 1 - 0.9."""
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
    "q", "a level between 0 and 1 that has a column", _has_level, lambda context: context.quantiles
)
SHARE = Parameter(
    "share", "a share with a column at both its ends, as q_0.1 and q_0.9 for 0.8", _has_ends, _shares
)


@metric(
    lambda _, request: RowLoss("pinball", request.parameter or 0.5),
    "lower",
    (0, INF),
    tasks=REGRESSION,
    reference="Koenker & Bassett, Econometrica 46, 1978",
    parameter=LEVEL,
)
def pinball(state: RowLossMoments, context: Context, level: float) -> Mean:
    """Pinball loss of a predicted quantile: being short costs Q a unit, being over 1 - Q.

    Of the column q_Q; without any such column, of the predicted value.

    Formula: mean of max(Q (y - p), (Q - 1)(y - p))

    Undefined: there are no rows

    scikit-learn: mean_pinball_loss(alpha=Q), the same.

    torchmetrics: no such metric.
    """
    return Mean(state.loss)


def _covered(context: Context, request: Any) -> Coverage:
    return Coverage(*_ends(request.parameter))


@metric(
    _covered,
    "none",
    tasks=REGRESSION,
    reference="Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007",
    parameter=SHARE,
    requires="quantiles",
)
def interval_coverage(state: CoverageCounts, context: Context, share: float) -> Proportion:
    """Share of the rows whose truth lies in the central predicted interval; it should be SHARE.

    The interval of 0.8 runs from q_0.1 to q_0.9, ends included.

    Formula: share of rows with q_low ≤ y ≤ q_high

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return Proportion(state.inside, state.total)


@metric(
    _covered,
    "lower",
    (-INF, INF),
    tasks=REGRESSION,
    reference="Gneiting & Raftery, J. Am. Stat. Assoc. 102, 2007",
    parameter=SHARE,
    requires="quantiles",
)
def interval_width(state: CoverageCounts, context: Context, share: float) -> Mean:
    """Mean width of the central predicted interval, in the unit of the truth; below 0 where ends cross.

    Formula: mean of q_high - q_low

    Undefined: there are no rows

    scikit-learn: no such metric.

    torchmetrics: no such metric.
    """
    return Mean(state.width)
