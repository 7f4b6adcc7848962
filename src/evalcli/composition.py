"""Summed states into the report: metrics with intervals, per-class rows, notes, verdict, provenance."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli import __version__
from evalcli.assembly import Tally
from evalcli.gate import judge
from evalcli.inputs import Inputs
from evalcli.intervals import NO_METHOD, TURNED_OFF, wilson
from evalcli.loaders import Source
from evalcli.metrics import Outcome, Request, Study, compute
from evalcli.notes import notes
from evalcli.options import Options
from evalcli.plan import Plan
from evalcli.reading import Reading
from evalcli.report import ClassRow, InputFile, Provenance, Report, Score
from evalcli.statistics import Confusion


def compose(
    study: Study,
    plan: Plan,
    inputs: Inputs,
    reading: Reading,
    tally: Tally,
    options: Options,
    command: Sequence[str],
) -> Report:
    """Compute everything that the plan names."""
    counts = study.states[Confusion()]
    metrics = {request.key: _score(request, study, options, counts.n) for request in plan.requests}
    rows: dict[str, dict[str, Score]] = {name: {} for name in study.classes}
    for request in plan.per_class:
        if request.metric.form != "areas" or study.positive in (None, study.classes.index(str(request.cls))):
            rows[str(request.cls)][request.metric.name] = _score(request, study, options, counts.n)
    values = {name: (found.value, found.reason) for name, found in metrics.items()}
    return Report(
        version=__version__,
        command=tuple(command),
        task=study.task,
        input=_provenance(study, inputs, reading, tally, options),
        classes=study.classes,
        metrics=metrics,
        per_class={
            name: ClassRow(int(support), rows[name])
            for name, support in zip(study.classes, counts.support, strict=True)
        },
        confusion=tuple(tuple(row) for row in counts.table.tolist()),
        notes=notes(study, inputs, reading, tally),
        gate=judge(plan.rules, values) if plan.rules else None,
    )


def _provenance(study: Study, inputs: Inputs, reading: Reading, tally: Tally, options: Options) -> Provenance:
    roles, labels = inputs.roles, inputs.labels
    return Provenance(
        predictions=(_file(inputs.predictions, tally.rows, options),),
        labels=_file(labels, len(inputs.truth), options) if labels else None,
        truth=roles.truth,
        scores=roles.scores,
        predicted=roles.predicted,
        scores_as=reading.kind.value if roles.scores else None,
        scores_why=reading.why if roles.scores else None,
        positive=None if study.positive is None else study.classes[study.positive],
        threshold=options.threshold,
        read=tally.rows,
        dropped=tally.dropped,
        options={
            "average": study.average,
            "zero_division": study.zero_division,
            "bins": study.bins,
            "confidence": options.confidence,
        },
    )


def _file(source: Source, rows: int, options: Options) -> InputFile:
    return InputFile(source.path, rows, source.sha256() if options.hashes else None)


def _score(request: Request, study: Study, options: Options, n: int) -> Score:
    found = compute(request, study)
    better = request.metric.better
    if found.value is None:
        return Score(None, better, n, found.reason, left_out=found.left_out)
    rows = n if found.total is None else found.total
    interval, reason = None, _no_interval(found, options)
    if reason is None and found.hits is not None and found.total is not None:
        interval = wilson(found.hits, found.total, options.confidence)
    return Score(found.value, better, rows, None, interval, reason, found.left_out)


def _no_interval(found: Outcome, options: Options) -> str | None:
    if not options.intervals:
        return TURNED_OFF
    return None if found.total is not None else NO_METHOD
