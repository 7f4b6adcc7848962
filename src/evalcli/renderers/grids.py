"""The report as a header and grids of cells: what every tabular form shows, not how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalcli.errors import printable
from evalcli.renderers import figures
from evalcli.report import ClassRow, Report

MOST_CLASSES = 20


@dataclass(frozen=True)
class Cell:
    """Text; ``heat`` from 0 to 1 where it is right, to -1 where wrong, None where it is no share."""

    text: str
    dim: bool = False
    heat: float | None = None


@dataclass(frozen=True)
class Grid:
    """Rows under named columns; those in ``left`` are aligned to the left."""

    title: str
    columns: tuple[str, ...]
    left: frozenset[int]
    rows: tuple[tuple[Cell, ...], ...]


def header(report: Report) -> tuple[str, str]:
    """Path of the predictions; task, classes, rows, and how the scores were read."""
    source = report.input
    task = f"{report.task}, {len(report.classes)} classes"
    if source.positive is not None:
        task += f", positive {printable(source.positive)}"
    rows = f"{source.scored:,} rows"
    if source.dropped:
        rows += f" scored of {source.read:,} read"
    scores = "predicted classes, no scores"
    if source.scores_as:
        scores = f"scores read as {source.scores_as} ({source.scores_why})"
    parts = [task, rows, scores]
    if source.threshold is not None:
        parts.append(f"threshold {source.threshold:g}")
    return printable(source.predictions[0].path), " · ".join(parts)


def grids(report: Report, width: int | None = None) -> Iterator[Grid]:
    """Metrics, classes, confusion matrix. ``width``: of the terminal, None where lines may be long."""
    yield _metrics(report)
    if any(row.metrics for row in report.per_class.values()):
        yield _classes(report)
        if len(report.classes) <= MOST_CLASSES:
            yield _confusion(report, width)


def _metrics(report: Report) -> Grid:
    confidence = report.input.options.get("confidence", 0.95)
    scores = report.metrics.values()
    columns = ["metric", "value"]
    intervals = any(score.interval for score in scores)
    if intervals:
        columns.append(f"{100 * confidence:g}% interval")
    remarks = any(score.reason or score.left_out for score in scores)
    if remarks:
        columns.append("")
    rows = []
    for name, score in report.metrics.items():
        cells = [Cell(printable(name)), Cell(figures.value(score))]
        if intervals:
            cells.append(Cell(figures.interval(score)))
        if remarks:
            left = f"without {len(score.left_out)} absent classes" if score.left_out else ""
            cells.append(Cell(f"undefined: {score.reason}" if score.reason else left, dim=True))
        rows.append(tuple(cells))
    return Grid("", tuple(columns), frozenset({0, 2, 3}), tuple(rows))


def _ordered(report: Report) -> tuple[Sequence[tuple[str, ClassRow]], str]:
    rows = list(report.per_class.items())
    if len(rows) <= MOST_CLASSES:
        return rows, "per class"

    def worst(item: tuple[str, ClassRow]) -> float:
        found = item[1].metrics.get("f1")
        return 2.0 if found is None or found.value is None else found.value

    return sorted(rows, key=worst)[:MOST_CLASSES], f"the {MOST_CLASSES} worst of {len(rows)} classes by f1"


def _classes(report: Report) -> Grid:
    rows, title = _ordered(report)
    names = list(dict.fromkeys(name for _, row in rows for name in row.metrics))
    cells = []
    for cls, row in rows:
        values = [figures.value(row.metrics[name]) if name in row.metrics else "" for name in names]
        cells.append(tuple(map(Cell, (printable(cls), f"{row.support:,}", *values))))
    return Grid(title, ("class", "support", *names), frozenset({0}), tuple(cells))


def _confusion(report: Report, width: int | None) -> Grid:
    names = [printable(name) for name in report.classes]
    columns = names
    if width is not None and sum(len(name) + 3 for name in names) + max(map(len, names)) > width:
        columns = [str(place) for place in range(1, len(names) + 1)]
        names = [f"{place} {name}" for place, name in zip(columns, names, strict=True)]
    rows = []
    for i, (name, counts) in enumerate(zip(names, report.confusion, strict=True)):
        total = sum(counts) or 1
        cells = [
            Cell(f"{n:,}", dim=n == 0, heat=n / total if i == j else -n / total) for j, n in enumerate(counts)
        ]
        rows.append((Cell(name), *cells))
    title = "confusion matrix: rows truth, columns predicted"
    return Grid(title, ("", *columns), frozenset({0}), tuple(rows))
