from __future__ import annotations

from typing import Any

import pytest

from evalcli.errors import AmbiguousInput, EvalcliError, UsageError
from evalcli.inputs.options import Options
from evalcli.inputs.truth_columns import find_truth
from support.sources import source_of


def test_a_usual_name_is_the_truth() -> None:
    found = find_truth(source_of("x", "Target", "prob"), True, set(), set(), Options("p.csv"))
    assert (found.columns, found.layout, found.set_by_user) == (("Target",), "column", False)


def test_told_columns_are_told() -> None:
    options = Options("p.csv", label_col="x")
    assert find_truth(source_of("x", "label"), True, set(), set(), options).set_by_user
    options = Options("p.csv", label_cols=("a*",))
    found = find_truth(source_of("a1", "a2", "b"), True, set(), set(), options)
    assert (found.columns, found.layout, found.paired) == (("a1", "a2"), "indicators", True)
    with pytest.raises(UsageError, match="without --label-cols"):
        find_truth(source_of("x"), True, set(), set(), Options("p", label_col="x", label_cols=("x",)))


def test_columns_named_after_score_columns_are_pairs() -> None:
    found = find_truth(source_of("q1", "q1_outcome", "q2", "q2_outcome"), True, set(), set(), Options("p"))
    assert (found.columns, found.paired) == (("q1_outcome", "q2_outcome"), True)


@pytest.mark.parametrize("columns", [("x", "z"), ("label", "target")])
def test_what_cannot_be_told_is_a_question(columns: tuple[str, ...]) -> None:
    with pytest.raises(EvalcliError, match=r"no labels|several columns may be the label"):
        find_truth(source_of(*columns), True, set(), set(), Options("p"))


def test_columns_of_another_file_may_be_indicators() -> None:
    found = find_truth(source_of("id", "cat", "dog"), False, {"id"}, set(), Options("p"))
    assert (found.columns, found.layout) == (("cat", "dog"), "indicators")


def test_slices_by_the_label() -> None:
    options = Options("p", by=("label",))
    assert find_truth(source_of("label", "p"), True, {"label"}, {"label"}, options).columns == ("label",)


def test_many_columns_take_little_time() -> None:
    with pytest.raises(EvalcliError, match="no labels"):
        find_truth(source_of(*(f"c{j}" for j in range(40_000))), True, set(), set(), Options("p"))


@pytest.mark.parametrize("role", [{"weight_col": "w"}, {"group": "w"}, {"by": ("w",)}])
@pytest.mark.parametrize("columns", [("w",), ("id", "w")])
def test_a_column_that_is_told_for_another_role_is_not_the_truth(
    role: dict[str, Any], columns: tuple[str, ...]
) -> None:
    with pytest.raises(AmbiguousInput, match="no column is left for the label"):
        find_truth(source_of(*columns), False, set(columns), set(), Options("p.csv", **role))


def test_the_only_column_is_the_truth_whatever_its_name() -> None:
    assert find_truth(source_of("id"), False, {"id"}, set(), Options("p.csv")).columns == ("id",)
