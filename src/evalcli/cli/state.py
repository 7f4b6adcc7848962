"""The state that a command leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from evalcli.cli.options.state import StateOptions
    from evalcli.inputs.options import Options


def for_state(options: Options, states: StateOptions) -> Options:
    """The options of a run that leaves a state, or ranks in bins."""
    stored = states.state is not None
    return replace(options, ranking=states.ranking, stored=stored, first_row=states.first_row)


def writer(states: StateOptions) -> Callable[[bytes], None] | None:
    """What writes the state of a run, if it is wanted."""
    return None if states.state is None else partial(write_to, [states.state])


def write_to(paths: Sequence[str], state: bytes) -> None:
    """Write a state to each of some files."""
    from evalcli.writers.files import write_state

    for path in paths:
        write_state(path, state)
