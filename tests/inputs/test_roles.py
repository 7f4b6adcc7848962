from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.inspecting import RNG, N, good, saved_table
from support.paths import FIXTURES


def test_no_such_column_names_the_nearest(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD)
    assert_refused(cli("score", path, "--label-col", "lable"), "no column 'lable'", "--label-col label")
    assert_refused(
        cli("score", path, "--score-cols", "prob_a,prob_c"), "no column 'prob_c'", "prob_a, prob_b"
    )
    assert_refused(cli("score", path, "--score-cols", "logit_*"), "no column matches 'logit_*'", "prob_a")
    assert_refused(cli("score", path, "--pred-col", "pred"), "no column 'pred'")
    assert_refused(cli("score", path, "--score-cols", "label"), "does not contain numbers")


def test_columns_that_could_be_anything(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("a.csv", "id,x,z\n1,a,b\n")), "no labels", "--labels FILE with the file"
    )
    assert_refused(
        cli("score", saved("b.csv", "label,y,p\na,a,1\n")), "several columns may be the label", "label, y"
    )
    assert_refused(
        cli("score", saved("c.csv", "label,x,z\na,b,c\n")), "which columns contain the scores", "--score-cols"
    )
    assert_refused(
        cli("score", saved("d.csv", "label,prob_a,prob_b,logit_a,logit_b\na,1,0,1,0\n")),
        "several sets of columns",
        "prob_*, logit_*",
    )
    assert_refused(
        cli("score", saved("e.csv", "label,pred,prediction\na,a,b\n")), "several columns may be the predicted"
    )
    assert_refused(
        cli("score", saved("p.csv", "prob_a,prob_b\n1,0\n"), "--labels", saved("y.csv", "u,v\na,b\n")),
        "which column is the label",
    )


@pytest.mark.parametrize("beside", ["p_value", "prob_calibrated", "score_std"])
def test_a_column_called_exactly_so_is_the_score(beside: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(2)
    name = "score" if beside.startswith("score") else "prob"
    path = saved_table(tmp_path, pd.DataFrame({"label": y, name: p[:, 1], beside: RNG.random(N)}))
    assert cli("score", path, "-f", "json").json["input"]["roles"]["scores"] == [name]


def test_a_real_prediction_beside_other_columns(cli: Cli, tmp_path: Path) -> None:
    y = RNG.normal(size=100)
    table = pd.DataFrame({"date": "2020-01-01", "y_true": y, "y_pred": y + 0.1, "p_std": 0.3, "store": 7})
    report = cli("score", saved_table(tmp_path, table), "-f", "json").json
    assert (report["task"], report["input"]["roles"]["predicted"]) == ("regression", "y_pred")


def test_numbers_beside_a_predicted_class_are_no_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = pd.DataFrame(
        {"label": y, "pred": p.argmax(axis=1), "age": RNG.random(N), "income": RNG.random(N)}
    )
    report = cli("score", saved_table(tmp_path, table), "-f", "json").json
    assert report["input"]["roles"]["scores"] == []


def test_columns_with_a_stem_and_a_number(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 500)
    table = pd.DataFrame(p, columns=[f"class_{j}" for j in range(12)]).assign(y_true=y)
    assert cli("score", saved_table(tmp_path, table), "-f", "json").json["classes"] == [
        str(j) for j in range(12)
    ]


@pytest.mark.parametrize(
    "text",
    ['id,label,prob\n0,1,"0,9"\n1,0,"0,2"\n', "label;prob\n1;0,9\n0;0,2\n", "label,prob\n1,90%\n0,n.d.\n"],
)
def test_text_called_prob_is_no_class(text: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    refused = cli("score", tmp_path / "p.csv", "--decimal", ".")
    assert (refused.code, "contains text, not numbers" in refused.err) == (2, True)


@pytest.mark.parametrize("name", ["truth", "label", "target", "y_true", "y", "ground_truth"])
def test_a_true_label_beside_scores_is_no_prediction(name: str, cli: Cli, tmp_path: Path) -> None:
    """The predictions carry their labels along: the scores decide, not they."""
    (tmp_path / "p.csv").write_text(f"{name},prob_a,prob_b\na,0.1,0.9\nb,0.2,0.8\na,0.3,0.7\n")
    (tmp_path / "y.csv").write_text("label\na\nb\na\n")
    common = ("score", tmp_path / "p.csv", "-l", tmp_path / "y.csv", "--only", "accuracy")
    for more in ((), ("--score-cols", "prob_*")):
        assert float(cli(*common, *more).out) == 1 / 3


def test_a_lone_pair_of_columns_is_named(cli: Cli) -> None:
    result = cli("score", FIXTURES / "governors" / "final_forecasts.csv")
    assert result.code == 2
    assert "--label-col probwin_outcome --score-cols probwin" in result.err
