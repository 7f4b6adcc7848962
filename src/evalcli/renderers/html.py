"""The report as HTML tables, for a notebook: no script, no style sheet, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as quoted

from evalcli.renderers.report import grids, header
from evalcli.renderers.shades import RIGHT, WRONG, strength_of
from evalcli.renderers.tables import Cell, Grid, View
from evalcli.report.report import Report
from evalcli.text import escape

FAINTEST, STRONGEST = 0.04, 0.45
"""Opacity of the colour behind a share: text stays legible on it, in light and dark notebooks."""


def render(report: Report, view: View) -> bytes:
    """Header, tables and notes."""
    return "\n".join(_parts(report, view)).encode("utf-8", "backslashreplace")


def _parts(report: Report, view: View) -> Iterator[str]:
    title, facts = header(report)
    yield f"<div><p><strong>{text(report.name or title)}</strong> · {text(facts)}</p>"
    for grid in grids(report, view):
        yield from table(grid)
    if report.notes:
        yield "<ul>"
        yield from (f"<li>{text(note.message)} <em>({text(note.code)})</em></li>" for note in report.notes)
        yield "</ul>"
    yield "</div>"


def table(grid: Grid) -> Iterator[str]:
    """A grid as lines of HTML."""
    yield "<table>"
    if grid.title:
        yield f"<caption>{text(grid.title)}</caption>"
    heads = (f'<th scope="col"{_side(j, grid)}>{text(name)}</th>' for j, name in enumerate(grid.columns))
    yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    for row in grid.rows:
        cells = (f"<td{_style(j, cell, grid)}>{text(cell.text)}</td>" for j, cell in enumerate(row))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
    yield from (f"<p><small>{text(line)}</small></p>" for line in grid.foot)


def _side(column: int, grid: Grid) -> str:
    return f' style="text-align: {"left" if column in grid.left else "right"}"'


def _style(column: int, cell: Cell, grid: Grid) -> str:
    side = _side(column, grid)
    if cell.shade is None:
        return side
    red, green, blue = RIGHT if cell.shade > 0 else WRONG
    opacity = FAINTEST + (STRONGEST - FAINTEST) * strength_of(cell.shade)
    return f'{side[:-1]}; background: rgba({red}, {green}, {blue}, {opacity:.2f})"'


def text(value: str) -> str:
    """Text without markup."""
    return quoted(escape(value))
