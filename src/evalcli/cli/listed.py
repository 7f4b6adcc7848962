"""The rows of ``evalcli metrics``, from a file that ``make docs`` writes: listing names imports no NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from evalcli.tasks import TASKS, Task

if TYPE_CHECKING:
    from evalcli.metrics import Metric

FILE = Path(__file__).with_name("metrics.tsv")


class Listed(Struct, frozen=True):
    """One metric. ``title``: its name with its parameter. ``averages``: those of each task, by its name."""

    name: str
    title: str
    averages: Mapping[str, str]
    better: str
    range: str
    requires: str
    summary: str

    @property
    def tasks(self) -> str:
        """Names of its tasks."""
        return " ".join(self.averages)


def listed(task: Task | None = None) -> list[Listed]:
    """The metrics of a task, or all, in the order of the registry."""
    rows = [_row(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if task is None or task.name in row.averages]


def row_of(metric: Metric) -> Listed:
    """A metric as ``evalcli metrics`` lists it."""
    from evalcli.metrics import describe

    return Listed(
        metric.name,
        describe.in_words(metric),
        {task: " ".join(metric.averages_of(TASKS[task])) for task in describe.tasks_of(metric)},
        metric.better,
        describe.ends(metric),
        describe.requires(metric),
        metric.page.summary,
    )


def full_names(task: Task | None = None) -> list[str]:
    """Every name of a task, or of all tasks, with averages and without parameters."""
    names: set[str] = set()
    for row in listed(task):
        names.add(row.name)
        for of_task in row.averages if task is None else (task.name,):
            names |= {f"{row.name}_{average}" for average in row.averages[of_task].split()}
    return sorted(names)


def as_line(row: Listed) -> str:
    """A row in the file."""
    averages = "; ".join(f"{task}: {names}" for task, names in row.averages.items())
    return "\t".join([row.name, row.title, averages, row.better, row.range, row.requires, row.summary])


def _row(line: str) -> Listed:
    name, title, averages, *more = line.split("\t")
    by_task = (part.split(":") for part in averages.split(";"))
    return Listed(name, title, {task.strip(): names.strip() for task, names in by_task}, *more)
