"""Summed states into the report: metrics with intervals, per-class rows, notes, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import isfinite, isnan

from evalcli import __version__
from evalcli.engine.batch_averages import explain
from evalcli.engine.notes.model import notes
from evalcli.engine.notes.slices import of_slices, worst_first
from evalcli.engine.plan import Plan
from evalcli.errors import printable
from evalcli.inputs.assemble import Tally
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import Reading
from evalcli.inputs.targets.target import ClassTarget, LabelSetTarget, RealTarget, Target
from evalcli.intervals.estimate import ROW_DRAWS, Intervals
from evalcli.intervals.scales import FEWEST_GROUPS, TURNED_OFF
from evalcli.loaders import Source, shown
from evalcli.metrics import Request, Study, compute
from evalcli.report.report import ClassRow, InputFile, Interval, Note, Provenance, Report, Score, Slice
from evalcli.statistics import Confusion, Mapper, RowOutcomes, Size

DRAWS_OF_SLICES, FEWEST_DRAWS = 4000, 40
"""Draws of rows in all slices together, and of one at least."""
SliceKey = tuple[int, int]
"""Place of a crossing among those that are asked for, and code of the slice."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A finished pass: the study with the states of all rows, what was counted, the studies of the slices.

    ``mapper``: on the threads of the pass; what it applies to slices does not use them itself.
    """

    study: Study
    tally: Tally
    slices: Mapping[SliceKey, Study] = field(default_factory=dict)
    mapper: Mapper = map


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


def provenance(
    study: Study,
    inputs: Inputs,
    target: Target,
    reading: Reading,
    tally: Tally,
    matching: Matching | None,
    options: Options,
) -> Provenance:
    """Where the numbers come from."""
    roles, labels = inputs.roles, inputs.labels
    point = isinstance(target, RealTarget) and target.point
    scored = bool(target.columns) and not isinstance(target, RealTarget)
    return Provenance(
        predictions=_files(inputs.predictions, tally.rows, options),
        labels=_files(labels, len(inputs.truth), options) if labels else None,
        truth=roles.truth,
        scores=target.columns[int(point) :],
        predicted=target.columns[0] if point else target.predicted,
        scores_as=_scores_as(study, target, reading),
        scores_why=reading.why if scored else None,
        positive=None if study.positive is None else study.classes[study.positive],
        threshold=_threshold(target),
        id=roles.id if matching else None,
        weight=roles.weight,
        read=tally.rows,
        dropped=tally.dropped,
        labels_left=matching.unseen if matching else 0,
        effective=tally.effective if study.weighted else None,
        options={
            "average": study.average,
            "zero_division": study.zero_division,
            "bins": study.bins,
            "confidence": options.confidence,
            "min_n": options.min_n,
        },
        group=options.group,
        groups=study.groups,
        by=tuple(crossing.names for crossing in inputs.strata.slices),
        fingerprint=fingerprint(target, inputs.index) if options.hashes else None,
    )


def _scores_as(study: Study, target: Target, reading: Reading) -> str | None:
    if isinstance(target, RealTarget):
        return "quantiles" if target.levels else None
    if not target.columns:
        return None
    return reading.kind.value if "scores" in study.holds else "labels"


def _threshold(target: Target) -> float | dict[str, float] | None:
    if isinstance(target, ClassTarget):
        return target.threshold
    if not isinstance(target, LabelSetTarget) or target.thresholds is None:
        return None
    given = {
        name: t for name, t in zip(target.names, target.thresholds.tolist(), strict=True) if not isnan(t)
    }
    values = set(given.values())
    return values.pop() if len(values) == 1 and len(given) == len(target.names) else given


def _files(source: Source, rows: int, options: Options) -> tuple[InputFile, ...]:
    files = source.files
    return tuple(
        InputFile(
            file.path,
            rows if len(files) == 1 else file.rows,
            file.sha256() if options.hashes else None,
        )
        for file in files
    )
