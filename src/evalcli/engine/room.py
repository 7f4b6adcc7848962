"""Where the rows are kept that ranking needs: in memory, or in a temporary file if they do not fit."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import ScoreKind, ScoreStore
from evalcli.engine.plan import Plan
from evalcli.errors import UsageError
from evalcli.findings import omit, use
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.stream import Stream, store_of
from evalcli.memory import available, resident
from evalcli.metrics import Request, statistic
from evalcli.statistics import AnyStatistic
from evalcli.statistics.spill import Spill
from evalcli.text import join_names

MOST = 1 << 33
"""Bytes that are taken to be there where this cannot be told."""
WORKING, OF_A_THREAD = 24 << 20, 12 << 20
"""Bytes for decoded rows and results, and for the blocks that a thread works on."""
SHARE_OF_SORT = 4
"""Part of the room that the keys of one sort may take: their scores and their merge take as much."""
MARGIN, STEP = 1.05, 16 << 20
"""By how much more than is needed is told, and the step that it is rounded up to."""
LEAST = 1 << 22
"""Bytes of the smallest sort."""


class Kept(Struct, frozen=True):
    """``store``: where all scores are written, or None. ``spill``: where they go beyond the room, or None."""

    store: ScoreStore | None = None
    spill: Spill | None = None


def room(options: Options) -> int:
    """Bytes that are left for rows."""
    now = resident()
    limit = options.memory if options.memory is not None else now + (available() or 2 * MOST) // 2
    return limit - now - WORKING - options.jobs * OF_A_THREAD


def kept(options: Options, inputs: Inputs, plan: Plan, stream: Stream, kind: ScoreKind) -> Kept:
    """Decide where rows are kept; refuse a limit that is too small for them."""
    left = room(options) + (0 if stream.store is None else stream.store.scores.nbytes)
    rows = inputs.rows_known
    context = plan.context
    ranked = 1 if context.positive is not None else context.k
    by_slice = len(inputs.grouping.slices) * ranked * np.dtype(np.float32).itemsize  # a copy for each --by
    others = 0 if rows is None else rows * (by_slice + sum(map(_row_bytes, plan.statistics)))
    least = others + LEAST * SHARE_OF_SORT
    if options.memory is not None and left < least:
        alone = least - others <= left  # without the metrics that keep rows
        raise _too_small(options.memory, plan, least - left, alone)
    left = max(left, least)  # without a limit, half of what is free may still do
    if context.ranking not in plan.statistics or context.ranking.certified:
        return Kept(stream.store)
    left -= others
    in_place = kind is ScoreKind.PROBABILITIES and not context.weighted and not context.gaps
    store = stream.store or (store_of(inputs, stream.columns, stream.width, left) if in_place else None)
    if store is not None:
        return Kept(store)
    fits = rows is not None and rows * ranked * np.dtype(np.float64).itemsize * 2 <= left
    return Kept(spill=None if fits else Spill(left // SHARE_OF_SORT, left // 2 if rows is None else 0))


def _row_bytes(statistic: AnyStatistic) -> int:
    size: int = getattr(statistic, "row_bytes", 0)
    return size


def _too_small(limit: int, plan: Plan, lacking: int, alone: bool) -> UsageError:
    """What is needed, with a margin, since two runs do not take the same; and which metrics keep every row.

    ``alone``: whether the others fit.
    """
    needed = -(-int((limit + lacking) * MARGIN) // STEP) * (STEP >> 20)
    keep = [request for request in plan.requests if _keeps_rows(request, plan)]
    names = join_names(request.key for request in keep)
    return UsageError(
        f"--memory {limit >> 20:,} MiB is too small",
        found=f"about {needed:,} MiB are needed" + (f"; {names} keep every row" if keep else ""),
        hint=use(memory=f"{needed}M")
        | (
            use(metrics=",".join(["default", *(f"-{r.metric.name}" for r in keep)]))
            if keep and alone
            else omit("memory")
        ),
        code="memory",
    )


def _keeps_rows(request: Request, plan: Plan) -> bool:
    return request.metric.missing_from(plan.context) is None and bool(
        _row_bytes(statistic(request, plan.context))
    )
