"""What the interval of a metric is made from, where that is not the result of its formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never

from msgspec import Struct

from evalcli.statistics import AreaSums, LabelRankMoments, Moments, Ranking
from evalcli.statistics.base import Floats


class NoInterval(Struct, frozen=True):
    """There is no interval, and why, in words for users."""

    reason: str


class Area(Struct, frozen=True, eq=False):
    """An area under a curve, whose variance follows from the influence of each row on it.

    ``of_classes``: of each class, (classes,). ``pooled``: over all (row, class) pairs. ``by_row``: of the
    labels of each row. ``row``: its row among the influences of a ranking.
    """

    of_classes: Callable[[Ranking], Floats]
    pooled: Callable[[AreaSums], float]
    by_row: Callable[[LabelRankMoments], Moments]
    row: int


Influence = Callable[[Never, Never, Never], Floats]
"""From the finished state, the summary and a block: how a value changes with the weight of each row, times
the weight of all rows, (n,)."""


class ByRows(Struct, frozen=True, eq=False):
    """The influence of each row, from which a change between two models has its variance."""

    influence: Influence


class Bins(Struct, frozen=True, eq=False):
    """Gaps of confidence and outcome in bins, which noise biases upwards."""

    influence: Influence | None = None


ROC_AUC = Area(
    of_classes=lambda ranking: ranking.roc_auc,
    pooled=lambda sums: sums.roc_auc,
    by_row=lambda moments: moments.roc_auc,
    row=0,
)
AVERAGE_PRECISION = Area(
    of_classes=lambda ranking: ranking.average_precision,
    pooled=lambda sums: sums.average_precision,
    by_row=lambda moments: moments.precision,
    row=1,
)
BINS = Bins()
Source = Area | Bins | ByRows | NoInterval
