"""A metric, its value and the summed states → its confidence interval, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from evalcli.blocks.base import overflow_to_infinity
from evalcli.intervals.areas import AreaIntervals
from evalcli.intervals.bins import ends_of_bins
from evalcli.intervals.methods import FEWEST_ROWS, ROW_DRAWS, scale_of
from evalcli.intervals.rows import RowIntervals
from evalcli.intervals.scales import Ends, delta_interval, transform, wilson
from evalcli.intervals.tables import TableIntervals
from evalcli.metrics import Context, MetricValue, Request, method_of
from evalcli.metrics.results import Mean
from evalcli.report.score import Interval
from evalcli.statistics import RowSample, Size

IntervalOrReason = Interval | str


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals of one run, or of one slice of it.

    ``requests``: all that may be requested. ``draws``: number of resamples of rows, if any are needed.
    """

    context: Context
    requests: Sequence[Request]
    confidence: float
    sampled: RowSample
    draws: int = ROW_DRAWS

    @overflow_to_infinity
    def of(self, request: Request, result: MetricValue) -> IntervalOrReason:
        """The interval of a value, or the reason why it has none."""
        if result.value is None:
            return "there is no value"
        method = method_of(request, self.context)
        if method.startswith("none"):
            return method.removeprefix("none: ")
        ends = self._too_few(method) or self._ends(method, request, result, result.value)
        if isinstance(ends, str):
            return ends
        limits = request.metric.range
        low, high = min(ends[0], result.value), max(ends[1], result.value)
        return Interval(
            min(max(low, limits[0]), result.value), max(min(high, limits[1]), result.value), method
        )

    def _too_few(self, method: str) -> str | None:
        if method == "wilson":
            return None
        size = self.context.states[Size()]
        if size.rows < FEWEST_ROWS:
            return f"fewer than {FEWEST_ROWS} rows"
        if self.context.weighted and size.effective < FEWEST_ROWS:
            return f"effective sample size below {FEWEST_ROWS}"
        return None

    def _ends(self, method: str, request: Request, result: MetricValue, value: float) -> Ends | str:
        if method == "wilson" and result.share is not None:
            ends = wilson(result.share.hits, result.share.total, self.confidence)
            return transform(ends, result.curve) if result.curve is not None else ends
        if method == "normal" and result.mean is not None:
            return _of_mean(result.mean, request, self.confidence)
        if method == "table-bootstrap":
            return self._tables.of(request, value)
        if method == "bin-bounds":
            return ends_of_bins(request, self.context, self.confidence)
        if method.startswith(("delong", "infinitesimal")):
            return AreaIntervals(self.context, self.confidence).of(request, value)
        return self._rows.of(request, value)

    @cached_property
    def _tables(self) -> TableIntervals:
        return TableIntervals(self.context, self.confidence)

    @cached_property
    def _rows(self) -> RowIntervals:
        return RowIntervals(
            context=self.context,
            requests=self.requests,
            confidence=self.confidence,
            sampled=self.sampled,
            draws=self.draws,
        )


def _of_mean(mean: Mean, request: Request, confidence: float) -> Ends | str:
    moments = mean.moments
    limits = scale_of(request)
    if moments.n < FEWEST_ROWS:  # the mean may be over fewer rows
        return f"fewer than {FEWEST_ROWS} rows"
    ends = delta_interval(moments.mean, moments.standard_error, limits, moments.n - 1, confidence)
    if ends is None:
        return "every row has the same value, or nearly"
    return transform(ends, math.sqrt) if mean.root else ends
