"""Why something is missing from a table: an interval, or a value of the baseline."""

from __future__ import annotations

from collections.abc import Iterable

from evalcli.report.report import Report
from evalcli.report.score import TURNED_OFF, Score
from evalcli.text import escape, join_names

FEW = 3
"""Names per line, and lines."""


def without_interval(scores: Iterable[tuple[str, Score]]) -> tuple[str, ...]:
    """Lines with the reasons for missing intervals, unless intervals are turned off."""
    by_reason: dict[str, list[str]] = {}
    for name, score in scores:
        reason = score.interval_reason
        if score.value is not None and score.interval is None and reason and reason != TURNED_OFF:
            by_reason.setdefault(reason, []).append(name)
    lines = [
        f"no interval for {join_names(names, FEW)}: {escape(reason)}" for reason, names in by_reason.items()
    ]
    rest = sum(map(len, list(by_reason.values())[FEW:]))
    return (
        *lines[:FEW],
        *([f"no interval for {rest:,} more: the reasons are in -o report.json"] * (rest > 0)),
    )


def missing_baseline(report: Report, name: str) -> str:
    """Why the baseline has no value of a full name; empty if it has one, or if there is no baseline."""
    values = report.baseline_values
    if not values or values.get(name) is not None:
        return ""
    return "undefined in the baseline" if name in values else "not in the baseline"
