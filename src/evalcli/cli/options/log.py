"""Trackers of experiments that results are also logged to."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.completion import words
from evalcli.cli.options.groups import in_panel

option = in_panel("Output")
Trackers = Annotated[
    list[str] | None,
    option(
        "--log",
        metavar="TRACKER",
        help="Also log values and pictures: tensorboard:DIR, mlflow[:EXPERIMENT], wandb[:PROJECT] or "
        "trackio:PROJECT. Repeatable.",
        autocompletion=words(("tensorboard:", "mlflow", "wandb", "trackio:")),
    ),
]


class LogOptions(Struct, frozen=True):
    """Where a result is logged, and as which step."""

    log: Trackers = None
    log_step: Annotated[
        int | None, option("--log-step", metavar="N", help="Step that --log gives the values (default: 0).")
    ] = None
