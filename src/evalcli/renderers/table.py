"""The report as tables: in colour on a terminal, plain and never cut elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from evalcli.errors import printable
from evalcli.renderers import figures
from evalcli.report import ClassRow, Report

MOST_CLASSES = 20
WIDE = 1_000_000


def render(report: Report) -> str:
    """Plain text of any width, without colour."""
    stream = io.StringIO()
    show(report, Console(file=stream, width=WIDE, no_color=True, force_terminal=False, highlight=False))
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def show(report: Report, console: Console) -> None:
    """Print to a rich console; a table that is wider than the terminal is not cut."""
    width = console.width
    for part in layout(report, width):
        needed = Measurement.get(console, console.options.update(max_width=WIDE), part).maximum
        console.width = max(width, needed) if isinstance(part, Table) else width
        console.print(part)


def layout(report: Report, width: int) -> Iterator[RenderableType]:
    """Header, metrics, classes, confusion matrix."""
    yield _header(report)
    yield Text()
    yield _metrics(report)
    if any(row.metrics for row in report.per_class.values()):
        yield from _classes(report)
        if len(report.classes) <= MOST_CLASSES:
            yield from _confusion(report, width)


def _header(report: Report) -> Text:
    source = report.input
    rows = f"{source.scored:,} rows"
    if source.dropped:
        rows += f" scored of {source.read:,} read"
    parts = [f"{report.task}, {len(report.classes)} classes", rows]
    if source.positive is not None:
        parts[0] += f", positive {printable(source.positive)}"
    if source.scores_as:
        parts.append(f"scores read as {source.scores_as} ({source.scores_why})")
    else:
        parts.append("predicted classes, no scores")
    if source.threshold is not None:
        parts.append(f"threshold {source.threshold:g}")
    text = Text(printable(source.predictions[0].path), style="bold")
    return text.append(" · " + " · ".join(parts), style="not bold")


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)


def _title(words: str) -> Text:
    return Text(f"\n{words}\n", style="bold")


def _metrics(report: Report) -> Table:
    confidence = report.input.options.get("confidence", 0.95)
    table = _table()
    table.add_column("metric", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    scores = report.metrics.values()
    intervals = any(score.interval for score in scores)
    remarks = any(score.reason or score.left_out for score in scores)
    if intervals:
        table.add_column(f"{100 * confidence:g}% interval", no_wrap=True)
    if remarks:
        table.add_column("")
    for name, score in report.metrics.items():
        cells = [Text(printable(name)), Text(figures.value(score))]
        if intervals:
            cells.append(Text(figures.interval(score)))
        if remarks:
            left = f"without {len(score.left_out)} absent classes" if score.left_out else ""
            cells.append(Text(f"undefined: {score.reason}" if score.reason else left, style="dim"))
        table.add_row(*cells)
    return table


def _ordered(report: Report) -> tuple[Sequence[tuple[str, ClassRow]], str]:
    rows = list(report.per_class.items())
    if len(rows) <= MOST_CLASSES:
        return rows, "per class"

    def worst(item: tuple[str, ClassRow]) -> float:
        found = item[1].metrics.get("f1")
        return 2.0 if found is None or found.value is None else found.value

    return sorted(rows, key=worst)[:MOST_CLASSES], f"the {MOST_CLASSES} worst of {len(rows)} classes by f1"


def _classes(report: Report) -> Iterator[RenderableType]:
    rows, title = _ordered(report)
    names = list(dict.fromkeys(name for _, row in rows for name in row.metrics))
    table = _table()
    table.add_column("class", no_wrap=True)
    for name in ("support", *names):
        table.add_column(name, justify="right", no_wrap=True)
    for cls, row in rows:
        cells = [figures.value(row.metrics[name]) if name in row.metrics else "" for name in names]
        table.add_row(Text(printable(cls)), f"{row.support:,}", *cells)
    yield _title(title)
    yield table


def _confusion(report: Report, width: int) -> Iterator[RenderableType]:
    names = [printable(name) for name in report.classes]
    columns = names
    if sum(len(name) + 3 for name in names) + max(map(len, names)) > width:
        columns = [str(place) for place in range(1, len(names) + 1)]
        names = [f"{place} {name}" for place, name in zip(columns, names, strict=True)]
    table = _table()
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(Text(name), justify="right", no_wrap=True)
    for i, (name, row) in enumerate(zip(names, report.confusion, strict=True)):
        total = sum(row) or 1
        cells = [Text(f"{count:,}", style=_heat(count / total, i == j)) for j, count in enumerate(row)]
        table.add_row(Text(name), *cells)
    yield _title("confusion matrix: rows truth, columns predicted")
    yield table


def _heat(share: float, right: bool) -> str:
    """Green for right, red for wrong, as strong as the share of the class's rows."""
    if share < 0.01:
        return "" if share else "dim"
    level = round(40 + 160 * min(1.0, share if right else 4 * share))
    return f"white on rgb(0,{level // 2 + 20},0)" if right else f"white on rgb({level},0,0)"
