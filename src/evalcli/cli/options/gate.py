"""Rules and baseline."""

from dataclasses import dataclass
from typing import Annotated

from evalcli.cli.completion import note_codes, rule_names, words
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.report.verdict import DIFFERENCES, IF_MISSING, ON

option = in_panel("Gate")


@dataclass(frozen=True)
class GateOptions:
    """Rules, and a baseline."""

    fail_under: Annotated[
        list[str] | None,
        option(
            metavar="NAME=VALUE",
            help="Fail when the metric is below; NAME@each is on every slice of --by. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    fail_over: Annotated[
        list[str] | None,
        option(
            metavar="NAME=VALUE", help="Fail when the metric is above. Repeatable.", autocompletion=rule_names
        ),
    ] = None
    fail_on: Annotated[
        list[str] | None,
        option(
            metavar="CODE",
            help="Fail when there is this note, as never-predicted; or any. Repeatable.",
            autocompletion=note_codes,
        ),
    ] = None
    on: Annotated[
        str,
        option(
            "--on",
            metavar="WHAT",
            help="What of a metric rules look at: value; lower, the worse end of its interval; decided, the "
            "whole interval, undecided (exit code 3) where the limit lies within.",
            autocompletion=words(*ON),
        ),
    ] = "value"
    baseline: Annotated[
        str | None,
        option("--baseline", metavar="FILE", help="An earlier JSON report to compare with."),
    ] = None
    max_drop: Annotated[
        list[str] | None,
        option(
            metavar="NAME=VALUE",
            help="Fail when the metric is worse than the baseline by more: 0.01, or 1% of it. Repeatable.",
            autocompletion=rule_names,
        ),
    ] = None
    allow: Annotated[
        list[str] | None,
        option(
            metavar="CODES",
            help="What may differ from the baseline, as labels-changed,rows-changed.",
            autocompletion=words(*DIFFERENCES),
        ),
    ] = None
    baseline_missing: Annotated[
        str,
        one_of(option, "Without a baseline, as in the first run", IF_MISSING, metavar="POLICY"),
    ] = "undecided"
