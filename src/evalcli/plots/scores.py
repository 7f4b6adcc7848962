"""Histograms of the scores: of both classes, or of right and wrong rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.plots.canvas import colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every bin: its ends, rows with the outcome and without."""
    bins = report.curves.scores if report.curves else None
    if bins is None:
        return []
    return [
        {"low": low, "high": high, "with": hits, "without": count - hits}
        for low, high, count, hits in zip(bins.edges, bins.edges[1:], bins.count, bins.hits, strict=False)
    ]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Shares of each kind of rows, so that a rare class shows."""
    found = rows(report, look)
    edges = np.array([row["low"] for row in found] + [1.0])
    name = report.curves.scores.name if report.curves and report.curves.scores else ""
    names = (named(name, 16), f"not {named(name, 16)}") if name else ("right", "wrong")
    for index, (key, label) in enumerate(zip(("with", "without"), names, strict=True)):
        counts = np.array([row[key] for row in found], float)
        total = counts.sum()
        share = counts / total if total else counts
        axes.stairs(share, edges, fill=True, color=colour(index), alpha=0.4)
        axes.stairs(share, edges, color=colour(index), linewidth=1.0, label=f"{label} ({total:,.0f} rows)")
    axes.set_xlim(0, 1)
    axes.set_ylim(top=1.3 * axes.get_ylim()[1])  # room for the legend
    across = f"predicted probability of {named(name, 16)}" if name else "confidence"
    titles(axes, "scores", across, "share of the rows of each kind")
    legend(axes, "upper center")


__all__ = ["draw", "rows"]
