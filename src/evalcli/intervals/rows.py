"""Bootstrap intervals: the metric is recomputed from resampled rows, or groups of rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import take_rows
from evalcli.blocks.base import without_hashes
from evalcli.cached import cached_property
from evalcli.intervals.groups import Groups
from evalcli.intervals.method import (
    ALL_ALIKE,
    FEWEST_GROUPS,
    UNDEFINED,
    Study,
    is_single,
    scale_of,
    undefined_in,
)
from evalcli.intervals.scales import Ends, delta_interval, wilson, wilson_effective
from evalcli.metrics import METRICS, Context, Metric, MetricValue, Request, Summary, compute, statistic
from evalcli.metrics.rows_behind import Rows, Units, rows_behind
from evalcli.metrics.sources import NoInterval
from evalcli.metrics.stacks import is_sized
from evalcli.statistics import (
    AnyStatistic,
    Confusion,
    ConfusionCounts,
    LabelConfusion,
    LabelTotals,
    OneVsRest,
    PairedValues,
    Pairs,
    Sample,
)
from evalcli.statistics.base import Floats, finished_states, reduce
from evalcli.statistics.resampled_counts import HALF
from evalcli.statistics.resampled_pairs import SampledPairs

ALIKE = 0.01
"""Relative difference below which two values are the same but for the number of rows."""
TOGETHER = 10
"""Resamples that a thread draws at a time."""
GROWS = NoInterval("it grows with the number of rows, so that resamples of some say nothing of all")
BIASED = 0.25
"""Bias of the resamples, in standard deviations, from which on the interval is corrected for it."""


class RowBootstrap(Struct, frozen=True, eq=False):
    """Resamples of the rows, or of whole groups of them; drawn once for all metrics."""

    name: str
    words: str
    by_group: bool = False
    coverage: str = ""
    redraws_rows: bool = True
    for_few_rows: bool = False

    def applies(self, request: Request, context: Context) -> bool:
        """For every metric."""
        return (context.groups is not None) == self.by_group

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        resamples = study.shared(Resamples)
        if self.by_group and resamples.sample.units < FEWEST_GROUPS:
            return NoInterval(f"fewer than {FEWEST_GROUPS} groups")
        sampled, drawn = resamples.values[request.key]
        if not request.metric.from_counts and METRICS.origin_of(request.metric) and resamples.grows(request):
            return GROWS
        known = drawn[np.isfinite(drawn)]
        if len(known) < (1 - UNDEFINED) * len(drawn):
            return undefined_in(len(drawn) - len(known), len(drawn))
        variance = float(known.var(ddof=1)) * resamples.sample.part
        metric, limits, context = request.metric, request.metric.range, study.context
        if limits == (0.0, 1.0) and value in limits:
            sample_size = rows_behind(request, context, resamples.units)
            if sample_size:  # as a proportion with this sample size
                return wilson(value * sample_size, sample_size, study.confidence)
        units = resamples.units.all
        ends: Ends | None
        if _within_limits(metric) and (metric.form == "counts" or needs_pseudo_counts(request, context)):
            ends = wilson_effective(value, float(known.mean()), variance, limits, units, study.confidence)
        else:
            if metric.every_class or metric.parts or metric.form == "areas":
                units = rows_behind(request, context, resamples.units)
            error, scale = math.sqrt(variance), scale_of(request)
            ends = delta_interval(value, error, scale, units - 1, study.confidence)
            bias = (sampled - float(known.mean())) * resamples.sample.part
            # e.g. a best threshold is optimistic in every resample
            if ends is not None and abs(bias) > BIASED * error:
                ends = (ends[0] + bias, ends[1] + bias)
        return ends or ALL_ALIKE


ROWS = RowBootstrap(
    "row-bootstrap",
    "Poisson bootstrap, 200 resamples of the rows; with very many rows, of a sample of "
    "them, scaled to the number of all rows",
)
GROUPS = RowBootstrap("group-bootstrap", "the same with whole groups of rows (--group)", by_group=True)


def _within_limits(metric: Metric) -> bool:
    return all(map(math.isfinite, metric.range))


def needs_pseudo_counts(request: Request, context: Context) -> bool:
    """Whether it combines several proportions, some of which may have no variance, as for a table."""
    metric = request.metric
    averaged = metric.form == "counts" and not is_single(request, context) and not request.of_rows
    combined = metric.from_counts and not metric.gives_share
    return (averaged or combined) and _within_limits(metric)


class Resamples(Struct, frozen=True, eq=False, dict=True):
    """The sampled rows of a study, and every redrawn request on resamples of them."""

    study: Study

    @cached_property
    def sample(self) -> Sample:
        """The rows that are resampled."""
        return self.study.summary[self.study.sampled]

    @cached_property
    def units(self) -> Units:
        """The independent units: rows or groups."""
        summary = self.study.summary
        return Rows(summary) if summary.context.groups is None else Groups(summary.context, self.sample)

    def begin(self) -> None:
        """Begin to draw, on threads if there are any, while other results are computed."""
        _ = self._begun

    @cached_property
    def values(self) -> Mapping[str, tuple[float, Floats]]:
        """By metric: its value on the sampled rows, and on each resample of them; NaN if undefined."""
        sampled, parts = self._begun
        drawn = np.concatenate(list(parts))
        wanted = enumerate(self.study.redrawn)
        return {request.key: (sampled[index], drawn[:, index]) for index, request in wanted}

    @cached_property
    def _begun(self) -> tuple[list[float], Iterator[Floats]]:
        """Values on the sampled rows, and of the resamples, (draws, metrics), some draws at a time."""
        redrawn = _Redrawn(self)
        numbers = range(0, self.study.draws, TOGETHER)
        return redrawn.on_sample, self.sample.mapper(redrawn.on_resamples, numbers)

    def grows(self, request: Request) -> bool:
        """Whether a metric has another value when each sampled row is there twice."""
        twice = _Redrawn(self).on_rows_twice(request)
        return not math.isclose(self.values[request.key][0], twice, rel_tol=ALIKE)

    def with_pseudo_counts(self, drawn: Summary, rng: np.random.Generator) -> ConfusionCounts | LabelTotals:
        """The counts, and resampled half a hit and half a miss of each class, in rows or groups."""
        weight, k = self._unit_weights, self.study.context.k
        pseudo = rng.poisson(HALF * self.sample.part, (4, k)) * weight
        if self.study.context.task.several_labels:
            return drawn[LabelConfusion()] + LabelTotals(*pseudo)
        table, present = np.zeros((k, k)), np.flatnonzero(weight)
        table[present, present] += pseudo[0, present]
        table[present, np.roll(present, -1)] += pseudo[1, present]
        return drawn[Confusion()] + ConfusionCounts(table)

    def as_many_as_all(self, drawn: Summary) -> ConfusionCounts | LabelTotals:
        """The counts, scaled to the number of all rows, or to their weight."""
        whole, counts = self.study.summary.counts, drawn.counts
        if isinstance(whole, ConfusionCounts) and isinstance(counts, ConfusionCounts):
            return ConfusionCounts(counts.table * (whole.n / counts.n))
        every, some = (
            np.asarray(c.tp + c.fp + c.fn + c.tn, np.float64) for c in (whole.classes, counts.classes)
        )
        scale, c = np.divide(every, some, out=np.zeros(len(some)), where=some > 0), counts.classes
        return LabelTotals(c.tp * scale, c.fp * scale, c.fn * scale, c.tn * scale)

    @cached_property
    def _unit_weights(self) -> Floats:
        """The weight of one row, or group, of each class, (k,); 0 for absent classes."""

        def rows_of(c: OneVsRest) -> tuple[Floats]:
            return (c.tp + c.fp + c.fn,)

        effective = self.units.of_classes(rows_of)
        (total,) = rows_of(self.study.summary.counts.classes)
        share = np.divide(total, effective, out=np.zeros(len(effective)), where=effective > 0)
        return np.asarray(share * self.study.sampled.share)


class _Redrawn:
    """Evaluates the redrawn requests on the sampled rows, and on resamples of them."""

    def __init__(self, resamples: Resamples) -> None:
        study = resamples.study
        context, self._wanted = study.context, study.redrawn
        self._resamples, self._sample, self._draws = resamples, resamples.sample, study.draws
        simple = [part for request in self._wanted for part in request.simple]
        one_vs_one = any(part.one_vs_one for part in simple)
        ranking = replace(context.ranking, one_vs_one=one_vs_one, with_variance=False, by_group=False)
        self._context = replace(context, ranking=ranking)
        self._needed: dict[AnyStatistic, None] = dict.fromkeys([context.counts] if context.classes else [])
        for part in simple:
            if part.metric.missing_from(context) is None:
                self._needed |= dict.fromkeys([statistic(part, self._context), *part.metric.also])
        self._pseudo = [needs_pseudo_counts(request, context) for request in self._wanted]
        self._sized = [is_sized(request.metric) for request in self._wanted]
        self._rows = without_hashes(self._sample.block)
        # computes the views that the resamples share
        whole = finished_states(reduce(self._rows, self._needed)) if self._rows.n else {}
        pairs = whole.get(PairedValues())
        self._pairs = SampledPairs(pairs) if isinstance(pairs, Pairs) else None
        if self._pairs is not None:
            del self._needed[PairedValues()]
        self.on_sample = self._values(whole) if self._rows.n else [math.nan] * len(self._wanted)

    def on_rows_twice(self, request: Request) -> float:
        """The value of one request if each row is there twice."""
        rows = take_rows(self._rows, np.repeat(np.arange(self._rows.n), 2))
        finished = finished_states(
            reduce(
                rows,
                [s for part in request.simple for s in (statistic(part, self._context), *part.metric.also)],
            )
        )
        value = compute(request, Summary(self._context, finished)).value
        return math.nan if value is None else value

    def on_resamples(self, first: int) -> Floats:
        """Values of some resamples, (draws, metrics)."""
        numbers = range(first, min(first + TOGETHER, self._draws))
        rngs = [np.random.default_rng([self._context.seed, number]) for number in numbers]
        times = np.stack([self._sample.times_drawn(rng) for rng in rngs])
        values = np.full((len(rngs), len(self._wanted)), math.nan)
        some = np.flatnonzero(times.any(axis=1))
        pairs = [None] * len(some) if self._pairs is None else self._pairs.drawn(times[some])
        for index, of_draw in zip(some, pairs, strict=True):
            rows = np.repeat(np.arange(times.shape[1]), times[index])
            finished = (
                finished_states(reduce(take_rows(self._rows, rows), self._needed)) if self._needed else {}
            )
            if of_draw is not None:
                finished[PairedValues()] = of_draw
            values[index] = self._values(finished, rngs[index])
        return values

    def _values(
        self, finished: dict[AnyStatistic, object], rng: np.random.Generator | None = None
    ) -> list[float]:
        drawn = more = sized = Summary(self._context, finished)
        if rng is not None and any(self._pseudo):
            counts = self._resamples.with_pseudo_counts(drawn, rng)
            more = Summary(self._context, {**finished, self._context.counts: counts})
        if any(self._sized):
            counts = self._resamples.as_many_as_all(drawn)
            sized = Summary(self._context, {**finished, self._context.counts: counts})
        results = (
            compute(request, sized if grows else more if needs else drawn).value
            for request, grows, needs in zip(self._wanted, self._sized, self._pseudo, strict=True)
        )
        return [math.nan if value is None else value for value in results]
