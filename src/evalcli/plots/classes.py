"""A metric of each class, with intervals."""

from __future__ import annotations

from typing import Any

from evalcli.plots.canvas import forest, titles
from evalcli.plots.kinds import Look
from evalcli.report.report import Report

MOST = 45
METRICS = ("f1", "recall", "precision")


def _metric(report: Report) -> str:
    known = next(iter(report.per_class.values())).metrics
    return next((name for name in METRICS if name in known), next(iter(known)))


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Class, value, both ends and rows; the worst first if there are too many for a picture."""
    metric = _metric(report)
    found = []
    for name, row in report.per_class.items():
        score = row.metrics[metric]
        if score.value is not None:
            low, high = score.interval_ends or (None, None)
            found.append(
                {
                    "class": name,
                    "metric": metric,
                    "value": score.value,
                    "low": low,
                    "high": high,
                    "rows": row.support,
                }
            )
    return found if len(found) <= MOST else sorted(found, key=lambda row: float(row["value"]))


def draw(axes: Any, report: Report, look: Look) -> None:
    """A point for each class."""
    found = rows(report, look)
    shown = found[:MOST]
    forest(axes, [row["class"] for row in shown], [(row["value"], row["low"], row["high"]) for row in shown])
    some = f", the worst {len(shown)} of {len(found):,}" if len(shown) < len(found) else ""
    level = f"{100 * report.input.confidence:g}% interval"
    titles(axes, f"{_metric(report)} of each class, {level}{some}", _metric(report), "")


__all__ = ["draw", "rows"]
