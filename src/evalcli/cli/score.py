"""``evalcli score``: metrics of a prediction file, reports, gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalcli.errors import ExitCode, UsageError, listed

INPUT, TASK, METRICS, OUTPUT, GATE, RUN = "Input", "Task", "Metrics", "Output", "Gate", "Run"


def score(
    context: typer.Context,
    predictions: Annotated[
        str,
        typer.Argument(metavar="PREDICTIONS", help="CSV, TSV, Parquet or NPY file; - for standard input."),
    ],
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels", "-l", metavar="FILE", help="True labels, row by row.", rich_help_panel=INPUT
        ),
    ] = None,
    label_col: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of the true label.", rich_help_panel=INPUT)
    ] = None,
    score_cols: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES", help="Score columns: names or globs, commas between.", rich_help_panel=INPUT
        ),
    ] = None,
    pred_col: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Column of the predicted class.", rich_help_panel=INPUT),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|NAMES",
            help="Class names in order: a file, one a line, or commas.",
            rich_help_panel=INPUT,
        ),
    ] = None,
    scores: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="auto, probabilities, logits, log-probabilities or raw.",
            rich_help_panel=INPUT,
        ),
    ] = "auto",
    missing: Annotated[
        str,
        typer.Option(
            metavar="POLICY", help="Rows with a missing value: error or drop.", rich_help_panel=INPUT
        ),
    ] = "error",
    delimiter: Annotated[
        str | None,
        typer.Option(metavar="CHAR", help="Field delimiter of CSV input.", rich_help_panel=INPUT),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT", help="csv, tsv, parquet or npy, whatever the suffix.", rich_help_panel=INPUT
        ),
    ] = None,
    task: Annotated[
        str, typer.Option(metavar="TASK", help="auto, binary or multiclass.", rich_help_panel=TASK)
    ] = "auto",
    positive: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS", help="Positive class of binary data; else the last.", rich_help_panel=TASK
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="T", help="Binary: positive when the score is at least T.", rich_help_panel=TASK
        ),
    ] = None,
    average: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="What a plain f1 means beyond binary: macro, micro or weighted.",
            rich_help_panel=TASK,
        ),
    ] = "macro",
    zero_division: Annotated[
        str,
        typer.Option(
            metavar="VALUE", help="An undefined class inside an average: 0, 1 or skip.", rich_help_panel=TASK
        ),
    ] = "0",
    bins: Annotated[
        int, typer.Option(metavar="N", help="Bins of the calibration error.", rich_help_panel=TASK)
    ] = 15,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metrics", "-m", metavar="NAMES", help="Names, globs, default or all.", rich_help_panel=METRICS
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option(metavar="P", help="Level of the intervals.", rich_help_panel=METRICS)
    ] = 0.95,
    no_intervals: Annotated[
        bool, typer.Option("--no-intervals", help="Leave intervals out.", rich_help_panel=METRICS)
    ] = False,
    format: Annotated[
        str,
        typer.Option(
            "--format", "-f", metavar="FORMAT", help="Standard output: table or json.", rich_help_panel=OUTPUT
        ),
    ] = "table",
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write a report too; .json or .txt. Repeatable.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Print the bare value of this metric alone. Repeatable.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="No notes and no passed rules on standard error.", rich_help_panel=OUTPUT
        ),
    ] = False,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="Fail when the metric is below. Repeatable.", rich_help_panel=GATE
        ),
    ] = None,
    fail_over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="Fail when the metric is above. Repeatable.", rich_help_panel=GATE
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", metavar="N", help="Threads; the numbers do not depend on it.", rich_help_panel=RUN
        ),
    ] = None,
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
        score_cols=_split(score_cols),
        pred_col=pred_col,
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
