"""``NAME[_AVERAGE][@PARAMETER][:CLASS]``: from names to requests, and the default selections.

A class in double quotes, ``recall:"a,b"``, is taken literally: it may contain commas, wildcards and
whitespace at its ends, and end in ``@each``. A double quote within is doubled. A class whose name is in
quotes needs no more quotes, unless the name within is also a class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import cast

from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Hint, as_hint, instead, run, use
from evalcli.metrics.aliases import fold
from evalcli.metrics.context import Context
from evalcli.metrics.lookup import UnknownMetric, answer_of, canonical, no_parameter
from evalcli.metrics.metric import Metric, Request
from evalcli.metrics.plugins import load_installed
from evalcli.metrics.registry import METRICS
from evalcli.tasks import TASKS
from evalcli.text import for_shell, join_names, suggest, typed_name, unquoted

SIGNS = "*?["


def select(wanted: Iterable[str], context: Context) -> list[Request]:
    """Requests for names, globs, ``default`` and ``all``; ``-NAME`` removes.

    All errors are reported at once.
    """
    chosen: dict[str, Request] = {}
    problems = ErrorCollector()
    for word in wanted:
        with problems.collect():
            for request in expand(word.removeprefix("-"), context):
                if word.startswith("-"):
                    chosen.pop(request.key, None)
                else:
                    chosen[request.key] = request
    problems.raise_if_any()
    if not chosen:
        raise UsageError("no metrics selected", found=join_names(wanted), hint=use(metrics="default"))
    return list(chosen.values())


def expand(word: str, context: Context) -> list[Request]:
    """Requests for one name, glob, ``default`` or ``all``."""
    if word == "all" or any(sign in word.partition(":")[0] for sign in SIGNS):
        load_installed()
    if word in ("default", "all"):
        requests = everything(context)
        if word == "default":
            by_key = {_plain(request, context): request for request in requests}
            patterns = context.task.defaults
            keys = [
                key for p in patterns for key in by_key if key == p or (p[-1] == "*" and fnmatchcase(key, p))
            ]
            requests = [by_key[key] for key in keys]
        return [request for request in requests if request.metric.missing_from(context) is None]
    head, colon, cls = word.partition(":")
    if not any(sign in head for sign in SIGNS):
        word = _canonical(word, context)
        head = word.partition(":")[0]
    if not is_glob(word, context):
        literal = _class_of(cls, context)[1]
        if (
            not literal
            and any(s in cls for s in SIGNS)
            and sum(fnmatchcase(c, cls) for c in context.classes) > 1
        ):
            raise UsageError(
                f"{word!r} is both a class and a pattern that matches other classes",
                hint=f"{for_shell(word)} for the class alone, {head}:{cls}* for all",
            )
        return [parse(word, context)]
    if colon and not any(sign in head for sign in SIGNS):
        named = [_request(word, head, name, context) for name in context.classes if fnmatchcase(name, cls)]
        requests = [request for request in named if request.cls in request.metric.classes_of(context)]
    else:
        all_requests = everything(context, classes=bool(colon), on_request=True)
        requests = [request for request in all_requests if _matches(request, word, context)]
    if not requests:
        raise NoMatch(
            f"no metric of {context.task} data matches {word!r}",
            found=f"the classes are {join_names(context.classes)}" if colon and context.classes else None,
            hint=run("evalcli", "metrics", "--task", context.task.name),
        )
    return requests


class NoMatch(UsageError):
    """A glob that matches nothing."""


class NoSuchClass(UsageError):
    """A class that does not exist. ``likely``: whether another class was probably meant."""

    def __init__(self, text: str, cls: str, classes: tuple[str, ...]) -> None:
        head = text.partition(":")[0]
        stripped = (name for name in classes if name.strip() == cls.strip())
        like = next(stripped, None) or suggest(cls, classes)
        numbered = _numbered(cls, classes) if like is None else {}
        found = "; ".join(
            f"class {cls} is {name!r}, counted from {start}" for start, name in numbered.items()
        )
        hint: Hint | None = None
        for name in (like, *numbered.values()):
            if name is not None:
                step = instead(text, for_shell(f"{head}:{name}"))
                hint = step if hint is None else hint | step
        if like is not None and typed_name(f"{head}:{like}") != f"{head}:{like}":
            hint = as_hint(f"quotes around the class: {for_shell(f'{head}:{like}')}")
        self.likely = hint is not None
        super().__init__(
            f"{text!r}: no class {cls!r}",
            found=found or f"the classes are {join_names(classes)}",
            hint=hint or instead(text, for_shell(f"{head}:{classes[-1]}"))
            if classes
            else "use the metric without a class",
        )


def _numbered(cls: str, classes: tuple[str, ...]) -> dict[int, str]:
    """The classes that a number may mean, counted from 0 and from 1; none if classes are numbers."""
    if not cls.isdecimal() or any(name.isdecimal() for name in classes):
        return {}
    return {start: classes[int(cls) - start] for start in (0, 1) if 0 <= int(cls) - start < len(classes)}


def is_glob(word: str, context: Context) -> bool:
    """Whether a word is a pattern, and its wildcards not part of a class name."""
    head, colon, cls = word.partition(":")
    if any(sign in head for sign in SIGNS):
        return True
    literal = _class_of(cls, context)[1]
    return bool(colon) and not literal and cls not in context.classes and any(sign in cls for sign in SIGNS)


def _class_of(text: str, context: Context) -> tuple[str, bool]:
    """The class that a text names, and whether it is quoted, hence not a pattern."""
    name = unquoted(text)
    if name is None or (text in context.classes and name not in context.classes):
        return text, False
    return name, True


def everything(context: Context, classes: bool = False, on_request: bool = False) -> list[Request]:
    """Every metric of the task, with every average and the default parameters.

    ``on_request``: also what is computed for binary data on request only: averages over both classes, and
    metrics that equal another one with two classes.
    """
    requests = []
    for metric in (*METRICS.of(context.task), *own_metrics_of(context)):
        if context.task.has_positive and metric.same_for_two and not on_request:
            continue
        for p in _parameters(metric, context):
            averages = _averages(metric, context, on_request)
            if p is not None and metric.parameter and metric.parameter.averages:
                averages = tuple(a for a in averages if a is None or a in metric.parameter.averages)
            requests += [Request(metric, average, p) for average in averages]
            if classes and metric.of_classes:
                requests += [Request(metric, None, p, cls) for cls in metric.classes_of(context)]
    return requests


def _averages(metric: Metric, context: Context, on_request: bool) -> tuple[str | None, ...]:
    """The averages of a metric to compute; None for the metric itself."""
    averages = metric.averages_of(context.task)
    if not context.task.has_positive:
        return averages or (None,)
    plain = context.average if context.average in averages else None
    return (plain, *(average for average in averages if on_request and average != plain))


def _plain(request: Request, context: Context) -> str:
    """The name of a request among the defaults of a task: for binary data without an average."""
    if not context.task.has_positive:
        return request.key
    if request.metric in context.own:
        return replace(request, average=None).key
    metric = METRICS[request.metric.same_for_two or request.metric.name, context.task]
    return replace(request, metric=metric, average=None).key


def _matches(request: Request, pattern: str, context: Context) -> bool:
    """Whether a pattern selects a metric.

    Metrics that binary data has on request only are not selected by a pattern that matches the plain name.
    """
    if not fnmatchcase(request.key, pattern):
        return False
    if not context.task.has_positive or request.cls is not None:
        return True
    metric = request.metric
    is_default = request.average in _averages(metric, context, False) and not metric.same_for_two
    return is_default or not fnmatchcase(_plain(request, context), pattern)


def _parameters(metric: Metric, context: Context) -> tuple[float | None, ...]:
    parameter = metric.parameter
    if parameter is None:
        return (None,)
    values = tuple(p for p in parameter.defaults(context) if parameter.check(p, context))
    return (None, *values) if parameter.optional else values


def parse(text: str, context: Context) -> Request:
    """The request of one name; an error lists what exists."""
    text = _canonical(text, context)
    head, colon, cls = text.partition(":")
    return _request(text, head, _class_of(cls, context)[0] if colon else None, context)


def _canonical(text: str, context: Context) -> str:
    """The canonical name; the error if a class with a comma was split at it."""
    try:
        return canonical(text, context.task, context.own_names)
    except UnknownMetric:
        split = (
            cls for cls in context.classes if "," in cls and text.strip() in map(str.strip, cls.split(","))
        )
        whole = next(split, None)
        if whole is None:
            raise
        typed = for_shell(f"recall:{whole}")
        raise UnknownMetric(
            f"unknown metric {text!r}", hint=f"quotes around a class with a comma: {typed}"
        ) from None


def _request(text: str, head: str, cls: str | None, context: Context) -> Request:
    """The request of a name without its class, and of a class."""
    name, at, number = head.partition("@")
    metric, average = _metric(name, context)
    averages = metric.averages_of(context.task)
    if cls is not None:
        if not metric.of_classes or average:
            raise UsageError(f"{text!r}: {name} has no value for a single class", hint=instead(text, name))
        if cls not in context.classes:
            _refuse_average(text, head, cls, averages)
            raise NoSuchClass(text, cls, context.classes)
    elif averages and not average and (context.average or not context.task.has_positive):
        wanted = context.average or "macro"
        average = wanted if wanted in averages else f"ovr_{wanted}"
        if average not in averages:
            raise UsageError(
                f"{name!r} has no average {wanted!r}; it has {join_names(averages)}",
                hint=use(average="macro"),
            )
    parameter = _parameter(text, metric, at, number, context)
    allowed = metric.parameter.averages if metric.parameter and parameter is not None else None
    if allowed and average and average not in allowed:
        names = [f"{metric.name}_{name}@{number}" for name in allowed if name in averages]
        raise UsageError(f"{text!r}: with a parameter use {join_names(names)}", hint=instead(text, names[0]))
    return Request(metric, average or None, parameter, cls)


def _refuse_average(text: str, head: str, cls: str, averages: tuple[str, ...]) -> None:
    """Refuse an average in place of a class, e.g. ``f1:macro``."""
    meant = [name for name in averages if fold(cls) in (fold(name), fold(name.removeprefix("ovr_")))]
    if meant:
        stem, at, number = head.partition("@")
        raise UsageError(
            f"{text!r}: {cls!r} is an average, not a class",
            hint=instead(text, f"{stem}_{meant[0]}{at}{number}"),
        )


def own_metrics_of(context: Context) -> tuple[Metric, ...]:
    """The metrics of this run alone."""
    return cast(tuple[Metric, ...], context.own)


def _own(name: str, context: Context) -> tuple[Metric, str] | None:
    """The metric of this run alone, and the average, of a name."""
    for metric in own_metrics_of(context):
        average = name.removeprefix(metric.name).removeprefix("_") if name.startswith(metric.name) else None
        if name == metric.name or (
            average in metric.averages_of(context.task) and name == f"{metric.name}_{average}"
        ):
            return metric, average or ""
    return None


def _metric(name: str, context: Context) -> tuple[Metric, str]:
    found = _own(name, context) or METRICS.find(name, context.task)
    if found is None:
        raise _not_defined(name, context)
    return found


def _not_defined(name: str, context: Context) -> UsageError:
    """The error for a metric of other tasks; with the equivalent of this task."""
    answer = answer_of(name, context.task)
    if answer is not None:
        return UsageError(
            f"{name!r} is not defined for {context.task} data: {answer.sentence}",
            hint=instead(name, answer.nearest) if answer.nearest else None,
        )
    elsewhere = [task for task in TASKS.values() if METRICS.find(name, task)]
    stem = next((m.name for m in METRICS.of(context.task) if name.startswith(f"{m.name}_")), "")
    # the same average where there is one, e.g. roc_auc_macro for roc_auc_ovr_macro
    ending = name.removeprefix(f"{stem}_") if stem else ""
    known = METRICS.names_of(context.task)
    full = [n for n in known if stem and n.startswith(f"{stem}_") and n.endswith(f"_{ending}")]
    tasks = [task.name for task in elsewhere]
    here = (full or [stem])[0]
    what = f"{context.task} data has {here!r}" if stem else f"it is for {join_names(tasks)}"
    return UsageError(
        f"{name!r} is not defined for {context.task} data; {what}",
        hint=instead(name, here) if stem else run("evalcli", "metrics", "--task", context.task.name),
    )


def _parameter(text: str, metric: Metric, at: str, number: str, context: Context) -> float | None:
    parameter = metric.parameter
    if parameter is None or (parameter.optional and not at):
        if at:
            raise no_parameter(text, metric.name)
        return None
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not parameter.check(value, context):
        values = parameter.defaults(context)
        example = f", e.g. {metric.name}@{values[0]:g}" if values else ""
        raise UsageError(
            f"{text!r}: {metric.name}@{parameter.name.upper()} needs {parameter.range}{example}",
            hint=instead(text, f"{metric.name}@{values[0]:g}")
            if values
            else run("evalcli", "explain", metric.name),
        )
    return value
