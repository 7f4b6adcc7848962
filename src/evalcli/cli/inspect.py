"""``evalcli inspect``: how files are understood, and what is wrong with them."""

from __future__ import annotations

import typer

from evalcli.cli import parameters as p
from evalcli.errors import ExitCode, Problems, UsageError

FORMATS = ("table", "json")


def inspect(
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
    group: p.Group = None,
    by: p.By = None,
    format: p.Format = "table",
    strict: p.Strict = False,
    quiet: p.Quiet = False,
    jobs: p.Jobs = None,
    config: p.ConfigFile = None,
) -> int:
    """Say how the files are understood and why, and what is suspicious about them; no metrics."""
    from evalcli.cli.config_file import config_of
    from evalcli.cli.options import options_of
    from evalcli.cli.output import standard_output
    from evalcli.cli.progress import progress
    from evalcli.engine.inspect import inspect as run

    problems = Problems()
    problems.found += config_of(context).problems
    with problems.gathered():
        if format not in FORMATS:
            raise UsageError(f"unknown format {format!r}", mend="table or json")
    with problems.gathered():
        options = options_of(context.params)
    problems.refuse()
    with progress(quiet) as watch:
        diagnosis = run(options, context.find_root().obj or (), watch)
    with standard_output():
        if format == "json":
            from evalcli.renderers import json

            print(json.text(diagnosis.to_json()))
        else:
            from evalcli.renderers import inspection as tables

            print(tables.render(diagnosis), end="")
    if diagnosis.verdict == "not scorable":
        return ExitCode.USAGE
    return ExitCode.GATE_FAILED if strict and diagnosis.verdict == "warnings" else ExitCode.OK
