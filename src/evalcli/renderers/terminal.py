"""The report on a terminal: the same tables with colour, and the shares of a confusion matrix as shades."""

from __future__ import annotations

import io

from msgspec.structs import replace
from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from evalcli.renderers.report import grids, header
from evalcli.renderers.shades import style
from evalcli.renderers.tables import Cell, Grid, View
from evalcli.report.report import Report
from evalcli.text import escape

WIDE = 100_000


def render(report: Report, view: View) -> bytes:
    """The bytes for a terminal, in the colours that it has by its environment."""
    stream = io.StringIO()
    console = Console(file=stream, width=view.width, force_terminal=True, legacy_windows=False)
    show(report, console, view)
    return stream.getvalue().encode()


class Shown:
    """A report that rich prints, as wide as it prints."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        stream = io.StringIO()
        inner = Console(
            file=stream,
            width=options.max_width,
            force_terminal=True,
            color_system=console.color_system,  # type: ignore[arg-type]
        )
        show(self._report, inner, View())
        yield Text.from_ansi(stream.getvalue().rstrip("\n"))


def show(report: Report, console: Console, view: View) -> None:
    """Print to a rich console; a table that is wider than the terminal is not cut."""
    path, facts = header(report)
    title = f"{escape(report.name)} · {path}" if report.name else path
    console.print(Text(title, style="bold").append(f" · {facts}", style="not bold"))
    width = console.width
    for grid in grids(report, replace(view, width=width)):
        console.print(Text(f"\n{grid.title}\n" if grid.title else "", style="bold"))
        table = _table(grid, console.color_system)
        needed = Measurement.get(console, console.options.update(max_width=WIDE), table).maximum
        console.width = max(width, needed)
        console.print(table)
        console.width = width
        for line in grid.foot:
            console.print(Text(line, style="dim"), soft_wrap=True)


def _table(grid: Grid, system: str | None) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for j, name in enumerate(grid.columns):
        table.add_column(Text(name), justify="left" if j in grid.left else "right", no_wrap=True)
    for row in grid.rows:
        table.add_row(*(Text(cell.text, style=_style(cell, system)) for cell in row))
    return table


def _style(cell: Cell, system: str | None) -> str:
    """Green for right, red for wrong, as strong as the share of the class's rows."""
    if cell.dim:
        return "dim"
    return "" if cell.shade is None else style(cell.shade, system)
