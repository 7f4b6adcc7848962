"""The task, and the conventions that metrics follow."""

from dataclasses import dataclass
from typing import Annotated

from evalcli.cli.completion import words
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.inputs.choices import AVERAGES, TASKS, ZERO_DIVISIONS

option = in_panel("Task")


@dataclass(frozen=True)
class TaskOptions:
    """What is scored."""

    task: Annotated[str, one_of(option, "", TASKS, metavar="TASK")] = "auto"
    positive: Annotated[
        str | None,
        option(
            metavar="CLASS",
            help="Positive class of binary data; else the last by name, but not one called no, normal, ...",
        ),
    ] = None


@dataclass(frozen=True)
class ConventionOptions:
    """Choices that metrics follow."""

    threshold: Annotated[
        str | None,
        option(
            metavar="T",
            help="Positive when the score is at least T; for each label as a=0.3,b=0.5; @FILE that evalcli "
            "threshold wrote.",
        ),
    ] = None
    average: Annotated[
        str | None,
        option(
            metavar="KIND",
            help="What a plain f1 means: macro, micro, weighted or (multilabel) samples (default: macro; of "
            "binary data the positive class alone).",
            autocompletion=words(*AVERAGES),
        ),
    ] = None
    exclude_class: Annotated[
        list[str] | None,
        option(
            "--exclude-class",
            metavar="CLASS",
            help="Class that averages exclude, e.g. background or O; its rows are still scored. Repeatable.",
        ),
    ] = None
    zero_division: Annotated[
        str, one_of(option, "An undefined class inside an average", ZERO_DIVISIONS, metavar="VALUE")
    ] = "0"
    bins: Annotated[int, option(metavar="N", help="Bins of the calibration error.")] = 15
