"""Cumulative gains: the share of the positives among the rows that score highest."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import GREY, colour, legend, titles
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import Line, lines_of, note_of
from evalcli.report.report import Report


def called(line: Line) -> Any:
    """Share of all rows that score at least as high."""
    return (line.tp + line.fp) / (line.curve.positives + line.curve.negatives)


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every point."""
    return [
        {"curve": line.label, "rows": share, "positives": tpr}
        for line in lines_of(report, look, "")
        for share, tpr in zip(called(line), line.tpr, strict=True)
    ]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Rows against positives; the dashed line is a perfect ranking."""
    found = lines_of(report, look, "")
    first = found[0].curve
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    share = first.positives / (first.positives + first.negatives)
    if len(found) == 1:
        axes.plot([0, share, 1], [0, 1, 1], color=GREY, linewidth=0.8, linestyle="--")
    for index, line in enumerate(found):
        axes.plot(called(line), line.tpr, color=colour(index), linewidth=1.4, label=line.label)
    note = note_of(report, look, len(found))
    titles(
        axes, f"cumulative gains{note}", "share of the rows, highest scores first", "share of the positives"
    )
    legend(axes, "lower right")


__all__ = ["called", "draw", "rows"]
