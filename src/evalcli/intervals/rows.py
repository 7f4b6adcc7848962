"""Bootstrap intervals: the metric is recomputed from resampled rows, or groups of rows."""

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
"""Bias of the resamples, in standard deviations, from which on the interval is corrected for it."""


@dataclass(frozen=True, eq=False)
class RowIntervals:
    """Intervals from resamples of rows, which are drawn once for all metrics that need them.

    ``requests``: all that may be requested. ``sampled``: the rows to resample. ``draws``: how many.
    """

    context: Context
    requests: Sequence[Request]
    confidence: float
    sampled: RowSample
    draws: int

    @cached_property
    def _sample(self) -> Sample:
        sample: Sample = self.context.states[self.sampled]
        return sample

    @cached_property
    def _drawn(self) -> dict[str, tuple[float, Floats]]:
        """By metric: its value on the sampled rows, and on each resample of them; NaN if undefined."""
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
        reduce(whole, needed)  # computes the views that the resamples share

        def values(block: Any, rng: np.random.Generator | None = None) -> list[float]:
            states = finished_states(reduce(block, needed)) if block.n else {}
            drawn = replace(plain, states=states)
            more = drawn
            if rng is not None and states and any(map(self._needs_pseudo_counts, wanted)):
                counts = context.counts
                more = replace(plain, states={**states, counts: states[counts] + self._pseudo_counts(rng)})
            results = [
                compute(request, more if self._needs_pseudo_counts(request) else drawn).value
                if states
                else None
                for request in wanted
            ]
            return [math.nan if value is None else value for value in results]

        def draw(number: int) -> list[float]:
            rng = np.random.default_rng([context.seed, number])
            return values(take_rows(whole, sample.resampled(rng)), rng)

        sampled = values(whole)
        drawn = np.array(list(sample.mapper(draw, range(self.draws))))
        return {request.key: (sampled[index], drawn[:, index]) for index, request in enumerate(wanted)}

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or why there are none."""
        if self.context.groups is not None and self._sample.units < FEWEST_GROUPS:
            return f"fewer than {FEWEST_GROUPS} groups"
        sampled, drawn = self._drawn[request.key]
        known = drawn[np.isfinite(drawn)]
        if len(known) < (1 - UNDEFINED) * len(drawn):
            return undefined_in(len(drawn) - len(known), len(drawn))
        variance = float(known.var(ddof=1)) * self._sample.part
        metric, limits = request.metric, request.metric.range
        if limits == (0.0, 1.0) and value in limits:
            sample_size = rows_behind(request, self.context, self._units)
            if sample_size:  # as a proportion with this sample size
                return wilson(value * sample_size, sample_size, self.confidence)
        units = self._units.all
        ends: Ends | None
        shares = metric.form == "counts" and all(map(math.isfinite, limits))
        if shares or self._needs_pseudo_counts(request):
            ends = wilson_effective(value, float(known.mean()), variance, limits, units, self.confidence)
        else:
            if metric.every_class or metric.form == "areas":
                units = rows_behind(request, self.context, self._units)
            ends = delta_interval(value, math.sqrt(variance), scale_of(request), units - 1, self.confidence)
            bias = (sampled - float(known.mean())) * self._sample.part
            # e.g. a best threshold is optimistic in every resample
            if ends is not None and abs(bias) > BIASED * math.sqrt(variance):
                ends = (ends[0] + bias, ends[1] + bias)
        return ends or "every resample has the same value"

    def _needs_pseudo_counts(self, request: Request) -> bool:
        """Whether it combines several proportions, some of which may have no variance, as for a table."""
        metric, single = request.metric, request.cls is not None or self.context.positive is not None
        shares = metric.form == "counts" and not single and request.average != "samples"
        return (shares or metric.interval == "table-bootstrap") and all(map(math.isfinite, metric.range))

    def _pseudo_counts(self, rng: np.random.Generator) -> Any:
        """Resampled pseudo-counts: half a hit and half a miss of each class, in rows or groups."""
        weight, k = self._unit_weights, self.context.k
        drawn = rng.poisson(HALF * self._sample.part, (4, k)) * weight
        if self.context.task.several_labels:
            return LabelTotals(*drawn)
        table, present = np.zeros((k, k)), np.flatnonzero(weight)
        table[present, present] += drawn[0, present]
        table[present, np.roll(present, -1)] += drawn[1, present]
        return ConfusionCounts(table)

    @cached_property
    def _unit_weights(self) -> Floats:
        """The weight of one row, or group, of each class, (k,); 0 for absent classes."""

        def rows_of(c: OneVsRest) -> tuple[Any]:
            return (c.tp + c.fp + c.fn,)

        effective = self._units.of_classes(rows_of)
        (total,) = rows_of(self.context.states[self.context.counts].classes)
        share = np.divide(total, effective, out=np.zeros(len(effective)), where=effective > 0)
        return np.asarray(share * self.sampled.share)

    @cached_property
    def _units(self) -> Units:
        """The independent units: rows or groups."""
        return Rows(self.context) if self.context.groups is None else Groups(self.context, self._sample)
