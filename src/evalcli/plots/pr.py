"""Precision-recall curves with a band, the line without skill, and the point of the threshold."""

from __future__ import annotations

from typing import Any

from evalcli.plots.averages import Average, averages, draw_averages
from evalcli.plots.canvas import GREY, colour, legend, titles
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import lines_of, note_of
from evalcli.report.operating_point import operating_point
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every point of every curve."""
    micro = [average.line for average in _averages(report, look) if average.line is not None]
    return [
        {"curve": line.label, "threshold": at, "tp": tp, "fp": fp, "recall": tpr, "precision": precision}
        for line in (*lines_of(report, look, "average_precision"), *micro)
        for at, tp, fp, tpr, precision in zip(
            line.curve.thresholds, line.curve.tp, line.curve.fp, line.tpr, line.precision, strict=True
        )
    ]


def _averages(report: Report, look: Look) -> list[Average]:
    return averages(report, look, "average_precision", lambda line: (line.tpr, line.precision))


def draw(axes: Any, report: Report, look: Look) -> None:
    """Recall against precision, as steps: between two thresholds nothing is reached."""
    found = lines_of(report, look, "average_precision")
    for index, line in enumerate(found):
        band = line.band(line.tp, line.tp + line.fp)
        if band is not None:
            axes.fill_between(line.tpr, *band, color=colour(index), alpha=0.15, linewidth=0, step="pre")
        axes.step(line.tpr, line.precision, where="pre", color=colour(index), linewidth=1.4, label=line.label)
        prevalence = line.curve.positives / (line.curve.positives + line.curve.negatives)
        if len(found) == 1 or (look.also and index == 0):
            axes.axhline(prevalence, color=GREY, linewidth=0.8, linestyle=":")
    draw_averages(axes, _averages(report, look))
    point = None if look.also else operating_point(report)
    if point is not None and found and sum(point):
        axes.plot(
            point[0] / found[0].curve.positives, point[0] / sum(point), "o", color=colour(0), markersize=5
        )
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.03)
    note = note_of(report, look, len(found))
    titles(axes, f"precision and recall{note}", "recall", "precision")
    legend(axes, "lower left", beside=len(found) > 2)


__all__ = ["draw", "rows"]
