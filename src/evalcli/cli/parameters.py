"""The options, each declared once: the same name means the same in every command."""

from __future__ import annotations

from typing import Annotated

import typer

from evalcli.cli.completion import columns, formats, metric_names, note_codes, rule_names, words
from evalcli.cli.config_file import read_into
from evalcli.report.verdict import DIFFERENCES

INPUT, TASK, METRICS, OUTPUT, GATE, RUN = "Input", "Task", "Metrics", "Output", "Gate", "Run"
GOAL = "Goal"

Predictions = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PREDICTIONS...",
        help="CSV, Parquet, Feather, JSON Lines, NPY, NPZ or safetensors: files, globs, folders, addresses "
        "(s3://, https://) or - for standard input. Several are one table.",
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--labels",
        "-l",
        metavar="FILE",
        help="True labels: matched by a column of ids that both have, else row by row. Repeatable.",
        rich_help_panel=INPUT,
    ),
]
IdCol = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column of ids that rows are matched by; as PREDICTIONS=LABELS where its names differ.",
        autocompletion=columns,
        rich_help_panel=INPUT,
    ),
]
ByOrder = Annotated[
    bool,
    typer.Option("--by-order", help="Match rows by order, whatever ids there are.", rich_help_panel=INPUT),
]
OnMissing = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Labels without a prediction: error or drop.",
        autocompletion=words("error", "drop"),
        rich_help_panel=INPUT,
    ),
]
OnExtra = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Predictions without a label: error or drop.",
        autocompletion=words("error", "drop"),
        rich_help_panel=INPUT,
    ),
]
Unweighted = Annotated[
    bool, typer.Option("--unweighted", help="Do not use a column of weights.", rich_help_panel=INPUT)
]
Decimal = Annotated[
    str, typer.Option(metavar="CHAR", help="Decimal sign of text files.", rich_help_panel=INPUT)
]
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Encoding of text files, as latin-1; else UTF-8 or UTF-16.",
        rich_help_panel=INPUT,
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether text files begin with the columns' names; without, they are f0, f1, ...",
        rich_help_panel=INPUT,
        show_default=False,
    ),
]
NullValues = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TEXTS", help="Texts that stand for a missing value, commas between.", rich_help_panel=INPUT
    ),
]
MaxBytes = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="What packed input may unfold to, as 20G; else 100 times its size, at least 1G.",
        rich_help_panel=INPUT,
    ),
]
FoldNames = Annotated[
    bool,
    typer.Option(
        "--fold-names",
        help="Class names that differ by case or blanks only are one class.",
        rich_help_panel=INPUT,
    ),
]
LabelCol = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Column of the true label.", autocompletion=columns, rich_help_panel=INPUT
    ),
]
LabelCols = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Columns of 0 and 1, one for each label of multilabel data; names or globs.",
        autocompletion=columns,
        rich_help_panel=INPUT,
    ),
]
WeightCol = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column of the rows' weights, in either file; else weight or sample_weight.",
        autocompletion=columns,
        rich_help_panel=INPUT,
    ),
]
ScoreCols = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAMES",
        help="Score columns: names or globs, commas between.",
        autocompletion=columns,
        rich_help_panel=INPUT,
    ),
]
PredCol = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column of the predicted class or value.",
        autocompletion=columns,
        rich_help_panel=INPUT,
    ),
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
        help="auto, probabilities, percentages, logits, log-probabilities or raw.",
        autocompletion=words("auto", "probabilities", "percentages", "logits", "log-probabilities", "raw"),
        rich_help_panel=INPUT,
    ),
]
Missing = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Rows with a missing value: error or drop.",
        autocompletion=words("error", "drop"),
        rich_help_panel=INPUT,
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        metavar="CHAR", help="Field delimiter of text files; else the one they have.", rich_help_panel=INPUT
    ),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        metavar="FORMAT",
        help="Format of the predictions: csv, tsv, jsonl, parquet, feather, npy, npz or safetensors.",
        autocompletion=words("csv", "tsv", "jsonl", "parquet", "feather", "npy", "npz", "safetensors"),
        rich_help_panel=INPUT,
    ),
]
Task = Annotated[
    str,
    typer.Option(
        metavar="TASK",
        help="auto, binary, multiclass, multilabel or regression.",
        autocompletion=words("auto", "binary", "multiclass", "multilabel", "regression"),
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
        help="Positive when the score is at least T; for each label as a=0.3,b=0.5; @FILE that evalcli "
        "threshold wrote.",
        rich_help_panel=TASK,
    ),
]
Maximize = Annotated[
    str | None,
    typer.Option(
        metavar="METRIC",
        help="A metric of counts, as f1, fbeta@2, mcc or accuracy; f1 where nothing is asked for.",
        autocompletion=metric_names,
        rich_help_panel=GOAL,
    ),
]
MinPrecision = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Precision to hold; of such thresholds the highest recall.",
        rich_help_panel=GOAL,
    ),
]
MinRecall = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Recall to hold; of such thresholds the highest precision.",
        rich_help_panel=GOAL,
    ),
]
MaxFpr = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="False positive rate to stay under; of such thresholds the highest recall.",
        rich_help_panel=GOAL,
    ),
]
Cost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND=COST",
        help="The least cost, given that of a false positive and of a miss: fp=1,fn=5.",
        rich_help_panel=GOAL,
    ),
]
ThresholdFile = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Write the thresholds as JSON, for score --threshold @PATH.",
        rich_help_panel=OUTPUT,
    ),
]
ThresholdFormat = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="Standard output: table or json.",
        autocompletion=words("table", "json"),
        rich_help_panel=OUTPUT,
    ),
]
Average = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="What a plain f1 means beyond binary: macro, micro, weighted or (multilabel) samples.",
        autocompletion=words("macro", "micro", "weighted", "samples"),
        rich_help_panel=TASK,
    ),
]
ZeroDivision = Annotated[
    str,
    typer.Option(
        metavar="VALUE",
        help="An undefined class inside an average: 0, 1 or skip.",
        autocompletion=words("0", "1", "skip"),
        rich_help_panel=TASK,
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
        autocompletion=metric_names,
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
Seed = Annotated[
    int,
    typer.Option(
        metavar="N",
        help="Of what is drawn at random, for intervals alone; the same number, the same report.",
        rich_help_panel=METRICS,
    ),
]
Group = Annotated[
    str | None,
    typer.Option(
        "--group",
        metavar="COLUMN",
        help="Column of groups whose rows are not independent, as user_id: intervals draw whole groups.",
        autocompletion=columns,
        rich_help_panel=METRICS,
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="COLUMN",
        help="Score each value of a column on its own, too; COLUMN,COLUMN for every combination. Repeatable.",
        autocompletion=columns,
        rich_help_panel=METRICS,
    ),
]
MinN = Annotated[
    int,
    typer.Option(
        "--min-n",
        metavar="ROWS",
        help="Slices of fewer rows are flagged, and no rule is on them.",
        rich_help_panel=METRICS,
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="Standard output: table, json, markdown, csv, tsv, junit or github.",
        autocompletion=formats,
        rich_help_panel=OUTPUT,
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Write a report too, in the format of its suffix, or as FORMAT:PATH. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Print the bare value of this metric alone. Repeatable.",
        autocompletion=metric_names,
        rich_help_panel=OUTPUT,
    ),
]
WithNames = Annotated[
    bool,
    typer.Option("--with-names", help="With --only: NAME, a tab, and the value.", rich_help_panel=OUTPUT),
]
PerRow = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="Write id, truth, predicted, confidence, loss, rank and correct of every row; "
        ".parquet, .csv, .tsv, or - for standard output.",
        rich_help_panel=OUTPUT,
    ),
]
Errors = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", help="The same of the wrong rows only, the worst first.", rich_help_panel=OUTPUT
    ),
]
Ci = Annotated[
    str,
    typer.Option(
        metavar="SERVICE",
        help="Annotations and a step summary: auto (where GitHub Actions runs), github or none.",
        autocompletion=words("auto", "github", "none"),
        rich_help_panel=OUTPUT,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="No notes and no passed rules on standard error.", rich_help_panel=OUTPUT
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit code 1 with warnings, too.", rich_help_panel=OUTPUT)
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Fail when the metric is below; NAME@each is on every slice of --by. Repeatable.",
        autocompletion=rule_names,
        rich_help_panel=GATE,
    ),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Fail when the metric is above. Repeatable.",
        autocompletion=rule_names,
        rich_help_panel=GATE,
    ),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="WHAT",
        help="What of a metric rules look at: value; lower, the worse end of its interval; decided, the "
        "whole interval, undecided (exit code 3) where the limit lies within.",
        autocompletion=words("value", "lower", "decided"),
        rich_help_panel=GATE,
    ),
]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE",
        help="Fail when there is this note, as never-predicted; or any. Repeatable.",
        autocompletion=note_codes,
        rich_help_panel=GATE,
    ),
]
BaselineFile = Annotated[
    str | None,
    typer.Option(
        "--baseline", metavar="FILE", help="An earlier JSON report to compare with.", rich_help_panel=GATE
    ),
]
MaxDrop = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Fail when the metric is worse than the baseline by more: 0.01, or 1% of it. Repeatable.",
        autocompletion=rule_names,
        rich_help_panel=GATE,
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODES",
        help="What may differ from the baseline, as labels-changed,rows-changed.",
        autocompletion=words(*DIFFERENCES),
        rich_help_panel=GATE,
    ),
]
BaselineMissing = Annotated[
    str,
    typer.Option(
        metavar="POLICY",
        help="Without a baseline, as in the first run: undecided, warn or pass.",
        autocompletion=words("undecided", "warn", "pass"),
        rich_help_panel=GATE,
    ),
]
ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Options from this file, or none; else evalcli.toml or pyproject.toml, found upwards.",
        is_eager=True,
        callback=read_into,
        rich_help_panel=RUN,
    ),
]
ReportFile = Annotated[
    str, typer.Argument(metavar="REPORT", help="A JSON report that score wrote, or - for standard input.")
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
