"""``evalcli score``: metrics of a prediction file, reports, gate."""

from __future__ import annotations

from pathlib import Path

import typer

from evalcli.cli import parameters as p
from evalcli.errors import ExitCode, UsageError, listed


def score(
    context: typer.Context,
    predictions: p.Predictions,
    labels: p.Labels = None,
    label_col: p.LabelCol = None,
    label_cols: p.LabelCols = None,
    score_cols: p.ScoreCols = None,
    pred_col: p.PredCol = None,
    weight_col: p.WeightCol = None,
    classes: p.Classes = None,
    scores: p.Scores = "auto",
    missing: p.Missing = "error",
    delimiter: p.Delimiter = None,
    input_format: p.InputFormat = None,
    task: p.Task = "auto",
    positive: p.Positive = None,
    threshold: p.Threshold = None,
    average: p.Average = "macro",
    zero_division: p.ZeroDivision = "0",
    bins: p.Bins = 15,
    metrics: p.Metrics = None,
    explain_batches: p.ExplainBatches = None,
    confidence: p.Confidence = 0.95,
    no_intervals: p.NoIntervals = False,
    format: p.Format = "table",
    output: p.Output = None,
    only: p.Only = None,
    quiet: p.Quiet = False,
    fail_under: p.FailUnder = None,
    fail_over: p.FailOver = None,
    jobs: p.Jobs = None,
) -> int:
    """Score a prediction file: metrics with intervals, per class, confusion matrix, gate."""
    from evalcli.cli.output import forms, publish
    from evalcli.engine import score as run
    from evalcli.options import Options

    targets = forms(format, output or [])
    given = {} if jobs is None else {"jobs": jobs}
    options = Options(
        predictions=predictions,
        labels=labels,
        label_col=label_col,
        label_cols=_split(label_cols),
        score_cols=_split(score_cols),
        pred_col=pred_col,
        weight_col=weight_col,
        classes=_classes(classes),
        scores=scores,
        missing=missing,
        input_format=input_format,
        delimiter="\t" if delimiter == "\\t" else delimiter,
        task=task,
        positive=positive,
        threshold=threshold,
        average=average,
        zero_division=zero_division,
        bins=bins,
        metrics=_split(metrics) or ("default",),
        batches=explain_batches,
        confidence=confidence,
        intervals=not no_intervals,
        hashes="json" in targets.values(),
        **given,
    )
    report = run(
        options,
        fail_under=fail_under or (),
        fail_over=fail_over or (),
        only=only or (),
        command=context.find_root().obj or (),
    )
    publish(report, targets, tuple(only or ()), quiet)
    verdict = report.gate.verdict if report.gate else "pass"
    return {"pass": ExitCode.OK, "fail": ExitCode.GATE_FAILED, "undecided": ExitCode.UNDECIDED}[verdict]


def _split(values: list[str] | None) -> tuple[str, ...]:
    """Comma-separated values of a repeatable option."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def _classes(value: str | None) -> tuple[str, ...]:
    """Class names from a file, one a line, or from commas."""
    if value is None:
        return ()
    file = Path(value)
    if "," not in value or file.is_file():
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"--classes {value!r} is neither a readable file nor a list with commas", seen=str(error)
            ) from None
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
    else:
        names = tuple(name.strip() for name in value.split(","))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise UsageError("--classes must name each class once", seen=listed(twice) or "no names")
    return names
