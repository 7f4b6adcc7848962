"""Rules and baseline."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import note_codes, rule_names, words
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.report.verdict import DIFFERENCES, IF_MISSING, ON

common, option = in_panel("Common"), in_panel("Gate")


class GateOptions(Struct, frozen=True):
    """Rules, and a baseline."""

    fail_under: Annotated[
        list[str] | None,
        common(
            metavar="NAME=VALUE",
            help="Fail if the metric is below VALUE, e.g. f1=0.8; NAME@each: in any slice of --by. "
            "Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    fail_over: Annotated[
        list[str] | None,
        option(
            metavar="NAME=VALUE",
            help="Fail if the metric is above VALUE, e.g. log_loss=0.5. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    fail_on: Annotated[
        list[str] | None,
        option(
            metavar="CODE",
            help="Fail if this note is raised, e.g. never-predicted, or any. Repeatable.",
            autocompletion=note_codes,
        ),
    ] = None
    on: Annotated[
        str,
        one_of(
            option,
            "What rules compare: the value, the worse end of its interval, or the whole interval (exit code "
            "3 if the limit is within it)",
            ON,
            "--on",
            metavar="WHAT",
        ),
    ] = "value"
    baseline: Annotated[
        str | None,
        option("--baseline", metavar="FILE", help="Earlier JSON report to compare with."),
    ] = None
    max_drop: Annotated[
        list[str] | None,
        option(
            metavar="NAME=VALUE",
            help="Fail if the metric is worse than in the baseline by more than VALUE: e.g. f1=0.01, or "
            "f1=1% of it. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    allow: Annotated[
        list[str] | None,
        option(
            metavar="CODES",
            help="Differences from the baseline to accept, e.g. labels-changed,rows-changed.",
            autocompletion=words(*DIFFERENCES),
        ),
    ] = None
    baseline_missing: Annotated[
        str,
        one_of(option, "If the baseline does not exist, e.g. in a first run", IF_MISSING, metavar="POLICY"),
    ] = "undecided"
