"""``NAME[_AVERAGE][@PARAMETER][:CLASS]``: from words to requests, and the default selections."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from evalcli.errors import UsageError, listed, nearest
from evalcli.metrics.registry import METRICS, Metric, Study

DEFAULTS = {
    "binary": (
        "accuracy",
        "balanced_accuracy",
        "precision",
        "recall",
        "specificity",
        "f1",
        "mcc",
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier",
        "ece",
    ),
    "multiclass": (
        "accuracy",
        "balanced_accuracy",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "f1_weighted",
        "mcc",
        "top_k_accuracy@2",
        "top_k_accuracy@3",
        "top_k_accuracy@5",
        "roc_auc_ovr_macro",
        "average_precision_macro",
        "log_loss",
        "brier",
        "ece",
    ),
}
PARAMETERS = {"fbeta": (0.5, 2.0), "top_k_accuracy": (2.0, 3.0, 5.0)}


@dataclass(frozen=True)
class Request:
    """One number that is asked for."""

    metric: Metric
    average: str | None = None
    parameter: float | None = None
    cls: str | None = None

    @property
    def key(self) -> str:
        """The full name, as it stands in the report."""
        average = f"_{self.average}" if self.average else ""
        parameter = "" if self.parameter is None else f"@{self.parameter:.12g}"
        cls = "" if self.cls is None else f":{self.cls}"
        return f"{self.metric.name}{average}{parameter}{cls}"


def select(wanted: Iterable[str], study: Study) -> list[Request]:
    """Requests for names, globs, ``default`` and ``all``; all that is wrong is reported at once."""
    chosen: dict[str, Request] = {}
    wrong: list[str] = []
    for word in wanted:
        try:
            found = _expand(word, study)
        except UsageError as error:
            wrong.append(str(error))
            continue
        chosen.update({request.key: request for request in found})
    if wrong:
        raise UsageError("\n".join(wrong))
    return list(chosen.values())


def _expand(word: str, study: Study) -> list[Request]:
    if word == "default":
        return [r for r in (_try(name, study) for name in DEFAULTS[study.task]) if r and study.can(r.metric)]
    if word == "all":
        return [r for r in everything(study) if study.can(r.metric)]
    if any(sign in word for sign in "*?["):
        found = [r for r in everything(study, classes=":" in word) if fnmatchcase(r.key, word)]
        if not found:
            raise UsageError(f"no metric matches {word!r}")
        return found
    return [parse(word, study)]


def _try(name: str, study: Study) -> Request | None:
    try:
        return parse(name, study)
    except UsageError:
        return None


def everything(study: Study, classes: bool = False) -> list[Request]:
    """Every metric of the task, with every average and the usual parameters."""
    found = []
    for metric in METRICS.values():
        if study.task not in metric.tasks:
            continue
        averages = metric.averages if study.task == "multiclass" and metric.averages else (None,)
        parameters: tuple[float | None, ...] = (None,)
        if metric.parameter is not None:
            check = metric.parameter.check
            parameters = tuple(p for p in PARAMETERS[metric.name] if check(p, study))
        found += [Request(metric, a, p) for p in parameters for a in averages]
        if classes and metric.form != "whole":
            found += [Request(metric, None, p, c) for p in parameters for c in study.classes]
    return found


def parse(text: str, study: Study) -> Request:
    """One name; the error names what there is."""
    head, colon, cls = text.partition(":")
    name, at, number = head.partition("@")
    metric, average = _metric(name, study)
    if colon:
        if metric.form == "whole" or average:
            raise UsageError(f"{text!r}: {name} has no value for a single class")
        if cls not in study.classes:
            like = nearest(cls, study.classes)
            raise UsageError(
                f"{text!r}: no class {cls!r}" + (f"; did you mean {like!r}?" if like else ""),
                seen=f"the classes are {listed(study.classes)}",
            )
    elif study.task == "multiclass" and metric.averages and not average:
        average = study.average if study.average in metric.averages else f"ovr_{study.average}"
    return Request(
        metric, average or None, _parameter(text, metric, at, number, study), cls if colon else None
    )


def _metric(name: str, study: Study) -> tuple[Metric, str]:
    known = {request.metric.name for request in everything(study)}
    if name in known:
        return METRICS[name], ""
    for metric in METRICS.values():
        for average in metric.averages:
            if name == f"{metric.name}_{average}" and study.task in metric.tasks:
                if study.task == "binary":
                    raise UsageError(
                        f"{name!r} is for more than two classes; binary data has {metric.name!r}"
                    )
                return metric, average
    if name in METRICS:
        raise UsageError(f"{name!r} is not defined for {study.task} data")
    words = known | {r.key.partition("@")[0] for r in everything(study)}
    like = nearest(name, sorted(words))
    hint = f"; did you mean {like!r}?" if like else f"; known: {listed(sorted(known), 40)}"
    raise UsageError(f"unknown metric {name!r}{hint}")


def _parameter(text: str, metric: Metric, at: str, number: str, study: Study) -> float | None:
    parameter = metric.parameter
    if parameter is None:
        if at:
            raise UsageError(f"{text!r}: {metric.name} takes no parameter")
        return None
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not parameter.check(value, study):
        raise UsageError(f"{text!r}: {metric.name}@{parameter.name.upper()} needs {parameter.range}")
    return value
