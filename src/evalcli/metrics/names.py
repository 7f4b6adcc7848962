"""``NAME[_AVERAGE][@PARAMETER][:CLASS]``: from words to requests, and the default selections.

A class in double quotes, ``recall:"a,b"``, is taken as it is: it may hold commas, signs of patterns and
blanks at its ends, and end in ``@each``. A double quote within is doubled. A class whose own name is in
quotes needs no others, unless the name within is a class, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from evalcli.errors import ErrorCollector, UsageError
from evalcli.metrics.registry import METRICS, Context, Metric, Request
from evalcli.text import for_shell, join_names, suggest, typed_name, unquoted

PROBABILISTIC = ("log_loss", "brier")
DEFAULTS = {
    "binary": (
        *("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f1", "mcc"),
        *("roc_auc", "average_precision", *PROBABILISTIC, "ece"),
    ),
    "multiclass": (
        *("accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted"),
        *("mcc", "top_k_accuracy@2", "top_k_accuracy@3", "top_k_accuracy@5"),
        *("roc_auc_ovr_macro", "average_precision_macro", *PROBABILISTIC, "ece"),
    ),
    "multilabel": (
        *("subset_accuracy", "hamming_loss", "precision_micro", "recall_micro"),
        *("f1_micro", "f1_macro", "f1_weighted", "f1_samples"),
        *("roc_auc_macro", "average_precision_macro", "label_ranking_average_precision"),
        *(*PROBABILISTIC, "ece_macro"),
    ),
    "regression": (
        *("mae", "rmse", "median_absolute_error", "max_error", "mape", "smape", "bias"),
        *("r2", "pearson", "spearman"),
        *("pinball@*", "interval_coverage@*", "interval_width@*"),
    ),
}
SIGNS = "*?["


def select(wanted: Iterable[str], context: Context) -> list[Request]:
    """Requests for names, globs, ``default`` and ``all``; ``-NAME`` takes some away again.

    All that is wrong is reported at once.
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
        raise UsageError("no metric is left to compute", found=join_names(wanted))
    return list(chosen.values())


def expand(word: str, context: Context) -> list[Request]:
    """Requests for one name, glob, ``default`` or ``all``."""
    if word in ("default", "all"):
        requests = everything(context)
        if word == "default":
            by_key = {_plain(request, context): request for request in requests}
            patterns = DEFAULTS[context.task]
            keys = [
                key for p in patterns for key in by_key if key == p or (p[-1] == "*" and fnmatchcase(key, p))
            ]
            requests = [by_key[key] for key in keys]
        return [request for request in requests if context.missing_requirement(request.metric) is None]
    head, colon, cls = word.partition(":")
    if not is_glob(word, context):
        literal = _class_of(cls, context)[1]
        if (
            not literal
            and any(s in cls for s in SIGNS)
            and sum(fnmatchcase(c, cls) for c in context.classes) > 1
        ):
            raise UsageError(
                f"{word!r} is a class of this name, and a pattern that others match, too",
                hint=f"{for_shell(word)} for the class alone, {head}:{cls}* for all",
            )
        return [parse(word, context)]
    if colon and not any(sign in head for sign in SIGNS):
        named = [_request(word, head, name, context) for name in context.classes if fnmatchcase(name, cls)]
        requests = [request for request in named if request.cls in context.classes_of(request.metric)]
    else:
        all_requests = everything(context, classes=bool(colon), on_request=True)
        requests = [request for request in all_requests if _matches(request, word, context)]
    if not requests:
        raise NoMatch(
            f"no metric of {context.task} data matches {word!r}",
            found=f"the classes are {join_names(context.classes)}" if colon and context.classes else None,
        )
    return requests


class NoMatch(UsageError):
    """A glob that stands for nothing."""


class NoSuchClass(UsageError):
    """A class that is not there. ``like``: one with nearly the same name."""

    def __init__(self, text: str, cls: str, classes: tuple[str, ...]) -> None:
        stripped = (name for name in classes if name.strip() == cls.strip())
        self.like = next(stripped, None) or suggest(cls, classes)
        alternative = f"; did you mean {self.like!r}?" if self.like else ""
        key = f"{text.partition(':')[0]}:{self.like}"
        super().__init__(
            f"{text!r}: no class {cls!r}{alternative}",
            found=f"the classes are {join_names(classes)}",
            hint=f"quotes around the class: {for_shell(key)}"
            if self.like and typed_name(key) != key
            else None,
        )


def is_glob(word: str, context: Context) -> bool:
    """Whether a word stands for several names, and its signs not for those of a class."""
    head, colon, cls = word.partition(":")
    if any(sign in head for sign in SIGNS):
        return True
    literal = _class_of(cls, context)[1]
    return bool(colon) and not literal and cls not in context.classes and any(sign in cls for sign in SIGNS)


def _class_of(text: str, context: Context) -> tuple[str, bool]:
    """The class that a text names, and whether it stands in quotes, so that it can be nothing else."""
    name = unquoted(text)
    if name is None or (text in context.classes and name not in context.classes):
        return text, False
    return name, True


def everything(context: Context, classes: bool = False, on_request: bool = False) -> list[Request]:
    """Every metric of the task, with every average and the usual parameters.

    ``on_request``: also what binary data has only where it is asked for: averages over both classes, and
    what equals another metric with two classes.
    """
    requests = []
    for metric in METRICS.values():
        if context.task not in metric.tasks:
            continue
        if context.task == "binary" and metric.same_for_two and not on_request:
            continue
        for p in _parameters(metric, context):
            averages = _averages(metric, context, on_request)
            if p is not None and metric.parameter and metric.parameter.averages:
                averages = tuple(a for a in averages if a is None or a in metric.parameter.averages)
            requests += [Request(metric, average, p) for average in averages]
            if classes and metric.form != "whole":
                requests += [Request(metric, None, p, cls) for cls in context.classes_of(metric)]
    return requests


def _averages(metric: Metric, context: Context, on_request: bool) -> tuple[str | None, ...]:
    """The averages that are computed of a metric; None for the metric itself."""
    averages = metric.averages_of(context.task)
    if context.task != "binary":
        return averages or (None,)
    plain = context.average if context.average in averages else None
    return (plain, *(average for average in averages if on_request and average != plain))


def _plain(request: Request, context: Context) -> str:
    """The name whose default a request stands for: of binary data one without an average."""
    if context.task != "binary":
        return request.key
    metric = METRICS[request.metric.same_for_two or request.metric.name]
    return replace(request, metric=metric, average=None).key


def _matches(request: Request, pattern: str, context: Context) -> bool:
    """Whether a pattern asks for a metric.

    What binary data has on request alone is not meant by a pattern that the plain name matches, as f1* and *.
    """
    if not fnmatchcase(request.key, pattern):
        return False
    if context.task != "binary" or request.cls is not None:
        return True
    metric = request.metric
    usual = request.average in _averages(metric, context, False) and not metric.same_for_two
    return usual or not fnmatchcase(_plain(request, context), pattern)


def _parameters(metric: Metric, context: Context) -> tuple[float | None, ...]:
    parameter = metric.parameter
    if parameter is None:
        return (None,)
    values = tuple(p for p in parameter.defaults(context) if parameter.check(p, context))
    return (None, *values) if parameter.optional else values


def parse(text: str, context: Context) -> Request:
    """One name; the error names what there is."""
    head, colon, cls = text.partition(":")
    return _request(text, head, _class_of(cls, context)[0] if colon else None, context)


def _request(text: str, head: str, cls: str | None, context: Context) -> Request:
    """The request of a name without its class, and of a class."""
    name, at, number = head.partition("@")
    metric, average = _metric(name, context)
    averages = metric.averages_of(context.task)
    if cls is not None:
        if metric.form == "whole" or average:
            raise UsageError(f"{text!r}: {name} has no value for a single class")
        if cls not in context.classes:
            raise NoSuchClass(text, cls, context.classes)
    elif averages and not average and (context.average or context.task != "binary"):
        wanted = context.average or "macro"
        average = wanted if wanted in averages else f"ovr_{wanted}"
        if average not in averages:
            raise UsageError(f"{name!r} has no average {wanted!r}; it has {join_names(averages)}")
    parameter = _parameter(text, metric, at, number, context)
    allowed = metric.parameter.averages if metric.parameter and parameter is not None else None
    if allowed and average and average not in allowed:
        names = [f"{metric.name}_{name}@{number}" for name in allowed if name in averages]
        raise UsageError(f"{text!r}: with a parameter there is {join_names(names)}")
    return Request(metric, average or None, parameter, cls)


def known_names(task: str) -> list[str]:
    """Every name of a task, with averages and without parameters."""
    of_task = [metric for metric in METRICS.values() if task in metric.tasks]
    names = {metric.name for metric in of_task}
    names |= {f"{metric.name}_{average}" for metric in of_task for average in metric.averages_of(task)}
    return sorted(names)


def _metric(name: str, context: Context) -> tuple[Metric, str]:
    exact = METRICS.get(name)
    if exact is not None and context.task in exact.tasks:
        return exact, ""
    for metric in METRICS.values():
        for average in metric.averages_of(context.task):
            if name == f"{metric.name}_{average}":
                return metric, average
    known = known_names(context.task)
    elsewhere = [task for task in ("multiclass", "multilabel") if name in known_names(task)]
    if exact is not None or elsewhere:
        stem = next(
            (m.name for m in METRICS.values() if context.task in m.tasks and name.startswith(f"{m.name}_")),
            "",
        )
        # the same average where there is one, as roc_auc_macro for roc_auc_ovr_macro
        ending = name.removeprefix(f"{stem}_") if stem else ""
        full = [n for n in known if stem and n.startswith(f"{stem}_") and n.endswith(f"_{ending}")]
        alternative = f"; {context.task} data has {(full or [stem])[0]!r}" if stem else ""
        tasks = sorted(exact.tasks) if exact is not None else elsewhere
        raise UsageError(
            f"{name!r} is not defined for {context.task} data"
            f"{alternative or f': it is for {join_names(tasks)}'}",
            hint=None if alternative else f"evalcli metrics --task {context.task} lists what there is",
        )
    like = suggest(name.lower(), known)
    whole = next(
        (cls for cls in context.classes if "," in cls and name in map(str.strip, cls.split(","))), None
    )
    if whole is not None:  # it was cut at the comma
        hint = f"quotes around a class with a comma: {for_shell(f'recall:{whole}')}"
    else:
        hint = f"evalcli metrics --task {context.task} lists what there is"
    raise UsageError(
        f"unknown metric {name!r}" + (f"; did you mean {like!r}?" if like else ""),
        hint=None if like and whole is None else hint,
    )


def _parameter(text: str, metric: Metric, at: str, number: str, context: Context) -> float | None:
    parameter = metric.parameter
    if parameter is None or (parameter.optional and not at):
        if at:
            raise UsageError(
                f"{text!r}: {metric.name} takes no parameter",
                hint=f"in rules {metric.name}@each is that of every slice of --by",
            )
        return None
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not parameter.check(value, context):
        values = parameter.defaults(context)
        example = f", as {metric.name}@{values[0]:g}" if values else ""
        raise UsageError(f"{text!r}: {metric.name}@{parameter.name.upper()} needs {parameter.range}{example}")
    return value


def find_metric(name: str) -> Metric:
    """The metric of a name that may carry an average, a parameter and a class."""
    stem = name.partition(":")[0].partition("@")[0]
    names = {metric.name: metric for metric in METRICS.values()}
    for metric in METRICS.values():
        for averages in metric.averages.values():
            names |= {
                f"{metric.name}_{average}": metric
                for average in averages
                if f"{metric.name}_{average}" not in names
            }
    if stem not in names:
        like = suggest(stem, names)
        raise UsageError(
            f"unknown metric {name!r}",
            hint=f"did you mean {like}?" if like else "evalcli metrics lists all of them",
        )
    metric, asked = names[stem], name.partition(":")[0].partition("@")[2]
    if asked and metric.parameter is None:
        raise UsageError(f"{stem} takes no parameter", found=name, hint=f"evalcli explain {stem}")
    return metric
