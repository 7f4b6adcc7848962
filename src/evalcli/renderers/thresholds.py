"""Thresholds as tables: the points of one curve, or the threshold of each label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalcli.findings import omit, use
from evalcli.renderers import numbers
from evalcli.renderers.tables import Cell, Grid, View, count, first_that_fits
from evalcli.renderers.text import lines
from evalcli.report.score import Score
from evalcli.report.thresholds import FILE_PREFIX, LabelPoints, Point, ThresholdReport
from evalcli.text import escape

SPARED = ("fpr",)
"""Metrics that are dropped on a narrow terminal."""


def render(report: ThresholdReport, view: View) -> bytes:
    """The goal, and a table."""
    source = report.input
    rows = f"{source.scored:,} rows"
    what = f"positive {escape(source.positive)}" if source.positive else f"{len(report.labels)} labels"
    path, goal = escape(source.predictions[0].path), escape(report.goal.describe())
    head = f"{path} · {report.task}, {what} · {rows} · {goal}"
    if not any(label.points for label in report.labels):
        return f"{head}\n".encode("utf-8", "backslashreplace")
    candidates = (_grid(report, True), _grid(report, False), _grid(report, False, SPARED))
    grid = first_that_fits(view.width, *candidates)
    return "\n".join([head, *lines(grid), ""]).encode("utf-8", "backslashreplace")


def _grid(report: ThresholdReport, sure: bool, spared: tuple[str, ...] = ()) -> Grid:
    """``sure``: with intervals; ``spared``: metrics to drop."""
    labels = report.labels
    points = labels[0].points if report.input.positive else [x.chosen for x in labels if x.chosen is not None]
    names = [name for name in dict.fromkeys(name for p in points for name in p.figures) if name not in spared]
    return _of_points(points, names, sure) if report.input.positive else _of_labels(labels, names, sure)


def _of_points(points: Sequence[Point], names: Sequence[str], sure: bool) -> Grid:
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


def _of_labels(labels: Sequence[LabelPoints], names: Sequence[str], sure: bool) -> Grid:
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
    return "cost per row" if name == "cost" else name


def _figure(score: Score, sure: bool) -> Cell:
    ends = numbers.interval(score) if sure else ""
    return Cell(f"{numbers.value(score)} {ends}".rstrip())


def _remark(point: Point) -> str:
    if point.chosen:
        return "selected" + (f": {point.remark}" if point.remark else "")
    return point.remark if point.allowed else "violates a limit"


def remarks(report: ThresholdReport, path: str | None) -> Iterator[str]:
    """Lines below the table: labels without a threshold, and how to use the others."""
    level = "note" if report.thresholds else "error"
    for label in report.labels:
        if label.reason is not None:
            where = "" if report.input.positive else f"{escape(label.label)}: "
            yield f"{level}: {where}{escape(label.reason)}"
    if not report.thresholds:
        names = ("min_precision", "min_recall", "max_fpr")
        limits = [name for name in names if getattr(report.goal, name) is not None]
        yield f"  try: {omit(*limits) if limits else use(maximize='f1')}"
        if path:
            yield f"  {escape(path)} was not written"
        return
    yield "note: selected on these rows, so results on them are optimistic: evaluate on held-out data"
    if path:
        yield f"  try: evalcli score TEST --labels LABELS --threshold {FILE_PREFIX}{escape(path)}"
