"""State files: what a run leaves for others, and what is added up."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.options.declared import argument
from evalcli.cli.options.groups import in_panel, one_of
from evalcli.inputs.choices import RANKINGS

option = in_panel("States")
StateFiles = Annotated[
    list[str],
    argument(metavar="STATES...", help="State files of score --state or merge: files, globs or folders."),
]


class StateOptions(Struct, frozen=True):
    """The state that a run leaves, for ``merge``."""

    state: Annotated[
        str | None,
        option(
            "--state",
            metavar="PATH",
            help="Also write the sums of this run, which evalcli merge adds to those of other rows.",
        ),
    ] = None
    first_row: Annotated[
        int | None,
        option(
            "--first-row",
            metavar="N",
            help="With --state: number of the first row among the rows of all parts, from 0. Rows are then "
            "sampled as one run over all would; matched by id, they are anyway.",
        ),
    ] = None

    ranking: Annotated[
        str,
        one_of(
            option,
            "How scores are ranked; certified counts them in 65,536 bins, in memory that does not grow, and "
            "gives each area with its largest error; auto: exact, unless the rows outgrow the workers of "
            "--cluster",
            RANKINGS,
            "--ranking",
            metavar="HOW",
        ),
    ] = "auto"


class ClusterOptions(Struct, frozen=True):
    """Where parts are scored."""

    cluster: Annotated[
        str | None,
        option(
            "--cluster",
            metavar="ADDRESS",
            help="Score each file by itself, on processes of this machine (local:4) or a cluster of Dask "
            "(tcp://HOST:8786), and add what they leave.",
        ),
    ] = None
    retries: Annotated[
        int | None,
        option(
            "--retries",
            metavar="N",
            help="With --cluster: how often a file is tried again whose worker died (default: 2).",
        ),
    ] = None

    @property
    def counted(self) -> str:
        """What progress is counted in."""
        return "rows" if self.cluster is None else "parts"


class MergeOptions(Struct, frozen=True):
    """How many parts there should be, and where their sum goes."""

    expect: Annotated[
        int | None,
        option("--expect", metavar="N", help="Fail unless there are this many parts."),
    ] = None
    skip_duplicates: Annotated[
        bool,
        option("--skip-duplicates", help="Leave out a part that comes again (default: fail)."),
    ] = False
    state: Annotated[
        str | None,
        option("--state", metavar="PATH", help="Also write the sum as a state, to be merged further."),
    ] = None
