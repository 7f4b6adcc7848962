"""Intervals of a proportion of rows, and of what increases with one."""

from __future__ import annotations

import numpy as np

from evalcli.intervals.method import Study, is_single
from evalcli.intervals.scales import Ends, transform, wilson
from evalcli.metrics import Context, MetricValue, Request
from evalcli.metrics.sources import NoInterval


class Wilson:
    """Wilson's score interval; also for few rows."""

    name = "wilson"
    words = (
        "Wilson score interval of a proportion of rows (J. Am. Stat. Assoc. 22, 1927); for F1 of one "
        "class, that of the Jaccard index TP / (TP + FP + FN), transformed"
    )
    coverage = ""
    redraws_rows = False
    for_few_rows = True

    def applies(self, request: Request, context: Context) -> bool:
        """For shares of independent rows, of all or of one class."""
        metric = request.metric
        whole = metric.form == "whole" or (metric.form == "counts" and is_single(request, context))
        return metric.source is None and metric.gives_share and whole and context.independent

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        if result.share is None:
            raise TypeError(f"{request.metric.name} gives no share of rows")
        hits, total = float(np.asarray(result.share.hits)), float(np.asarray(result.share.total))
        ends = wilson(hits, total, study.confidence)
        return transform(ends, result.curve) if result.curve is not None else ends
