"""Metrics, intervals, slices and groups of rows."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import columns, metric_names, subjects
from evalcli.cli.options import declared
from evalcli.cli.options.groups import in_panel, spoken

common, option = in_panel("Common"), in_panel("Metrics")
interval, part = in_panel("Intervals"), in_panel("Slices")
LISTS = ("table", "json")
"""Formats of lists of metrics."""
Words = Annotated[
    list[str] | None,
    declared.argument(
        metavar="[WORD]...",
        help="Only metrics with all of these words in their names, other names or summaries.",
        autocompletion=metric_names,
    ),
]
Subjects = Annotated[
    list[str],
    declared.argument(
        metavar="NAME...",
        help="Metrics, e.g. f1, auc or fbeta@2, and codes of notes, e.g. never-predicted.",
        autocompletion=subjects,
    ),
]


class MetricOptions(Struct, frozen=True):
    """Metrics to compute, and batch averages."""

    metrics: Annotated[
        list[str] | None,
        common(
            "--metrics",
            "-m",
            metavar="NAMES",
            help="Metrics to compute: names, globs, default or all; -NAME removes. Other libraries' names, "
            "e.g. auc or sensitivity, work as well.",
            autocompletion=metric_names,
        ),
    ] = None
    explain_batches: Annotated[
        int | None,
        option(metavar="ROWS", help="Show what a mean over batches of ROWS rows would have reported."),
    ] = None


class OwnOptions(Struct, frozen=True):
    """Metrics of one's own."""

    define: Annotated[
        list[str] | None,
        option(
            metavar="NAME=FORMULA",
            help="A metric of your own, e.g. 'cost = 5*fn + fp' or 'mean = (f1_macro + accuracy)/2'; also of "
            "tp, fp, fn, tn, n and support, and \"'recall:cat'\". Repeatable.",
        ),
    ] = None
    cost_matrix: Annotated[
        str | None,
        option(
            "--cost-matrix",
            metavar="FILE",
            help="CSV of the costs of each true (lines) and predicted class (columns); adds cost, the mean "
            "per row.",
        ),
    ] = None
    plugin: Annotated[
        list[str] | None,
        option("--plugin", metavar="FILE", help="File of Python that declares metrics. Repeatable."),
    ] = None


class IntervalOptions(Struct, frozen=True):
    """Confidence intervals."""

    confidence: Annotated[float, interval(metavar="P", help="Confidence level of the intervals.")] = 0.95
    no_intervals: Annotated[bool, interval("--no-intervals", help="Skip confidence intervals.")] = False
    seed: Annotated[
        int,
        interval(
            metavar="N",
            help="Random seed of resampled intervals; metrics do not depend on it.",
        ),
    ] = 0


class SliceOptions(Struct, frozen=True):
    """Slices, and groups of dependent rows."""

    group: Annotated[
        str | None,
        interval(
            "--group",
            metavar="COLUMN",
            help="Column of groups of dependent rows, e.g. user_id; intervals resample whole groups.",
            autocompletion=columns,
        ),
    ] = None
    by: Annotated[
        list[str] | None,
        common(
            "--by",
            metavar="COLUMN",
            help="Also score each value of a column separately; COLUMN,COLUMN: each combination. Repeatable.",
            autocompletion=columns,
        ),
    ] = None
    min_n: Annotated[
        int,
        part("--min-n", metavar="ROWS", help="Flag slices with fewer rows and apply no rules to them."),
    ] = 30


class TaskFilter(Struct, frozen=True):
    """Which metrics are listed."""

    task: Annotated[
        str | None, declared.option("--task", metavar="TASK", help="Only the metrics of this task.")
    ] = None


class ListOptions(Struct, frozen=True):
    """How metrics are listed."""

    format: Annotated[
        str, declared.option("--format", "-f", metavar="FORMAT", help=f"Format: {spoken(LISTS)}.")
    ] = "table"
