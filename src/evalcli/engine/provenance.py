"""Provenance of a report: files, roles, rows and conventions of a run."""

from __future__ import annotations

from math import isnan

from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import ScoreScale
from evalcli.inputs.targets.classification import ClassTarget
from evalcli.inputs.targets.multilabel import LabelSetTarget
from evalcli.inputs.targets.regression import RealTarget
from evalcli.inputs.targets.target import Target
from evalcli.loaders.source import Source
from evalcli.metrics import Context
from evalcli.report.provenance import InputFile, Provenance


def provenance(run: Run, result: PassResult) -> Provenance:
    """The provenance of a run."""
    inputs, target, options, matching = run.inputs, run.target, run.options, run.matching
    context, tally = result.context, result.tally
    roles, labels = inputs.roles, inputs.labels
    point = isinstance(target, RealTarget) and target.point
    scored = bool(target.columns) and not isinstance(target, RealTarget)
    return Provenance(
        predictions=_files(inputs.predictions, tally.rows, options),
        labels=_files(labels, len(inputs.truth), options) if labels else None,
        truth=roles.truth,
        scores=target.columns[int(point) :],
        predicted=target.columns[0] if point else target.predicted,
        scores_as=_scores_as(context, target, run.score_scale),
        scores_why=run.score_scale.why if scored else None,
        positive=None if context.positive is None else context.classes[context.positive],
        threshold=_threshold(target),
        not_used=_not_used(target, roles.scores),
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
        fingerprint=fingerprint(target, inputs.index) if options.hashes else None,
    )


def _not_used(target: Target, scores: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that are not used: predictions if a threshold decides, and scores that no metric needs."""
    if not isinstance(target, ClassTarget):
        return ()
    predictions = (target.passed_over,) if target.passed_over else ()
    return predictions if target.columns else (*predictions, *scores)


def _scores_as(context: Context, target: Target, score_scale: ScoreScale) -> str | None:
    if isinstance(target, RealTarget):
        return "quantiles" if target.levels else None
    if not target.columns:
        return None
    return score_scale.kind.value if "scores" in context.available else "labels"


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
