"""The confusion matrix as grids; for many classes, the most confused pairs."""

from __future__ import annotations

import heapq
import string
from collections.abc import Iterator, Sequence

from evalcli.renderers import numbers
from evalcli.renderers.tables import (
    GAP,
    NORMALIZE,
    Cell,
    Grid,
    View,
    cell_width,
    count,
    first_that_fits,
    names_of,
    shortened,
)
from evalcli.report.report import Report

WIDEST = 120
"""Maximum width of a matrix without a terminal; wider ones have letters for names."""
PAIRS = 10
MOST_CLASSES = 100
"""Maximum of classes of a whole matrix, however long a table may be."""
NO_SHARE = "—"
WHOLE = 2
"""Digits of a share that is shown in whole per cent."""
SHORTEST = 16
"""Minimum width of a name, next to a wide matrix."""
TITLE = "confusion matrix: rows truth, columns predicted"
Table = Sequence[Sequence[float]]


def matrix(report: Report, view: View) -> Iterator[Grid]:
    """Counts, with percentages in a normalized view; for many classes, the most confused pairs."""
    table = report.confusion
    if table is None:
        return
    if len(report.classes) > min(view.most, MOST_CLASSES):
        pairs = _pairs(report, table, view)
        if pairs.rows:
            yield pairs
        return
    width = WIDEST if view.width is None else view.width
    counts = [[count(n) for n in row] for row in table]
    if view.normalize is None:
        yield _grid(report, counts, TITLE, view, width)
        return
    digits = view.digits
    words = NORMALIZE[view.normalize]
    shares = _shares(table, view.normalize, digits)
    both = [
        [f"{n} ({share}%)" if share != NO_SHARE else f"{n} ({share})" for n, share in zip(*pair, strict=True)]
        for pair in zip(counts, shares, strict=True)
    ]
    together = _grid(report, both, f"{TITLE}; counts and {words}", view, width)
    names = names_of(report.classes, view.width)
    whole = all(row[0].text.endswith(name) for row, name in zip(together.rows, names, strict=True))
    if together.width <= width and whole:
        yield together
        return
    yield _grid(report, counts, f"{TITLE}; counts", view, width)
    texts = [shares] if digits is not None else [shares, _shares(table, view.normalize, WHOLE)]
    grids = (_grid(report, text, f"{TITLE}; {words}", view, width) for text in texts)
    yield first_that_fits(width, *grids)


def _shares(table: Table, normalize: str, digits: int | None) -> list[list[str]]:
    """Each cell in per cent."""
    return [
        [numbers.percent(_share(n, _total(table, i, j, normalize)), digits) for j, n in enumerate(row)]
        for i, row in enumerate(table)
    ]


def _share(n: float, total: float) -> float | None:
    return n / total if total else None


def _grid(report: Report, texts: Sequence[Sequence[str]], title: str, view: View, width: int) -> Grid:
    """Under the names of the classes, or under letters if the names do not fit."""
    table = report.confusion or ()
    names, signs = names_of(report.classes, view.width), letters(report.classes)
    cells = [max(map(cell_width, column)) for column in zip(*texts, strict=True)]

    def needed(columns: Sequence[str], heads: Sequence[str]) -> int:
        widths = (max(pair) for pair in zip(map(cell_width, columns), cells, strict=True))
        return max(map(cell_width, heads)) + sum(size + GAP for size in widths)

    heads, columns = names, names
    lettered = [f"{sign} = {name}" for sign, name in zip(signs, names, strict=True)]
    if needed(columns, heads) > width and needed(signs, lettered) < needed(columns, heads):
        heads, columns = lettered, signs
        if view.width is not None:
            left = max(width - needed(signs, [""]), SHORTEST)
            heads = [shortened(head, left) for head in heads]
    rows = []
    for i, (head, counts) in enumerate(zip(heads, table, strict=True)):
        total = sum(counts) or 1
        line = [
            Cell(texts[i][j], dim=n == 0, shade=n / total if i == j else -n / total)
            for j, n in enumerate(counts)
        ]
        rows.append((Cell(head), *line))
    return Grid(title, ("", *columns), frozenset({0}), tuple(rows))


def letters(classes: Sequence[str]) -> list[str]:
    """Signs for classes that are not names of classes: letters, or numbers such as #1.

    >>> letters(["0", "1"]), letters(["a", "b"])
    (['A', 'B'], ['#1', '#2'])
    """
    names = {name.strip().upper() for name in classes}
    signs = list(string.ascii_uppercase[: len(classes)])
    if len(signs) < len(classes) or names & set(signs):
        return [f"#{number}" for number in range(1, len(classes) + 1)]
    return signs


def _pairs(report: Report, table: Table, view: View) -> Grid:
    """The largest cells off the diagonal."""
    normalize, names = view.normalize or "true", names_of(report.classes, view.width)
    cells = []
    for n, i, j in _largest(table):
        share = _share(n, _total(table, i, j, normalize))
        texts = (names[i], names[j], count(n), numbers.percent(share, view.digits))
        cells.append(tuple(map(Cell, texts)))
    pairs = f"{len(cells)} most confused pairs" if len(cells) != 1 else "most confused pair"
    return Grid(
        f"the {pairs} of {len(report.classes):,} classes",
        ("true", "predicted", "count", NORMALIZE[normalize]),
        frozenset({0, 1}),
        tuple(cells),
        ("the whole matrix: -o report.json",),
    )


def _largest(table: Table) -> list[tuple[float, int, int]]:
    """Largest counts with their row and column; of equal counts the first ones.

    Most rows of a large table have no larger count than those found before; their maximum shows it.
    """
    found: list[tuple[float, int, int]] = []
    least = 0.0
    for i, row in enumerate(table):
        if max(max(row[:i], default=0), max(row[i + 1 :], default=0)) <= least:
            continue
        found += [(n, i, j) for j, n in enumerate(row) if n > least and i != j]
        found = heapq.nsmallest(PAIRS, found, key=lambda cell: (-cell[0], *cell[1:]))
        least = found[-1][0] if len(found) == PAIRS else 0.0
    return found


def _total(table: Table, i: int, j: int, normalize: str) -> float:
    """The number that a cell is divided by."""
    if normalize == "true":
        return sum(table[i])
    return sum(row[j] for row in table) if normalize == "pred" else sum(map(sum, table))
