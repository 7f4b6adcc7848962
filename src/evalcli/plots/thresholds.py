"""Precision, recall and F1 by threshold."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.plots.canvas import GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import Line, lines_of, worst_line
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every threshold of every curve."""
    return [
        {"curve": line.curve.name, "threshold": at, "precision": p, "recall": r, "f1": f}
        for line in lines_of(report, look, "roc_auc")
        for at, p, r, f in zip(line.curve.thresholds, line.precision, line.tpr, _f1(line), strict=True)
        if at is not None
    ]


def _f1(line: Line) -> Any:
    return 2 * line.tp / (line.tp + line.fp + line.curve.positives)


def draw(axes: Any, report: Report, look: Look) -> None:
    """Of the only class, or of the label that ranks worst."""
    line = worst_line(report)
    known = np.array([at is not None for at in line.curve.thresholds])
    at = np.array([value for value in line.curve.thresholds if value is not None])
    for index, (name, values) in enumerate(
        (("precision", line.precision), ("recall", line.tpr), ("F1", _f1(line)))
    ):
        axes.step(at, values[known], where="post", color=colour(index), linewidth=1.3, label=name)
    given = line.threshold
    if given is not None and len(at) and at.min() <= given <= at.max():
        axes.axvline(given, color=GREY, linewidth=0.8, linestyle=":")
        axes.annotate(f"{given:g}", (given, 1.0), xytext=(2, 0), textcoords="offset points", fontsize=7)
    axes.set_ylim(-0.01, 1.03)
    many = len(report.curves.ranked) if report.curves else 1
    some = f", the worst of {many}" if many > 1 else ""
    titles(axes, f"by threshold: {named(line.curve.name)}{some}", "threshold", "")
    legend(axes, "lower center")


__all__ = ["draw", "rows"]
