"""A comparison: of each true class the rows that broke and those that were fixed."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.comparison import Comparison

MOST = 30


def rows(comparison: Comparison, look: Look) -> list[dict[str, Any]]:
    """Model, class, rows broken and fixed; the classes with the most flips first."""
    return [
        {"model": against.model, "class": part.cls, "broken": part.broken, "fixed": part.fixed}
        for against in comparison.against
        if against.flips is not None
        for part in sorted(against.flips.by_class, key=lambda part: -(part.broken + part.fixed))
        if part.broken or part.fixed
    ]


def draw(axes: Any, comparison: Comparison, look: Look) -> None:
    """Of the first model: broken rows to the left, fixed ones to the right."""
    first = comparison.against[0]
    found = [row for row in rows(comparison, look) if row["model"] == first.model]
    shown = found[:MOST]
    places = list(range(len(shown) - 1, -1, -1))
    axes.barh(places, [-row["broken"] for row in shown], color=colour(1), height=0.7, label="broken")
    axes.barh(places, [row["fixed"] for row in shown], color=colour(0), height=0.7, label="fixed")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, [named(row["class"]) for row in shown])
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):,.6g}")
    some = f", the first {len(shown)} of {len(found):,} classes" if len(shown) < len(found) else ""
    flips = first.flips
    counts = f"{flips.broken:,} rows broken, {flips.fixed:,} fixed" if flips else ""
    models = f"{named(comparison.models[0].name)} → {named(first.model)}"
    titles(axes, f"{models}: {counts}{some}", "rows", "")
    legend(axes, "below")


__all__ = ["draw", "rows"]
