"""How a command runs."""

from typing import Annotated

from msgspec import Struct

from evalcli.cli.config_file import read_into
from evalcli.cli.options.groups import in_panel

option = in_panel("Run")


class RunOptions(Struct, frozen=True):
    """How a command runs."""

    jobs: Annotated[
        int | None,
        option(
            "--jobs", "-j", metavar="N", help="Threads (default: all cores); results do not depend on it."
        ),
    ] = None
    memory: Annotated[
        str | None,
        option(
            "--memory",
            metavar="SIZE",
            help="Memory to use, e.g. 512M (default: half of what is free). Scores that do not fit are "
            "ranked in a temporary file; results do not depend on it.",
        ),
    ] = None
    config: Annotated[
        str | None,
        option(
            "--config",
            metavar="FILE",
            help="File to read options from, or none (default: evalcli.toml or pyproject.toml, searched for "
            "in parent directories).",
            is_eager=True,
            callback=read_into,
        ),
    ] = None
