"""Registered metrics of a block: the statistics that one needs, and its value."""

from __future__ import annotations

from evalcli.blocks import ClassBlock, LabelSetBlock, RealBlock, take_rows
from evalcli.engine.plan import Wanted, plan
from evalcli.functional.given import defined
from evalcli.metrics import Context, MetricValue, Summary, compute
from evalcli.statistics.base import States, added, finished_states, reduce

PIECE = 1 << 16
"""Rows whose temporary arrays stay in the cache."""
AnyBlock = ClassBlock | LabelSetBlock | RealBlock


def measure(name: str, block: AnyBlock, context: Context) -> MetricValue:
    """The value of a metric by its full name, of the rows of one block, or why it is undefined."""
    planned = plan(context, Wanted((name,), per_class=False, confidence=None))
    states: States = {}
    for first in range(0, max(block.n, 1), PIECE):
        rows = slice(first, first + PIECE)
        states = added(states, reduce(take_rows(block, rows), planned.statistics))
    (request,) = planned.requests
    return compute(request, Summary(planned.context, finished_states(states)))


def value(name: str, block: AnyBlock, context: Context, undefined: str) -> float:
    """The same as a number: NaN, or an error, where it is undefined."""
    found = measure(name, block, context)
    return defined(found.value, found.reason, undefined)
