"""``evalcli threshold``: from which score on a row should count as positive."""

from __future__ import annotations

import sys

import typer

from evalcli.cli import parameters as p
from evalcli.errors import ExitCode, Problems, UsageError

FORMATS = ("table", "json")


def threshold(
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
    maximize: p.Maximize = None,
    min_precision: p.MinPrecision = None,
    min_recall: p.MinRecall = None,
    max_fpr: p.MaxFpr = None,
    cost: p.Cost = None,
    confidence: p.Confidence = 0.95,
    seed: p.Seed = 0,
    format: p.ThresholdFormat = "table",
    output: p.ThresholdFile = None,
    quiet: p.Quiet = False,
    jobs: p.Jobs = None,
    config: p.ConfigFile = None,
) -> int:
    """Choose the score from which on a row is positive: for the best F1, a precision to hold, or costs."""
    from evalcli.cli.config_file import config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.options import options_of
    from evalcli.cli.output import require_apart, standard_output, terminal_width
    from evalcli.cli.progress import progress
    from evalcli.engine.threshold import goal_of, tune
    from evalcli.inputs.options import check_options
    from evalcli.renderers import json
    from evalcli.renderers import thresholds as tables
    from evalcli.writers.files import write

    problems = Problems()
    problems.found += config_of(context).problems
    with problems.gathered():
        if format not in FORMATS:
            raise UsageError(f"unknown format {format!r}", mend="table or json")
    with problems.gathered():
        require_texts(context.params)
    with problems.gathered():
        if output and not output.lower().endswith(".json"):
            raise UsageError(f"--output {output!r}: thresholds are written as JSON", mend="-o threshold.json")
    with problems.gathered():
        options = options_of({**context.params, "threshold": None}, hashes=True)
        check_options(options)
    with problems.gathered():
        require_apart([output] if output else [], [*(predictions or ()), *(labels or ())], ())
    with problems.gathered():
        goal = goal_of(maximize, ",".join(cost or ()) or None, min_precision, min_recall, max_fpr)
    problems.refuse()
    with progress(quiet) as watch:
        found = tune(options, goal, context.find_root().obj or (), watch)
    if output and found.thresholds:
        write(output, json.text(found.to_json()) + "\n")
    with standard_output():
        print(json.text(found.to_json()) if format == "json" else tables.render(found, terminal_width()))
    for line in tables.remarks(found, output):
        if not quiet:
            print(line, file=sys.stderr)
    return ExitCode.OK if found.thresholds else ExitCode.GATE_FAILED
