"""The state that a command leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from evalcli.errors import UsageError
from evalcli.findings import omit, use

if TYPE_CHECKING:
    from evalcli.cli.options.state import StateOptions
    from evalcli.inputs.options import Options

FAR = 1 << 60
"""Above the number of any row."""


def for_state(options: Options, states: StateOptions) -> Options:
    """The options of a run that leaves a state, or ranks in bins."""
    options = replace(options, ranking=states.ranking)
    if states.state is None:
        if states.first_row is not None:
            raise UsageError("--first-row is for --state", hint=use(state="part.state"))
        return options
    if states.first_row is not None and not 0 <= states.first_row < FAR:
        raise UsageError(f"--first-row {states.first_row} is not the number of a row", hint=use(first_row=0))
    if options.batches is not None:
        raise UsageError(
            "--explain-batches needs all rows in order, which --state does not hold",
            hint=omit("explain_batches") | omit("state"),
        )
    return replace(options, stored=True, first_row=states.first_row)


def writer(states: StateOptions) -> Callable[[bytes], None] | None:
    """What writes the state of a run, if it is wanted."""
    return None if states.state is None else partial(write_to, [states.state])


def write_to(paths: Sequence[str], state: bytes) -> None:
    """Write a state to each of some files."""
    from evalcli.writers.files import write_state

    for path in paths:
        write_state(path, state)
