"""Predicted against true values, as a density."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.plots.canvas import GREY, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Cells with rows: both lower ends, and how many rows."""
    found = report.curves.residuals if report.curves else None
    if found is None:
        return []
    return [
        {"truth": found.truth_edges[i], "predicted": found.predicted_edges[j], "rows": count}
        for i, row in enumerate(found.grid)
        for j, count in enumerate(row)
        if count
    ]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Shades by the number of rows, on a logarithmic scale; dotted: no error."""
    from matplotlib.colors import LogNorm

    found = report.curves.residuals if report.curves else None
    if found is None:
        return
    grid = np.array(found.grid, float)
    shown = np.ma.masked_equal(grid.T, 0)
    mesh = axes.pcolormesh(
        np.array(found.truth_edges),
        np.array(found.predicted_edges),
        shown,
        cmap="Blues",
        norm=LogNorm(vmin=0.5, vmax=max(float(grid.max()), 1.0)),
        rasterized=True,
    )
    low = max(found.truth_edges[0], found.predicted_edges[0])
    high = min(found.truth_edges[-1], found.predicted_edges[-1])
    axes.plot([low, high], [low, high], color=GREY, linewidth=0.9, linestyle=":")
    bar = axes.figure.colorbar(mesh, ax=axes, format="{x:g}")
    bar.ax.minorticks_off()
    bar.set_label("rows")
    bar.outline.set_visible(False)
    titles(axes, "predicted against true", "true value", "predicted value")


__all__ = ["draw", "rows"]
