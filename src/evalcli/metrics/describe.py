"""The registry as facts to read: for `evalcli metrics`, `evalcli explain` and the documentation."""

from __future__ import annotations

from evalcli.errors import UsageError
from evalcli.findings import instead
from evalcli.metrics.lookup import aliases_of
from evalcli.metrics.metric import Metric
from evalcli.metrics.registry import METRICS
from evalcli.metrics.spelling import closest
from evalcli.tasks import REGRESSION, TASKS, Task
from evalcli.text import join_names


def tasks_of(metric: Metric) -> list[str]:
    """Names of its tasks, in the order of ``TASKS``."""
    return [task.name for task in TASKS.values() if task in metric.tasks]


def in_words(metric: Metric, average: str | None = None) -> str:
    """Its name, or that of an average, with its parameter in capitals."""
    name, parameter = f"{metric.name}_{average}" if average else metric.name, metric.parameter
    if parameter is None or (average and average not in (parameter.averages or (average,))):
        return name
    at = f"@{parameter.name.upper()}"
    return f"{name}[{at}]" if parameter.optional else name + at


def requires(metric: Metric) -> str:
    """What the file has to contain."""
    if not metric.requires:
        return "quantiles or predicted values" if metric.tasks == (REGRESSION,) else "predicted classes"
    return {"point": "predicted values"}.get(metric.requires, metric.requires)


def facts(metric: Metric, interval: str) -> dict[str, object]:
    """All facts of a metric, as plain data; ``interval``: how its interval is made."""
    low, high = (None if abs(end) == float("inf") else end for end in metric.range)
    parameter = metric.parameter
    return {
        "name": metric.name,
        "aliases": list(aliases_of(metric)),
        "summary": metric.page.summary,
        "formula": metric.page.formula,
        "convention": metric.page.convention or None,
        "tasks": tasks_of(metric),
        "better": metric.better,
        "range": [low, high],
        "wants": requires(metric),
        "weights": metric.weights,
        "undefined": metric.undefined.reason.format(name="the class"),
        "averages": {task.name: list(names) for task, names in metric.averages.items()},
        "per_class": metric.of_classes,
        "interval": interval,
        "parameter": None
        if parameter is None
        else {"name": parameter.name, "range": parameter.range, "optional": parameter.optional},
        "scikit-learn": metric.page.sklearn,
        "torchmetrics": metric.page.torchmetrics,
        "reference": metric.page.reference,
    }


def ends(metric: Metric) -> str:
    """The range, for reading."""
    low, high = (f"{end:g}".replace("inf", "∞") for end in metric.range)
    return f"{low} to {high}"


def direction(metric: Metric) -> str:
    """Whether higher or lower values are better."""
    return "no better direction" if metric.better == "none" else f"{metric.better} is better"


def explanation(metric: Metric, interval: str) -> list[tuple[str, str]]:
    """Lines of the explanation, each with its heading."""
    parameter = metric.parameter
    lines = [
        ("", " ".join(part for part in (metric.page.summary, metric.page.convention) if part)),
        *([("also called", also_called(metric))] if aliases_of(metric) else []),
        ("formula", metric.page.formula),
        ("range", f"{ends(metric)}, {direction(metric)}"),
        ("tasks", ", ".join(tasks_of(metric))),
        ("needs", requires(metric)),
    ]
    for task, averages in metric.averages.items():
        lines.append((f"averages, {task}", ", ".join(in_words(metric, average) for average in averages)))
    if metric.of_classes:
        lines.append(("one class", f"{in_words(metric)}:CLASS"))
    if parameter is not None:
        optional = " (optional)" if parameter.optional else ""
        lines.append((f"@{parameter.name.upper()}", parameter.range + optional))
    lines.append(("undefined when", metric.undefined.reason.format(name="the class")))
    lines.append(("interval", interval))
    weights = "each row counts by its weight" if metric.weights else "not supported: null for weighted rows"
    lines += [
        ("weights", weights),
        ("declared in", METRICS.origin_of(metric) or ""),
        ("scikit-learn", metric.page.sklearn),
        ("torchmetrics", metric.page.torchmetrics),
        ("reference", metric.page.reference),
    ]
    return [(head, text) for head, text in lines if text]


def also_called(metric: Metric) -> str:
    """Its aliases; with the full name where they mean an average or the metric of one task."""
    return ", ".join(
        alias if target == metric.name else f"{alias} ({target})"
        for alias, target in aliases_of(metric).items()
    )


def task_named(name: str) -> Task:
    """The task of a name; an error suggests the nearest."""
    if name not in TASKS:
        like = closest(name, TASKS)
        raise UsageError(
            f"unknown task {name!r}", hint=instead(name, like) if like else f"one of {join_names(TASKS)}"
        )
    return TASKS[name]


def of_task(task: Task | None) -> list[Metric]:
    """The metrics of a task, or all."""
    return METRICS.of(task)
