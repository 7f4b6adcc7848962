from __future__ import annotations

import pytest

from evalcli.metrics import METRICS
from evalcli.tasks import TASKS
from support.command_line import Cli


def test_the_list_has_every_metric(cli: Cli) -> None:
    lines = cli("metrics").out.splitlines()
    assert len(lines) == 2 + len(METRICS)
    for name, metric in METRICS.items():
        line = next(line for line in lines if line.split()[0].split("@")[0].removesuffix("[") == name)
        assert all(task in line for task in TASKS if task in metric.tasks)


@pytest.mark.parametrize("task", TASKS)
def test_the_list_of_a_task(task: str, cli: Cli) -> None:
    listed = cli("metrics", "--task", task, "--format", "json").json
    assert [entry["name"] for entry in listed] == [m.name for m in METRICS.values() if task in m.tasks]
    names = [line.split()[0] for line in cli("metrics", "--task", task).out.splitlines()[2:]]
    assert len(names) == len(listed)


def test_wrong_words(cli: Cli) -> None:
    for arguments, word in (
        (("metrics", "--task", "multi"), "one of binary, multiclass, multilabel, regression"),
        (("metrics", "-f", "xml"), "one of table, json"),
        (("explain", "presicion"), "did you mean precision?"),
        (("explain", "qqqq"), "evalcli metrics lists all"),
        (("explain", "f1", "-f", "xml"), "one of table, json"),
    ):
        result = cli(*arguments)
        assert (result.code, result.out) == (2, "")
        assert word in result.err
