"""The one pass over the predictions: pieces on a thread pool, states added in the order of the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from evalcli.blocks import Array, Block, taken
from evalcli.engine.run import Run, Sink, Watch
from evalcli.inputs.assemble import Tally
from evalcli.inputs.groups import refuse_combinations
from evalcli.inputs.pieces import Piece
from evalcli.metrics import Study
from evalcli.statistics import Mapper, finished
from evalcli.statistics.base import OVERFLOW

States = dict[Any, Any]
"""By statistic."""


@contextmanager
def measured(run: Run, watch: Watch | None = None, sink: Sink | None = None) -> Iterator[Measured]:
    """The one pass over the predictions: the study with its states, of all rows and of each slice; the tally.

    Some metrics are worked out when they are asked for, on the pool that is there as long as the context.
    """
    jobs = run.options.jobs
    # sums too large for a number become infinite, and the metrics on them undefined
    with (
        np.errstate(**OVERFLOW),
        ThreadPoolExecutor(jobs, initializer=partial(np.seterr, **OVERFLOW)) as pool,
    ):
        summed = _pass(pool, run, watch or _ignored, sink or _ignored)
        run.inputs.require_rows(summed.tally.rows)
        mapper = map if jobs == 1 else pool.map
        whole = _finished(summed.states, mapper)
        # slices are worked out side by side, each of them on one thread
        slices = {
            key: replace(run.study, states=_finished(summed.slices.pop(key), map))
            for key in sorted(summed.slices)
        }
        yield Measured(replace(run.study, states=whole), summed.tally, slices, mapper)


def _finished(states: States, mapper: Any) -> States:
    """What is worked out takes the place of the rows it was made of."""
    done: States = {}
    for statistic in list(states):
        done[statistic] = finished(states.pop(statistic), mapper)
    return done


def _ignored(*_: object) -> None:
    """Nobody looks on."""


@dataclass
class _Summed:
    """States of all rows and of each slice, and what was counted beside; rows where they are written."""

    states: States
    tally: Tally
    slices: dict[SliceKey, States] = field(default_factory=dict)
    rows: Any = None

    def add(self, other: _Summed) -> None:
        """Join the rows that follow."""
        self.tally = self.tally + other.tally
        self.states = _added(self.states, other.states)
        for key, states in other.slices.items():
            self.slices[key] = _added(self.slices.get(key, {}), states)


def _added(states: States, more: States) -> States:
    return {s: states[s] + more[s] for s in more} if states else more


def _work(piece: Piece, run: Run) -> _Summed:
    made = run.assembler(piece)
    states = {statistic: statistic.of(made.block) for statistic in run.planned.statistics}
    slices: dict[SliceKey, States] = {}
    for place, codes in enumerate(made.slices):
        for code, block in _parts(made.block, codes):
            slices[place, code] = {statistic: statistic.of(block) for statistic in run.planned.of_slices}
    rows = run.table.batch(made.block, piece, made.keep) if run.table else None
    return _Summed(states, made.tally, slices, rows)


def _parts(block: Block, codes: Array) -> Iterator[tuple[int, Block]]:
    """The rows of each slice, with what is known of them already."""
    if not block.n:
        return
    if codes.max() < 1 << 16:  # a radix sort
        codes = codes.astype(np.uint16)
    order = np.argsort(codes, kind="stable")
    ordered = taken(block, order)
    found, start = np.unique(codes[order], return_index=True)
    for code, (first, end) in zip(found.tolist(), pairwise([*start.tolist(), block.n]), strict=True):
        yield code, taken(ordered, slice(first, end))


def _pass(pool: ThreadPoolExecutor, run: Run, watch: Watch, sink: Sink) -> _Summed:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    ahead = 2 * run.options.jobs
    work = partial(_work, run=run)
    waiting: deque[Future[_Summed]] = deque()
    summed = _Summed({}, Tally())

    def take() -> None:
        found = waiting.popleft().result()
        summed.add(found)
        for place, crossing in enumerate(run.inputs.strata.slices):
            refuse_combinations(sum(at == place for at, _ in summed.slices), crossing, run.inputs.place)
        if found.rows is not None:
            sink(found.rows)
        watch(summed.tally.rows, run.inputs.rows_ahead)

    try:
        for part in run.stream.pieces:
            waiting.append(pool.submit(work, part))
            if len(waiting) > ahead:
                take()
        while waiting:
            take()
    finally:
        for future in waiting:
            future.cancel()
    return summed


SliceKey = tuple[int, int]
"""Place of a crossing among those that are asked for, and code of the slice."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A finished pass: the study with the states of all rows, what was counted, the studies of the slices.

    ``mapper``: on the threads of the pass; what it applies to slices does not use them itself.
    """

    study: Study
    tally: Tally
    slices: Mapping[SliceKey, Study] = field(default_factory=dict)
    mapper: Mapper = map
