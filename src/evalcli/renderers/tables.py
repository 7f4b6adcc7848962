"""The parts of every table: view, cells, grids, and how they fit a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from evalcli.text import escape

GAP = 3
"""Blanks between columns."""
LONGEST, LONGEST_ON_TERMINAL = 60, 30
"""Maximum width of a name: of the value of a slice, and of any name on a terminal."""
NORMALIZE = {
    "true": "% of the true class",
    "pred": "% of the predicted class",
    "all": "% of all rows",
}
"""Totals that the cells of a confusion matrix can be divided by."""
SORTS = ("name", "value", "n")
"""Keys to sort slices by."""
MOST_DIGITS = 15
MOST_OF_CELL, MOST_EXAMPLES = 5, 500
"""Rows that a page shows of a cell of the confusion matrix, and of all cells."""


class View(Struct, frozen=True):
    """How a result is shown.

    ``width``: columns of a terminal, None if lines may be long. ``colour``: whether there are colours.
    ``most``: maximum of classes and passed rules in a table. ``digits``: decimals of values. ``brief``: no
    tables of classes and batches. ``normalize``: total of the confusion matrix, one of ``NORMALIZE``.
    ``sort``: order of slices, one of ``SORTS``. ``whole``: classes and the matrix of all rows together, also
    where there are slices. ``examples``: rows that a page shows, by column.
    """

    width: int | None = None
    colour: bool = False
    most: int = 20
    digits: int | None = None
    brief: bool = False
    normalize: str | None = None
    sort: str | None = None
    whole: bool = False
    examples: tuple[dict[str, object], ...] = ()


class Cell(Struct, frozen=True):
    """Text; ``shade``: up to 1 if it is right, down to -1 if wrong, None if it is not a share."""

    text: str
    dim: bool = False
    shade: float | None = None


class Grid(Struct, frozen=True):
    """Rows under named columns; those in ``left`` are aligned to the left. ``foot``: lines below them."""

    title: str
    columns: tuple[str, ...]
    left: frozenset[int]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Columns that a terminal needs for its widest row."""
        rows = [self.columns, *(tuple(cell.text for cell in row) for row in self.rows)]
        return sum(max(map(cell_width, column)) + GAP for column in zip(*rows, strict=True)) - GAP


def first_that_fits(width: int | None, *candidates: Grid) -> Grid:
    """The first one that fits in a line, or the last."""
    for grid in candidates:
        if width is None or grid.width <= width:
            return grid
    return candidates[-1]


def without_empty_columns(grid: Grid) -> Grid:
    """The grid without columns that have no text in any row."""
    kept = [j for j in range(len(grid.columns)) if not grid.rows or any(row[j].text for row in grid.rows)]
    return replace(
        grid,
        columns=tuple(grid.columns[j] for j in kept),
        left=frozenset(index for index, j in enumerate(kept) if j in grid.left),
        rows=tuple(tuple(row[j] for j in kept) for row in grid.rows),
    )


def count(value: float) -> str:
    """Rows, or their weight."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def shortened(text: str, most: int = LONGEST) -> str:
    """A name, escaped; a long one is cut in the middle.

    >>> shortened("region"), shortened("n02123045 tabby, tabby cat", 15)
    ('region', 'n021230…bby cat')
    """
    text = escape(text)
    if cell_width(text) <= most:
        return text
    return f"{_start(text, most // 2)}…{_start(text[::-1], (most - 1) // 2)[::-1]}"


def _start(text: str, most: int) -> str:
    while cell_width(text) > most:
        text = text[: min(len(text) - 1, most)]
    return text


def names_of(names: Iterable[str], width: int | None) -> list[str]:
    """Names for a table; on a terminal, long ones are shortened."""
    return [escape(name) if width is None else shortened(name, LONGEST_ON_TERMINAL) for name in names]


def cell_width(text: str) -> int:
    r"""Columns that a text takes on a terminal: East Asian wide characters two, combining marks none.

    >>> cell_width("cat"), cell_width("漢字"), cell_width("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
