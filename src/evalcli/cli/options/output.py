"""Where results go, and how they look there."""

from dataclasses import dataclass
from typing import Annotated, Any

from evalcli.cli.completion import metric_names, words
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.renderers.formats import names_of

option = in_panel("Output")
SERVICES = ("auto", "github", "none")
Quiet = Annotated[bool, option("--quiet", "-q", help="No notes and no passed rules on standard error.")]


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
            help="Write a report too, in the format of its suffix, or as FORMAT:PATH. Repeatable.",
        ),
    ] = None
    only: Annotated[
        list[str] | None,
        option(
            metavar="NAME",
            help="Print the bare value of this metric alone; with --format json an object. Repeatable.",
            autocompletion=metric_names,
        ),
    ] = None
    with_names: Annotated[
        bool,
        option("--with-names", help="With --only: NAME, a tab, and the value."),
    ] = False
    per_row: Annotated[
        str | None,
        option(
            metavar="PATH",
            help="Write id, truth, predicted, confidence, loss, rank and correct of every row; "
            ".parquet, .csv, .tsv, or - for standard output.",
        ),
    ] = None
    errors: Annotated[
        str | None,
        option(metavar="PATH", help="The same of the wrong rows only, the worst first."),
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
    strict: Annotated[bool, option("--strict", help="Exit code 1 with warnings, too.")] = False
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
