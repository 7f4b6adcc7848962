from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.text import Expression, escape, join_names, suggest


@given(st.text())
def test_what_is_escaped_is_printable_and_no_command(text: str) -> None:
    shown = escape(text)
    assert shown.isprintable()
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    assert "##vso[" not in shown
    assert escape(shown) == shown


@given(st.text(st.characters(categories=("L", "N"))))
def test_plain_names_stay_themselves(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("recal", ["precision", "recall"], "recall"),
        ("acc", ["mcc", "accuracy"], "accuracy"),
        ("f1_m", ["f1_micro", "f1_macro_x", "f1"], "f1_micro"),
        ("xyz", ["precision", "recall"], None),
        ("a", ["abc"], None),
        ("", ["abc"], None),
    ],
)
def test_the_nearest_known_name(typed: str, known: list[str], expected: str | None) -> None:
    assert suggest(typed, known) == expected


def test_many_names_are_cut_and_counted() -> None:
    assert join_names(map(str, range(15))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"
    assert join_names(["a", "b"], most=2) == "a, b"
    assert join_names([]) == ""
    assert join_names(["x" * 500]) == "x" * 200 + "…"


def test_an_expression_is_compiled_when_it_is_used() -> None:
    expression = Expression("(a+)b?", re.IGNORECASE)
    assert "compiled" not in vars(expression)
    assert expression.fullmatch("AAb")
    assert expression.fullmatch("abb") is None
    assert expression.match("abb")
    found = expression.search("xaa")
    assert found is not None
    assert found[1] == "aa"
    assert expression.sub("-", "xabx") == "x-x"
    assert "compiled" in vars(expression)
