"""A training run: a metric by epoch of every split, with intervals, and the best epoch."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from evalcli.plots.canvas import GREY, colour, legend, named, titles
from evalcli.plots.kinds import Look
from evalcli.report.history import History


def rows(history: History, look: Look) -> list[dict[str, Any]]:
    """Metric, split, epoch, value and both ends."""
    found = []
    for metric in (look.metric,) if look.metric else look.metrics or history.shown:
        for split in history.splits:
            for epoch, score in history.values(metric, split):
                low, high = score.interval_ends or (None, None)
                found.append(
                    {
                        "metric": metric,
                        "split": split,
                        "epoch": epoch,
                        "value": score.value,
                        "low": low,
                        "high": high,
                    }
                )
    return found


def parts(history: History, look: Look) -> list[Look]:
    """A chart of each metric that is asked for, or shown."""
    return [replace(look, metric=metric) for metric in look.metrics or history.shown]


def draw(axes: Any, history: History, look: Look) -> None:
    """One metric: a line for each split; the best epoch is marked, and those like it are shaded."""
    metric = look.metric or history.shown[0]
    best = history.best
    compared = best is not None and metric == best.metric
    for epoch in best.alike if best is not None and compared else ():
        axes.axvspan(epoch - 0.5, epoch + 0.5, color=GREY, alpha=0.12, linewidth=0)
    for index, split in enumerate(history.splits):
        found = [row for row in rows(history, Look(metric=metric)) if row["split"] == split]
        epochs, values = ([row[name] for row in found] for name in ("epoch", "value"))
        known = [row for row in found if row["low"] is not None]
        ends = ([row[name] for row in known] for name in ("epoch", "low", "high"))
        look_of = {"color": colour(index), "markersize": 2.5, "linewidth": 1.2}
        axes.fill_between(*ends, color=colour(index), alpha=0.15, linewidth=0)
        axes.plot(epochs, values, "o-", label=named(split), **look_of)
        if best is not None and split == best.split and best.epoch in epochs:
            axes.plot(best.epoch, values[epochs.index(best.epoch)], "o", color=colour(index), markersize=6)
    title = metric
    if best is not None and compared:
        title += f": best {best.epoch}" + ("; shaded: alike" if len(best.alike) > 1 else "")
    elif history.overfits is not None:
        axes.axvline(history.overfits, color=GREY, linewidth=0.8, linestyle=":")
        title += f"; overfits from {history.overfits}"
    axes.set_xlim(min(history.numbers) - 0.5, max(history.numbers) + 0.5)
    axes.xaxis.get_major_locator().set_params(integer=True)
    titles(axes, title, "epoch", metric)
    legend(axes, "best")


__all__ = ["draw", "parts", "rows"]
