"""``evalcli metrics`` and ``evalcli explain``: what the registry says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evalcli.cli.options.groups import grouped
from evalcli.cli.options.metrics import LISTS, ListOptions, MetricName, TaskFilter
from evalcli.errors import ExitCode

if TYPE_CHECKING:
    from evalcli.metrics import Metric

WIDTH = 100
HEADS = 24
"""Columns of the heads of an explanation."""


@grouped
def metrics(task: TaskFilter, output: ListOptions) -> int:
    """List every metric: name, tasks (or a task's averages), direction, range and what it needs."""
    from evalcli.metrics import describe

    selected = describe.of_task(task.task)
    return _print(
        output.format, lambda: list(map(describe.facts, selected)), lambda: _table(selected, task.task)
    )


@grouped
def explain(name: MetricName, output: ListOptions) -> int:
    """Say what a metric is: formula, convention, when it is undefined, how other libraries differ."""
    from evalcli.metrics import describe
    from evalcli.metrics.names import find_metric

    metric = find_metric(name)
    return _print(output.format, lambda: describe.facts(metric), lambda: _page(metric))


def _table(selected: list[Metric], task: str | None) -> str:
    from evalcli.metrics import describe
    from evalcli.renderers.tables import Cell, Grid
    from evalcli.renderers.text import lines

    rows = []
    for metric in selected:
        cells = [
            describe.in_words(metric),
            " ".join(describe.tasks_of(metric) if task is None else metric.averages_of(task)),
            {"none": "—"}.get(metric.better, metric.better),
            describe.ends(metric),
            describe.requires(metric),
        ]
        rows.append(tuple(map(Cell, cells)))
    columns = ("metric", "tasks" if task is None else "averages", "better", "range", "needs")
    return "\n".join(lines(Grid("", columns, frozenset(range(5)), tuple(rows)))).lstrip("\n")


def _page(metric: Metric) -> str:
    import textwrap

    from evalcli.metrics import describe

    page = [describe.in_words(metric)]
    for head, text in describe.explanation(metric):
        indent = " " * (HEADS if head else 2)
        first = f"  {head}".ljust(HEADS) if head else indent
        page.append(
            textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
        )
        if not head:
            page.append("")
    return "\n".join(page)


def _print(form: str, facts: Callable[[], Any], table: Callable[[], str]) -> int:
    from evalcli.cli.output import require_format, standard_output
    from evalcli.renderers import json

    require_format(form, LISTS)
    with standard_output():
        print(json.text(facts()) if form == "json" else table())
    return ExitCode.OK
