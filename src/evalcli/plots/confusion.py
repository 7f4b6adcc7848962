"""The confusion matrix: shares as shades, counts as text while there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from evalcli.plots.canvas import GREY, named, readable_on, titles
from evalcli.plots.kinds import MOST_TEXTS, Look
from evalcli.plots.matrix import Matrix, matrix_of, ordered, shares
from evalcli.report.report import Report

MOST_NAMES = 40


def rows(report: Report, look: Look) -> list[dict[str, Any]]:
    """True and predicted class, rows, and their share of the true class."""
    matrix = matrix_of(report, look.sort)
    share = shares(matrix.counts, look.normalize or "true")
    return [
        {"truth": truth, "predicted": predicted, "rows": matrix.counts[i, j], "share": share[i, j]}
        for i, truth in enumerate(matrix.names)
        for j, predicted in enumerate(matrix.names)
    ]


def draw(axes: Any, report: Report, look: Look) -> None:
    """Rows are true classes, columns predicted ones; the shade is a share of the true class."""
    draw_matrix(axes, report.classes, report.confusion or (), look)


def draw_matrix(
    axes: Any, classes: Sequence[str], counts: Sequence[Sequence[float]], look: Look | None = None
) -> None:
    """The same of classes and counts."""
    look = look or Look()
    matrix = ordered(classes, counts, look.sort)
    share = shares(matrix.counts, look.normalize or "true")
    from matplotlib.colors import PowerNorm

    k = len(matrix.names)
    # with many classes each confusion is a small share, which a linear scale would hide
    norm = PowerNorm(0.45 if k > MOST_TEXTS else 1.0, vmin=0.0, vmax=max(float(share.max()), 1e-9))
    image = axes.imshow(share, cmap="Blues", norm=norm, aspect="equal")
    if k <= MOST_TEXTS:
        _texts(axes, image, matrix, share, look)
    _names(axes, matrix)
    of = {"true": "of the true class", "pred": "of the predicted class", "all": "of all rows"}
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(f"share {of[look.normalize or 'true']}")
    bar.outline.set_visible(False)
    what = f"confusion matrix, {len(classes):,} classes"
    titles(axes, what + (" (cells of several)" if matrix.blocks else ""), "predicted", "truth")
    for side in axes.spines.values():
        side.set_visible(False)


def _texts(axes: Any, image: Any, matrix: Matrix, share: Any, look: Look) -> None:
    k = len(matrix.names)
    size = min(8.0, 150.0 / k / max(len(f"{matrix.counts.max():,.0f}"), 4) * 1.6)
    colours = image.cmap(image.norm(share))
    for i in range(k):
        for j in range(k):
            text = f"{100 * share[i, j]:.0f}%" if look.normalize else f"{matrix.counts[i, j]:,.0f}"
            if not look.normalize and k <= 6:
                text += f"\n{100 * share[i, j]:.1f}%"
            axes.text(
                j, i, text, ha="center", va="center", fontsize=size, color=readable_on(*colours[i, j, :3])
            )


def _names(axes: Any, matrix: Matrix) -> None:
    k = len(matrix.names)
    step = max(-(-k // MOST_NAMES), 1)
    places = np.arange(0, k, step)
    most = 18 if k <= 12 else 10
    texts = [named(matrix.names[place], most) for place in places]
    size = 8.0 if len(places) <= 12 else 5.5
    upright = max(map(len, texts)) > 3 or len(places) > 12
    axes.set_xticks(places, texts, rotation=90 if upright else 0, fontsize=size)
    axes.set_yticks(places, texts, fontsize=size)
    axes.tick_params(length=0, colors=GREY if k > MOST_NAMES else "black")
