"""The report as plain tables: never cut, no colour, no library that is slow to import."""

from __future__ import annotations

from collections.abc import Iterator

from evalcli.renderers.report import grids, header
from evalcli.renderers.tables import GAP, Grid, View, cell_width
from evalcli.report.report import Report
from evalcli.text import escape


def render(report: Report, view: View) -> bytes:
    """Header and tables, lines as long as they need to be; in colour where the view has colours."""
    if view.colour:
        from evalcli.renderers import terminal

        return terminal.render(report, view)
    tables = (line for grid in grids(report, view) for line in lines(grid))
    name = (escape(report.name),) if report.name else ()
    return "\n".join([" · ".join((*name, *header(report))), *tables, ""]).encode()


def lines(grid: Grid) -> Iterator[str]:
    """A grid as aligned text."""
    yield ""
    if grid.title:
        yield grid.title
        yield ""
    rows = [grid.columns, *(tuple(cell.text for cell in row) for row in grid.rows)]
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        cells = [
            _padded(text, width, j in grid.left)
            for j, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield (" " * GAP).join(cells).rstrip()
        if index == 0:
            yield "─" * (sum(widths) + GAP * (len(widths) - 1))
    yield from grid.foot


def _padded(text: str, width: int, left: bool) -> str:
    space = " " * (width - cell_width(text))
    return text + space if left else space + text
