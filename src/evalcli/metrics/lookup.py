"""From a name as typed to the name of a metric in the registry: the only look-up of names.

``canonical`` serves options, rules, configuration, ``explain`` and ``metrics``. Its result is what is
printed, keyed and stored; patterns are not names and are not changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Hint, instead, run
from evalcli.metrics.aliases import (
    ALIASES,
    ANSWERS,
    AROUND,
    BY_TASK,
    COUNTED,
    NOT_HERE,
    WITH_NUMBER,
    Answer,
    fold,
)
from evalcli.metrics.metric import Metric
from evalcli.metrics.plugins import load_installed
from evalcli.metrics.registry import METRICS
from evalcli.metrics.spelling import near
from evalcli.tasks import AVERAGES, TASKS, Task

SHORTEST, LONG = 5, 8
"""Minimum length of a name to get a suggestion, and to get one that is two edits away."""


class UnknownMetric(UsageError):
    """No metric has this name."""


def canonical(text: str, task: Task | None = None, own: Sequence[str] = ()) -> str:
    """The name in the registry, with the average, parameter and class that were typed.

    ``task``: decides what some names mean; without it these are not changed. ``own``: further names, which
    are not looked up. Raises an ``UnknownMetric`` with
    a suggestion, if there is one.
    """
    head, colon, cls = text.partition(":")
    stem, at, number = (part.strip() for part in head.partition("@"))
    if is_own(stem, own):
        return f"{stem}{at}{number}{colon}{cls}"
    name = _known(stem, bool(at), task)
    if at and "@" in name:
        raise UnknownMetric(f"{head!r} has two parameters", hint=instead(head, name))
    return f"{name}{at}{number}{colon}{cls}"


def among(names: Collection[str], text: str, task: str, average: str = "macro") -> str | None:
    """The one of some metrics that a name means, also one of another library, or without its average."""
    if text in names:
        return text
    try:
        name = canonical(text, TASKS.get(task))
    except UsageError:
        return None
    averaged = [key for key in names if key.startswith(f"{name}_")]
    found = [key for key in averaged if key.endswith(f"_{average}")] or averaged
    return name if name in names else next(iter(found), None)


def is_taken(name: str) -> str | None:
    """The canonical name that a name without class and parameter already has, for any task, or None."""
    folded = fold(name)
    found = _plain(folded) or _averaged(folded)
    return found or (name if folded in _by_task() else None)


def require_names(words: Iterable[str], own: Sequence[str] = ()) -> None:
    """Refuse names that no metric of any task has; patterns and ``default`` may mean any."""
    problems = ErrorCollector()
    for word in words:
        name = word.removeprefix("-")
        if name not in ("default", "all") and not any(sign in name.partition(":")[0] for sign in "*?["):
            with problems.collect():
                canonical(name, own=own)
    problems.raise_if_any()


def is_own(stem: str, own: Iterable[str]) -> bool:
    """Whether a name is one of these, or of an average of one.

    >>> is_own("cost", ["cost"]), is_own("cost_macro", ["cost"]), is_own("costs", ["cost"])
    (True, True, False)
    """
    averaged = {stem.removesuffix(f"_{average}") for average in AVERAGES}
    return any(name == stem or name in averaged for name in own)


def find_metrics(text: str) -> list[Metric]:
    """The metrics that a name may mean: several if that depends on the task."""
    stem = canonical(text).partition(":")[0].partition("@")[0]
    targets = _by_task().get(fold(stem), {"": stem})
    names = dict.fromkeys(name_of(target) for target in targets.values())
    metrics = [metric for name in names for metric in METRICS.named(name)]
    number = text.partition(":")[0].partition("@")[2]
    if number and all(metric.parameter is None for metric in metrics):
        raise no_parameter(text, stem)
    return metrics


def meaning(head: str, metric: Metric) -> str:
    """The canonical name that a name without a class has, among those of a metric."""
    targets = _by_task().get(fold(head), {})
    matching = [target for target in targets.values() if name_of(target) == metric.name]
    return matching[0] if matching else canonical(head)


def no_parameter(text: str, name: str) -> UsageError:
    """The error for something after ``@`` that a metric does not take."""
    number = text.partition(":")[0].partition("@")[2]
    what = f"{text!r}: {name} takes no parameter"
    if not number.isdecimal():
        return UsageError(what, hint=f"{name}@each is on every slice, in rules")
    return UsageError(
        f"{what}; metrics of ranked lists, e.g. precision@k, are not available",
        hint=instead(text, text.replace(f"@{number}", "", 1)),
    )


def name_of(target: str) -> str:
    """The name of the metric of a canonical name, which may contain an average and a parameter."""
    return _names()[target.partition("@")[0]]


def aliases_of(metric: Metric, task: Task | None = None) -> dict[str, str]:
    """Aliases of a metric, each with its canonical name."""
    listed = {alias: target for target, aliases in ALIASES.items() for alias in aliases}
    listed |= {
        alias: target
        for alias, targets in BY_TASK.items()
        for known, target in targets.items()
        if task in (None, known) and name_of(target) == metric.name
    }
    return {alias: target for alias, target in listed.items() if name_of(target) == metric.name}


def search(words: Sequence[str], task: Task | None = None) -> list[tuple[Metric, list[str]]]:
    """The metrics that contain all words, each with the aliases that match; best match first.

    Words are searched for in names, aliases and summaries. Exact names come first, then names that contain
    the words.
    """
    folded = [fold(word) for word in words]
    exact = _meant("".join(folded), task)
    found = []
    for metric in METRICS.of(task):
        aliases = list(aliases_of(metric, task))
        matching = [alias for alias in aliases if any(word in fold(alias) for word in folded)]
        texts = [fold(text) for text in (metric.name, *aliases, metric.page.summary)]
        if metric.name in exact or all(any(word in text for text in texts) for word in folded):
            named = all(word in fold(metric.name) for word in folded)
            rank = 0 if metric.name in exact else 1 if named else 2 if matching else 3
            found.append((rank, metric, matching))
    return [(metric, matching) for _, metric, matching in sorted(found, key=lambda item: item[0])]


def _meant(folded: str, task: Task | None) -> set[str]:
    """The metrics with this folded name."""
    targets = _by_task().get(folded, {})
    names = [target for known, target in targets.items() if task in (None, known)]
    name = _plain(folded) or _averaged(folded)
    return {name_of(target) for target in ([name] if name else names)}


def answer_of(name: str, task: Task | None = None) -> Answer | None:
    """The answer to a name that no metric, or none of the task, has."""
    if task is not None and (task, name) in NOT_HERE:
        return NOT_HERE[task, name]
    return _answers().get(fold(name))


def explained(answer: Answer) -> Hint:
    """The way on from an answer: the nearest metric, or all of them."""
    return run("evalcli", "explain", answer.nearest) if answer.nearest else run("evalcli", "metrics")


@METRICS.derived
def _names() -> dict[str, str]:
    """Every name of the registry without parameters, with the name of its metric."""
    return METRICS.full_names()


@METRICS.derived
def index() -> dict[str, tuple[str, str]]:
    """Every folded name with one meaning for all tasks: its spelling and its canonical name."""
    found = {fold(alias): (alias, target) for target, aliases in ALIASES.items() for alias in aliases}
    return found | {fold(name): (name, name) for name in _names()}


@cache
def _by_task() -> dict[str, Mapping[Task, str]]:
    return {fold(alias): targets for alias, targets in BY_TASK.items()}


@cache
def _answers() -> dict[str, Answer]:
    return {fold(name): answer for names, answer in ANSWERS.items() for name in names}


@METRICS.derived
def _folded() -> tuple[str, ...]:
    """Every name that has a meaning or an answer."""
    return tuple(dict.fromkeys([*index(), *_by_task(), *_answers()]))


@METRICS.derived
def _averages() -> tuple[str, ...]:
    averages = {a for metric in METRICS for names in metric.averages.values() for a in names}
    return tuple(sorted(averages, key=len, reverse=True))


def _known(stem: str, with_number: bool, task: Task | None) -> str:
    """The canonical name of a stem, perhaps with a parameter; or an error with a suggestion."""
    if stem in _names() and not (with_number and stem in WITH_NUMBER):
        return stem
    folded = fold(stem)
    if with_number and folded in WITH_NUMBER:
        return WITH_NUMBER[folded]
    found = _plain(folded) or _averaged(folded)
    if found is not None:
        return found
    if folded in _by_task():
        return _for_task(stem, folded, task)
    if load_installed():
        return _known(stem, with_number, task)
    raise _unknown(stem, folded, task)


def _plain(folded: str) -> str | None:
    """The canonical name of a name without an average, or with one as spelled in the registry."""
    if folded in index():
        return index()[folded][1]
    for pattern, target in COUNTED.items():
        match = re.fullmatch(pattern, folded)
        if match:
            return target.format(match[1])
    return None


def _averaged(folded: str) -> str | None:
    """The canonical name of a name with an average before or after it."""
    for rest, average in _split(folded):
        base = _plain(rest)
        stem, at, number = (base or "").partition("@")
        if f"{stem}_{average}" in _names():
            return f"{stem}_{average}{at}{number}"
    return None


def _split(folded: str) -> list[tuple[str, str]]:
    """Ways to split a name into a metric and an average."""
    parts = []
    for average in _averages():
        words = [fold(average) + around for around in AROUND]
        parts += [(folded.removeprefix(word), average) for word in words if folded.startswith(word)]
        parts += [(folded.removesuffix(word), average) for word in words if folded.endswith(word)]
    return parts


def _for_task(stem: str, folded: str, task: Task | None) -> str:
    targets = _by_task()[folded]
    if task is None:
        return stem
    if task in targets:
        return targets[task]
    answer = _answers().get(folded)
    name, tasks = next(iter(targets.values())), " and ".join(map(str, targets))
    raise UnknownMetric(
        f"{stem!r} is not defined for {task} data: {answer.sentence}"
        if answer
        else f"{stem!r} is another name of {name!r}, for {tasks} data only",
        hint=run("evalcli", "explain", answer.nearest if answer and answer.nearest else name),
    )


def _unknown(stem: str, folded: str, task: Task | None) -> UnknownMetric:
    answer = _answers().get(folded)
    if answer is not None:
        return UnknownMetric(f"unknown metric {stem!r}: {answer.sentence}", hint=explained(answer))
    negative = _plain(folded.removeprefix("neg")) if folded.startswith("neg") else None
    if negative is not None:
        return UnknownMetric(f"{stem!r} is the negative of {negative!r}", hint=instead(stem, negative))
    for rest, average in _split(folded):
        base = _plain(rest)
        if base is not None:
            return UnknownMetric(f"{base!r} has no average {average!r}", hint=run("evalcli", "explain", base))
    better = suggestion(stem)
    return UnknownMetric(
        f"unknown metric {stem!r}", hint=instead(stem, better) if better else listing(stem, task)
    )


def suggestion(word: str) -> str | None:
    """The name that a word is a misspelling of, if no other metric has a name about as close.

    >>> suggestion("sensitivty"), suggestion("macro_presicion"), suggestion("tprr")
    ('sensitivity', 'precision_macro', None)
    """
    folded = fold(word)
    for rest, average in _split(folded):
        better = _closest(rest)
        if better is not None and f"{index()[fold(better)][1]}_{average}" in _names():
            return f"{better}_{average}"
    return _closest(folded)


def _closest(word: str) -> str | None:
    if len(word) < SHORTEST:
        return None
    close = near(word, _folded())
    least = min(close.values(), default=LONG)
    if least > (1 if len(word) < LONG else 2):
        return None
    if any(name not in index() or _digits(name) != _digits(word) for name in close):
        return None
    if len({name_of(index()[name][1]) for name in close}) > 1:
        return None
    nearest = [index()[name] for name, distance in close.items() if distance == least]
    return nearest[0][0] if len({target for _, target in nearest}) == 1 else None


def _digits(word: str) -> list[str]:
    return re.findall(r"\d", word)


def listing(word: str, task: Task | None = None) -> Hint:
    """A search that finds something, otherwise the list of all metrics."""
    of_task = ("--task", task.name) if task is not None else ()
    found = word.strip() and not word.startswith("-") and search([word], task)
    return run("evalcli", "metrics", *([word] if found else []), *of_task)
