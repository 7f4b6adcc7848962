"""Where results go, and how they look there."""

from typing import Annotated, Any

from msgspec import Struct

from evalcli.cli.completion import metric_names
from evalcli.cli.options.groups import in_panel, one_of, spoken
from evalcli.inputs.choices import CURVES
from evalcli.renderers.formats import names_of
from evalcli.renderers.tables import NORMALIZE, SORTS
from evalcli.writers.rows import ROW_SUFFIXES

common, option = in_panel("Common"), in_panel("Output")
SERVICES = ("auto", "github", "none")
Quiet = Annotated[bool, option("--quiet", "-q", help="On standard error, print failures only.")]

Charts = Annotated[
    bool, option("--charts", help="Below the table, small charts of the curves for the terminal.")
]

Service = Annotated[
    str,
    one_of(
        option,
        "Annotations and a step summary for a CI service; auto detects GitHub Actions",
        SERVICES,
        metavar="SERVICE",
    ),
]


def format_of(kind: str) -> Any:
    """``--format`` of a command whose result is of this kind."""
    return one_of(common, "Format of standard output", names_of(kind), "--format", "-f", metavar="FORMAT")


def files_of(what: str, more: str = "") -> Any:
    """``--output`` of a command. ``what`` is written; ``more``: of formats besides those of the result."""
    text = f"Also write {what} to a file, in the format of its suffix, or FORMAT:PATH{more}. Repeatable."
    return common("--output", "-o", metavar="PATH", help=text)


class OutputOptions(Struct, frozen=True):
    """Where a report goes, and how it looks there."""

    format: Annotated[str, format_of("report")] = "table"
    output: Annotated[list[str] | None, files_of("a report")] = None
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
        option("--with-names", help="With --only, print each name before its value, separated by a tab."),
    ] = False
    name: Annotated[
        str | None,
        option(
            "--name",
            metavar="TEXT",
            help="Name of the run in titles, JUnit suites and annotations (default: the file's name).",
        ),
    ] = None
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
            help="Write a table with one row per prediction: truth, predicted class, confidence, loss, ...; "
            f"{spoken(tuple(ROW_SUFFIXES))}, or - for standard output.",
        ),
    ] = None
    errors: Annotated[
        str | None,
        option(metavar="PATH", help="Like --per-row, misclassified rows only, highest loss first."),
    ] = None
    curves: Annotated[
        str,
        one_of(
            option,
            "What JSON reports hold for pictures: points of curves, bins; all: of every class",
            CURVES,
            "--curves",
            metavar="WHAT",
        ),
    ] = "default"
    charts: Charts = False
    plots: Annotated[
        str | None,
        option("--plots", metavar="FOLDER", help="Also draw all pictures that the data has, as PNG."),
    ] = None
    ci: Service = "auto"
    quiet: Quiet = False


class InspectOutput(Struct, frozen=True):
    """How files are described."""

    format: Annotated[str, format_of("inspection")] = "table"
    strict: Annotated[bool, option("--strict", help="Also exit with 1 on warnings.")] = False
    quiet: Quiet = False


class ThresholdOutput(Struct, frozen=True):
    """Where thresholds go."""

    format: Annotated[str, format_of("thresholds")] = "table"
    output: Annotated[
        str | None,
        common(
            "--output",
            "-o",
            metavar="PATH",
            help="Write the thresholds as JSON, for evalcli score --threshold @PATH.",
        ),
    ] = None
    quiet: Quiet = False
