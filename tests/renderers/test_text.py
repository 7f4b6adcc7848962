from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from evalcli.renderers.tables import Cell, Grid, View
from evalcli.renderers.text import lines, render
from support.builders import made_report

texts = st.text("abc09 漢字é", max_size=8)


def grid(rows: list[tuple[str, ...]], left: frozenset[int] = frozenset({0}), title: str = "") -> Grid:
    return Grid(title, ("name", "value"), left, tuple(tuple(map(Cell, row)) for row in rows))


def test_columns_are_aligned() -> None:
    found = list(lines(grid([("cat", "0.5"), ("elephant", "12.25")], title="metrics")))
    assert found == [
        "",
        "metrics",
        "",
        "name       value",
        "────────────────",
        "cat          0.5",
        "elephant   12.25",
    ]


def test_no_rows() -> None:
    assert list(lines(grid([]))) == ["", "name   value", "────────────"]


@given(st.lists(st.tuples(texts, st.text("abc漢é", min_size=1, max_size=8)), max_size=5))
def test_right_columns_end_together(rows: list[tuple[str, ...]]) -> None:
    """As wide as a terminal shows them."""
    _, head, rule, *found = lines(grid(rows))
    assert {cell_len(line) for line in (head, rule, *found)} == {cell_len(rule)}


def test_lines_below_the_rows() -> None:
    one = grid([("cat", "0.5")])
    assert list(lines(replace(one, foot=("why", "where"))))[-2:] == ["why", "where"]


def test_nothing_is_cut() -> None:
    name = "a very long name of a class " * 10
    report = made_report({}, {"recall": {name: 0.5, "dog": 1.0}})
    text = render(report, View()).decode()
    assert name.strip() in text
    assert text.endswith("\n")
    assert not [line for line in text.splitlines() if line != line.rstrip()]
