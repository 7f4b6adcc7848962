from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalcli.blocks import ScoreKind
from evalcli.errors import UsageError
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Rows, refuse_options_of_others
from evalcli.tasks import MULTILABEL, REGRESSION, Task


def rows(scores: Any) -> Rows:
    return Rows(np.array([0, 1]), scores, None, None, ScoreKind.PROBABILITIES, 1e-16, False)


def test_scores_where_there_have_to_be_some() -> None:
    scores = np.array([[0.25, 0.75]])
    assert rows(scores).values is scores
    with pytest.raises(ValueError, match="no scores"):
        _ = rows(None).values


@pytest.mark.parametrize("task", [MULTILABEL, REGRESSION], ids=str)
def test_only_binary_data_has_a_positive_class(task: Task) -> None:
    with pytest.raises(UsageError, match="--positive") as caught:
        refuse_options_of_others(Options("p.csv", positive="a"), task)
    assert task.name in str(caught.value.found)


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("--threshold", {"threshold": "0"}),
        ("--classes", {"classes": ("a", "b")}),
        ("--scores", {"scores": "raw"}),
    ],
)
def test_real_values_have_neither_classes_nor_thresholds(option: str, given: dict[str, Any]) -> None:
    options = Options("p.csv", **given)
    with pytest.raises(UsageError, match=option):
        refuse_options_of_others(options, REGRESSION)
    refuse_options_of_others(options, MULTILABEL)


def test_the_defaults_suit_every_task() -> None:
    for task in (MULTILABEL, REGRESSION):
        refuse_options_of_others(Options("p.csv"), task)
