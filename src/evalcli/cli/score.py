"""``evalcli score``: metrics of a prediction file, reports, gate."""

from __future__ import annotations

from dataclasses import replace

import typer

from evalcli.cli import parameters as p
from evalcli.errors import Problems


def score(
    context: typer.Context,
    predictions: p.Predictions = None,
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
    seed: p.Seed = 0,
    group: p.Group = None,
    by: p.By = None,
    min_n: p.MinN = 30,
    format: p.Format = "table",
    output: p.Output = None,
    only: p.Only = None,
    with_names: p.WithNames = False,
    per_row: p.PerRow = None,
    errors: p.Errors = None,
    ci: p.Ci = "auto",
    quiet: p.Quiet = False,
    fail_under: p.FailUnder = None,
    fail_over: p.FailOver = None,
    fail_on: p.FailOn = None,
    on: p.On = "value",
    baseline: p.BaselineFile = None,
    max_drop: p.MaxDrop = None,
    allow: p.Allow = None,
    baseline_missing: p.BaselineMissing = "undecided",
    jobs: p.Jobs = None,
    config: p.ConfigFile = None,
) -> int:
    """Score a prediction file: metrics with intervals, per class, confusion matrix, gate."""
    from evalcli.cli.gate import gating
    from evalcli.cli.options import options_of
    from evalcli.cli.output import Publisher, require_apart, row_targets
    from evalcli.cli.progress import progress
    from evalcli.engine.score import score as run
    from evalcli.inputs.options import check_options
    from evalcli.writers.rows import RowTarget, row_sink

    problems = Problems()
    rows: tuple[RowTarget, ...] = ()
    with problems.gathered():
        options = options_of(context.params)
        check_options(options)
    with problems.gathered():
        rows = row_targets(per_row, errors, only)
    with problems.gathered():
        require_apart([*(row.path for row in rows)], [*(predictions or ()), *(labels or ())], output or ())
    gate = gating(context, problems, taken=any(row.path == "-" for row in rows))
    targets = gate.targets
    publisher = Publisher(targets, gate.config)
    hashes = targets.hashes or gate.baseline is not None or options.tuned is not None
    options = replace(options, hashes=hashes)
    with progress(quiet) as watch, row_sink(rows, publisher.failed) as sink, gate.deciding():
        report = run(
            options,
            asked=gate.asked,
            only=targets.only,
            command=context.find_root().obj or (),
            watch=watch,
            sink=sink,
        )
        report = gate.judge(replace(report, config=gate.config))
    return publisher.publish(report, gate.keys(report))
