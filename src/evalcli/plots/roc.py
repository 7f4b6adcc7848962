"""ROC curves with a band, the line of chance, and the point of the threshold."""

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
        {"curve": line.label, "threshold": at, "tp": tp, "fp": fp, "tpr": tpr, "fpr": fpr}
        for line in (*lines_of(report, look, "roc_auc"), *micro)
        for at, tp, fp, tpr, fpr in zip(
            line.curve.thresholds, line.curve.tp, line.curve.fp, line.tpr, line.fpr, strict=True
        )
    ]


def _averages(report: Report, look: Look) -> list[Average]:
    return averages(report, look, "roc_auc", lambda line: (line.fpr, line.tpr))


def draw(axes: Any, report: Report, look: Look) -> None:
    """False positive rate against recall."""
    found = lines_of(report, look, "roc_auc")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    for index, line in enumerate(found):
        band = line.band(line.tp, line.curve.positives)
        if band is not None:
            axes.fill_between(line.fpr, *band, color=colour(index), alpha=0.15, linewidth=0)
        axes.plot(line.fpr, line.tpr, color=colour(index), linewidth=1.4, label=line.label)
    draw_averages(axes, _averages(report, look))
    point = None if look.also else operating_point(report)
    if point is not None and found:
        curve = found[0].curve
        place = point[1] / curve.negatives, point[0] / curve.positives
        axes.plot(*place, "o", color=colour(0), markersize=5)
        words = "predictions" if found[0].threshold is None else f"threshold {found[0].threshold:g}"
        axes.annotate(words, place, xytext=(6, -9), textcoords="offset points", fontsize=7)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    axes.set_aspect("equal")
    note = note_of(report, look, len(found))
    titles(axes, f"ROC{note}", "false positive rate", "recall (true positive rate)")
    legend(axes, "lower right", beside=len(found) > 2)


__all__ = ["draw", "rows"]
