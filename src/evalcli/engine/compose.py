"""From summed states to the report: metrics with intervals, per-class rows, notes, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.blocks.base import overflow_to_infinity
from evalcli.definitions import Definition
from evalcli.engine.batch_averages import explain
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.slices import natural_order, of_slices
from evalcli.engine.plan import Plan
from evalcli.engine.result import PassResult
from evalcli.intervals.estimate import interval_of, study_of
from evalcli.intervals.method import FEWER_DRAWS, ROW_DRAWS, Study
from evalcli.intervals.rows import Resamples
from evalcli.metrics import METRICS, Metric, MetricValue, Request, Summary, compute
from evalcli.metrics.bounds import error_of
from evalcli.metrics.names import own_metrics_of
from evalcli.metrics.rows_behind import Rows, rows_behind
from evalcli.metrics.sources import NoInterval
from evalcli.report.curves import Curves, RankedCurve
from evalcli.report.operating_point import threshold_of
from evalcli.report.provenance import Provenance
from evalcli.report.report import ClassRow, Compat, CompatRow, Report
from evalcli.report.score import TURNED_OFF, Score
from evalcli.report.slices import Slice
from evalcli.statistics import Confusion, RowOutcomes, SharedDraws

DRAWS_OF_SLICES, FEWEST_DRAWS = 4000, 40
"""Resamples of rows over all slices together, and the minimum per slice."""
SHORT = 1 << 16
"""Rows times classes per slice below which one thread evaluates a slice after the other."""
TABLES_OF_SLICES, FEWEST_TABLES = 100_000, 200
"""The same of tables of more than two classes."""


@overflow_to_infinity
def compose(
    plan: Plan,
    result: PassResult,
    source: Provenance,
    looked: Looked | None = None,
    command: Sequence[str] = (),
    study: Study | None = None,
) -> Report:
    """The report of a plan, from the states of a finished pass.

    ``source``: their provenance. ``looked``: notes on the files, and the notes that were not looked for;
    without it the report does not record the latter. Both are used as given. ``study``: if it has begun.
    """
    summary, batches = result.summary, plan.wanted.batches
    context, score = summary.context, Scoring(summary, study or study_begun(plan, summary))
    metrics = {request.key: score(request) for request in plan.requests}
    rows: dict[str, dict[str, Score]] = {name: {} for name in context.classes}
    for request in plan.per_class:
        rows[str(request.cls)][replace(request, cls=None).key] = score(request)
    support = summary.counts.support.tolist() if context.classes else ()
    confusion = summary.get(Confusion())
    report = Report(
        version=__version__,
        command=tuple(command),
        task=context.task.name,
        input=source,
        classes=context.classes,
        metrics=metrics,
        per_class={
            name: ClassRow(rows_of, rows[name])
            for name, rows_of in zip(context.classes, support, strict=True)
        },
        confusion=None if confusion is None else tuple(map(tuple, confusion.table.tolist())),
        batches=None if batches is None else explain(summary, summary[RowOutcomes()], batches),
        seed=context.seed,
        slices=tuple(_slices(plan, result, source)),
        definitions=tuple(definitions_of(plan)),
        compat=_compat(plan, metrics, summary),
        curves=_curves(plan, summary, source),
    )
    all_notes = (looked or Looked()) + of_slices(report)
    return replace(
        report,
        notes=all_notes.notes,
        not_looked_for=None if looked is None else all_notes.not_looked_for,
        slices=natural_order(report),
    )


def _curves(plan: Plan, summary: Summary, source: Provenance) -> Curves | None:
    """What pictures are drawn from, if it is asked for."""
    if plan.wanted.pictures is None or plan.wanted.undrawn or not summary.size.rows:
        return None
    from evalcli.engine.curves import curves_of

    level = plan.wanted.confidence if summary.context.independent else None
    return curves_of(summary, _thresholds(summary, source), plan.wanted.pictures == "all", level)


def _curves_of_slice(
    plan: Plan, summary: Summary, thresholds: Mapping[str, float], slices: int
) -> tuple[RankedCurve, ...]:
    """The same of one of some slices."""
    if plan.wanted.pictures is None or plan.wanted.undrawn:
        return ()
    from evalcli.engine.curves import curves_of_slice

    return curves_of_slice(summary, thresholds, slices)


def _thresholds(summary: Summary, source: Provenance) -> dict[str, float]:
    """The thresholds of the predictions, of classes that have one."""
    task, classes = summary.context.task.name, summary.context.classes
    found = {cls: threshold_of(task, source, cls) for cls in classes}
    return {cls: at for cls, at in found.items() if at is not None}


def _compat(plan: Plan, metrics: Mapping[str, Score], summary: Summary) -> Compat | None:
    """The values of another library that differ, if they are asked for."""
    library = plan.wanted.compat
    if library is None:
        return None
    from evalcli.metrics.compat import theirs

    values = {request: metrics[request.key].value for request in plan.requests}
    found = {request: theirs(library, request, value, summary) for request, value in values.items()}
    rows = (
        CompatRow(request.key, values[request], other.value, other.call, other.reason)
        for request, other in found.items()
        if other is not None
    )
    return Compat(library, tuple(rows))


def definitions_of(plan: Plan) -> Iterator[Definition]:
    """The metrics that are not the project's, with the direction and the range that they have."""
    used = {part.metric: None for request in plan.every for part in (request, *request.simple)}
    own = own_metrics_of(plan.context)
    for metric in dict.fromkeys([*own, *used]):
        origin = METRICS.origin_of(metric)
        if metric in own or origin is not None:
            yield Definition(
                name=metric.name,
                formula=metric.page.formula or metric.page.summary,
                better=metric.better,
                range=(_finite(metric.range[0]), _finite(metric.range[1])),
                kind=_kind(metric, origin),
                source=origin,
            )


def _finite(end: float) -> float | None:
    return end if isfinite(end) else None


def _kind(metric: Metric, origin: str | None) -> Literal["formula", "rows", "classes"]:
    if origin is None and (metric.parts or metric.of_classes):
        return "formula"
    return "classes" if metric.of_classes else "rows"


class Scoring(Struct, frozen=True, eq=False):
    """Turns requests into scores, of all rows or of one slice.

    ``study``: what intervals are made from, if there are any.
    """

    summary: Summary
    study: Study | None

    def __call__(self, request: Request) -> Score:
        """A value with its interval, or the reasons why they are missing."""
        summary, result = self.summary, compute(request, self.summary)
        better = request.metric.better
        rows = summary.size.rows - summary.rows_without(request.cls)
        if result.value is None:
            return Score(None, better, rows, result.reason, excluded_classes=result.excluded_classes)
        behind = _rows_behind(request, result, summary)
        answer = interval_of(self.study, request, result) if self.study else NoInterval(TURNED_OFF)
        interval, reason = (None, answer.reason) if isinstance(answer, NoInterval) else (answer, None)
        error = error_of(request, result.value, summary)
        if interval is not None and error is not None:
            interval = interval.widened(error, request.metric.range)
        at = result.threshold if result.threshold is not None and isfinite(result.threshold) else None
        return Score(
            value=result.value,
            better=better,
            n=max(round(behind), 1),
            reason=None,
            interval=interval,
            interval_reason=reason,
            excluded_classes=result.excluded_classes,
            threshold=at,
            error=error,
        )


def _rows_behind(request: Request, result: MetricValue, summary: Summary) -> float:
    """Sample size of a value; the effective one for weighted rows."""
    if request.metric.form == "whole" and not summary.context.weighted:  # it may be over fewer rows
        if result.share is not None:
            return float(np.asarray(result.share.total))
        if result.mean is not None:
            return float(result.mean.moments.n)
    return rows_behind(request, summary.context, Rows(summary))


@overflow_to_infinity
def study_begun(plan: Plan, summary: Summary) -> Study | None:
    """What the intervals of all rows are made from; resamples of rows begin to be drawn."""
    sampled, confidence = plan.sampled, plan.wanted.confidence
    if sampled is None or confidence is None:
        return None
    study = study_of(summary, plan.every, confidence, sampled)
    if plan.resamples:
        study.shared(Resamples).begin()
    return study


def _study_of_slices(plan: Plan, summary: Summary, slices: int) -> Study | None:
    """The same for one of the slices; ``slices``: their number."""
    sampled, confidence = plan.sampled, plan.wanted.confidence
    if sampled is None or confidence is None:
        return None
    tables = min(max(TABLES_OF_SLICES // slices, FEWEST_TABLES), FEWER_DRAWS)
    draws = min(max(DRAWS_OF_SLICES // slices, FEWEST_DRAWS), ROW_DRAWS)
    sampled = plan.sampled_of_slices or sampled
    shared = SharedDraws(plan.context.seed, tables)
    return study_of(summary, plan.sliced, confidence, sampled, draws, shared)


def _slices(plan: Plan, result: PassResult, source: Provenance) -> Iterator[Slice]:
    if not result.slices:
        return
    first = _study_of_slices(plan, result.slices[0][1], len(result.slices))
    thresholds = {} if plan.wanted.pictures is None else _thresholds(result.summary, source)

    def scored(item: tuple[Mapping[str, str | None], Summary]) -> Slice:
        by, summary = item
        n = summary.size.rows
        score = Scoring(summary, None if first is None else first.of(summary))
        metrics = {request.key: score(request) for request in plan.sliced}
        small = n < plan.wanted.min_n
        curves = () if small else _curves_of_slice(plan, summary, thresholds, len(result.slices))
        return Slice(by, n, metrics, small, curves)

    cells = plan.context.k * result.size.rows
    # threads would mostly wait for the interpreter
    yield from (map if cells < SHORT * len(result.slices) else result.mapper)(scored, result.slices)
