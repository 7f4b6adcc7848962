"""A training run in confusion matrices: some epochs of a split, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from evalcli.plots.canvas import named, titles
from evalcli.plots.kinds import Look
from evalcli.plots.matrix import shares
from evalcli.report.history import Epoch, History

MOST = 10
"""Matrices: of the first, the best and the last epoch, and of others in equal steps."""
NAMES = 12
"""Classes that are named at the axes."""


def epochs_of(history: History) -> list[Epoch]:
    """The epochs that are drawn, of the split that epochs are compared on."""
    splits = [epoch.split for epoch in history.epochs if epoch.confusion is not None]
    split = history.best.split if history.best is not None and history.best.split in splits else splits[-1]
    known = [epoch for epoch in history.epochs if epoch.split == split and epoch.confusion is not None]
    places = {int(place) for place in np.linspace(0, len(known) - 1, min(MOST, len(known))).round()}
    best = next((i for i, e in enumerate(known) if history.best and e.epoch == history.best.epoch), None)
    if best is not None and best not in places:
        inner = [place for place in places if 0 < place < len(known) - 1]
        places -= {min(inner, key=lambda place: abs(place - best))} if inner else set()
        places.add(best)
    return [known[place] for place in sorted(places)]


def rows(history: History, look: Look) -> list[dict[str, Any]]:
    """Epoch, split, true and predicted class, rows, and their share of the true class."""
    found = []
    for epoch in epochs_of(history):
        if look.of not in (None, str(epoch.epoch)):
            continue
        counts = np.array(epoch.confusion, np.float64)
        share = shares(counts, look.normalize or "true")
        found += [
            {
                "epoch": epoch.epoch,
                "split": epoch.split,
                "truth": truth,
                "predicted": predicted,
                "rows": counts[i, j],
                "share": share[i, j],
            }
            for i, truth in enumerate(epoch.classes)
            for j, predicted in enumerate(epoch.classes)
        ]
    return found


def parts(history: History, look: Look) -> list[Look]:
    """A matrix of each epoch that is drawn."""
    return [replace(look, of=str(epoch.epoch)) for epoch in epochs_of(history)]


def draw(axes: Any, history: History, look: Look) -> None:
    """One matrix, shaded by shares of the true class. ``look.of``: its epoch; by default the best."""
    known = epochs_of(history)
    wanted = look.of or (str(history.best.epoch) if history.best is not None else "")
    epoch = next((epoch for epoch in known if str(epoch.epoch) == wanted), known[-1])
    share = shares(np.array(epoch.confusion, np.float64), look.normalize or "true")
    axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0, aspect="equal")
    few = len(epoch.classes) <= NAMES
    places = range(len(epoch.classes)) if few else []
    texts = [named(name, 8) for name in epoch.classes] if few else []
    axes.set_xticks(places, texts, rotation=90 if max(map(len, texts), default=0) > 2 else 0, fontsize=6.0)
    axes.set_yticks(places, texts, fontsize=6.0)
    axes.tick_params(length=0)
    mark = ", best" if history.best is not None and epoch.epoch == history.best.epoch else ""
    titles(axes, f"epoch {epoch.epoch}{mark}", "predicted", "truth")
    for side in axes.spines.values():
        side.set_visible(False)


__all__ = ["draw", "epochs_of", "parts", "rows"]
