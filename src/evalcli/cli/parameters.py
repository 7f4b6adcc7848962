"""The options, each declared once: the same name means the same in every command."""

from __future__ import annotations

from typing import Annotated

import typer

INPUT, TASK, METRICS, OUTPUT, GATE, RUN = "Input", "Task", "Metrics", "Output", "Gate", "Run"

Predictions = Annotated[
    str,
    typer.Argument(metavar="PREDICTIONS", help="CSV, TSV, Parquet or NPY file; - for standard input."),
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", "-l", metavar="FILE", help="True labels, row by row.", rich_help_panel=INPUT),
]
LabelCol = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the true label.", rich_help_panel=INPUT)
]
LabelCols = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Columns of 0 and 1, one for each label of multilabel data; names or globs.",
        rich_help_panel=INPUT,
    ),
]
WeightCol = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Column of the rows' weights, in either file.", rich_help_panel=INPUT),
]
ScoreCols = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES", help="Score columns: names or globs, commas between.", rich_help_panel=INPUT
    ),
]
PredCol = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Column of the predicted class or value.", rich_help_panel=INPUT),
]
Classes = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|NAMES",
        help="Class names in order: a file, one a line, or commas.",
        rich_help_panel=INPUT,
    ),
]
Scores = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="auto, probabilities, logits, log-probabilities or raw.",
        rich_help_panel=INPUT,
    ),
]
Missing = Annotated[
    str,
    typer.Option(metavar="POLICY", help="Rows with a missing value: error or drop.", rich_help_panel=INPUT),
]
Delimiter = Annotated[
    str | None,
    typer.Option(metavar="CHAR", help="Field delimiter of CSV input.", rich_help_panel=INPUT),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        metavar="FORMAT", help="csv, tsv, parquet or npy, whatever the suffix.", rich_help_panel=INPUT
    ),
]
Task = Annotated[
    str,
    typer.Option(
        metavar="TASK",
        help="auto, binary, multiclass, multilabel or regression.",
        rich_help_panel=TASK,
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(metavar="CLASS", help="Positive class of binary data; else the last.", rich_help_panel=TASK),
]
Threshold = Annotated[
    str | None,
    typer.Option(
        metavar="T",
        help="Positive when the score is at least T; for each label as a=0.3,b=0.5.",
        rich_help_panel=TASK,
    ),
]
Average = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="What a plain f1 means beyond binary: macro, micro, weighted or (multilabel) samples.",
        rich_help_panel=TASK,
    ),
]
ZeroDivision = Annotated[
    str,
    typer.Option(
        metavar="VALUE", help="An undefined class inside an average: 0, 1 or skip.", rich_help_panel=TASK
    ),
]
Bins = Annotated[int, typer.Option(metavar="N", help="Bins of the calibration error.", rich_help_panel=TASK)]
Metrics = Annotated[
    list[str] | None,
    typer.Option(
        "--metrics",
        "-m",
        metavar="NAMES",
        help="Names, globs, default or all; -NAME takes away.",
        rich_help_panel=METRICS,
    ),
]
ExplainBatches = Annotated[
    int | None,
    typer.Option(
        metavar="ROWS",
        help="Show what averaging over batches of so many rows would have printed.",
        rich_help_panel=METRICS,
    ),
]
Confidence = Annotated[
    float, typer.Option(metavar="P", help="Level of the intervals.", rich_help_panel=METRICS)
]
NoIntervals = Annotated[
    bool, typer.Option("--no-intervals", help="Leave intervals out.", rich_help_panel=METRICS)
]
Format = Annotated[
    str,
    typer.Option(
        "--format", "-f", metavar="FORMAT", help="Standard output: table or json.", rich_help_panel=OUTPUT
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Write a report too; .json or .txt. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Print the bare value of this metric alone. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="No notes and no passed rules on standard error.", rich_help_panel=OUTPUT
    ),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", help="Fail when the metric is below. Repeatable.", rich_help_panel=GATE
    ),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", help="Fail when the metric is above. Repeatable.", rich_help_panel=GATE
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="N", help="Threads; the numbers do not depend on it.", rich_help_panel=RUN
    ),
]
Tasks = Annotated[
    str | None,
    typer.Option("--task", metavar="TASK", help="Only the metrics of this task."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A metric, as f1, f1_macro or fbeta@2.")]
ListFormat = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="table or json.")]
