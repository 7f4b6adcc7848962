"""The methods of intervals in order of preference, and the one that a request has."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from evalcli.intervals.areas import DELONG, JACKKNIFE, PAIRS
from evalcli.intervals.bins import BIN_BOUNDS, DEPENDENT
from evalcli.intervals.means import MeanByMoments
from evalcli.intervals.method import Kind, Method, kind_of
from evalcli.intervals.proportions import Wilson
from evalcli.intervals.rows import GROUPS, ROWS
from evalcli.intervals.tables import TableBootstrap
from evalcli.metrics import Context, Request
from evalcli.metrics.sources import Bins, NoInterval

METHODS: tuple[Method, ...] = (
    Wilson(),
    TableBootstrap(),
    MeanByMoments(),
    DELONG,
    replace(DELONG, name="delong-by-group", words="", by_group=True),
    JACKKNIFE,
    replace(JACKKNIFE, name="infinitesimal-jackknife-by-group", words="", by_group=True),
    PAIRS,
    BIN_BOUNDS,
    ROWS,
    GROUPS,
)
"""The first that applies is used; the last two apply to everything."""


def choose(request: Request, context: Context) -> Method | NoInterval:
    """The method of a request, from the metric's declaration and the weights and groups of the rows."""
    source = request.metric.source
    if isinstance(source, NoInterval):
        return source
    if isinstance(source, Bins) and context.groups is not None:
        return DEPENDENT
    return next(method for method in METHODS if method.applies(request, context))


def choose_each(requests: Iterable[Request], context: Context) -> dict[Kind, Method | NoInterval]:
    """The methods of many requests: one for those that differ in their class only."""
    alike = {kind_of(request): request for request in requests}
    return {kind: choose(request, context) for kind, request in alike.items()}


def redraws_rows(method: Method | NoInterval) -> bool:
    """Whether it makes intervals from resamples of the rows."""
    return not isinstance(method, NoInterval) and method.redraws_rows
