"""A training run by class: a metric of each class by epoch, small, side by side."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from evalcli.plots.canvas import colour, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.history import History

METRICS = ("f1", "recall", "precision")
MOST = 20
"""Charts: of the classes whose last value is worst."""


def metric_of(history: History, look: Look) -> str:
    """The metric that is drawn: that of the look if classes have it, or the first usual one."""
    known = {name for epoch in history.epochs for row in epoch.per_class.values() for name in row.metrics}
    return next(
        (name for name in (look.metric, *look.metrics, *METRICS) if name in known), min(known, default="")
    )


def classes_of(history: History, look: Look) -> list[str]:
    """The classes that are drawn, in their order."""
    last: dict[str, float] = {}
    order: dict[str, None] = {}
    for row in rows(history, look):
        order[row["class"]] = None
        if history.best is None or row["split"] == history.best.split:
            last[row["class"]] = row["value"]
    worst = sorted(order, key=lambda name: last.get(name, 0.0))[:MOST]
    return [name for name in order if name in worst]


def rows(history: History, look: Look) -> list[dict[str, Any]]:
    """Metric, class, split, epoch, value and both ends."""
    metric = metric_of(history, look)
    found = []
    for epoch in history.epochs:
        for name, row in epoch.per_class.items():
            score = row.metrics.get(metric)
            if score is None or score.value is None or look.of not in (None, name):
                continue
            low, high = score.interval_ends or (None, None)
            found.append(
                {
                    "metric": metric,
                    "class": name,
                    "split": epoch.split,
                    "epoch": epoch.epoch,
                    "value": score.value,
                    "low": low,
                    "high": high,
                }
            )
    return found


def parts(history: History, look: Look) -> list[Look]:
    """A chart of each class that is drawn."""
    return [replace(look, of=name) for name in classes_of(history, look)]


def draw(axes: Any, history: History, look: Look) -> None:
    """One class: a line for each split. ``look.of``: its name; by default the first."""
    name = look.of or classes_of(history, look)[0]
    points = [row for row in rows(history, look) if row["class"] == name]
    for index, split in enumerate(history.splits):
        own = [row for row in points if row["split"] == split]
        known = [row for row in own if row["low"] is not None]
        ends = ([row[key] for row in known] for key in ("epoch", "low", "high"))
        axes.fill_between(*ends, color=colour(index), alpha=0.15, linewidth=0)
        across, up = ([row[key] for row in own] for key in ("epoch", "value"))
        axes.plot(across, up, "-", color=colour(index), linewidth=1.0, label=named(split))
    axes.set_xlim(min(history.numbers) - 0.5, max(history.numbers) + 0.5)
    axes.set_ylim(-0.02, 1.02)
    axes.xaxis.get_major_locator().set_params(integer=True)
    titles(axes, named(name, 22), "epoch", metric_of(history, look))


__all__ = ["classes_of", "draw", "metric_of", "parts", "rows"]
