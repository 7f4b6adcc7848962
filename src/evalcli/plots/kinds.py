"""The kinds of pictures: one table, which the command line, help and errors read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from evalcli.report.comparison import Comparison
from evalcli.report.history import MOST_TABULATED, History
from evalcli.report.report import Report
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, TASKS, Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Source = Report | Comparison | History
WORDS = {"report": "a report", "comparison": "a comparison", "history": "a training run"}
ONE = (BINARY, MULTICLASS)
RANKED, SETS = (BINARY, MULTICLASS, MULTILABEL), (BINARY, MULTILABEL)
ALL = tuple(TASKS.values())


class Look(Struct, frozen=True):
    """How a picture looks. ``size``: inches; ``normalize`` and ``sort``: of a confusion matrix.

    ``also``: further reports in the same picture, by name. ``costs``: of outcomes, by threshold. ``metrics``:
    of a training run; ``metric`` and ``of``: of one chart of it, and its class or epoch.
    """

    size: tuple[float, float] | None = None
    normalize: str | None = None
    sort: str = "given"
    also: Mapping[str, Report] = {}
    costs: Mapping[str, float] = {}
    metrics: tuple[str, ...] = ()
    metric: str | None = None
    of: str | None = None


class Kind(Struct, frozen=True):
    """The module of its name has ``draw(axes, source, look)`` and ``rows(source, look)``; of a run ``parts``.

    ``of``: the kind of result that it shows. ``tasks``: those that have it. ``needs``: what the result must
    hold: a field of it, or of its curves. ``size``: inches. ``overlaid``: whether several models fit in one
    picture.
    """

    name: str
    meaning: str
    tasks: tuple[Task, ...]
    needs: str = "metrics"
    size: tuple[float, float] = (3.5, 3.2)
    overlaid: bool = False
    of: str = Report.kind


MOST_TEXTS = 25
"""Maximum of classes of a matrix with texts in its cells."""
ACROSS = 5
"""Maximum of charts side by side."""
BESIDE = ("roc", "pr")
"""Kinds whose legend of several classes is beside them."""
KINDS = {
    kind.name: kind
    for kind in (
        Kind("confusion", "the confusion matrix", ONE, "confusion", (5.2, 4.4)),
        Kind("confused", "the classes that are confused most", ONE, "confusion", (5.0, 3.2)),
        Kind("roc", "ROC curves", RANKED, "ranked", overlaid=True),
        Kind("pr", "precision-recall curves", RANKED, "ranked", overlaid=True),
        Kind("reliability", "observed against predicted", ONE, "reliability", (3.5, 3.6), True),
        Kind("scores", "scores of both classes, or of right and wrong rows", ONE, "scores"),
        Kind("thresholds", "precision, recall, F1 and cost by threshold", SETS, "ranked"),
        Kind("gains", "cumulative gains", SETS, "ranked", overlaid=True),
        Kind("lift", "lift over chance", SETS, "ranked", overlaid=True),
        Kind("classes", "a metric of each class, with intervals", RANKED, "per_class", (5.0, 3.6)),
        Kind("slices", "the headline in each slice, with intervals", ALL, "slices", (5.0, 3.6)),
        Kind("residuals", "quantiles of the errors", (REGRESSION,), "residuals"),
        Kind("predicted", "predicted against true values", (REGRESSION,), "residuals", (3.8, 3.2)),
        Kind("changes", "changes of metrics, with intervals", ALL, "against", (5.0, 3.6), of=Comparison.kind),
        Kind("flips", "rows broken and fixed, of each class", ONE, "flips", (5.0, 3.6), of=Comparison.kind),
        Kind(
            "slice_changes",
            "the change of the first metric in each slice",
            ALL,
            "slices",
            (5.0, 3.6),
            of=Comparison.kind,
        ),
        Kind("history", "metrics by epoch, with intervals", ALL, "shown", (3.7, 3.0), of=History.kind),
        Kind(
            "class_history",
            "a metric of each class by epoch",
            RANKED,
            "per_class",
            (2.1, 1.9),
            of=History.kind,
        ),
        Kind(
            "matrix_history",
            "confusion matrices of some epochs",
            ONE,
            "confusion",
            (2.1, 2.2),
            of=History.kind,
        ),
    )
}


def kinds_of(source: Source) -> list[Kind]:
    """The pictures that a result has what it takes for."""
    return [kind for kind in KINDS.values() if lacking(kind, source) is None]


def lacking(kind: Kind, source: Source) -> str | None:
    """Why a picture cannot be drawn, or None."""
    if source.kind != kind.of:
        return f"it is of {WORDS[kind.of]}; this is {WORDS[source.kind]}"
    if isinstance(source, History):
        if kind.needs == "shown":
            return None if source.shown else "the run has no metrics"
        what = {
            "per_class": "metrics of classes: histories have those of up to 100",
            "confusion": f"confusion matrices: histories have those of up to {MOST_TABULATED} classes",
        }[kind.needs]
        return (
            None if any(getattr(epoch, kind.needs) for epoch in source.epochs) else f"the run has no {what}"
        )
    if isinstance(source, Comparison):
        lacks = kind.needs != "against" and not getattr(source.against[0], kind.needs)
        return f"the comparison has no {kind.needs}" if lacks else None
    if TASKS[source.task] not in kind.tasks:
        return f"{source.task} data has no such picture"
    if kind.needs in ("ranked", "reliability", "scores", "residuals"):
        if source.curves is None:
            return "the report has no curves"
        found = getattr(source.curves, kind.needs)
        return None if found else f"the report has no {kind.needs.replace('ranked', 'curves')} of this data"
    if kind.needs == "per_class" and not any(row.metrics for row in source.per_class.values()):
        return "the report has no metrics of classes"
    return None if getattr(source, kind.needs) else f"the report has no {kind.needs.replace('_', ' ')}"


def rows_of(kind: Kind, source: Source, look: Look | None = None) -> list[dict[str, Any]]:
    """The data of a picture, a mapping for each row of it."""
    made: list[dict[str, Any]] = _function(kind, "rows")(source, look or Look())
    return made


def draw(kind: Kind, source: Source, look: Look | None = None, axes: Any = None) -> Figure:
    """Draw on axes, or on a figure of its own."""
    from evalcli.plots.canvas import figure

    look = look or Look()
    if axes is not None:
        _function(kind, "draw")(axes, source, look)
        drawn: Figure = axes.figure
        return drawn
    panels = _panels(kind, source, look)
    across = min(len(panels), ACROSS)
    down = -(-len(panels) // across)
    width, height = _size(kind, source)
    width += sum(part.size[0] for part, _ in panels[1:across])
    made = figure(look.size or (width, height * down))
    ratios = [part.size[0] for part, _ in panels[:across]]
    places = list(made.subplots(down, across, squeeze=False, width_ratios=ratios).flat)
    for place in places[len(panels) :]:
        place.set_visible(False)
    for (part, its_look), place in zip(panels, places, strict=False):
        _function(part, "draw")(place, source, its_look)
    if len(panels) > 1 and kind.name == "class_history":
        _shared_legend(made)
    return made


def _shared_legend(made: Figure) -> None:
    """One legend for charts with the same lines."""
    lines, names = made.axes[0].get_legend_handles_labels()
    if len(names) > 1:
        made.legend(lines, names, loc="outside lower center", ncols=len(names))


def _panels(kind: Kind, source: Source, look: Look) -> list[tuple[Kind, Look]]:
    """What stands side by side: parts of a run; a matrix of many classes and its largest cells."""
    if isinstance(source, History):
        return [(kind, its_look) for its_look in _function(kind, "parts")(source, look)]
    other = KINDS["confused"]
    many = kind.name == "confusion" and isinstance(source, Report) and len(source.classes) > MOST_TEXTS
    return [(kind, look), (other, look)] if many and rows_of(other, source) else [(kind, look)]


def _size(kind: Kind, source: Source) -> tuple[float, float]:
    """Higher where rows are listed."""
    width, height = kind.size
    if kind.name in BESIDE and isinstance(source, Report) and source.curves is not None:
        width += 1.6 if len(source.curves.ranked) > 2 else 0.0
    sizes = {"classes": "per_class", "slices": "slices"}
    if kind.name in sizes:
        height = max(2.0, min(0.9 + 0.24 * len(getattr(source, sizes[kind.name])), 12.0))
    if isinstance(source, Comparison):
        listed = {"changes": "changes", "slice_changes": "slices"}.get(kind.name)
        lines = len(getattr(source.against[0], listed)) * len(source.against) if listed else 8
        height = max(2.2, min(1.2 + 0.26 * lines, 14.0))
    return width, height


def _function(kind: Kind, name: str) -> Callable[..., Any]:
    made: Callable[..., Any] = getattr(import_module(f"evalcli.plots.{kind.name}"), name)
    return made
