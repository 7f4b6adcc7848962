"""``evalcli metrics`` and ``evalcli explain``: what the registry says."""

from __future__ import annotations

from typing import Any

from evalcli.cli import parameters as p
from evalcli.errors import ExitCode, UsageError

FORMATS = ("table", "json")


def metrics(task: p.Tasks = None, format: p.ListFormat = "table") -> int:
    """List every metric: name, tasks, direction, range and what it needs."""
    from evalcli.metrics import describe

    found = describe.of_task(task)
    if _json(format):
        return _print_json([describe.facts(metric) for metric in found])
    from evalcli.renderers.grids import Cell, Grid
    from evalcli.renderers.table import lines

    rows = tuple(
        tuple(
            map(
                Cell,
                (
                    describe.in_words(metric),
                    " ".join(describe.tasks_of(metric)),
                    {"none": "—"}.get(metric.better, metric.better),
                    describe.ends(metric),
                    describe.wants(metric),
                ),
            )
        )
        for metric in found
    )
    grid = Grid("", ("metric", "tasks", "better", "range", "needs"), frozenset(range(5)), rows)
    print("\n".join(lines(grid)).lstrip("\n"))
    return ExitCode.OK


def explain(name: p.Name, format: p.ListFormat = "table") -> int:
    """Say what a metric is: formula, convention, when it is undefined, how other libraries differ."""
    from evalcli.metrics import describe

    metric = describe.found(name)
    if _json(format):
        return _print_json(describe.facts(metric))
    import textwrap

    print(describe.in_words(metric))
    for head, text in describe.explanation(metric):
        indent = " " * (24 if head else 2)
        first = f"  {head}".ljust(24) if head else indent
        print(textwrap.fill(text, 100, initial_indent=first, subsequent_indent=indent))
        if not head:
            print()
    return ExitCode.OK


def _json(format: str) -> bool:
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", mend="table or json")
    return format == "json"


def _print_json(data: Any) -> int:
    from evalcli.renderers.json import text

    print(text(data))
    return ExitCode.OK
