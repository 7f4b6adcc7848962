"""Summed states into the report: metrics with intervals, per-class rows, notes, provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite, isnan

from evalcli import __version__
from evalcli.assembly import Tally
from evalcli.batches import explain
from evalcli.fingerprint import fingerprint
from evalcli.inputs import Inputs
from evalcli.intervals import NO_METHOD, TURNED_OFF, WEIGHTED, wilson
from evalcli.loaders import Source, shown
from evalcli.matching import Matching
from evalcli.metrics import Outcome, Request, Study, compute
from evalcli.notes import notes
from evalcli.options import Options
from evalcli.plan import Plan
from evalcli.reading import Reading
from evalcli.report import ClassRow, InputFile, Provenance, Report, Score
from evalcli.statistics import Confusion, RowOutcomes
from evalcli.targets import ClassTarget, LabelSetTarget, RealTarget, Target


def compose(
    study: Study,
    plan: Plan,
    inputs: Inputs,
    target: Target,
    reading: Reading,
    tally: Tally,
    matching: Matching | None,
    options: Options,
    command: Sequence[str],
) -> Report:
    """Compute everything that the plan names."""
    n = tally.scored
    metrics = {request.key: _score(request, study, options, n) for request in plan.requests}
    rows: dict[str, dict[str, Score]] = {name: {} for name in study.classes}
    for request in plan.per_class:
        rows[str(request.cls)][replace(request, cls=None).key] = _score(request, study, options, n)
    support = study.states[study.counts].support.tolist() if study.classes else ()
    confusion = study.states.get(Confusion())
    batches = None
    if options.batches is not None:
        batches = explain(study, study.states[RowOutcomes()], options.batches)
    return Report(
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
    )


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
        },
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


def _score(request: Request, study: Study, options: Options, n: int) -> Score:
    found = compute(request, study)
    better = request.metric.better
    if found.value is None:
        return Score(None, better, n, found.reason, left_out=found.left_out)
    rows = n
    interval, reason = None, _no_interval(found, study, options)
    if found.total is not None and not study.weighted:
        rows = int(found.total)
    if reason is None and found.hits is not None:
        interval = wilson(int(found.hits), rows, options.confidence)
    at = found.threshold if found.threshold is not None and isfinite(found.threshold) else None
    return Score(found.value, better, rows, None, interval, reason, found.left_out, at)


def _no_interval(found: Outcome, study: Study, options: Options) -> str | None:
    if not options.intervals:
        return TURNED_OFF
    if found.total is None:
        return NO_METHOD
    return WEIGHTED if study.weighted else None
