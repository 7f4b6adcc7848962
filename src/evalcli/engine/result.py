"""What a pass leaves: the study with the states of all rows and of each slice, and what was counted.

Nothing here knows of files: states of blocks that were made by hand, or added up from elsewhere, do as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from evalcli.inputs.tally import RowTally
from evalcli.metrics import Context
from evalcli.statistics import Mapper, RowCount, Size
from evalcli.statistics.base import States, finished_states


@dataclass(frozen=True, eq=False)
class PassResult:
    """A finished pass: the study with the states of all rows, what was counted, and the slices.

    ``slices``: of each what its columns hold, and its study. ``mapper``: on the threads of the pass; what it
    applies to slices does not use them itself.
    """

    context: Context
    tally: RowTally
    slices: tuple[tuple[Mapping[str, str | None], Context], ...] = ()
    mapper: Mapper = map

    @property
    def size(self) -> RowCount:
        """Rows that were scored, and their weights."""
        size: RowCount = self.context.states.get(Size(), RowCount())
        return size


def pass_result(
    context: Context,
    states: States,
    tally: RowTally | None = None,
    slices: Iterable[tuple[Mapping[str, str | None], States]] = (),
    mapper: Mapper = map,
) -> PassResult:
    """What formulas take, from summed states, which are emptied. Without a ``tally`` every row was scored."""
    whole = replace(context, states=finished_states(states, mapper))
    # slices are worked out side by side, each of them on one thread
    parts = tuple((by, replace(context, states=finished_states(part))) for by, part in slices)
    if tally is None:
        tally = RowTally(rows=whole.states[Size()].rows)
    return PassResult(whole, tally, parts, mapper)
