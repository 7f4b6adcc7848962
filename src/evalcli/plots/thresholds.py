"""Precision, recall, F1 and cost by threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evalcli.plots.canvas import GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import Line, lines_of, worst_line
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every threshold of every curve."""
    return [
        {
            "curve": line.curve.name,
            "threshold": at,
            "precision": p,
            "recall": r,
            "f1": f,
            **({"cost": cost} if look.costs else {}),
        }
        for line in lines_of(report, look, "roc_auc")
        for at, p, r, f, cost in zip(
            line.curve.thresholds, line.precision, line.tpr, _f1(line), _cost(line, look.costs), strict=True
        )
        if at is not None
    ]


def _f1(line: Line) -> Any:
    return 2 * line.tp / (line.tp + line.fp + line.curve.positives)


def _cost(line: Line, costs: Mapping[str, float]) -> Any:
    """Mean cost of a row."""
    negatives, positives = line.curve.negatives, line.curve.positives
    rows_of = {"tp": line.tp, "fp": line.fp, "fn": positives - line.tp, "tn": negatives - line.fp}
    total = sum((cost * rows_of[kind] for kind, cost in costs.items()), np.zeros(len(line.tp)))
    return total / (positives + negatives)


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
    if look.costs:
        _draw_cost(axes, at, _cost(line, look.costs)[known])
    many = len(report.curves.ranked) if report.curves else 1
    some = f", the worst of {many}" if many > 1 else ""
    titles(axes, f"by threshold: {named(line.curve.name)}{some}", "threshold", "")
    legend(axes, "below")


def _draw_cost(axes: Any, at: Any, cost: Any) -> None:
    """On an axis of its own, and where it is lowest."""
    best = int(np.argmin(cost))
    axes.plot([], [], color="black", linestyle="--", linewidth=1.3, label=f"cost, lowest at {at[best]:.4g}")
    other = axes.twinx()
    other.step(at, cost, where="post", color="black", linestyle="--", linewidth=1.3)
    other.plot(at[best], cost[best], "o", color="black", markersize=4)
    other.set_ylim(0.0, 1.05 * float(cost.max()) or 1.0)
    other.set_ylabel("cost per row")
    other.spines["right"].set_visible(True)


__all__ = ["draw", "rows"]
