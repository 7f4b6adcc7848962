from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

import evalcli
from evalcli.errors import InputError, UsageError
from evalcli.metrics.costs import read_costs
from support.command_line import Cli, Save, assert_refused

RNG = np.random.default_rng(2)
N = 300
Y = np.array(["cat", "dog", "owl"])[RNG.integers(0, 3, N)]
GUESS = np.where(RNG.random(N) < 0.7, Y, "dog")
NAMES = ["cat", "dog", "owl"]
COSTS = np.array([[0.0, 1, 2], [5, 0, 3], [7, -1, 0.5]])
ROWS = COSTS[[NAMES.index(name) for name in Y], [NAMES.index(name) for name in GUESS]]
WEIGHT = RNG.integers(1, 4, N)


@pytest.mark.parametrize(
    "given",
    [
        COSTS,
        COSTS.tolist(),
        pd.DataFrame(COSTS, NAMES, NAMES),
        pd.DataFrame(COSTS, NAMES, NAMES).loc[::-1, ["dog", "owl", "cat"]],
        {name: dict(zip(NAMES, row, strict=True)) for name, row in zip(NAMES, COSTS.tolist(), strict=True)},
    ],
    ids=["array", "list", "frame", "frame in another order", "mapping"],
)
def test_the_mean_cost_of_a_row(given: Any) -> None:
    report = evalcli.evaluate(Y, y_pred=GUESS, cost_matrix=given)
    assert float(report["cost"]) == pytest.approx(ROWS.mean())
    table = sk.confusion_matrix(Y, GUESS)
    assert float(report["cost"]) == pytest.approx((table * COSTS).sum() / N)
    assert report["cost"].interval is not None
    assert report["cost"].better == "lower"


def test_weights_groups_and_slices() -> None:
    part = np.arange(N) % 2
    report = evalcli.evaluate(
        Y, y_pred=GUESS, cost_matrix=COSTS, weight=WEIGHT, by={"part": part}, metrics="accuracy"
    )
    assert float(report["cost"]) == pytest.approx(np.average(ROWS, weights=WEIGHT))
    assert float(report["cost@part=1"]) == pytest.approx(
        np.average(ROWS[part == 1], weights=WEIGHT[part == 1])
    )
    grouped = evalcli.evaluate(Y, y_pred=GUESS, cost_matrix=COSTS, group=np.arange(N) // 5)["cost"]
    assert grouped.interval is not None and grouped.interval.method == "group-bootstrap"


def test_a_formula_may_use_it() -> None:
    report = evalcli.evaluate(
        Y, y_pred=GUESS, cost_matrix=COSTS, define={"total": "cost * n"}, metrics="total"
    )
    assert float(report["total"]) == pytest.approx(ROWS.sum())


def test_it_is_gated_and_stored(cli: Cli, saved: Save, tmp_path: Path) -> None:
    costs = saved("costs.csv", ",b,a\nb,0,5\na,1,0\n")
    preds = saved("p.csv", "label,pred\n" + "a,a\n" * 30 + "b,a\n" * 10 + "a,b\n" * 5)
    report = tmp_path / "r.json"
    files = (preds, "--cost-matrix", costs, "--brief")
    passed = cli("score", *files, "--fail-over", "cost=1.3", "-o", report)
    assert (passed.code, "passed: cost" in passed.err) == (0, True)
    assert "cost = mean of" in passed.out and "(lower is better)" in passed.out
    assert cli("show", report, "--fail-over", "cost=1.2").code == 1  # (10 * 5 + 5) / 45
    assert cli("score", *files, "--fail-over", "cost=1.2").code == 1


WRONG = {
    "not a table": ("1,2,3\n", "is not a table"),
    "text": (",a,b\na,0,x\nb,1,0\n", "has a cost of 'a' that is no number"),
    "not finite": (",a,b\na,0,inf\nb,1,0\n", "not finite"),
    "nan": (",a,b\na,0,1\nb,nan,0\n", "not finite"),
    "another class": (",a,c\na,0,1\nc,1,0\n", "missing: b; not in the data: c"),
    "a class less": (",a,b\na,0,1\na,1,0\n", "missing: b; twice: a"),
    "uneven": (",a,b\na,0\nb,1,0\n", "is not a table"),
    "empty": ("", "is not a table"),
}


@pytest.mark.parametrize("case", WRONG)
def test_other_files_are_refused(case: str, cli: Cli, saved: Save) -> None:
    text, words = WRONG[case]
    costs, preds = saved("costs.csv", text), saved("p.csv", "label,pred\na,a\nb,a\n")
    assert_refused(cli("score", preds, "--cost-matrix", costs), words, "costs.csv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_costs(str(tmp_path / "none.csv"))


def test_other_tasks_are_refused() -> None:
    with pytest.raises(UsageError, match="cost_matrix is for one class per row; this is regression"):
        evalcli.evaluate([0.5, 1.5], y_pred=[1.5, 2.5], task="regression", cost_matrix=np.eye(2))


@pytest.mark.parametrize("given", [[["a", 1]], 5, {"a": 1}, np.eye(2), [[1, 2], [3]]])
def test_other_values_are_refused(given: Any) -> None:
    with pytest.raises(evalcli.EvalcliError, match=r"cost.matrix"):
        evalcli.evaluate(Y, y_pred=GUESS, cost_matrix=given)
