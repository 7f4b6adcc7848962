"""Intervals of a mean over the rows, or of its root."""

from __future__ import annotations

import math

from evalcli.intervals.method import FEW_ROWS, FEWEST_ROWS, Study, scale_of
from evalcli.intervals.scales import Ends, delta_interval, transform
from evalcli.metrics import Context, MetricValue, Request
from evalcli.metrics.results import Mean
from evalcli.metrics.sources import NoInterval


class MeanByMoments:
    """Student's interval from the centred moments of the rows."""

    name = "normal"
    words = (
        "Student's t interval of a mean loss, from centred moments; on the log scale if the loss is "
        "never negative"
    )
    coverage = ""
    redraws_rows = False
    for_few_rows = False

    def applies(self, request: Request, context: Context) -> bool:
        """For means over independent rows without missing labels."""
        metric = request.metric
        mean = request.of_rows or (metric.form == "whole" and metric.gives is Mean and metric.source is None)
        return mean and context.independent and not context.gaps

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        if result.mean is None:
            raise TypeError(f"{request.metric.name} gives no mean over rows")
        moments = result.mean.moments
        if moments.n < FEWEST_ROWS:  # the mean may be over fewer rows
            return FEW_ROWS
        error, limits = moments.standard_error, scale_of(request)
        ends = delta_interval(moments.mean, error, limits, moments.n - 1, study.confidence)
        if ends is None:
            return NoInterval("every row has the same value, or nearly")
        return transform(ends, math.sqrt) if result.mean.root else ends
