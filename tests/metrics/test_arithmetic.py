from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import UsageError
from evalcli.metrics.arithmetic import read_formula

NUMBERS = st.floats(0.1, 9).map(lambda x: round(x, 2))
NAMES = st.sampled_from(["a", "b", "c"])


def formulas() -> st.SearchStrategy[str]:
    """Formulas that Python reads the same way."""

    def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(part, st.sampled_from("+-*/"), part).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        one = st.tuples(st.sampled_from(["sqrt", "exp", "abs", "-"]), part).map(lambda p: f"{p[0]}({p[1]})")
        pair = st.tuples(st.sampled_from(["min", "max"]), part, part).map(lambda p: f"{p[0]}({p[1]}, {p[2]})")
        return two | one | pair

    return st.recursive(NAMES | NUMBERS.map(str), larger, max_leaves=6)


def by_python(text: str, values: dict[str, float]) -> float:
    """What Python itself makes of it, in doubles."""
    names: dict[str, Any] = {name: np.float64(value) for name, value in values.items()}
    names |= {"sqrt": np.sqrt, "exp": np.exp, "abs": abs, "min": np.minimum, "max": np.maximum}
    with np.errstate(all="ignore"):
        value = float(eval(text, {"__builtins__": {}}, names))
    return value if math.isfinite(value) else math.nan


@given(formulas(), st.lists(st.floats(0, 4), min_size=3, max_size=3))
def test_the_value_is_pythons(text: str, given: list[float]) -> None:
    values = dict(zip("abc", given, strict=True))
    try:
        formula = read_formula(text, "x")
    except UsageError as error:
        assert "names no metric" in str(error)
        return
    try:
        expected = by_python(text, values)
    except ZeroDivisionError:  # of two numbers in the formula
        expected = math.nan
    found = formula.value({name: np.float64(value) for name, value in values.items()})  # type: ignore[misc]
    np.testing.assert_allclose(float(found), expected, rtol=1e-12)
    assert read_formula(formula.plain, "x").plain == formula.plain


@given(formulas(), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_no_value_is_outside_the_range(text: str, given: list[float]) -> None:
    try:
        formula = read_formula(text, "x")
    except UsageError:
        return
    low, high = formula.ends(dict.fromkeys("abc", (0.0, 1.0)))
    value = float(formula.value({name: np.float64(v) for name, v in zip("abc", given, strict=True)}))  # type: ignore[misc]
    slack = 1e-9 * max(1.0, abs(value))
    assert math.isnan(value) or low - slack <= value <= high + slack


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("(a + b) / 2", (0, 1)),
        ("5*a + b", (0, 6)),
        ("a - b", (-1, 1)),
        ("1 - a", (0, 1)),
        ("min(a, b)", (0, 1)),
        ("abs(a - b)", (0, 1)),
        ("sqrt(a * b)", (0, 1)),
        ("a / b", (0, math.inf)),
        ("log(a)", (-math.inf, 0)),
        ("-a ** 2", (-1, 0)),
    ],
)
def test_limits_by_interval_arithmetic(text: str, ends: tuple[float, float]) -> None:
    assert read_formula(text, "x").ends({"a": (0, 1), "b": (0, 1)}) == ends


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a == b", "a comparison is not allowed"),
        ("a ^ 2", r"\^ \(a power is \*\*\)"),
        ("a.b", "a dot is not allowed"),
        ("a[0]", "an index is not allowed"),
        ("__import__('os')", "another function than min"),
        ("(lambda: 1)()", "another function"),
        ("a if b else c", "such an expression"),
        ("True + a", "such an expression"),
        ("1j * a", "such an expression"),
        ("a and b", "and, or is not allowed"),
        ("f'{a}'", "such an expression"),
        ("a +", "cannot be read"),
        ("", "cannot be read"),
        ("(" * 500 + "a" + ")" * 500, "cannot be read"),
        ("+".join(["a"] * 900), "cannot be read|more than 500 parts"),
        ("a" * 3000, "more than 2,000 characters"),
        ("9" * 1900 + "* a", "too large"),
        ("1e999 * a", "too large"),
        ("sqrt(a, b)", r"sqrt\(\) takes one"),
        ("min(a)", r"min\(\) takes two or more"),
        ("min(a, *b)", "such an expression"),
        ("max(a, key=b)", "another function"),
        ("1 + 2", "names no metric"),
        ("a := 1", "cannot be read"),
    ],
)
def test_anything_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"(?s)mine: .*({words})"):
        read_formula(text, "mine")


def test_values_broadcast_over_resamples() -> None:
    formula = read_formula("max(a, b, 0.5) - min(a, b)", "x")
    found = formula.value({"a": np.array([0.1, 0.9]), "b": np.array([0.2, 0.4])})
    np.testing.assert_allclose(found, [0.4, 0.5])


def test_names_with_a_class_are_in_quotes() -> None:
    assert read_formula("""min('recall:cat', "recall:the dog") * n""", "x").names == (
        "recall:cat",
        "recall:the dog",
        "n",
    )
