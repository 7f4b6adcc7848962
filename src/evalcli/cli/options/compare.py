"""Models to compare, rules on what changed, and where the comparison goes."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import metric_names, rule_names
from evalcli.cli.options.groups import in_panel
from evalcli.cli.options.output import Quiet, Service, files_of, format_of
from evalcli.writers.rows import ROW_SUFFIXES

common, option, written = in_panel("Common"), in_panel("Gate"), in_panel("Output")
columns = in_panel("Columns")


class ModelOptions(Struct, frozen=True):
    """Which columns belong to which model, if they are in one file."""

    model: Annotated[
        list[str] | None,
        columns(
            "--model",
            metavar="NAME=COLUMNS",
            help="Score columns, or the column of predicted classes, of a model in one file, e.g. "
            "'new=new_*'. Repeatable; the first is the reference.",
        ),
    ] = None


class CompareRulesOptions(Struct, frozen=True):
    """Rules on what changed."""

    not_worse: Annotated[
        list[str] | None,
        common(
            metavar="NAME=MARGIN",
            help="Fail unless the whole interval of the change is within MARGIN, e.g. f1=0.01 or f1=1% of "
            "its value; NAME@each: in each slice of --by. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    better: Annotated[
        list[str] | None,
        option(
            "--better",
            metavar="NAME",
            help="Fail unless the metric is significantly better. Repeatable.",
            autocompletion=metric_names,
        ),
    ] = None
    max_broken: Annotated[
        list[str] | None,
        option(
            metavar="SHARE",
            help="Fail if more than this share of the rows that were right are wrong now, e.g. 1%; of a "
            "class: CLASS=1%; of each slice: @each=1%. Repeatable.",
        ),
    ] = None
    detect: Annotated[
        list[str] | None,
        option(
            "--detect",
            metavar="NAME=CHANGE",
            help="How many rows would show a change of this size, e.g. accuracy=0.005. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    no_correction: Annotated[
        bool,
        option("--no-correction", help="Do not adjust tests for their number (Holm)."),
    ] = False


class CompareOutput(Struct, frozen=True):
    """Where the comparison goes."""

    format: Annotated[str, format_of("comparison")] = "table"
    output: Annotated[list[str] | None, files_of("the comparison")] = None
    broken: Annotated[
        str | None,
        written(
            "--broken",
            metavar="PATH",
            help=f"Write the rows that were right and are wrong now, the most confident first; "
            f"{', '.join(ROW_SUFFIXES)}.",
        ),
    ] = None
    fixed: Annotated[
        str | None,
        written("--fixed", metavar="PATH", help="Write the rows that were wrong and are right now."),
    ] = None
    digits: Annotated[int | None, written("--digits", metavar="N", help="Decimals of values.")] = None
    ci: Service = "auto"
    quiet: Quiet = False
