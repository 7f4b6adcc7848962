"""Refuse options that have no effect on these files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import asdict

from evalcli.definitions import COST
from evalcli.engine.run import Run
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import flag, omit
from evalcli.inputs.options import Options
from evalcli.metrics import METRICS
from evalcli.metrics.arithmetic import read_formula
from evalcli.metrics.names import own_metrics_of
from evalcli.text import join_names

DEFAULTS = asdict(Options(predictions=()))
Idle = Callable[[Run], str | None]
"""Why an option has no effect on a run; None if it has one."""


def effects(run: Run) -> dict[str, str | None]:
    """Each option that is not at its default, as it is typed: why it has no effect, or None if it has one."""
    given = {name: getattr(run.options, name) for name in IDLE}
    return {
        f"no_{name}" if value is False else name: IDLE[name](run)
        for name, value in given.items()
        if value != DEFAULTS[name]
    }


def refuse_inert(*found: Mapping[str, str | None]) -> None:
    """Refuse every option that has no effect on any of the runs that it was given to, all at once.

    ``found``: the effects of each run.
    """
    problems = ErrorCollector()
    for name in dict.fromkeys(name for one in found for name in one):
        reasons = [one[name] for one in found if name in one]
        with problems.collect():
            if all(reasons):
                raise UsageError(
                    f"{flag(name)} has no effect: {reasons[0]}", hint=omit(name), code="no-effect"
                )
    problems.raise_if_any()


def _unless_matched(run: Run) -> str | None:
    if run.matching is not None:
        return None
    return "rows are matched by order, not by ids" if run.inputs.labels else _one_file(run)


def _one_file(run: Run) -> str | None:
    return None if run.inputs.labels else "labels and predictions are in one file"


def _unless_divided(run: Run) -> str | None:
    task = run.context.task
    return None if "zero_division" in task.options else f"{task} has no classes"


def _unless_folded(run: Run) -> str | None:
    task = run.context.task
    return None if "fold_names" in task.options else f"the task is {task}"


def _unless_scores(run: Run) -> str | None:
    if "scores" not in run.context.task.options:
        return f"{run.context.task} has no scores of classes"
    return None if run.inputs.roles.scores else "the file contains no scores"


def _unless_probabilities(run: Run) -> str | None:
    if "bins" not in run.context.task.options:
        return f"{run.context.task} has no calibration"
    return None if "probabilities" in run.context.available else "there are no probabilities to calibrate"


def _given_predictions(run: Run) -> str | None:
    """A column of predicted classes, where predictions come from elsewhere."""
    task = run.context.task
    if "pred_col" not in task.options:
        per = f"per {task.class_word}"
        return f"{task} data has one score, or 0 or 1, {per}; use --score-cols for these columns"
    return "--threshold decides the classes" if run.target.passed_over is not None else None


def _unless_delimited(run: Run) -> str | None:
    return None if _forms(run, "CSV") else "none of the files is delimited text"


def _unless_text(run: Run) -> str | None:
    return None if _forms(run, "CSV", "JSON") else "none of the files is text"


def _forms(run: Run, *starts: str) -> bool:
    sources = [source for source in (run.inputs.predictions, run.inputs.labels) if source is not None]
    return any(file.form.startswith(starts) for source in sources for file in source.files)


def _without_intervals(run: Run) -> str | None:
    return None if run.options.intervals else "--no-intervals skips all intervals"


def _unless_sliced(run: Run) -> str | None:
    return None if run.options.by else "there are no slices without --by"


def _unless_bare_names(run: Run) -> str | None:
    """The average that a bare name means; macro is the default, except for binary data."""
    task, average, wanted = run.context.task, run.options.average, run.plan.wanted
    if "average" not in task.options:
        return f"{task} has no averages over classes"
    if task.has_positive:
        used = any(request.average == average for request in run.plan.requests)
    else:
        words = (*wanted.metrics, *(rule.metric for rule in wanted.rules))
        found = (METRICS.find(word.removeprefix("-").partition("@")[0], task) for word in words)
        plain = [metric for metric, averaged in filter(None, found) if not averaged]
        used = average == "macro" or any(metric.averages_of(task) for metric in plain)
    return None if used else "no metric with averages, such as f1, is named without an average"


def _unless_named(run: Run) -> str | None:
    """Definitions that no metric of the report is or uses."""
    return _unused(run, [definition.name for definition in run.options.define])


def _unless_costs(run: Run) -> str | None:
    return _unused(run, [COST])


def _unused(run: Run, names: Sequence[str]) -> str | None:
    used = {request.metric.name for request in run.plan.requests}
    for metric in reversed(own_metrics_of(run.context)):  # each may use those before it
        if metric.name in used and metric.name != COST:
            used |= {name.partition(":")[0] for name in read_formula(metric.page.formula, metric.name).names}
    idle = [name for name in names if name not in used]
    return f"no metric is, or uses, {join_names(idle)}" if idle else None


def _without_weights(run: Run) -> str | None:
    if run.options.compat == "torchmetrics" and run.context.weighted:
        return "torchmetrics has no weights"
    return None if run.plan.wanted.compat else "--only prints bare values"


IDLE: dict[str, Idle] = {
    "average": _unless_bare_names,
    "define": _unless_named,
    "cost_matrix": _unless_costs,
    "compat": _without_weights,
    "by_order": _one_file,
    "on_missing": _unless_matched,
    "on_extra": _unless_matched,
    "fold_names": _unless_folded,
    "fold_ids": _unless_matched,
    "scores": _unless_scores,
    "pred_col": _given_predictions,
    "zero_division": _unless_divided,
    "bins": _unless_probabilities,
    "delimiter": _unless_delimited,
    "decimal": _unless_delimited,
    "header": _unless_delimited,
    "encoding": _unless_text,
    "confidence": _without_intervals,
    "seed": _without_intervals,
    "group": _without_intervals,
    "min_n": _unless_sliced,
}
