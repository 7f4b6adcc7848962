"""Small charts for a terminal, drawn by uniplot from the same data as the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.plots.kinds import KINDS, Look, lacking, rows_of
from evalcli.plots.ticks import labelled
from evalcli.report.history import History
from evalcli.report.report import Report
from evalcli.text import escape

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


def charts(source: Report | History, width: int | None, colour: bool) -> Iterator[str]:
    """Every chart that the data has, as text. ``width``: of the terminal; None: it is none."""
    try:
        import uniplot
    except ImportError:
        raise UsageError(
            "charts need uniplot, which is not installed",
            hint="pip install 'evalcli[charts]'",
            code="no-uniplot",
        ) from None
    area = WIDEST if width is None else max(min(width - MARGIN, WIDEST), NARROWEST)
    look = {"lines": True, "width": area, "height": HEIGHT, "color": colour}
    found = _of_run(source, colour) if isinstance(source, History) else _of_report(source)
    if not found:
        raise UsageError("--charts: this data has no curves", hint="score with scores or real values")
    for chart in found:
        across, up = (_ends(chart, name) for name in ("x", "y"))
        ends = {"x_min": across[0], "x_max": across[1], "y_min": up[0], "y_max": up[1]}
        text = uniplot.plot_to_string(**look, **{**chart, **ends}).rstrip()
        yield labelled(text, across, up, area, whole=isinstance(source, History))


def _ends(chart: Mapping[str, Any], axis: str) -> tuple[float, float]:
    """Of an axis: as given, or of the data, with room around values that are all the same."""
    if f"{axis}_min" in chart:
        return chart[f"{axis}_min"], chart[f"{axis}_max"]
    known = [value for line in chart[f"{axis}s"] for value in line]
    low, high = float(min(known)), float(max(known))
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _of_report(report: Report) -> list[dict[str, Any]]:
    known = [chart for chart in CHARTS if lacking(KINDS[chart.kind], report) is None]
    unit = {"x_min": 0.0, "x_max": 1.0, "y_min": 0.0, "y_max": 1.0}
    return [_series(chart, report) | (unit if chart.kind != "residuals" else {}) for chart in known]


def _of_run(history: History, colour: bool) -> list[dict[str, Any]]:
    """Each metric that is shown; its splits in one chart where colours tell them apart, else in one each."""
    found = []
    for metric in history.shown:
        lines = [(split, list(history.values(metric, split))) for split in history.splits]
        lines = [(split, points) for split, points in lines if points]
        for part in [lines] if colour else [[line] for line in lines]:
            values = [[float(score.value or 0.0) for _, score in points] for _, points in part]
            names = [escape(split) for split, _ in part if split]
            of = f" of {names[0]}" if len(part) == 1 and names else ""
            found.append(
                {
                    "xs": [[float(epoch) for epoch, _ in points] for _, points in part],
                    "ys": values,
                    "title": f"{metric} by epoch{of}",
                    **({"legend_labels": names} if len(part) > 1 else {}),
                }
            )
    return found


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


__all__ = ["charts"]
