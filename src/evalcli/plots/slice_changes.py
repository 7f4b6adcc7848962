"""A comparison: the change of the first metric in each slice, with its interval."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import GREY, forest, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.comparison import Comparison

MOST = 45


def rows(comparison: Comparison, look: Look) -> list[dict[str, Any]]:
    """Model, slice, rows, metric, change and both ends; the worst slices first."""
    return [
        {
            "model": against.model,
            "slice": part.label,
            "rows": part.rows,
            "metric": change.metric,
            "change": change.change,
            "low": change.interval[0] if change.interval else None,
            "high": change.interval[1] if change.interval else None,
        }
        for against in comparison.against
        for part in against.slices
        for change in part.changes[:1]
        if change.change is not None
    ]


def draw(axes: Any, comparison: Comparison, look: Look) -> None:
    """Of the first model: a point for each slice."""
    first = comparison.against[0]
    found = [row for row in rows(comparison, look) if row["model"] == first.model]
    shown = found[:MOST]
    names = [f"{named(row['slice'], 18)} ({row['rows']:,})" for row in shown]
    forest(axes, names, [(row["change"], row["low"], row["high"]) for row in shown])
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    metric = shown[0]["metric"] if shown else ""
    better = next((c.better for c in first.changes if c.metric == metric), None)
    some = f", the worst {len(shown)} of {len(found):,}" if len(shown) < len(found) else ""
    models = f"{named(comparison.models[0].name)} → {named(first.model)}"
    titles(axes, f"{models}: change of {metric} by slice{some}", f"change ({better} is better)", "")


__all__ = ["draw", "rows"]
