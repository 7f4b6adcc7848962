"""``evalcli score``: metrics of a prediction file, reports, gate."""

from __future__ import annotations

import typer

from evalcli.cli import parameters as p
from evalcli.errors import ExitCode


def score(
    context: typer.Context,
    predictions: p.Predictions,
    labels: p.Labels = None,
    label_col: p.LabelCol = None,
    label_cols: p.LabelCols = None,
    score_cols: p.ScoreCols = None,
    pred_col: p.PredCol = None,
    id_col: p.IdCol = None,
    by_order: p.ByOrder = False,
    on_missing: p.OnMissing = "error",
    on_extra: p.OnExtra = "error",
    weight_col: p.WeightCol = None,
    unweighted: p.Unweighted = False,
    classes: p.Classes = None,
    fold_names: p.FoldNames = False,
    scores: p.Scores = "auto",
    missing: p.Missing = "error",
    null_values: p.NullValues = None,
    header: p.Header = None,
    delimiter: p.Delimiter = None,
    decimal: p.Decimal = ".",
    encoding: p.Encoding = None,
    input_format: p.InputFormat = None,
    max_bytes: p.MaxBytes = None,
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
    from evalcli.cli.options import options_of
    from evalcli.cli.output import forms, publish
    from evalcli.cli.progress import progress
    from evalcli.engine import score as run

    targets = forms(format, output or [])
    options = options_of(context.params, hashes="json" in targets.values())
    with progress(quiet) as watch:
        report = run(
            options,
            fail_under=fail_under or (),
            fail_over=fail_over or (),
            only=only or (),
            command=context.find_root().obj or (),
            watch=watch,
        )
    publish(report, targets, tuple(only or ()), quiet)
    verdict = report.gate.verdict if report.gate else "pass"
    return {"pass": ExitCode.OK, "fail": ExitCode.GATE_FAILED, "undecided": ExitCode.UNDECIDED}[verdict]
