"""Operating points as tables: of one curve its points, of several labels what was chosen for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalcli.renderers import numbers
from evalcli.renderers.tables import Cell, Grid, View, count, first_that_fits
from evalcli.renderers.text import lines
from evalcli.report.score import Score
from evalcli.report.thresholds import FILE_PREFIX, LabelPoints, Point, ThresholdReport
from evalcli.text import escape


def render(report: ThresholdReport, view: View) -> bytes:
    """The goal, and a table."""
    source = report.input
    rows = f"{source.scored:,} rows"
    what = f"positive {escape(source.positive)}" if source.positive else f"{len(report.labels)} labels"
    path, goal = escape(source.predictions[0].path), escape(report.goal.describe())
    head = f"{path} · {report.task}, {what} · {rows} · {goal}"
    if not any(label.points for label in report.labels):
        return f"{head}\n".encode("utf-8", "backslashreplace")
    grid = first_that_fits(view.width, *(_grid(report, sure) for sure in (True, False)))
    return "\n".join([head, *lines(grid), ""]).encode("utf-8", "backslashreplace")


def _grid(report: ThresholdReport, sure: bool) -> Grid:
    """``sure``: with intervals."""
    if report.input.positive:
        return _of_points(report.labels[0].points, sure)
    return _of_labels(report.labels, sure)


def _heads(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(name for point in points for name in point.figures))


def _of_points(points: Sequence[Point], sure: bool) -> Grid:
    names = _heads(points)
    rows = tuple(
        (
            Cell(numbers.exact(point.threshold)),
            *(_figure(point.figures[name], sure) for name in names),
            Cell(count(point.fp)),
            Cell(count(point.fn)),
            Cell(_remark(point), dim=not point.chosen, shade=1.0 if point.chosen else None),
        )
        for point in points
    )
    heads = ("threshold", *map(_head, names), "fp", "fn", "")
    return Grid("", heads, frozenset({*range(len(names) + 1), len(heads) - 1}), rows)


def _of_labels(labels: Sequence[LabelPoints], sure: bool) -> Grid:
    names = _heads([label.chosen for label in labels if label.chosen is not None])
    rows = []
    for label in labels:
        point = label.chosen
        if point is None:
            cells = [Cell("—")] * (len(names) + 1)
        else:
            cells = [
                Cell(numbers.exact(point.threshold)),
                *(_figure(point.figures[name], sure) for name in names),
            ]
        rows.append((Cell(escape(label.label)), *cells, Cell(escape(label.reason or ""), dim=True)))
    heads = ("label", "threshold", *map(_head, names), "")
    return Grid("", heads, frozenset(range(len(heads))), tuple(rows))


def _head(name: str) -> str:
    return "cost of a row" if name == "cost" else name


def _figure(score: Score, sure: bool) -> Cell:
    ends = numbers.interval(score) if sure else ""
    return Cell(f"{numbers.value(score)} {ends}".rstrip())


def _remark(point: Point) -> str:
    if point.chosen:
        return "<- selected" + (f": {point.remark}" if point.remark else "")
    return point.remark if point.allowed else "violates a limit"


def remarks(report: ThresholdReport, path: str | None) -> Iterator[str]:
    """Lines below the table: what was not found, and what the thresholds are good for."""
    level = "note" if report.thresholds else "error"
    for label in report.labels:
        if label.reason is not None:
            where = "" if report.input.positive else f"{escape(label.label)}: "
            yield f"{level}: {where}{escape(label.reason)}"
    if not report.thresholds:
        if path:
            yield f"  {escape(path)} was not written"
        return
    yield "note: selected on these rows, so results on them are optimistic: evaluate on held-out data"
    if path:
        yield f"  try: evalcli score TEST --labels LABELS --threshold {FILE_PREFIX}{escape(path)}"
