"""Provenance of a report: files, roles, rows and conventions of a run."""

from __future__ import annotations

from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.options import Options
from evalcli.loaders.source import Source
from evalcli.report.provenance import InputFile, Provenance


def provenance(run: Run, result: PassResult) -> Provenance:
    """The provenance of a run."""
    inputs, target, options, matching = run.inputs, run.target, run.options, run.matching
    context, tally = result.context, result.tally
    roles, labels = inputs.roles, inputs.labels
    scored = bool(target.columns) and target.task.has_classes
    return Provenance(
        predictions=_files(inputs.predictions, tally.rows, options),
        labels=_files(labels, len(inputs.truth), options) if labels else None,
        truth=roles.truth,
        scores=target.score_columns,
        predicted=target.prediction_column,
        scores_as=target.scores_as(run.score_scale.kind),
        scores_why=run.score_scale.why if scored else None,
        positive=None if context.positive is None else context.classes[context.positive],
        threshold=target.threshold,
        not_used=target.not_used(roles.scores),
        id=roles.id if matching else None,
        weight=roles.weight,
        read=tally.rows,
        dropped=tally.dropped,
        labels_left=matching.unmatched_labels if matching else 0,
        effective=result.size.effective if context.weighted else None,
        options={
            "average": context.average,
            "exclude_class": list(context.excluded),
            "zero_division": context.zero_division,
            "bins": context.bins,
            "confidence": options.confidence,
            "min_n": options.min_n,
        },
        group=options.group,
        groups=context.groups,
        by=tuple(slice_columns.names for slice_columns in inputs.grouping.slices),
        fingerprint=fingerprint(target, inputs.index) if options.hashes or options.stored else None,
    )


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
