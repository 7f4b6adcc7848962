"""Rules whose verdicts are questioned, and how sure they should be."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import rule_names
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.cli.options.output import Quiet, format_of
from evalcli.report.verdict import ON

common, option = in_panel("Common"), in_panel("Gate")


class PowerOptions(Struct, frozen=True):
    """Rules, and how sure their verdicts should be."""

    rule: Annotated[
        list[str] | None,
        common(
            "--rule",
            metavar="NAME=LIMIT",
            help="A rule of the gate, e.g. f1=0.8; an upper limit where lower is better (default: the rules "
            "that the report was judged by). Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    on: Annotated[
        str | None,
        one_of(
            option,
            "What the gate compares, as for score (default: what stored rules compare; value)",
            ON,
            "--on",
            metavar="WHAT",
        ),
    ] = None
    flake: Annotated[
        str,
        option("--flake", metavar="SHARE", help="How often another verdict is acceptable."),
    ] = "1%"


class PowerOutput(Struct, frozen=True):
    """How it is shown."""

    format: Annotated[str, format_of("power")] = "table"
    quiet: Quiet = False
