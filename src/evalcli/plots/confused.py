"""The pairs of classes that are confused most."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.plots.canvas import colour, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report

MOST, LONGEST = 12, 14


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """True and predicted class and rows, the most first."""
    counts = report.confusion or ()
    found: list[dict[str, Any]] = [
        {"truth": truth, "predicted": predicted, "rows": counts[i][j]}
        for i, truth in enumerate(report.classes)
        for j, predicted in enumerate(report.classes)
        if i != j and counts[i][j]
    ]
    return sorted(found, key=lambda row: -row["rows"])[:MOST]


def draw(axes: Any, report: Report, look: Look) -> None:
    """A bar for each pair."""
    found = rows(report, look)
    places = range(len(found) - 1, -1, -1)
    axes.barh(list(places), [row["rows"] for row in found], color=colour(1), height=0.7)
    names = [f"{named(row['truth'], LONGEST)} → {named(row['predicted'], LONGEST)}" for row in found]
    axes.set_yticks(list(places), names)
    for place, row in zip(places, found, strict=True):
        axes.annotate(
            f"{row['rows']:,.0f}",
            (row["rows"], place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
        )
    axes.margins(x=0.15)
    counts = np.array(report.confusion, np.float64)
    total = float(counts.sum() - counts.trace())
    titles(axes, f"most confused of {total:,.0f} errors: true → predicted", "rows", "")


__all__ = ["draw", "rows"]
