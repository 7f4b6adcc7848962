from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from evalcli.renderers.tables import Cell, Grid, cell_width, first_that_fits, shortened, without_empty_columns


def grid(*rows: tuple[str, ...], columns: tuple[str, ...] = ("name", "value")) -> Grid:
    return Grid("", columns, frozenset({0}), tuple(tuple(map(Cell, row)) for row in rows), ("a line",))


@pytest.mark.parametrize("text", ["cat", "漢字", "e\u0301", "", "ｆｕｌｌ", "naïve"])
def test_widths_as_on_a_terminal(text: str) -> None:
    assert cell_width(text) == cell_len(text)


@given(st.text("abc09 漢字é\x1b", max_size=40), st.integers(1, 20))
def test_a_shortened_name_is_as_wide_as_it_may_be(text: str, most: int) -> None:
    short = shortened(text, most)
    assert cell_width(short) <= most
    assert short.isprintable()
    if cell_width(text) <= most and text.isprintable():
        assert short == text


def test_a_shortened_name_keeps_both_ends() -> None:
    names = [f"a very long name of a class, number {j}" for j in range(3)]
    assert [shortened(name, 20) for name in names] == [f"a very lon… number {j}" for j in range(3)]


def test_the_first_grid_that_fits_by_its_width_on_a_terminal() -> None:
    wide, narrow = grid(("漢字漢字漢字漢字", "0.5")), grid(("x", "0.5"))
    assert (wide.width, narrow.width) == (16 + 3 + 5, 4 + 3 + 5)
    assert first_that_fits(24, wide, narrow) is wide
    assert first_that_fits(23, wide, narrow) is narrow
    assert first_that_fits(3, wide, narrow) is narrow
    assert first_that_fits(None, wide, narrow) is wide


def test_columns_that_are_empty_in_every_row_go() -> None:
    full = Grid(
        "t",
        ("a", "b", "c", ""),
        frozenset({0, 3}),
        tuple(tuple(map(Cell, row)) for row in (("x", "", "1", "r"), ("y", "", "", ""))),
    )
    less = without_empty_columns(full)
    assert less.columns == ("a", "c", "")
    assert less.left == {0, 2}
    assert [[cell.text for cell in row] for row in less.rows] == [["x", "1", "r"], ["y", "", ""]]
