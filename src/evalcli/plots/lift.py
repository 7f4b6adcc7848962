"""Lift: how many times more positives are among the rows that score highest than among all."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.plots.canvas import GREY, colour, legend, titles
from evalcli.plots.gains import called
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import Line, lines_of, note_of
from evalcli.report.report import Report

FEWEST = 0.005
"""Share of the rows from which on the lift is drawn: of a few rows it says little."""


def _lift(line: Line) -> Any:
    share = called(line)
    return np.divide(line.tpr, share, out=np.full(len(share), np.nan), where=share > 0)


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """Every point."""
    return [
        {"curve": line.label, "rows": share, "lift": lift}
        for line in lines_of(report, look, "")
        for share, lift in zip(called(line), _lift(line), strict=True)
    ]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Share of the rows against lift."""
    axes.axhline(1.0, color=GREY, linewidth=0.8, linestyle=":")
    found = lines_of(report, look, "")
    for index, line in enumerate(found):
        kept = called(line) >= FEWEST
        axes.plot(called(line)[kept], _lift(line)[kept], color=colour(index), linewidth=1.4, label=line.label)
    axes.set_ylim(bottom=0.0)
    note = note_of(report, look, len(found))
    titles(axes, f"lift{note}", "share of the rows, highest scores first", "lift")
    legend(axes, "upper right")


__all__ = ["draw", "rows"]
