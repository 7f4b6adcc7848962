"""Reliability: observed frequency against probability, in bins and by the isotonic (CORP) curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from evalcli.plots.canvas import FAINT, GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.curves import Bins, RankedCurve
from evalcli.report.report import Report
from evalcli.tasks import TASKS


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every bin with rows: mean probability, observed frequency, its interval, rows."""
    bins = report.curves.reliability if report.curves else None
    return [] if bins is None else list(_rows(bins))


def _rows(bins: Bins) -> Iterator[dict[str, Any]]:
    for i, (count, p, hits) in enumerate(zip(bins.count, bins.probability, bins.hits, strict=True)):
        if count:
            share = hits / count
            low, high = (bins.low[i], bins.high[i]) if bins.low else (share, share)
            yield {"probability": p / count, "observed": share, "low": low, "high": high, "rows": count}


def corp(curve: RankedCurve) -> tuple[list[float], list[float]]:
    """The isotonic calibration curve: scores and the calibrated probability, which is constant in between.

    The corners of the convex hull of the ROC curve bound its steps (Fawcett & Niculescu-Mizil, Mach. Learn.
    68, 2007).
    """
    across, up = [], []
    for first, last in zip(curve.hull, curve.hull[1:], strict=False):
        positives, negatives = curve.tp[last] - curve.tp[first], curve.fp[last] - curve.fp[first]
        value = positives / (positives + negatives)
        high, low = curve.thresholds[first + 1], curve.thresholds[last]
        if high is None:  # the rows below the last threshold
            high = curve.thresholds[first]
        across += [1.0 if high is None else high, 0.0 if low is None else low]
        up += [value, value]
    return across, up


def draw(axes: Any, report: Report, look: Look) -> None:
    """Bins with intervals, the isotonic curve of binary data, and how many rows there are where."""
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    binary = TASKS[report.task].has_positive and not look.also
    reports = {report.title if look.also else "bins": report, **look.also}
    for index, (name, one) in enumerate(reports.items()):
        found = rows(one, look)
        p, y = (np.array([row[key] for row in found]) for key in ("probability", "observed"))
        off = np.abs(np.array([[row["low"], row["high"]] for row in found]).T - y)
        axes.errorbar(
            p, y, yerr=off, fmt="o-", markersize=3.5, linewidth=1.0, color=colour(index), label=name
        )
    curves = report.curves
    if binary and curves is not None and curves.ranked and report.input.scores_as != "raw":
        axes.plot(*corp(curves.ranked[0]), color=colour(1), linewidth=1.2, label="isotonic (CORP)")
    if not look.also and curves is not None and curves.scores is not None:
        _histogram(axes, curves.scores)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    what = named(curves.reliability.name) if curves and curves.reliability and binary else "confidence"
    titles(axes, "reliability", f"predicted probability ({what})", "observed frequency")
    legend(axes, "upper left")


def _histogram(axes: Any, bins: Any) -> None:
    """Rows by probability, along the bottom, up to a fifth of the height."""
    counts = np.array(bins.count, float)
    edges = np.array(bins.edges)
    if counts.max() > 0:
        height = 0.2 * counts / counts.max()
        axes.bar(edges[:-1], height, width=np.diff(edges), align="edge", color=FAINT, zorder=0)


__all__ = ["corp", "draw", "rows"]
