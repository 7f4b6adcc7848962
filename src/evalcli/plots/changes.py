"""A comparison: the change of each metric with its interval."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import FAINT, GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.comparison import Comparison


def rows(comparison: Comparison, look: Look) -> list[dict[str, Any]]:
    """Model, metric, change, both ends and what they mean."""
    found = []
    for against in comparison.against:
        for change in against.changes:
            if change.change is not None:
                low, high = change.interval or (None, None)
                found.append(
                    {
                        "model": against.model,
                        "metric": change.metric,
                        "change": change.change,
                        "low": low,
                        "high": high,
                        "better": change.better,
                        "meaning": change.meaning,
                    }
                )
    return found


def draw(axes: Any, comparison: Comparison, look: Look) -> None:
    """Changes as gains: to the right is better, whatever the direction of the metric."""
    found = rows(comparison, look)
    metrics = list(dict.fromkeys(row["metric"] for row in found))
    models = [against.model for against in comparison.against]
    step = 0.7 / max(len(models), 1)
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    for index, model in enumerate(models):
        mine = [row for row in found if row["model"] == model]
        places = [
            len(metrics) - 1 - metrics.index(row["metric"]) + 0.35 - step * (index + 0.5) for row in mine
        ]
        for place, row in zip(places, mine, strict=True):
            sign = -1 if row["better"] == "lower" else 1
            if row["low"] is not None:
                axes.plot(
                    [sign * row["low"], sign * row["high"]],
                    [place, place],
                    color=colour(index),
                    linewidth=1.5,
                )
            faded = row["meaning"] in ("unclear", "unknown")
            face = "white" if faded else colour(index)
            axes.plot(
                [sign * row["change"]],
                [place],
                "o",
                color=colour(index),
                markerfacecolor=face,
                markersize=4.5,
            )
        axes.plot([], [], "o-", color=colour(index), markersize=4.5, label=named(model))
    lower = {row["metric"] for row in found if row["better"] == "lower"}
    names = [f"{name} (−)" if name in lower else name for name in metrics]
    axes.set_yticks(range(len(metrics) - 1, -1, -1), names)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    flips = comparison.against[0].flips
    what = f"{named(comparison.models[0].name)} → " + (
        named(models[0]) if len(models) == 1 else f"{len(models)} models"
    )
    if flips is not None and len(models) == 1:
        what += f": {flips.broken:,} rows broken, {flips.fixed:,} fixed"
    titles(axes, what, "gain (right: better; (−): lower is better; filled: shown)", "")
    if len(models) > 1:
        legend(axes)


__all__ = ["draw", "rows"]
