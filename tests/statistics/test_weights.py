from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli import statistics
from evalcli.statistics.weights import Weights, run_of

PACKAGE = Path(str(statistics.__file__)).parent
NONE = Weights()
rows = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 4)), min_size=1, max_size=40)


def drawn_rows(drawn: list[tuple[int, int]]) -> tuple[Any, Weights, Any]:
    """Values, their weights, and each value as often as it weighs; whole numbers, whose sums are exact."""
    values, weight = (np.array(part, np.float64) for part in zip(*drawn, strict=True))
    return values, Weights(weight), np.repeat(values, weight.astype(int))


@given(rows)
def test_a_whole_weight_is_a_row_repeated(drawn: list[tuple[int, int]]) -> None:
    values, weights, repeated = drawn_rows(drawn)
    n, m = len(values), len(repeated)
    assert weights.total(n) == NONE.total(m) == m
    assert weights.sum(values) == NONE.sum(repeated) == repeated.sum()
    assert weights.count(values > 0) == NONE.count(repeated > 0) == (repeated > 0).sum()
    cells = np.abs(values).astype(np.intp)
    assert (weights.counted(cells, 60) == NONE.counted(np.abs(repeated).astype(np.intp), 60)).all()
    if m:
        assert weights.median(values.copy()) == NONE.median(repeated.copy()) == np.median(repeated)


@given(rows)
def test_weights_of_one_are_no_weights(drawn: list[tuple[int, int]]) -> None:
    values, n = np.array([value for value, _ in drawn], np.float64), len(drawn)
    ones, chosen = Weights(np.ones(n)), values > 0
    assert ones.are_given
    assert not NONE.are_given
    for name in ("sum", "sum_squares", "times"):
        assert np.all(getattr(ones, name)(values) == getattr(NONE, name)(values)), name
    for weights in (ones, NONE):
        assert (weights.of_rows(n) == 1).all()
        assert weights.total(n) == weights.total_squares(n) == weights.squared.total(n) == n
        assert weights.at(chosen).total(int(chosen.sum())) == chosen.sum()


def test_squares_are_of_the_weights() -> None:
    weights = Weights(np.array([1.0, 2.0, 3.0]))
    assert weights.squared.of_rows(3).tolist() == [1.0, 4.0, 9.0]
    assert weights.total_squares(3) == 14.0
    assert weights.sum_squares(np.array([1.0, 1.0, 2.0])) == 1.0 + 4.0 + 36.0


def test_nothing_is_copied_without_weights() -> None:
    values = np.arange(5.0)
    assert NONE.times(values) is values
    assert NONE.at(values > 2) is NONE.squared is NONE


def test_parts_are_joined() -> None:
    one, two = np.array([1.0, 2.0]), np.array([3.0])
    assert Weights.joined([one, two]).of_rows(3).tolist() == [1.0, 2.0, 3.0]
    assert not Weights.joined([None, None]).are_given
    assert not Weights.joined([]).are_given
    assert (run_of(one), run_of(None)) == ((one,), ())


def test_rows_and_weights_of_cells() -> None:
    cells = np.array([0, 2, 2, 1, 2])
    counts = NONE.counted(cells, 4)
    assert (counts.tolist(), counts.dtype) == ([1, 1, 3, 0], np.int64)
    weights = Weights(np.array([0.5, 1.0, 2.0, 0.0, 0.25], np.float32)).counted(cells, 4)
    assert (weights.tolist(), weights.dtype) == ([0.5, 0.0, 3.25, 0.0], np.float64)
    assert NONE.counted(np.empty(0, np.intp), 2).tolist() == [0, 0]


def questions(tree: ast.AST) -> list[str]:
    """Comparisons of weights with None, and tests of whether there are any."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            left = ast.unparse(node.left)
            if "weight" in left or left in ("w", "some", "values") or left.endswith(".values"):
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_only_weights_are_asked_whether_there_are_any(path: Path) -> None:
    asked = questions(ast.parse(path.read_text(encoding="utf-8")))
    assert bool(asked) == (path.name == "weights.py"), asked
