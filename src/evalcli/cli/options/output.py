"""Where results go, and how they look there."""

from dataclasses import dataclass
from typing import Annotated, Any

from evalcli.cli.completion import metric_names, words
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.renderers.formats import names_of
from evalcli.renderers.tables import NORMALIZE, SORTS

option = in_panel("Output")
SERVICES = ("auto", "github", "none")
Quiet = Annotated[bool, option("--quiet", "-q", help="On standard error, print failures only.")]


def format_of(kind: str) -> Any:
    """``--format`` of a command whose result is of this kind."""
    return one_of(option, "Standard output", names_of(kind), "--format", "-f", metavar="FORMAT")


@dataclass(frozen=True)
class OutputOptions:
    """Where a report goes, and how it looks there."""

    format: Annotated[str, format_of("report")] = "table"
    output: Annotated[
        list[str] | None,
        option(
            "--output",
            "-o",
            metavar="PATH",
            help="Also write a report, in the format of its suffix or as FORMAT:PATH. Repeatable.",
        ),
    ] = None
    only: Annotated[
        list[str] | None,
        option(
            metavar="NAME",
            help="Print only the value of this metric; with --format json an object. Repeatable.",
            autocompletion=metric_names,
        ),
    ] = None
    with_names: Annotated[
        bool,
        option("--with-names", help="With --only: NAME, a tab, and the value."),
    ] = False
    digits: Annotated[
        int | None,
        option(
            "--digits", metavar="N", help="Decimals of values in tables, Markdown and --only (default: 4)."
        ),
    ] = None
    brief: Annotated[
        bool,
        option(
            "--brief", help="Show only the metrics: no per-class table, confusion matrix or batch averages."
        ),
    ] = False
    normalize: Annotated[
        str | None,
        one_of(
            option,
            "Also show the confusion matrix in %, of the true class, the predicted class or all rows",
            tuple(NORMALIZE),
            "--normalize",
            metavar="BY",
        ),
    ] = None
    sort: Annotated[
        str | None,
        one_of(
            option,
            "Order of slices (value: worst first, n: largest first)",
            SORTS,
            "--sort",
            metavar="KEY",
        ),
    ] = None
    per_row: Annotated[
        str | None,
        option(
            metavar="PATH",
            help="Write id, truth, predicted, confidence, loss, rank and correct for every row; "
            ".parquet, .csv, .tsv, or - for standard output.",
        ),
    ] = None
    errors: Annotated[
        str | None,
        option(metavar="PATH", help="Like --per-row, misclassified rows only, highest loss first."),
    ] = None
    ci: Annotated[
        str,
        option(
            metavar="SERVICE",
            help="Annotations and a step summary: auto (where GitHub Actions runs), github or none.",
            autocompletion=words(*SERVICES),
        ),
    ] = "auto"
    quiet: Quiet = False


@dataclass(frozen=True)
class InspectOutput:
    """How files are described."""

    format: Annotated[str, format_of("inspection")] = "table"
    strict: Annotated[bool, option("--strict", help="Also exit with 1 on warnings.")] = False
    quiet: Quiet = False


@dataclass(frozen=True)
class ThresholdOutput:
    """Where thresholds go."""

    format: Annotated[str, format_of("thresholds")] = "table"
    output: Annotated[
        str | None,
        option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write the thresholds as JSON, for score --threshold @PATH.",
        ),
    ] = None
    quiet: Quiet = False
