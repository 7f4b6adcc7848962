"""Metrics, their intervals, and rows that are scored apart."""

from dataclasses import dataclass
from typing import Annotated

import typer

from evalcli.cli.completion import columns, metric_names
from evalcli.cli.options.groups import in_panel, spoken

option = in_panel("Metrics")
LISTS = ("table", "json")
"""Formats of lists of metrics."""
MetricName = Annotated[str, typer.Argument(metavar="NAME", help="A metric, as f1, f1_macro or fbeta@2.")]


@dataclass(frozen=True)
class MetricOptions:
    """Which metrics, and what is said beside them."""

    metrics: Annotated[
        list[str] | None,
        option(
            "--metrics",
            "-m",
            metavar="NAMES",
            help="Names, globs, default or all; -NAME takes away.",
            autocompletion=metric_names,
        ),
    ] = None
    explain_batches: Annotated[
        int | None,
        option(metavar="ROWS", help="Show what averaging over batches of so many rows would have printed."),
    ] = None


@dataclass(frozen=True)
class IntervalOptions:
    """Confidence intervals."""

    confidence: Annotated[float, option(metavar="P", help="Level of the intervals.")] = 0.95
    no_intervals: Annotated[bool, option("--no-intervals", help="Leave intervals out.")] = False
    seed: Annotated[
        int,
        option(
            metavar="N",
            help="Of what is drawn at random, for intervals alone; the same number, the same report.",
        ),
    ] = 0


@dataclass(frozen=True)
class SliceOptions:
    """Rows that are scored apart, or vary together."""

    group: Annotated[
        str | None,
        option(
            "--group",
            metavar="COLUMN",
            help="Column of groups whose rows are not independent, as user_id: intervals draw whole groups.",
            autocompletion=columns,
        ),
    ] = None
    by: Annotated[
        list[str] | None,
        option(
            "--by",
            metavar="COLUMN",
            help="Score each value of a column on its own, too; COLUMN,COLUMN for every combination. "
            "Repeatable.",
            autocompletion=columns,
        ),
    ] = None
    min_n: Annotated[
        int,
        option("--min-n", metavar="ROWS", help="Slices of fewer rows are flagged, and no rule is on them."),
    ] = 30


@dataclass(frozen=True)
class TaskFilter:
    """Which metrics are listed."""

    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help="Only the metrics of this task.")
    ] = None


@dataclass(frozen=True)
class ListOptions:
    """How metrics are listed."""

    format: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=f"{spoken(LISTS)}.")] = (
        "table"
    )
