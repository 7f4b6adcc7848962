"""How far an area may be off whose scores were counted in bins."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.context import Summary
from evalcli.metrics.evaluate import area_of, class_index
from evalcli.metrics.metric import Request


def error_of(request: Request, value: float, summary: Summary) -> float | None:
    """The largest error of a value; None if it is exact, or is not an area.

    The ends of a mean over classes are the means of the classes' ends.
    """
    context = summary.context
    if not context.ranking.certified or request.metric.form != "areas" or request.of_rows:
        return None
    ranking = summary[context.ranking]
    row, index = area_of(request.metric).row, class_index(request, context)
    if request.pools:
        low, high = ranking.pooled_bounds[row].tolist()
    elif ranking.bounds is None:
        return None
    elif index is not None:
        low, high = ranking.bounds[ranking.state.columns.index(index), row].tolist()
    else:
        ends = ranking.bounds[:, row]
        averaged = ~np.isnan(ends[:, 0]) & context.averaged
        weights = (summary.support if request.by_support else np.ones(context.k))[averaged]
        low, high = np.average(ends[averaged], axis=0, weights=weights).tolist()
    return max(high - value, value - low, 0.0)
