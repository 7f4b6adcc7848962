from __future__ import annotations

import pytest

from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize("name", ["prob_cat", "cat_prob", "cat_score"])
def test_a_lone_column_is_of_the_class_that_it_is_named_after(name: str, cli: Cli, saved: Save) -> None:
    path = saved("p.csv", f"label,{name}\ncat,0.9\ndog,0.2\n")
    assert cli("score", path, "-f", "json").json["input"]["roles"]["positive"] == "cat"
    assert_refused(cli("score", path, "--positive", "dog"), "class 'cat'", "--positive cat")


@pytest.mark.parametrize(
    ("columns", "positive"),
    [
        (("prob_a", "prob_b"), "b"),
        (("prob_b", "prob_a"), "b"),
        (("prob_POSITIVE", "prob_NEGATIVE"), "POSITIVE"),
        (("prob_NEGATIVE", "prob_POSITIVE"), "POSITIVE"),
        (("prob_attack", "prob_benign"), "attack"),
        (("prob_yes", "prob_no"), "yes"),
        (("prob_1", "prob_0"), "1"),
    ],
)
def test_the_positive_class_does_not_depend_on_the_order_of_columns(
    columns: tuple[str, str], positive: str, cli: Cli, saved: Save
) -> None:
    first, second = (name.removeprefix("prob_") for name in columns)
    path = saved("p.csv", f"label,{','.join(columns)}\n{first},0.9,0.1\n{second},0.2,0.8\n")
    assert cli("score", path, "-f", "json").json["input"]["roles"]["positive"] == positive
    told = cli("score", path, "--classes", f"{second},{first}", "-f", "json").json
    assert told["input"]["roles"]["positive"] == first


@pytest.mark.parametrize("names", [("active", "inactive"), ("churn", "not churn"), ("defect", "ok")])
def test_the_absence_of_something_is_not_looked_for(names: tuple[str, str], cli: Cli, saved: Save) -> None:
    found, absent = names
    rows = f"{found},0.9\n{absent},0.2\n{found},0.7\n{absent},0.1\n"
    lone = saved("p.csv", f"label,prob\n{rows}")
    assert_refused(cli("score", lone), "which class the scores", f"--positive {found}")
    stored = saved("q.csv", f"label,pred\n{found},{found}\n{absent},{found}\n")
    assert cli("score", stored, "-f", "json").json["input"]["roles"]["positive"] == found
