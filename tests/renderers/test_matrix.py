from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evalcli.renderers.formats import render
from evalcli.renderers.matrix import _largest, letters, matrix
from evalcli.renderers.tables import Grid, View
from evalcli.report.report import Report
from support.builders import made_report
from support.command_line import Cli

COUNTS = ((40, 5, 0), (3, 50, 7), (0, 0, 0))


def report(
    names: Sequence[str] = ("cat", "dog", "hen"), counts: Sequence[Sequence[float]] = COUNTS
) -> Report:
    rows = {"recall": dict.fromkeys(names, 0.5)}
    return replace(made_report({"accuracy": 0.5}, rows), confusion=tuple(map(tuple, counts)))


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def shares(normalize: str, width: int | None = 25) -> list[list[str]]:
    counts, percent = matrix(report(), View(width=width, normalize=normalize))
    assert [row[1:] for row in texts(counts)] == [[str(n) for n in row] for row in COUNTS]
    assert [row[0] for row in texts(counts)] == [row[0] for row in texts(percent)]
    return [row[1:] for row in texts(percent)]


def test_shares_sum_to_100_by_row_column_or_all() -> None:
    by_row = shares("true")
    assert [sum(map(float, row)) for row in by_row[:2]] == pytest.approx([100, 100], abs=0.2)
    assert by_row[2] == ["—", "—", "—"]
    by_column = list(zip(*shares("pred"), strict=True))
    assert [sum(map(float, column)) for column in by_column] == pytest.approx([100, 100, 100], abs=0.2)
    assert sum(float(share) for row in shares("all") for share in row) == pytest.approx(100, abs=0.5)
    assert by_row[0] == ["88.9", "11.1", "0.0"]


def test_counts_and_shares_are_in_one_grid_where_they_fit() -> None:
    (grid,) = matrix(report(), View(width=80, normalize="true"))
    assert grid.title.endswith("counts and % of the true class")
    assert texts(grid)[1] == ["dog", "3 (5.0%)", "50 (83.3%)", "7 (11.7%)"]
    assert texts(grid)[2] == ["hen", "0 (—)", "0 (—)", "0 (—)"]


def test_whole_per_cent_where_more_does_not_fit() -> None:
    made = report(
        [f"class {j}" for j in range(10)], [[100 * (i == j) + 7 for j in range(10)] for i in range(10)]
    )
    for width, cell in ((100, "62.9"), (72, "63")):
        counts, percent = matrix(made, View(width=width, normalize="true"))
        assert texts(percent)[0][1] == cell
        assert max(counts.width, percent.width) <= width


def test_digits_are_of_the_share() -> None:
    (grid,) = matrix(report(), View(normalize="true", digits=2))
    assert texts(grid)[0][1] == "40 (89%)"
    (grid,) = matrix(report(), View(normalize="true", digits=5))
    assert texts(grid)[0][1] == "40 (88.889%)"


@pytest.mark.parametrize("width", [None, 200, 80, 40])
def test_letters_take_the_place_of_names_where_the_line_ends(width: int | None) -> None:
    names = [f"number {j:02d}, {'a long name ' * 4}" for j in range(12)]
    (grid,) = matrix(report(names, np.arange(144).reshape(12, 12).tolist()), View(width=width))
    assert grid.columns[1:] == tuple("ABCDEFGHIJKL")
    assert grid.rows[3][0].text.startswith("D = number 03" if width in (None, 200) else "D = num")
    assert width is None or grid.width <= max(width, 16 + 12 * 6)
    assert ("…" in grid.rows[3][0].text) == (width is not None)


def test_names_that_fit_are_kept() -> None:
    (grid,) = matrix(report(), View(width=80))
    assert grid.columns == ("", "cat", "dog", "hen")


def test_signs_are_no_names_of_classes() -> None:
    assert letters(["x", "b", "ten"]) == ["#1", "#2", "#3"]
    assert letters(["0", "1", "2"]) == ["A", "B", "C"]
    assert len(set(letters([f"class {j}" for j in range(40)]))) == 40


def many(k: int = 25) -> Report:
    table = np.diag(np.full(k, 50))
    table[3, 4], table[7, 1], table[9, 2] = 9, 30, 9
    return report([f"c{j}" for j in range(k)], table.tolist())


@pytest.mark.parametrize(
    ("normalize", "expected"),
    [(None, ["37.5", "15.3", "15.3"]), ("pred", ["37.5", "15.3", "15.3"]), ("all", ["2.3", "0.7", "0.7"])],
)
def test_of_many_classes_the_most_confused_pairs(normalize: str | None, expected: list[str]) -> None:
    (grid,) = matrix(many(), View(normalize=normalize))
    assert grid.title == "the 3 most confused pairs of 25 classes"
    assert [row[:3] for row in texts(grid)] == [["c7", "c1", "30"], ["c3", "c4", "9"], ["c9", "c2", "9"]]
    assert [row[3] for row in texts(grid)] == expected
    assert "report.json" in grid.foot[0]


def test_at_most_ten_pairs_and_none_of_a_perfect_model() -> None:
    k = 30
    full = np.ones((k, k), int) + np.diag(np.full(k, 20))
    (grid,) = matrix(report([f"c{j}" for j in range(k)], full.tolist()), View())
    assert len(grid.rows) == 10
    perfect = report([f"c{j}" for j in range(k)], np.diag(np.full(k, 20)).tolist())
    assert list(matrix(perfect, View())) == []


def test_markdown_has_shares_and_pairs(cli: Cli, tmp_path: Path) -> None:
    text = render(report(), "markdown", View(normalize="true")).decode()
    assert "| cat | 40 (88.9%) | 5 (11.1%) | 0 (0.0%) |" in text
    text = render(many(), "markdown").decode()
    assert "| c7 | c1 | 30 | 37.5 |" in text
    assert "the whole matrix: -o report.json" in text


def test_without_a_matrix_there_is_no_grid() -> None:
    assert list(matrix(made_report({"accuracy": 0.5}), View(normalize="true"))) == []


@given(
    st.integers(2, 7).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 3), min_size=k, max_size=k), min_size=k, max_size=k)
    )
)
def test_the_largest_are_the_first_of_all_sorted(table: list[list[int]]) -> None:
    wrong = [(-n, i, j) for i, row in enumerate(table) for j, n in enumerate(row) if n and i != j]
    assert [(-n, i, j) for n, i, j in _largest(table)] == sorted(wrong)[:10]
