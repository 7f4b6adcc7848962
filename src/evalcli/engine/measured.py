"""One model on some rows: its values, and what the variance of a difference from another model needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from evalcli.engine.plan import of_one_table
from evalcli.engine.run import rows_sampled
from evalcli.intervals.influence import Influence, Influences, has_influence
from evalcli.intervals.method import Study
from evalcli.intervals.paired import FEW
from evalcli.intervals.rows import Resamples
from evalcli.metrics import Context, MetricValue, Request, Summary, compute
from evalcli.metrics.sources import Area, NoInterval
from evalcli.statistics import RowSample, Sample
from evalcli.statistics.base import Floats

DRAWS, DRAWS_OF_FEW, FEWEST = 200, 1000, 10
"""Resamples of the rows, and of fewer than ``FEW`` rows; minimum of rows to resample."""


class Measured(Struct, frozen=True, eq=False):
    """Values of one model on some rows.

    ``influences``: of the sampled rows, by metric. ``draws``: of other metrics, the value on the sampled rows
    and on each resample of them. ``part``: share of the rows that were resampled; ``units``: independent
    rows, or groups; ``few``: whether there are too few rows for normal theory.
    """

    context: Context
    requests: tuple[Request, ...]
    values: Mapping[str, MetricValue]
    rows: int
    units: float
    few: bool = False
    influences: Mapping[str, Influence] = {}
    draws: Mapping[str, tuple[float, Floats]] = {}
    part: float = 1.0

    @classmethod
    def of(
        cls, requests: Sequence[Request], summary: Summary, sampled: RowSample | None, confidence: float
    ) -> Measured:
        """From the states of a pass. Influences first: with areas they leave the values behind."""
        context, rows = summary.context, summary.size.rows
        units = float(summary.size.effective if context.weighted else rows)
        few = units < FEW
        if sampled is None or sampled not in summary or rows < FEWEST:
            values = {request.key: compute(request, summary) for request in requests}
            return cls(context, tuple(requests), values, rows, units, few)
        sample = summary[sampled]
        every = float(rows)
        if context.groups is not None:
            every = units = sample.units / sample.part
        varying = [request for request in requests if _varies(request, context)]
        by_influence = [request for request in varying if not few and has_influence(request, context)]
        influences = Influences(summary, sample, every, units - 1, sampled.share)
        if any(isinstance(request.metric.source, Area) for request in by_influence):
            influences.prepare_areas()
        values = {request.key: compute(request, summary) for request in requests}
        known = [request for request in varying if values[request.key].value is not None]
        drawn = tuple(request for request in known if request not in by_influence)
        draws, part = _draws(drawn, summary, sampled, sample, few, confidence)
        return cls(
            context=context,
            requests=tuple(requests),
            values=values,
            rows=rows,
            units=units,
            few=few,
            influences={r.key: influences.of(r) for r in by_influence if r in known},
            draws=draws,
            part=part,
        )


def _varies(request: Request, context: Context) -> bool:
    """Whether the sampled rows say how a metric varies."""
    reasonless = not isinstance(request.metric.source, NoInterval)
    return reasonless and request.metric.missing_from(context) is None and not of_one_table(request, context)


def _draws(
    requests: tuple[Request, ...],
    summary: Summary,
    sampled: RowSample,
    sample: Sample,
    few: bool,
    confidence: float,
) -> tuple[Mapping[str, tuple[float, Floats]], float]:
    """Values on resamples of the rows, and the share of the rows that were resampled."""
    if not requests:
        return {}, 1.0
    some = sample.first(rows_sampled(max(summary.context.k, 1)))
    part = Summary(summary.context, {**summary.finished, sampled: some})
    draws = DRAWS_OF_FEW if few else DRAWS
    resamples = Study(part, confidence, sampled, requests, draws).shared(Resamples)
    return resamples.values, some.part
