"""The task, and the conventions that metrics follow."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.options.groups import in_panel, one_of
from evalcli.inputs.choices import AVERAGES, COMPATS, TASKS, ZERO_DIVISIONS

option, convention = in_panel("Task"), in_panel("Metrics")


class TaskOptions(Struct, frozen=True):
    """What is scored."""

    task: Annotated[str, one_of(option, "The task", TASKS, metavar="TASK")] = "auto"
    positive: Annotated[
        str | None,
        option(
            metavar="CLASS",
            help="Positive class of binary data (default: the last in sorted order, unless named no, "
            "normal, ...).",
        ),
    ] = None


class ConventionOptions(Struct, frozen=True):
    """Conventions of metrics."""

    threshold: Annotated[
        str | None,
        option(
            metavar="T",
            help="Predict the positive class from this score on; per label: a=0.3,b=0.5; @FILE: as written "
            "by evalcli threshold.",
        ),
    ] = None
    average: Annotated[
        str | None,
        one_of(
            convention,
            "Average that a bare name such as f1 means",
            AVERAGES,
            default="macro; the positive class for binary data",
            metavar="KIND",
        ),
    ] = None
    exclude_class: Annotated[
        list[str] | None,
        convention(
            "--exclude-class",
            metavar="CLASS",
            help="Class that averages exclude, e.g. background or O; its rows are still scored. Repeatable.",
        ),
    ] = None
    zero_division: Annotated[
        str,
        one_of(convention, "Value of an undefined class within an average", ZERO_DIVISIONS, metavar="VALUE"),
    ] = "0"
    compat: Annotated[
        str | None,
        one_of(
            convention,
            "Also print the values of a library where its conventions differ",
            COMPATS,
            metavar="LIBRARY",
            default="none",
        ),
    ] = None
    bins: Annotated[int, convention(metavar="N", help="Bins of the calibration error.")] = 15
