"""What of a result is logged: values by name, and its pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from evalcli.plots.canvas import styled
from evalcli.plots.kinds import KINDS, Kind, Source, kinds_of
from evalcli.plots.kinds import draw as draw_kind
from evalcli.renderers.formats import render
from evalcli.renderers.tables import View
from evalcli.report.comparison import Comparison
from evalcli.report.history import TRAINING, Epoch, History
from evalcli.report.report import ClassRow
from evalcli.report.score import Score
from evalcli.sinks.open import Target, Trackers
from evalcli.sinks.sink import Draw, Entry, tags

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OF_CLASSES, MOST_CLASSES = ("precision", "recall", "f1"), 50
"""Metrics of each class that are logged, up to so many classes."""
SAME = ("val", "valid", "validation")
"""Splits that are logged under one name."""


def log_result(targets: Sequence[Target], result: Source, step: int = 0) -> None:
    """Log all of a result to trackers. ``step``: see ``entries_of``."""
    with Trackers(targets, result.title, whole=result.kind == History.kind) as trackers:
        trackers.log(entries_of(result, step))
        finish(trackers, result)


def finish(trackers: Trackers, result: Source) -> None:
    """End the runs with the whole result."""
    trackers.finish(f"{result.kind}.json", lambda: render(result, "json", View()))


def entries_of(result: Source, step: int) -> Iterator[Entry]:
    """The entries of a result; ``step``: of a report or a comparison, for a history has its epochs."""
    if isinstance(result, History):
        yield from map(of_epoch, result.epochs)
        yield of_run(result)
    elif isinstance(result, Comparison):
        for model in result.models:
            yield Entry(
                step, model.name, _finite({(name,): value for name, value in model.values.items()}), {}
            )
        yield Entry(step, "", {}, {kind.name: _drawing(kind, result) for kind in kinds_of(result)})
    else:
        yield Entry(
            step,
            "",
            _finite(_named(result.metrics, result.per_class)),
            {kind.name: _drawing(kind, result) for kind in kinds_of(result)},
        )


def of_run(history: History) -> Entry:
    """The pictures of a run, at its last epoch."""
    figures = {kind.name: _drawing(kind, history) for kind in kinds_of(history)}
    return Entry(max(history.numbers, default=0), "", {}, figures)


def of_epoch(epoch: Epoch) -> Entry:
    """An epoch of a split: its metrics, and its confusion matrix."""
    figures: dict[str, Draw] = {}
    if epoch.confusion is not None:
        figures["confusion"] = partial(_matrix, epoch)
    return Entry(epoch.epoch, split_of(epoch.split), _finite(_named(epoch.metrics, epoch.per_class)), figures)


def split_of(name: str) -> str:
    """The name of a split, one for all words that mean the same.

    >>> split_of("val"), split_of("training"), split_of("test")
    ('validation', 'train', 'test')
    """
    plain = name.lower()
    return "train" if plain in TRAINING else "validation" if plain in SAME else name


def _named(
    metrics: Mapping[str, Score], per_class: Mapping[str, ClassRow]
) -> dict[tuple[str, ...], float | None]:
    found: dict[tuple[str, ...], float | None] = {(name,): score.value for name, score in metrics.items()}
    if len(per_class) <= MOST_CLASSES:
        for name in OF_CLASSES:
            scores = {cls: row.metrics.get(name) for cls, row in per_class.items()}
            found |= {(name, cls): score.value for cls, score in scores.items() if score is not None}
    return found


def _finite(values: Mapping[tuple[str, ...], float | None]) -> dict[str, float]:
    named = zip(tags(values), values.values(), strict=True)  # the same in each epoch
    return {tag: float(value) for tag, value in named if value is not None and math.isfinite(value)}


def _drawing(kind: Kind, result: Source) -> Draw:
    def drawn() -> Figure:
        with styled(None):
            return draw_kind(kind, result)

    return drawn


def _matrix(epoch: Epoch) -> Figure:
    from evalcli.plots.canvas import figure
    from evalcli.plots.confusion import draw_matrix

    with styled(None):
        made = figure(KINDS["confusion"].size)
        draw_matrix(made.subplots(), epoch.classes, epoch.confusion or ())
    return made


__all__ = ["entries_of", "finish", "log_result", "of_epoch", "of_run", "split_of"]
