"""How the interval of a metric is made, in words for ``explain`` and the documentation."""

from __future__ import annotations

from msgspec.structs import replace

from evalcli.intervals.method import Method
from evalcli.intervals.methods import choose
from evalcli.intervals.rows import ROWS
from evalcli.metrics import Context, Metric, Request
from evalcli.metrics.sources import NoInterval
from evalcli.metrics.stacks import context_of
from evalcli.tasks import MULTICLASS, MULTILABEL


def usual(metric: Metric) -> Method | NoInterval:
    """The method of the metric itself, or of one class, without weights and groups."""
    return choose(_single(metric), context_of(metric.tasks[0], 2))


def in_words(metric: Metric) -> str:
    """How its interval is computed, and its coverage where that is not nominal."""
    method, single = usual(metric), _single(metric)
    if isinstance(method, NoInterval):
        return f"none: {method.reason}"
    parts = [method.name]
    if metric.form == "counts" and metric.averages:
        parts.append(f"averages: {', '.join(_averages(metric))}")
    elif metric.form == "areas" and metric.parameter:
        parts.append(f"ovo and @{metric.parameter.name.upper()}: {ROWS.name}")
    context = context_of(metric.tasks[0], 2)
    for what, changed in (
        ("weighted rows", replace(context, weighted=True)),
        ("--group", replace(context, groups=2)),
    ):
        other = _named(single, changed)
        if other != method.name or method.redraws_rows:
            parts.append(f"{what}: {other}")
    coverage = metric.page.coverage or method.coverage
    return "; ".join([*parts, *([coverage] if coverage else [])])


def _averages(metric: Metric) -> list[str]:
    """Methods of the averages over classes, and over labels and rows."""
    found = []
    if MULTICLASS in metric.averages:
        found.append(_named(Request(metric, "macro"), context_of(MULTICLASS, 2)))
    if MULTILABEL in metric.averages:
        labels, rows = (
            _named(Request(metric, name), context_of(MULTILABEL, 2)) for name in ("macro", "samples")
        )
        found.append(f"{labels} (labels), {rows} (samples)")
    return found


def _named(request: Request, context: Context) -> str:
    method = choose(request, context)
    return "none" if isinstance(method, NoInterval) else method.name


def _single(metric: Metric) -> Request:
    return Request(metric, cls="a" if metric.of_classes else None)
