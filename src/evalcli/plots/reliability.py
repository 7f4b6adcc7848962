"""Reliability: observed frequency against probability, in bins and by the isotonic (CORP) curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from evalcli.plots.canvas import FAINT, GREY, colour, legend, named, titles
from evalcli.plots.isotonic import band, corp
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
        _isotonic(axes, curves.ranked[0], report)
    if not look.also and curves is not None and curves.scores is not None:
        _histogram(axes, curves.scores)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    what = named(curves.reliability.name) if curves and curves.reliability and binary else "confidence"
    titles(axes, "reliability", f"predicted probability ({what})", "observed frequency")
    legend(axes, "upper left")


def _isotonic(axes: Any, curve: RankedCurve, report: Report) -> None:
    """The isotonic curve, and where it would be if the probabilities were right."""
    axes.plot(*corp(curve), color=colour(1), linewidth=1.2, label="isotonic (CORP)")
    dependent = report.input.weight is not None or report.input.group is not None
    found = None if dependent else band(curve, report.input.confidence, report.seed)
    if found is not None:
        label = f"{100 * report.input.confidence:g}% of curves if calibrated"
        axes.fill_between(*found, color=colour(1), alpha=0.15, linewidth=0, label=label)


def _histogram(axes: Any, bins: Any) -> None:
    """Rows by probability, along the bottom, up to a fifth of the height."""
    counts = np.array(bins.count, float)
    edges = np.array(bins.edges)
    if counts.max() > 0:
        height = 0.2 * counts / counts.max()
        axes.bar(edges[:-1], height, width=np.diff(edges), align="edge", color=FAINT, zorder=0)


__all__ = ["draw", "rows"]
