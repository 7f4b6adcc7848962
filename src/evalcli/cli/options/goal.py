"""What a threshold is chosen for."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import metric_names
from evalcli.cli.options.groups import in_panel

option = in_panel("Goal")


class GoalOptions(Struct, frozen=True):
    """What a threshold is chosen for."""

    maximize: Annotated[
        str | None,
        option(
            metavar="METRIC",
            help="Metric to maximise, e.g. f1, fbeta@2, mcc or accuracy (default: f1).",
            autocompletion=metric_names,
        ),
    ] = None
    min_precision: Annotated[
        float | None,
        option(metavar="SHARE", help="Require this precision; then maximise recall."),
    ] = None
    min_recall: Annotated[
        float | None,
        option(metavar="SHARE", help="Require this recall; then maximise precision."),
    ] = None
    max_fpr: Annotated[
        float | None,
        option(metavar="SHARE", help="Maximum false positive rate; then maximise recall."),
    ] = None
    cost: Annotated[
        list[str] | None,
        option(
            metavar="KIND=COST",
            help="Minimise the expected cost, given costs of errors, e.g. fp=1,fn=5.",
        ),
    ] = None
