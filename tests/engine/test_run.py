from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.engine.plan import Wanted
from evalcli.engine.run import Run, prepare, rows_sampled, wanted
from evalcli.errors import InputError, UsageError
from evalcli.gate.rules import asked_rules
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.tasks import BINARY

COLUMNS = {"label": ["a", "b", "a", "b"], "prob_a": [0.9, 0.2, 0.6, 0.4], "prob_b": [0.1, 0.8, 0.4, 0.6]}


def prepared(folder: Path, columns: dict[str, Any], *, rows: bool = False, **more: Any) -> Run:
    path = folder / "p.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    options = Options(str(path), **more)
    return prepare(open_inputs(options), options, wanted(options), rows)


def test_what_is_wanted_comes_from_the_options() -> None:
    rules = asked_rules(fail_under=["f1=0.5"])
    options = Options("p.csv", metrics=("f1", "mcc"), batches=32, confidence=0.9, min_n=7)
    assert wanted(options, rules) == Wanted(("f1", "mcc"), rules, True, 32, 0.9, min_n=7)


def test_without_intervals_no_confidence_is_wanted() -> None:
    assert wanted(Options("p.csv", confidence=0.9, intervals=False)).confidence is None


def test_only_replaces_the_metrics_and_the_rows_of_classes() -> None:
    found = wanted(Options("p.csv", metrics=("f1",)), only=("mcc",))
    assert found.metrics == ("mcc",)
    assert not found.per_class


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_rows_with_more_scores_are_fewer(one: int, other: int) -> None:
    narrow, wide = sorted((one, other))
    assert rows_sampled(narrow) >= rows_sampled(wide) >= 1000


def test_a_run_knows_task_and_classes(tmp_path: Path) -> None:
    run = prepared(tmp_path, COLUMNS)
    assert (run.context.task, run.context.classes) == (BINARY, ("a", "b"))
    assert run.target.columns == ("prob_a", "prob_b")
    assert run.matching is None
    assert run.table is None


def test_scores_are_read_only_where_something_needs_them(tmp_path: Path) -> None:
    columns = {**COLUMNS, "pred": ["a", "b", "b", "b"]}
    assert prepared(tmp_path, columns, metrics=("accuracy",), intervals=False).target.columns == ()
    everything = prepared(tmp_path, columns, metrics=("log_loss",), intervals=False)
    assert everything.target.columns == ("prob_a", "prob_b")
    table = prepared(tmp_path, columns, metrics=("accuracy",), intervals=False, rows=True)
    assert table.target.columns == ("prob_a", "prob_b")
    assert table.table is not None


@pytest.mark.parametrize(
    ("more", "words"),
    [({"average": "samples"}, "multilabel"), ({"batches": 2, "weight_col": "w"}, "weighted rows")],
)
def test_options_that_the_data_has_no_use_for(more: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        prepared(tmp_path, {**COLUMNS, "w": np.ones(4)}, **more)


def test_batches_need_classes(tmp_path: Path) -> None:
    reals = {"y_true": [0.5, 1.5, 2.25], "y_pred": [0.25, 1.0, 2.0]}
    with pytest.raises(UsageError, match="regression"):
        prepared(tmp_path, reals, batches=2)


def test_curves_need_scores(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    pd.DataFrame({"label": ["a", "b", "a"], "pred": ["a", "a", "b"]}).to_csv(path, index=False)
    options = Options(str(path), positive="a")
    with pytest.raises(InputError) as caught:
        prepare(open_inputs(options), options, Wanted(curves=True))
    assert caught.value.code == "no-scores"


def test_a_plain_name_is_the_average_that_was_asked_for(tmp_path: Path) -> None:
    assert prepared(tmp_path, COLUMNS).context.average is None
    run = prepared(tmp_path, COLUMNS, average="weighted", metrics=("f1", "accuracy"))
    assert [request.key for request in run.plan.requests] == ["f1_weighted", "accuracy"]
    of_three = {"label": ["a", "b", "c"], "pred": ["a", "b", "b"]}
    assert prepared(tmp_path, of_three).context.average == "macro"


def test_the_default_metrics_follow_the_average(tmp_path: Path) -> None:
    plain = [request.key for request in prepared(tmp_path, COLUMNS).plan.requests]
    averaged = [request.key for request in prepared(tmp_path, COLUMNS, average="macro").plan.requests]
    changed = ("precision", "recall", "specificity", "f1")
    assert averaged == [f"{key}_macro" if key in changed else key for key in plain]


THREE = {"label": ["a", "b", "c", "O"], "pred": ["a", "b", "b", "O"]}


@pytest.mark.parametrize(
    ("columns", "more", "words"),
    [
        (THREE, {"exclude_class": ("o",)}, "no such class"),
        (THREE, {"exclude_class": ("a", "b", "c", "O")}, "every class"),
        (THREE, {"exclude_class": ("O",), "metrics": ("accuracy", "mcc")}, "none is computed"),
        (COLUMNS, {"exclude_class": ("a",)}, "none is computed"),
        ({"y_true": [0.5, 1.5], "y_pred": [0.25, 1.0]}, {"exclude_class": ("a",)}, "regression"),
    ],
)
def test_classes_that_cannot_be_excluded(
    columns: dict[str, Any], more: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=words):
        prepared(tmp_path, columns, **more)


def test_excluded_classes_are_named_as_the_data_has_them(tmp_path: Path) -> None:
    numbers = {"label": [0, 1, 2, 2], "pred": [0, 1, 2, 1]}
    run = prepared(tmp_path, numbers, exclude_class=("2.0", "0"), metrics=("f1",))
    assert run.context.excluded == ("0", "2")
    assert run.context.averaged.tolist() == [False, True, False]
    run = prepared(tmp_path, COLUMNS, exclude_class=("a",), average="macro", metrics=("f1",))
    assert run.context.excluded == ("a",)
