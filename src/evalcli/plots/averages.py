"""Averages of the curves of several classes: over all (row, class) pairs, and over classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.plots.kinds import Look
from evalcli.plots.ranked import SHORT, Line
from evalcli.report.report import Report

Floats = npt.NDArray[np.float64]
GRID = np.concatenate([[0.0], (np.arange(500) + 0.5) / 500, [1.0]])
MICRO, MACRO = "micro-average", "macro-average"


class Average(Struct, frozen=True, eq=False):
    """A curve: its name, and both axes; ``line``: with counts, of pairs of rows and classes."""

    label: str
    across: Floats
    up: Floats
    line: Line | None = None


def averages(
    report: Report, look: Look, metric: str, axes_of: Callable[[Line], tuple[Floats, Floats]]
) -> list[Average]:
    """The averages of a report of several classes; none where models are overlaid or classes left out.

    ``axes_of``: both axes of a curve; the first one does not fall.
    """
    curves = report.curves
    if look.also or curves is None or len(curves.ranked) < 2:
        return []
    found = []
    if curves.micro is not None:
        line = Line(_named(report, MICRO, metric), curves.micro, None)
        found.append(Average(line.label, *axes_of(line), line))
    if not curves.left_out:
        up = np.mean([_at_grid(*axes_of(Line("", curve, None))) for curve in curves.ranked], axis=0)
        found.append(Average(_named(report, MACRO, metric), GRID, up))
    return found


def draw_averages(axes: Any, found: Sequence[Average]) -> None:
    """In black over the curves of classes."""
    for average in found:
        dashes = "--" if average.line is not None else "-."
        axes.plot(
            average.across, average.up, color="black", linewidth=1.2, linestyle=dashes, label=average.label
        )


def _at_grid(across: Floats, up: Floats) -> Floats:
    """Heights on the grid, between points by a straight line."""
    return np.interp(GRID, across, up)


def _named(report: Report, name: str, metric: str) -> str:
    kind = name.partition("-")[0]
    keys = (f"{metric}_ovr_{kind}", f"{metric}_{kind}")
    score = next((report.metrics[key] for key in keys if key in report.metrics), None)
    return name if score is None or score.value is None else f"{name}: {SHORT[metric]} {score.value:.3f}"


__all__ = ["Average", "averages", "draw_averages"]
