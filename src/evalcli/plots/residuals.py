"""Quantiles of the errors."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import GREY, colour, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Level and quantile."""
    found = report.curves.residuals if report.curves else None
    if found is None:
        return []
    return [{"level": at, "error": value} for at, value in zip(found.levels, found.values, strict=True)]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Sorted errors, without the 1 % at each end, which would hide the rest."""
    found = rows(report, look)[1:-1]
    axes.axhline(0.0, color=GREY, linewidth=0.8, linestyle=":")
    axes.plot(
        [row["level"] for row in found], [row["error"] for row in found], color=colour(0), linewidth=1.4
    )
    inner = [row["error"] for row in found if 0.25 <= row["level"] <= 0.75]
    axes.axhspan(min(inner), max(inner), color=colour(0), alpha=0.12, linewidth=0)
    axes.set_xlim(0, 1)
    titles(axes, "errors (shaded: the middle half)", "share of the rows", "predicted minus true")


__all__ = ["draw", "rows"]
