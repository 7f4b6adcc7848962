"""Summed states into the report: metrics with intervals, per-class rows, notes, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

from evalcli import __version__
from evalcli.engine.batch_averages import explain
from evalcli.engine.notes.model import notes
from evalcli.engine.notes.slices import of_slices, worst_first
from evalcli.engine.plan import Plan
from evalcli.engine.provenance import provenance
from evalcli.engine.stream import Measured, SliceKey
from evalcli.errors import printable
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import Reading
from evalcli.inputs.targets.target import Target
from evalcli.intervals.estimate import Intervals
from evalcli.intervals.methods import FEWEST_GROUPS, ROW_DRAWS, TURNED_OFF
from evalcli.loaders import shown
from evalcli.metrics import Request, Study, compute
from evalcli.report.notes import Note
from evalcli.report.report import ClassRow, Report
from evalcli.report.score import Interval, Score
from evalcli.report.slices import Slice
from evalcli.statistics import Confusion, RowOutcomes, Size

DRAWS_OF_SLICES, FEWEST_DRAWS = 4000, 40
"""Draws of rows in all slices together, and of one at least."""


def compose(
    measured: Measured,
    plan: Plan,
    inputs: Inputs,
    target: Target,
    reading: Reading,
    matching: Matching | None,
    options: Options,
    command: Sequence[str],
) -> Report:
    """Compute everything that the plan names."""
    study, tally = measured.study, measured.tally
    score = Scoring(study, plan, options)
    metrics = {request.key: score(request) for request in plan.requests}
    rows: dict[str, dict[str, Score]] = {name: {} for name in study.classes}
    for request in plan.per_class:
        rows[str(request.cls)][replace(request, cls=None).key] = score(request)
    support = study.states[study.counts].support.tolist() if study.classes else ()
    confusion = study.states.get(Confusion())
    batches = None
    if options.batches is not None:
        batches = explain(study, study.states[RowOutcomes()], options.batches)
    slices = tuple(_slices(measured, plan, inputs, options))
    report = Report(
        version=__version__,
        command=tuple(map(shown, command)),
        task=study.task,
        input=provenance(study, inputs, target, reading, tally, matching, options),
        classes=study.classes,
        metrics=metrics,
        per_class={
            name: ClassRow(rows_of, rows[name]) for name, rows_of in zip(study.classes, support, strict=True)
        },
        confusion=None if confusion is None else tuple(map(tuple, confusion.table.tolist())),
        notes=notes(study, inputs, target, reading, tally, matching),
        batches=batches,
        seed=options.seed,
        slices=slices,
    )
    told = (*report.notes, *_of_groups(study, options), *_of_threshold(report, options), *of_slices(report))
    return replace(report, notes=told, slices=worst_first(report))


def _of_groups(study: Study, options: Options) -> Iterator[Note]:
    if study.groups is not None and study.groups < FEWEST_GROUPS:
        yield Note(
            "few-groups",
            f"{study.groups} groups by {printable(options.group or '')} are too few for intervals: at least "
            f"{FEWEST_GROUPS}",
            study.groups,
        )


def _of_threshold(report: Report, options: Options) -> Iterator[Note]:
    """A threshold that was chosen on the rows that are scored."""
    tuned, source = options.tuned, report.input
    if tuned is None:
        return
    digests = {file.sha256 for file in source.predictions}
    if digests & tuned.digests or (tuned.fingerprint and tuned.fingerprint == source.fingerprint):
        yield Note(
            "tuned-on-these-rows",
            f"the threshold of {printable(tuned.path)} was chosen on these rows, "
            "which flatters their figures",
            mend="choose it on validation data, and score test data",
        )


@dataclass(frozen=True, eq=False)
class Scoring:
    """Turns requests into scores, of all rows or of one of so many slices."""

    study: Study
    plan: Plan
    options: Options
    slices: int = 0

    @cached_property
    def _intervals(self) -> Intervals | None:
        sampled = self.plan.sampled
        if sampled is None:
            return None
        if not self.slices:
            return Intervals(self.study, self.plan.every, self.options.confidence, sampled)
        draws = min(max(DRAWS_OF_SLICES // self.slices, FEWEST_DRAWS), ROW_DRAWS)
        sampled = self.plan.sampled_of_slices or sampled
        return Intervals(self.study, self.plan.sliced, self.options.confidence, sampled, draws)

    def __call__(self, request: Request) -> Score:
        """One value with its interval, or the reasons for what is not there."""
        study, found = self.study, compute(request, self.study)
        better, rows = request.metric.better, study.states[Size()].rows
        if found.value is None:
            return Score(None, better, rows, found.reason, left_out=found.left_out)
        if found.share is not None and found.curve is None and not study.weighted:
            rows = int(found.share.total)
        sure = self._intervals.of(request, found) if self._intervals else TURNED_OFF
        interval, reason = (sure, None) if isinstance(sure, Interval) else (None, sure)
        at = found.threshold if found.threshold is not None and isfinite(found.threshold) else None
        return Score(found.value, better, rows, None, interval, reason, found.left_out, at)


def _slices(measured: Measured, plan: Plan, inputs: Inputs, options: Options) -> Iterator[Slice]:
    def scored(item: tuple[SliceKey, Study]) -> Slice:
        (place, code), study = item
        n = study.states[Size()].rows
        score = Scoring(study, plan, options, len(measured.slices))
        metrics = {request.key: score(request) for request in plan.sliced}
        return Slice(inputs.strata.slices[place].by(code), n, metrics, small=n < options.min_n)

    yield from measured.mapper(scored, measured.slices.items())
