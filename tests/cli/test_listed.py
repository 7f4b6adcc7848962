from __future__ import annotations

import pytest

from evalcli.cli.listed import FILE, as_line, full_names, listed
from evalcli.metrics import METRICS
from evalcli.tasks import TASKS, Task


@pytest.mark.parametrize("task", [None, *TASKS.values()], ids=str)
def test_the_metrics_of_a_task_in_the_order_of_the_registry(task: Task | None) -> None:
    assert [row.name for row in listed(task)] == [metric.name for metric in METRICS.of(task)]


def test_a_row_is_written_as_it_is_read() -> None:
    assert [as_line(row) for row in listed()] == FILE.read_text(encoding="utf-8").splitlines()


def test_full_names_are_those_of_the_registry() -> None:
    for task in TASKS.values():
        assert full_names(task) == METRICS.names_of(task)
    assert full_names() == sorted(METRICS.full_names())
