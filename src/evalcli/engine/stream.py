"""The one pass over the predictions: pieces on a thread pool, states added in the order of the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from msgspec import Struct

from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.pool import Pool, Task, result_of
from evalcli.engine.result import PassResult, pass_result
from evalcli.engine.run import OnProgress, OnRows, Run
from evalcli.errors import OutputError
from evalcli.findings import Blank, use
from evalcli.inputs.groups import refuse_combinations
from evalcli.inputs.pieces import Piece
from evalcli.inputs.tally import RowTally
from evalcli.loaders.shards import Shards
from evalcli.memory import give_back
from evalcli.statistics.base import States, added, reduce
from evalcli.statistics.parts import PartStates, reduce_parts
from evalcli.statistics.spill import FolderFullError, spilled
from evalcli.text import escape

MANY = 1 << 20
"""Rows from which on what the labels and the pass leave behind is worth giving back."""


@contextmanager
def run_pass(
    run: Run, on_progress: OnProgress | None = None, on_rows: OnRows | None = None
) -> Iterator[PassResult]:
    """The one pass over the predictions.

    Some metrics are computed on demand, on the pool, which exists as long as the context.
    """
    jobs, many = run.options.jobs, len(run.inputs.truth) >= MANY
    if many:
        give_back()
    with Pool(jobs) as pool, run.spill or nullcontext(), _room_told():
        summed = _pass(pool, run, on_progress or _ignored, on_rows or _ignored)
        run.inputs.require_rows(summed.tally.rows)
        if many:
            give_back()
        mapper = map if jobs == 1 else partial(_mapped, pool)
        slice_columns = run.inputs.grouping.slices
        slices = (
            (columns.by(code), parts.states(code))
            for columns, parts in zip(slice_columns, summed.slices, strict=True)
            for code in sorted(parts.codes)
        )
        stored = run.plan.wanted.stored
        yield pass_result(run.context, summed.states, summed.tally, slices, mapper, stored)


@contextmanager
def _room_told() -> Iterator[None]:
    """A folder without room for what memory does not hold is the user's to change."""
    try:
        yield
    except FolderFullError as error:
        raise OutputError(
            f"the folder for temporary files ({escape(str(error.filename))}) has no room for the scores",
            found=error.strerror,
            hint="set TMPDIR to a folder with more room"
            | use("or with a higher limit", memory=Blank("SIZE")),
            code="no-room",
        ) from None


def _mapped(pool: Pool, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """``map`` on a pool, with the same treatment of overflow on its threads."""
    return pool.map(overflow_to_infinity(function), items)


def _ignored(*_: object) -> None:
    """The default callback."""


class _Summed(Struct):
    """States of all rows, and of the slices of each ``--by``; the tally; a batch of rows, if it is wanted."""

    states: States
    tally: RowTally
    slices: tuple[PartStates, ...] = ()
    rows: Any = None

    def add(self, other: _Summed) -> None:
        """Add the rows that follow."""
        self.tally = self.tally + other.tally
        self.states = added(self.states, other.states)
        pairs = zip(self.slices, other.slices, strict=True)
        self.slices = tuple(parts + more for parts, more in pairs) if self.slices else other.slices


@overflow_to_infinity
def _work(piece: Piece, run: Run) -> _Summed:
    built = run.block_builder(piece)
    states = spilled(reduce(built.block, run.plan.statistics), run.spill)
    slices = tuple(reduce_parts(built.block, codes, run.plan.of_slices) for codes in built.slices)
    if run.kept is not None and built.labelled is not None:
        run.kept.add(built.block, built.labelled, built.slices)
    rows = run.table.batch(built.block, piece, built.keep) if run.table else None
    return _Summed(states, built.tally, slices, rows)


def _pass(pool: Pool, run: Run, on_progress: OnProgress, on_rows: OnRows) -> _Summed:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    ahead = run.options.jobs
    waiting: deque[Task[_Summed]] = deque()
    summed = _Summed({}, RowTally())

    def take() -> None:
        result = result_of(waiting)
        summed.add(result)
        for slice_columns, parts in zip(run.inputs.grouping.slices, summed.slices, strict=True):
            refuse_combinations(len(parts.codes), slice_columns, run.inputs.place)
        if result.rows is not None:
            on_rows(result.rows)
        rows, predictions = summed.tally.rows, run.inputs.predictions
        on_progress(
            rows, run.inputs.rows_ahead, predictions.at(rows) if isinstance(predictions, Shards) else ""
        )

    try:
        for part in run.stream.pieces:
            waiting.append(pool.submit(partial(_work, part, run)))
            if len(waiting) > ahead:
                take()
        while waiting:
            take()
    finally:
        for task in waiting:
            task.cancel()
    return summed
