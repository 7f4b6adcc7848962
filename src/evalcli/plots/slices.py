"""The headline in each slice, as a forest plot."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import GREY, forest, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report

MOST = 45


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Slice, rows, value and both ends; the worst first if there are too many for a picture."""
    name, found = str(report.headline), []
    for part in report.slices:
        score = part.metrics.get(name)
        if score is not None and score.value is not None:
            low, high = score.interval_ends or (None, None)
            found.append(
                {"slice": part.label, "rows": part.n, "value": score.value, "low": low, "high": high}
            )
    if len(found) <= MOST:
        return found
    better = report.metrics[name].better
    return sorted(found, key=lambda row: float(row["value"]) * (-1 if better == "lower" else 1))


def draw(axes: Any, report: Report, look: Look) -> None:
    """A point for each slice, and the value of all rows."""
    found, name = rows(report, look), str(report.headline)
    shown = found[:MOST]
    names = [f"{named(row['slice'], 18)} ({row['rows']:,})" for row in shown]
    forest(axes, names, [(row["value"], row["low"], row["high"]) for row in shown])
    whole = report.metrics[name].value
    if whole is not None:
        axes.axvline(whole, color=GREY, linewidth=0.8, linestyle=":")
    some = f", the worst {len(shown)} of {len(found):,}" if len(shown) < len(found) else ""
    titles(axes, f"{name} by slice{some}; dotted: all rows", name, "")


__all__ = ["draw", "rows"]
