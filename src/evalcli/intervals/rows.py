"""Intervals of what has no shortcut: the metric is computed anew from draws of rows, or of groups of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from evalcli.blocks import take_rows
from evalcli.intervals.groups import Groups
from evalcli.intervals.methods import FEWEST_GROUPS, ROW_RESAMPLING, UNDEFINED, scale_of, undefined_in
from evalcli.intervals.scales import Ends, delta_interval, wilson, wilson_effective
from evalcli.metrics import Context, Request, compute, method_of, statistic
from evalcli.metrics.registry import Floats
from evalcli.metrics.rows_behind import Rows, Units, rows_behind
from evalcli.statistics import AnyStatistic, ConfusionCounts, LabelTotals, OneVsRest, RowSample, Sample
from evalcli.statistics.base import finished_states, reduce
from evalcli.statistics.resampled_counts import HALF

BIASED = 0.25
"""Standard deviations from which on the mean of samples is not that of the rows."""


@dataclass(frozen=True, eq=False)
class RowIntervals:
    """Intervals by draws of rows, which are made once for all metrics that need them.

    ``requests``: all that may be asked for. ``sampled``: the rows that are drawn from. ``draws``: how many.
    """

    context: Context
    requests: Sequence[Request]
    confidence: float
    sampled: RowSample
    draws: int

    @cached_property
    def _sample(self) -> Sample:
        found: Sample = self.context.states[self.sampled]
        return found

    @cached_property
    def _drawn(self) -> dict[str, tuple[float, Floats]]:
        """Of every metric that needs it, the value of the rows that are here, and of samples of them.

        NaN where it is undefined.
        """
        context, sample = self.context, self._sample
        wanted = [request for request in self.requests if method_of(request, context) in ROW_RESAMPLING]
        plain = replace(
            context, ranking=replace(context.ranking, with_variance=False, by_group=False), states={}
        )
        needed: dict[AnyStatistic, None] = dict.fromkeys([context.counts] if context.classes else [])
        for request in wanted:
            if context.missing_requirement(request.metric) is None:
                needed |= dict.fromkeys([statistic(request, plain), *request.metric.extra_statistics])
        whole = replace(sample.block, row_hashes=None)
        for one in needed:  # views that the draws share
            one.of(whole)

        def values(block: Any, rng: np.random.Generator | None = None) -> list[float]:
            states = finished_states(reduce(block, needed)) if block.n else {}
            drawn = replace(plain, states=states)
            more = drawn
            if rng is not None and states and any(map(self._takes_halves, wanted)):
                counts = context.counts
                more = replace(plain, states={**states, counts: states[counts] + self._halves(rng)})
            found = [
                compute(request, more if self._takes_halves(request) else drawn).value if states else None
                for request in wanted
            ]
            return [math.nan if value is None else value for value in found]

        def draw(number: int) -> list[float]:
            rng = np.random.default_rng([context.seed, number])
            return values(take_rows(whole, sample.resampled(rng)), rng)

        own, drawn = values(whole), np.array(list(sample.mapper(draw, range(self.draws))))
        return {request.key: (own[place], drawn[:, place]) for place, request in enumerate(wanted)}

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or why there are none."""
        if self.context.groups is not None and self._sample.units < FEWEST_GROUPS:
            return f"fewer than {FEWEST_GROUPS} groups"
        own, drawn = self._drawn[request.key]
        known = drawn[np.isfinite(drawn)]
        if len(known) < (1 - UNDEFINED) * len(drawn):
            return undefined_in(len(drawn) - len(known), len(drawn))
        variance = float(known.var(ddof=1)) * self._sample.part
        metric, limits = request.metric, request.metric.range
        if limits == (0.0, 1.0) and value in limits:
            behind = rows_behind(request, self.context, self._units)
            if behind:  # as a share of those behind it is
                return wilson(value * behind, behind, self.confidence)
        units = self._units.all
        ends: Ends | None
        shares = metric.form == "counts" and all(map(math.isfinite, limits))
        if shares or self._takes_halves(request):
            ends = wilson_effective(value, float(known.mean()), variance, limits, units, self.confidence)
        else:
            if metric.every_class or metric.form == "areas":
                units = rows_behind(request, self.context, self._units)
            ends = delta_interval(value, math.sqrt(variance), scale_of(request), units - 1, self.confidence)
            moved = (own - float(known.mean())) * self._sample.part
            # a best threshold finds a better one in each sample than it would in other rows
            if ends is not None and abs(moved) > BIASED * math.sqrt(variance):
                ends = (ends[0] + moved, ends[1] + moved)
        return ends or "no sample of these rows has another value"

    def _takes_halves(self, request: Request) -> bool:
        """Whether it is made of several shares, one of which may show no spread of its own: as of a table."""
        metric, single = request.metric, request.cls is not None or self.context.positive is not None
        shares = metric.form == "counts" and not single and request.average != "samples"
        return (shares or metric.interval == "table-bootstrap") and all(map(math.isfinite, metric.range))

    def _halves(self, rng: np.random.Generator) -> Any:
        """Half a row, or group, that is a hit and half a one that is a miss for each class, as they fall."""
        weight, k = self._unit_weights, self.context.k
        drawn = rng.poisson(HALF * self._sample.part, (4, k)) * weight
        if self.context.task == "multilabel":
            return LabelTotals(*drawn)
        table, present = np.zeros((k, k)), np.flatnonzero(weight)
        table[present, present] += drawn[0, present]
        table[present, np.roll(present, -1)] += drawn[1, present]
        return ConfusionCounts(table)

    @cached_property
    def _unit_weights(self) -> Floats:
        """The weight of one row, or group, of each class, (k,); 0 of classes that are not there."""

        def rows_of(c: OneVsRest) -> tuple[Any]:
            return (c.tp + c.fp + c.fn,)

        effective = self._units.of_classes(rows_of)
        (total,) = rows_of(self.context.states[self.context.counts].classes)
        share = np.divide(total, effective, out=np.zeros(len(effective)), where=effective > 0)
        return np.asarray(share * self.sampled.share)

    @cached_property
    def _units(self) -> Units:
        """The rows or groups that vary on their own."""
        return Rows(self.context) if self.context.groups is None else Groups(self.context, self._sample)
