from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalcli.errors import UsageError
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Target
from evalcli.inputs.targets.target import TARGETS, find_target
from evalcli.tasks import MULTICLASS, MULTILABEL, REGRESSION, TASKS


def target(folder: Path, columns: dict[str, Any], **more: Any) -> Target:
    pd.DataFrame(columns).to_csv(folder / "p.csv", index=False)
    options = Options(str(folder / "p.csv"), **more)
    return find_target(open_inputs(options), options)


@pytest.mark.parametrize(
    ("columns", "task", "names"),
    [
        ({"label": ["n", "y"], "prob_n": [0.9, 0.1], "prob_y": [0.1, 0.9]}, "binary", ("n", "y")),
        ({"label": ["a", "b", "c"], "pred": ["a", "b", "b"]}, "multiclass", ("a", "b", "c")),
        ({"y_true": [0.25, 1.5, 3.75], "y_pred": [0.5, 1.5, 3.0]}, "regression", ()),
        ({"y_true": [0.25, 1.5], "q_0.1": [0.1, 1.0], "q_0.9": [0.5, 2.0]}, "regression", ()),
    ],
)
def test_the_data_decides(columns: Any, task: str, names: tuple[str, ...], tmp_path: Path) -> None:
    found = target(tmp_path, columns)
    assert (found.task.name, found.names) == (task, names)


def test_label_columns_are_label_sets(tmp_path: Path) -> None:
    columns = {"y_a": [1, 0, 1], "y_b": [1, 1, 0], "p_a": [0.9, 0.1, 0.5], "p_b": [0.8, 0.6, 0.3]}
    found = target(tmp_path, columns, label_cols=("y_*",), score_cols=("p_*",))
    assert (found.task, found.names, found.positive) == (MULTILABEL, ("a", "b"), None)
    truth, kept = found.part(slice(None))
    assert truth.tolist() == [[True, False, True], [True, True, False]]
    assert kept.all()


def test_the_task_that_is_told_decides(tmp_path: Path) -> None:
    columns = {"label": [1, 2, 3], "pred": [1, 2, 2]}
    assert target(tmp_path, columns, task="regression").task == REGRESSION
    assert target(tmp_path, columns, task="multiclass").task == MULTICLASS


def test_options_of_another_task(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--positive"):
        target(tmp_path, {"y_true": [0.25, 1.5, 3.75], "y_pred": [0.5, 1.5, 3.0]}, positive="1.5")


def test_every_task_has_its_target() -> None:
    assert list(TARGETS) == list(TASKS.values())
