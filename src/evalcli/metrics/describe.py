"""The registry as facts to read: for `evalcli metrics`, `evalcli explain` and the documentation."""

from __future__ import annotations

from typing import Any

from evalcli.errors import UsageError
from evalcli.findings import instead
from evalcli.metrics.lookup import aliases_of
from evalcli.metrics.registry import METRICS, Metric
from evalcli.metrics.spelling import closest
from evalcli.tasks import MULTICLASS, MULTILABEL, REGRESSION, TASKS, Task
from evalcli.text import join_names

FALLS_SHORT = {
    "bin-bounds": "conservative: covers the true value in 98–100 % of simulations",
    "ks": "covers 79 % (nominal 95 %) at n = 200 with 5 % positive, 90 % at n = 2,000; 90–94 % with 50 % "
    "positive: the estimate is biased upwards",
    "balanced_accuracy": "conservative with few groups: covers 99 % (nominal 95 %) with 10 groups of 5 rows, "
    "98 % with 40",
    "mcc": "conservative with few groups: covers 98 % (nominal 95 %) with 10 or 40 groups of 5 rows",
    "f1": "covers 91 % (nominal 95 %) at n = 50 with 5 % positive",
    "log_loss": "covers 81 % (nominal 95 %) at n = 50 with 5 % positive",
    "brier": "covers 85 % (nominal 95 %) at n = 50 with 5 % positive",
    "rmse": "covers 86 % (nominal 95 %) with heavy tails at n = 50, 89 % at n = 200, 93 % at n = 2,000",
    "mse": "covers 86 % (nominal 95 %) with heavy tails at n = 50, 89 % at n = 200, 93 % at n = 2,000",
    "pearson": "covers 91 % (nominal 95 %) with heavy tails at n = 50",
}
"""Metrics and methods whose 95 % intervals cover the true value in less than 93 %, or more than 97 %, of the
simulations of docs/intervals.md."""

AVERAGED = {MULTICLASS: "table-bootstrap", MULTILABEL: "row-bootstrap (labels), normal (samples)"}
"""Methods of averages by task."""


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


def facts(metric: Metric) -> dict[str, Any]:
    """All facts of a metric in the registry, as plain data."""
    low, high = (None if abs(end) == float("inf") else end for end in metric.range)
    parameter = metric.parameter
    return {
        "name": metric.name,
        "aliases": list(aliases_of(metric)),
        "summary": metric.summary,
        "formula": metric.formula,
        "convention": metric.convention or None,
        "tasks": tasks_of(metric),
        "better": metric.better,
        "range": [low, high],
        "wants": requires(metric),
        "weights": metric.weights,
        "undefined": metric.undefined.format(name="the class"),
        "averages": {task.name: list(names) for task, names in metric.averages.items()},
        "per_class": metric.form != "whole",
        "interval": interval_facts(metric),
        "parameter": None
        if parameter is None
        else {"name": parameter.name, "range": parameter.range, "optional": parameter.optional},
        "scikit-learn": metric.sklearn,
        "torchmetrics": metric.torchmetrics,
        "reference": metric.reference,
    }


def ends(metric: Metric) -> str:
    """The range, for reading."""
    low, high = (f"{end:g}".replace("inf", "∞") for end in metric.range)
    return f"{low} to {high}"


def direction(metric: Metric) -> str:
    """Whether higher or lower values are better."""
    return "no better direction" if metric.better == "none" else f"{metric.better} is better"


def explanation(metric: Metric) -> list[tuple[str, str]]:
    """Lines of the explanation, each with its heading."""
    parameter = metric.parameter
    lines = [
        ("", " ".join(part for part in (metric.summary, metric.convention) if part)),
        *([("also called", also_called(metric))] if aliases_of(metric) else []),
        ("formula", metric.formula),
        ("range", f"{ends(metric)}, {direction(metric)}"),
        ("tasks", ", ".join(tasks_of(metric))),
        ("needs", requires(metric)),
    ]
    for task, averages in metric.averages.items():
        lines.append((f"averages, {task}", ", ".join(in_words(metric, average) for average in averages)))
    if metric.form != "whole":
        lines.append(("one class", f"{in_words(metric)}:CLASS"))
    if parameter is not None:
        optional = " (optional)" if parameter.optional else ""
        lines.append((f"@{parameter.name.upper()}", parameter.range + optional))
    lines.append(("undefined when", metric.undefined.format(name="the class")))
    lines.append(("interval", interval_facts(metric)))
    weights = "each row counts by its weight" if metric.weights else "not supported: null for weighted rows"
    lines += [
        ("weights", weights),
        ("scikit-learn", metric.sklearn),
        ("torchmetrics", metric.torchmetrics),
        ("reference", metric.reference),
    ]
    return lines


def also_called(metric: Metric) -> str:
    """Its aliases; with the full name where they mean an average or the metric of one task."""
    return ", ".join(
        alias if target == metric.name else f"{alias} ({target})"
        for alias, target in aliases_of(metric).items()
    )


def interval_facts(metric: Metric) -> str:
    """How its interval is computed, and its coverage where that is not nominal."""
    method = metric.interval
    if method.startswith("none"):
        return method
    parts = [method]
    if metric.form == "counts" and metric.averages:
        tables = [name for task, name in AVERAGED.items() if task in metric.averages]
        parts.append(f"averages: {', '.join(tables)}")
    elif metric.form == "areas":
        parts.append("ovo and @FPR: row-bootstrap" if metric.parameter else "")
    if method in ("delong", "infinitesimal-jackknife"):
        parts.append(f"--group: {method}-by-group")
    elif method == "bin-bounds":
        parts.append("--group: none")
    else:
        parts.append("weighted rows: row-bootstrap; --group: group-bootstrap")
    coverage = FALLS_SHORT.get(metric.name) or FALLS_SHORT.get(method)
    return "; ".join([*filter(None, parts), *([coverage] if coverage else [])])


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
    return [metric for metric in METRICS.values() if task is None or task in metric.tasks]
