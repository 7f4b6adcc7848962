"""The one pass over the predictions: pieces on a thread pool, states added in the order of the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct, field

from evalcli.blocks import Array, Block, take_rows
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.pool import Pool, Task
from evalcli.engine.result import PassResult, pass_result
from evalcli.engine.run import OnProgress, OnRows, Run
from evalcli.inputs.groups import refuse_combinations
from evalcli.inputs.pieces import Piece
from evalcli.inputs.tally import RowTally
from evalcli.statistics.base import States, added, reduce

SliceKey = tuple[int, int]
"""Index of the requested columns of slices, and code of the slice."""


@contextmanager
def run_pass(
    run: Run, on_progress: OnProgress | None = None, on_rows: OnRows | None = None
) -> Iterator[PassResult]:
    """The one pass over the predictions.

    Some metrics are computed on demand, on the pool, which exists as long as the context.
    """
    jobs = run.options.jobs
    with Pool(jobs) as pool:
        summed = _pass(pool, run, on_progress or _ignored, on_rows or _ignored)
        run.inputs.require_rows(summed.tally.rows)
        mapper = map if jobs == 1 else partial(_mapped, pool)
        slice_columns = run.inputs.grouping.slices
        slices = (
            (slice_columns[index].by(code), summed.slices.pop((index, code)))
            for index, code in sorted(summed.slices)
        )
        yield pass_result(run.context, summed.states, summed.tally, slices, mapper)


def _mapped(pool: Pool, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """``map`` on a pool, with the same treatment of overflow on its threads."""
    return pool.map(overflow_to_infinity(function), items)


def _ignored(*_: object) -> None:
    """The default callback."""


class _Summed(Struct):
    """States of all rows and of each slice, and the tally; a batch of the row table, if it is wanted."""

    states: States
    tally: RowTally
    slices: dict[SliceKey, States] = field(default_factory=dict)
    rows: Any = None

    def add(self, other: _Summed) -> None:
        """Add the rows that follow."""
        self.tally = self.tally + other.tally
        self.states = added(self.states, other.states)
        for key, states in other.slices.items():
            self.slices[key] = added(self.slices.get(key, {}), states)


@overflow_to_infinity
def _work(piece: Piece, run: Run) -> _Summed:
    built = run.block_builder(piece)
    states = reduce(built.block, run.plan.statistics)
    slices: dict[SliceKey, States] = {}
    for index, codes in enumerate(built.slices):
        for code, block in _parts(built.block, codes):
            slices[index, code] = reduce(block, run.plan.of_slices)
    rows = run.table.batch(built.block, piece, built.keep) if run.table else None
    return _Summed(states, built.tally, slices, rows)


def _parts(block: Block, codes: Array) -> Iterator[tuple[int, Block]]:
    """The rows of each slice, with the views that are already computed."""
    if not block.n:
        return
    if codes.max() < 1 << 16:  # a radix sort
        codes = codes.astype(np.uint16)
    order = np.argsort(codes, kind="stable")
    ordered = take_rows(block, order)
    present, start = np.unique(codes[order], return_index=True)
    for code, (first, end) in zip(present.tolist(), pairwise([*start.tolist(), block.n]), strict=True):
        yield code, take_rows(ordered, slice(first, end))


def _pass(pool: Pool, run: Run, on_progress: OnProgress, on_rows: OnRows) -> _Summed:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    ahead = 2 * run.options.jobs
    waiting: deque[Task[_Summed]] = deque()
    summed = _Summed({}, RowTally())

    def take() -> None:
        result = waiting.popleft().result()
        summed.add(result)
        for index, slice_columns in enumerate(run.inputs.grouping.slices):
            refuse_combinations(sum(at == index for at, _ in summed.slices), slice_columns, run.inputs.place)
        if result.rows is not None:
            on_rows(result.rows)
        on_progress(summed.tally.rows, run.inputs.rows_ahead)

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
