from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.inputs.options import Options
from evalcli.tasks import MULTILABEL
from support.builders import binary_file
from support.command_line import Cli


@pytest.mark.parametrize(
    ("given", "said"),
    [("95", "try: --confidence 0.95"), ("0", "not between 0 and 1"), ("1", "not between 0 and 1")],
)
def test_a_confidence_that_is_none(given: str, said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("score", binary_file(tmp_path, 40), "--confidence", given)
    assert result.code == 2
    assert said in result.err


def test_the_same_columns_in_another_order_are_the_same_slices(cli: Cli, sliced: Path) -> None:
    found = cli("score", sliced, "--by", "s,label", "--by", "label,s", "-m", "accuracy", "-f", "json").json
    assert found["input"]["roles"]["by"] == [["s", "label"]]


def test_the_order_of_what_is_asked_for(cli: Cli, sliced: Path) -> None:
    found = cli(
        "score", sliced, "--by", "s", "--by", "label", "--by", "s", "-m", "accuracy", "-f", "json"
    ).json
    assert found["input"]["roles"]["by"] == [["s"], ["label"]]


def test_the_task_that_was_asked_for() -> None:
    assert Options("p.csv").asked_task is None
    assert Options("p.csv", task="multilabel").asked_task == MULTILABEL
    told = {task: Options("p.csv", task=task).may_have_classes for task in ("auto", "binary", "regression")}
    assert told == {"auto": True, "binary": True, "regression": False}
