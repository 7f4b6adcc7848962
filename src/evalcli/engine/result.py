"""The result of a pass: summaries of all rows and of each slice, and the tally.

Independent of files: states of blocks that were made by hand, or added up elsewhere, work as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from evalcli.inputs.tally import RowTally
from evalcli.metrics import Context, Summary
from evalcli.statistics import Mapper, RowCount, Size
from evalcli.statistics.base import States, finished_states


class PassResult(Struct, frozen=True, eq=False):
    """A finished pass: the summary of all rows, the tally, and the slices.

    ``slices``: the values of the columns of each, and its summary. ``mapper``: on the threads of the pass; a
    function that it applies to slices does not use it itself. ``states`` and ``states_of_slices``: if they
    are kept, of which rankings were read since.
    """

    summary: Summary
    tally: RowTally
    slices: tuple[tuple[Mapping[str, str | None], Summary], ...] = ()
    mapper: Mapper = map
    states: States | None = None
    states_of_slices: tuple[States, ...] = ()

    @property
    def context(self) -> Context:
        """Names and options of the run."""
        return self.summary.context

    @property
    def size(self) -> RowCount:
        """Number and weight of the scored rows."""
        return self.summary.get(Size()) or RowCount()


def pass_result(
    context: Context,
    states: States,
    tally: RowTally | None = None,
    slices: Iterable[tuple[Mapping[str, str | None], States]] = (),
    mapper: Mapper = map,
    keep: bool = False,
) -> PassResult:
    """The result from summed states, which are emptied. Without a ``tally`` every row was scored.

    ``keep``: whether the states are kept, to be stored.
    """
    of_slices = list(slices)
    kept = [dict(part) for part in (states, *(part for _, part in of_slices))] if keep else []
    whole = Summary(context, finished_states(states, mapper))
    # slices are evaluated in parallel, each on one thread
    parts = tuple((by, Summary(context, finished_states(part))) for by, part in of_slices)
    if tally is None:
        tally = RowTally(rows=whole.size.rows)
    return PassResult(whole, tally, parts, mapper, kept[0] if keep else None, tuple(kept[1:]))
