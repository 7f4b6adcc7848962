from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.inputs.column_names import columns_named, cut_to, kind_in_name, leaf, plain_name, sets_for
from support.command_line import Cli, Save, assert_refused
from support.sources import source_of


@pytest.mark.parametrize(
    ("name", "plain", "inner"),
    [
        ("Prob", "prob", "prob"),
        (" .pred_class ", "pred_class", "pred_class"),
        ("probability.values", "probability.values", "probability"),
        ("SageMakerOutput.score", "sagemakeroutput.score", "score"),
        ("a.b.values.values", "a.b.values.values", "b"),
        ("values", "values", "values"),
        ("_", "_", "_"),
    ],
)
def test_names_as_they_are_looked_up(name: str, plain: str, inner: str) -> None:
    assert (plain_name(name), leaf(name)) == (plain, inner)


def test_names_inside_objects_where_none_is_outside() -> None:
    source = source_of("a.label", "b.label", "Prob", "out.score")
    assert columns_named(source, ("label",)) == ["a.label", "b.label"]
    assert columns_named(source, ("score", "prob")) == ["out.score", "Prob"]
    assert columns_named(source_of("a.label", "Label"), ("label",)) == ["Label"]


@pytest.mark.parametrize(
    ("columns", "names", "found"),
    [
        ([".pred_b", ".pred_a"], ["a", "b"], (".pred_", ("b", "a"))),
        (["prob(ash)", "prob(fir)"], ["fir", "ash"], ("prob(", ("ash", "fir"))),
        (["Probability:Class=a", "Probability:Class=b"], ["a", "b"], ("Probability:Class=", ("a", "b"))),
        (["ash", "asp"], ["asp", "ash"], ("", ("ash", "asp"))),
        (["p1", "p10", "p0"], [str(j) for j in range(11)], ("p", ("1", "10", "0"))),
        (["a_x", "b_y"], ["a", "b"], None),
        (["prob_a", "prob_a2"], ["a", "b"], None),
        (["one", "two"], ["a", "b"], None),
    ],
)
def test_names_between_one_head_and_one_tail(
    columns: list[str], names: list[str], found: tuple[str, tuple[str, ...]] | None
) -> None:
    assert cut_to(columns, names) == found


@given(
    names=st.lists(st.text("abc123", min_size=1, max_size=4), min_size=2, max_size=5, unique=True),
    head=st.text("xy_(=.", max_size=4),
    tail=st.text("xy_)", max_size=3),
)
def test_every_set_is_found_and_cut(names: list[str], head: str, tail: str) -> None:
    columns = [f"{head}{name}{tail}" for name in names]
    assert columns in map(list, sets_for(["id", *columns], names).values())
    cut = cut_to(columns, names)
    assert cut is not None
    assert sorted(cut[1]) == sorted(names)


def test_sets_are_found_in_little_time() -> None:
    names = [str(j) for j in range(5_000)]
    columns = [f"prob_{name}" for name in reversed(names)]
    assert sets_for(columns, names) == {"prob_": tuple(columns)}


def test_kind_of_a_lone_column() -> None:
    assert [kind_in_name(name) for name in ("Probs", "out.logits", "logprob", "price")] == [
        "prob", "logit", "logprob", "",
    ]  # fmt: skip


def test_globs_that_match_nothing_are_refused(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,1,0\nb,0,1\n")
    assert_refused(cli("score", path, "--score-cols", "x*"), "no column matches 'x*'")
