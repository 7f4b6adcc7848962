"""Rankings as they are stored: the scores of each class in ascending order, and a sample of whole rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.statistics.base import Mapper
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.ranking import Ranking
from evalcli.statistics.sorted_keys import scores_of_keys
from evalcli.statistics.spill import OnDisk

Outcomes = tuple[Array, npt.NDArray[np.bool_]]
"""Scores, and which of them belong to a class."""


def portable(ranking: Ranking, mapper: Mapper) -> RankedRows:
    """The rows of a ranking for another process, which adds those of other rows.

    Sorted, a score takes a byte or two. Rows whose scores of several classes, weights or groups belong
    together stay in their order.
    """
    rows = ranking.state
    if rows.weights or rows.groups or ranking.ranked.one_vs_one:
        runs = tuple(np.array(run[:]) if isinstance(run, OnDisk) else run for run in rows.runs)
        return replace(rows, runs=runs, store=None)
    classes = range(len(rows.columns))
    parts = list(mapper(_sorted(ranking), classes))
    return RankedRows(
        columns=rows.columns,
        kind=rows.kind,
        runs=(_side_by_side([scores for scores, _ in parts], rows.has_gaps),),
        truths=(_side_by_side([positive for _, positive in parts], rows.has_gaps),),
        joint=(ranking.sample.joint,) if ranking.covary and ranking.ranked.with_variance else (),
    )


def _side_by_side(parts: list[Array], have_gaps: bool) -> Array | tuple[Array, ...]:
    return tuple(parts) if have_gaps else np.stack(parts)


def _sorted(ranking: Ranking) -> Callable[[int], Outcomes]:
    """The scores of a class in ascending order."""
    rows = ranking.state
    if rows.by_keys:
        keys = ranking.keys
        return lambda row: (scores_of_keys(keys[row][:]), (keys[row][:] & 1).astype(np.bool_))

    def of_class(row: int) -> Outcomes:
        scores, positive = rows.scores(row), rows.positive(row)
        order = np.argsort(scores, kind="stable")
        return scores[order], positive[order]

    return of_class
