"""Small charts for a terminal, drawn by uniplot from the same data as the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.plots.kinds import KINDS, Look, lacking, rows_of
from evalcli.report.report import Report

WIDEST, NARROWEST, HEIGHT = 60, 20, 12
"""Characters of the area of a chart, and its lines."""
MARGIN = 14
"""Characters beside the area: the frame and the numbers."""


class Chart(Struct, frozen=True):
    """``across`` and ``up``: columns of the data; ``line``: ends of a straight line to compare with."""

    kind: str
    title: str
    across: str
    up: str
    line: tuple[float, float] | None = None


CHARTS = (
    Chart("roc", "ROC: recall by false positive rate", "fpr", "tpr", (0.0, 1.0)),
    Chart("pr", "precision by recall", "recall", "precision"),
    Chart("reliability", "reliability: observed by predicted", "probability", "observed", (0.0, 1.0)),
    Chart("residuals", "errors: quantiles", "level", "error", (0.0, 0.0)),
)


def charts(report: Report, width: int | None, colour: bool) -> Iterator[str]:
    """Every chart that the data has, as text. ``width``: of the terminal; None: it is none."""
    try:
        import uniplot
    except ImportError:
        raise UsageError(
            "charts need uniplot, which is not installed",
            hint="pip install 'evalcli[charts]'",
            code="no-uniplot",
        ) from None
    found = [chart for chart in CHARTS if lacking(KINDS[chart.kind], report) is None]
    if not found:
        raise UsageError("--charts: this data has no curves", hint="score with scores or real values")
    area = WIDEST if width is None else max(min(width - MARGIN, WIDEST), NARROWEST)
    for chart in found:
        yield uniplot.plot_to_string(**_series(chart, report), **_look(chart, area, colour)).rstrip()


def _series(chart: Chart, report: Report) -> dict[str, Any]:
    rows = rows_of(KINDS[chart.kind], report, Look())
    first = rows[0].get("curve")
    points = [row for row in rows if row.get("curve") == first]
    across, up = ([row[name] for row in points] for name in (chart.across, chart.up))
    xs: list[Sequence[float]] = [across]
    ys: list[Sequence[float]] = [up]
    if chart.line is not None:
        xs, ys = [*xs, [0.0, 1.0]], [*ys, list(chart.line)]
    title = chart.title if first is None else f"{chart.title} · {first}"
    return {"xs": xs, "ys": ys, "title": title}


def _look(chart: Chart, area: int, colour: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"lines": True, "width": area, "height": HEIGHT, "color": colour}
    if chart.kind != "residuals":
        look |= {"x_min": 0.0, "x_max": 1.0, "y_min": 0.0, "y_max": 1.0}
    return look


__all__ = ["charts"]
