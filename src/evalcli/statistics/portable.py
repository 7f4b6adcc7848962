"""Rankings as they are stored: the scores of each class in ascending order, and a sample of whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.statistics.base import Mapper
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.ranking import Ranking
from evalcli.statistics.spill import OnDisk


def portable(ranking: Ranking, mapper: Mapper) -> RankedRows:
    """The rows of a ranking for another process, which adds those of other rows.

    Sorted, a score takes a byte or two. Rows whose scores of several classes, weights or groups belong
    together stay in their order.
    """
    rows = ranking.state
    if rows.weights or rows.groups or ranking.ranked.one_vs_one:
        runs = tuple(np.array(run[:]) if isinstance(run, OnDisk) else run for run in rows.runs)
        return replace(rows, runs=runs, store=None)
    if rows.binned:
        return replace(rows, binned=(rows.binned[0].packed(),))
    joint = (ranking.sample.joint,) if ranking.covary and ranking.ranked.with_variance else ()
    if rows.by_keys and not rows.has_gaps:
        keys = tuple(part[:] for part in ranking.keys)
        return RankedRows(rows.columns, rows.kind, joint=joint, sorted=(keys,))
    parts = list(mapper(partial(_sorted, rows), range(len(rows.columns))))
    scores, positive = (_side_by_side(part, rows.has_gaps) for part in zip(*parts, strict=True))
    return RankedRows(rows.columns, rows.kind, (scores,), (positive,), joint=joint)


def compacted(rows: RankedRows) -> RankedRows:
    """The same rows with one run of sorted keys for each class."""
    if len(rows.sorted) < 2:
        return rows
    keys = tuple(np.asarray(rows.keys(row)[:]) for row in range(len(rows.columns)))
    return replace(rows, sorted=(keys,))


def _side_by_side(parts: Sequence[Array], have_gaps: bool) -> Array | tuple[Array, ...]:
    return tuple(parts) if have_gaps else np.stack(parts)


def _sorted(rows: RankedRows, row: int) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The scores of a class in ascending order, and which of them belong to it."""
    scores, positive = rows.scores(row), rows.positive(row)
    order = np.argsort(scores, kind="stable")
    return scores[order], positive[order]
