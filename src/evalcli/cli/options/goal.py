"""What a threshold is chosen for."""

from dataclasses import dataclass
from typing import Annotated

from evalcli.cli.completion import metric_names
from evalcli.cli.options.groups import in_panel

option = in_panel("Goal")


@dataclass(frozen=True)
class GoalOptions:
    """What a threshold is chosen for."""

    maximize: Annotated[
        str | None,
        option(
            metavar="METRIC",
            help="A metric of counts, as f1, fbeta@2, mcc or accuracy; f1 where nothing is asked for.",
            autocompletion=metric_names,
        ),
    ] = None
    min_precision: Annotated[
        float | None,
        option(metavar="SHARE", help="Precision to hold; of such thresholds the highest recall."),
    ] = None
    min_recall: Annotated[
        float | None,
        option(metavar="SHARE", help="Recall to hold; of such thresholds the highest precision."),
    ] = None
    max_fpr: Annotated[
        float | None,
        option(
            metavar="SHARE", help="False positive rate to stay under; of such thresholds the highest recall."
        ),
    ] = None
    cost: Annotated[
        list[str] | None,
        option(
            metavar="KIND=COST",
            help="The least cost, given that of a false positive and of a miss: fp=1,fn=5.",
        ),
    ] = None
