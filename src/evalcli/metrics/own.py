"""From definitions to metrics of one run: formulas over its metrics, or over the counts of each class."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from keyword import iskeyword

import numpy as np
from msgspec.structs import replace

from evalcli.definitions import Better, Definition
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import use
from evalcli.metrics.aliases import fold
from evalcli.metrics.arithmetic import FUNCTIONS, Arithmetic, Ends, read_formula
from evalcli.metrics.context import Context
from evalcli.metrics.evaluate import class_index, numbers
from evalcli.metrics.lookup import canonical, is_own, is_taken
from evalcli.metrics.metric import Metric, Request
from evalcli.metrics.names import own_metrics_of, parse
from evalcli.metrics.registry import METRICS
from evalcli.metrics.results import NO_ROWS, Undefined
from evalcli.metrics.rows_behind import totals_of
from evalcli.metrics.sources import NoInterval
from evalcli.metrics.stacks import context_of
from evalcli.statistics import OneVsRest, Size
from evalcli.statistics.base import Floats
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, TASKS, Task
from evalcli.text import for_shell

COUNTS: Mapping[str, tuple[Callable[[OneVsRest], Floats], Better]] = {
    "tp": (lambda c: c.tp, "higher"),
    "fp": (lambda c: c.fp, "lower"),
    "fn": (lambda c: c.fn, "lower"),
    "tn": (lambda c: c.tn, "higher"),
    "n": (lambda c: c.tp + c.fp + c.fn + c.tn, "none"),
    "support": (lambda c: c.tp + c.fn, "none"),
}
"""Names in formulas beside metrics: counts of a class against the rest, rows, and rows of the class."""
RESERVED = {*COUNTS, *FUNCTIONS, "default", "all"}
NO_NUMBER = Undefined("its formula has no finite value")
NO_NUMBER_OF_CLASS = Undefined("its formula has no finite value for {name}")
MOVES = ((0, 2), (3, 1))
"""What is better: a true positive in place of a false negative, a true negative of a false positive."""
STEPS, WIDEST, MOST_SIDES = 64, 10.0, 8
"""Points at which a formula is tried for its direction, the width of a range without limits there, and the
most names whose corners are all tried."""
LARGER = 1e6
_GRID = OneVsRest(*np.stack(np.meshgrid(*[np.array([0.0, 1.0, 2.0, 7.0, 90.0, 2000.0])] * 4)).reshape(4, -1))
"""Small and large counts in every combination, at which the range of a formula is tried."""


def own_metrics(definitions: Sequence[Definition], context: Context) -> Context:
    """The context with the metrics of definitions, of which each may use those before it.

    Those of a stored report that this program has as well are left to the registry.

    Raises a ``UsageError`` for all wrong ones together.
    """
    problems = ErrorCollector()
    for definition in definitions:
        if definition.kind != "formula" and METRICS.find(definition.name, context.task):
            continue
        with problems.collect():
            metric = _metric_of(definition, context)
            context = replace(context, own=(*context.own, metric))
    problems.raise_if_any()
    return context


def for_any_data(definitions: Sequence[Definition], name: str) -> Metric:
    """The metric of one of some definitions, as it is for data with the classes that the formulas name.

    Its tasks are those that have what it names. Raises the error of the first one if none has.
    """
    found: dict[Task, Metric] = {}
    problem: UsageError | None = None
    for task in TASKS.values():
        context = _made_context(definitions, task)
        for definition in definitions:
            try:
                context = own_metrics([definition], context)
            except UsageError as error:
                problem = problem or (error if definition.name == name else None)
        if name in context.own_names:
            found[task] = _named(name, context)
    if problem is not None and not found:
        raise problem
    first = next(iter(found.values()))
    averages = {task: metric.averages_of(task) for task, metric in found.items() if metric.averages_of(task)}
    return replace(first, tasks=tuple(found), averages=averages)


def _named(name: str, context: Context) -> Metric:
    return next(metric for metric in own_metrics_of(context) if metric.name == name)


def _made_context(definitions: Sequence[Definition], task: Task) -> Context:
    named = [
        name.partition(":")[2]
        for definition in definitions
        for name in read_formula(definition.formula, definition.name).names
        if ":" in name
    ]
    most = 2 if task.has_positive else 6
    classes = tuple(dict.fromkeys([*named, *"abcdef"]))[: max(most, len(set(named)))]
    made = context_of(task, most)
    return replace(made, classes=classes) if task.has_classes else made


def _metric_of(definition: Definition, context: Context) -> Metric:
    require_name(definition, context.own_names)
    if definition.kind != "formula":
        return _stored(definition, context)
    formula = read_formula(definition.formula, definition.name)
    parts = {name: _part(name, definition, context) for name in formula.names}
    if all(_is_of_class(name, part, context) for name, part in parts.items()):
        return _of_counts(definition, formula, parts, context)
    return _combined(definition, formula, parts, context)


def require_name(definition: Definition, own: Sequence[str] = ()) -> None:
    """Refuse a name that cannot be typed, or that means something else."""
    name = definition.name
    if not name.isascii() or not name.isidentifier() or name != name.lower() or iskeyword(name):
        raise UsageError(
            f"{name!r} cannot be the name of a metric",
            hint="a name has small letters, digits and _, begins with a letter, and is no word of Python",
        )
    known = is_taken(name)
    averaged = is_own(name, own) or any(is_own(other, [name]) for other in own)
    if name in RESERVED or known or averaged:
        what = f"another name of {known}" if known and fold(known) != fold(name) else "taken"
        raise UsageError(
            f"{name!r} cannot be the name of a metric: it is {what}",
            hint=use(define=f"my_{name} = {definition.formula}"),
        )


def _part(name: str, definition: Definition, context: Context) -> Request:
    """The request that a name in a formula means."""
    head, colon, cls = name.partition(":")
    if head not in COUNTS:
        try:
            return parse(name, context)
        except UsageError as error:
            raise UsageError(
                f"{definition.name}: {error.what}", found=error.found, hint=error.hint, code=error.code
            ) from None
    if not context.classes:
        raise UsageError(
            f"{definition.name}: {head} is a count of classes; this is {context.task}",
            hint="use metrics such as mae and rmse",
        )
    request = Request(_count(head, context.task))
    if colon:
        other = parse(f"recall:{cls}", context)  # an error lists the classes
        return replace(request, cls=other.cls)
    return request


def _count(name: str, task: Task) -> Metric:
    count, better = COUNTS[name]
    return Metric(
        name=name,
        form="counts",
        tasks=(task,),
        needs=lambda context, request: context.counts,
        function=count,
        gives=np.ndarray,
        better=better,
        range=(0.0, math.inf),
        from_counts=True,
    )


def _is_of_class(name: str, part: Request, context: Context) -> bool:
    """Whether a name is a value of each class: a count, or a metric of counts without average and class."""
    if part.cls is not None or part.metric.form != "counts":
        return False
    known = part.metric in context.own or name in COUNTS
    return (name if known else canonical(name, context.task)).partition("@")[0] == part.metric.name


def _of_counts(
    definition: Definition, formula: Arithmetic, parts: Mapping[str, Request], context: Context
) -> Metric:
    """A metric of one class against the rest, which has averages."""

    def function(counts: OneVsRest) -> Floats:
        values = {
            name: np.asarray(numbers(replace(part, average=None), counts), np.float64)
            for name, part in parts.items()
        }
        return np.broadcast_to(formula.value(values), np.shape(counts.tp))

    def totals(counts: OneVsRest) -> tuple[Floats, ...]:
        return tuple(
            total for part in parts.values() for total in totals_of(part.metric, part.parameter)(counts)
        )

    function.__doc__ = _page(definition)
    return Metric(
        name=definition.name,
        form="counts",
        tasks=(context.task,),
        needs=lambda context, request: context.counts,
        function=function,
        gives=np.ndarray,
        better=definition.better or _direction(_changes_of_counts(function)),
        range=definition.limits
        or _range(
            formula.ends({name: part.metric.range for name, part in parts.items()}), _on_grid(function)
        ),
        undefined=NO_NUMBER_OF_CLASS,
        from_counts=True,
        averages={context.task: AVERAGES_OF_CLASSES},
        weights=all(part.metric.weights for part in parts.values()),
        totals=totals,
    )


def _combined(
    definition: Definition, formula: Arithmetic, parts: Mapping[str, Request], context: Context
) -> Metric:
    """A metric of the values of others."""
    for name, part in parts.items():
        counted = name in COUNTS and name != "n"
        if counted and class_index(part, context) is None:
            raise UsageError(
                f"{definition.name}: {name} is of one {context.task.class_word} each, and other metrics here "
                "are of all rows",
                hint=f"quotes around a name with its class: {for_shell(_quoted(name, context))}",
            )
    whole = {name: replace(part, average="macro") if name == "n" else part for name, part in parts.items()}
    without = next(
        (part.metric.source for part in whole.values() if isinstance(part.metric.source, NoInterval)), None
    )

    def function(*values: Floats) -> Floats:
        return formula.value(dict(zip(whole, values, strict=True)))

    function.__doc__ = _page(definition)
    ranges = {name: part.metric.range for name, part in whole.items()}
    simple = [simple for part in whole.values() for simple in part.simple]
    return Metric(
        name=definition.name,
        form="combined",
        tasks=(context.task,),
        needs=lambda context, request: Size(),
        function=function,
        gives=np.ndarray,
        better=definition.better or _direction(_changes_of_values(formula, whole)),
        range=definition.limits or _range(formula.ends(ranges), _on_corners(formula, ranges)),
        undefined=NO_NUMBER,
        source=without,
        from_counts=all(part.metric.from_counts and not part.of_rows for part in simple),
        weights=all(part.metric.weights for part in simple),
        parts=tuple(whole.values()),
    )


def _page(definition: Definition) -> str:
    return f"A metric of one's own.\n\nFormula: {definition.formula}"


def _quoted(name: str, context: Context) -> str:
    return f"'{name}:{context.classes[-1]}'"


def _stored(definition: Definition, context: Context) -> Metric:
    """A metric that a stored report has and this program has not: it is known, and cannot be computed."""

    def unknown(*_: object) -> Undefined:
        return NO_NUMBER

    unknown.__doc__ = _page(definition)
    return Metric(
        name=definition.name,
        form="counts" if definition.kind == "classes" else "whole",
        tasks=(context.task,),
        needs=lambda context, request: Size(),
        function=unknown,
        gives=float,
        better=definition.better or "none",
        range=definition.limits or (-math.inf, math.inf),
        undefined=NO_ROWS,
        averages={context.task: AVERAGES} if definition.kind == "classes" else {},
    )


def _range(ends: Ends, tried: Floats) -> Ends:
    """The range of a formula: its limits by interval arithmetic, or those of a share if it never leaves them.

    Interval arithmetic is too wide where a name occurs twice.
    """
    known = tried[np.isfinite(tried)]
    if all(map(math.isfinite, ends)) or not known.size:
        return ends
    low, high = float(known.min()), float(known.max())
    for share in ((0.0, 1.0), (-1.0, 1.0)):
        if share[0] <= low and high <= share[1] and (low, high) != (0.0, 0.0):
            return max(share[0], ends[0]), min(share[1], ends[1])
    return ends


def _on_grid(function: Callable[[OneVsRest], Floats]) -> Floats:
    """Values for counts of every size; none if they grow with the rows, so that larger ones follow."""
    larger = OneVsRest(*(LARGER * part for part in (_GRID.tp, _GRID.fp, _GRID.fn, _GRID.tn)))
    found = function(_GRID)
    return found if np.allclose(found, function(larger), equal_nan=True) else np.empty(0)


def _on_corners(formula: Arithmetic, ranges: Mapping[str, Ends]) -> Floats:
    """Values within the ranges of the names; none if one of them has no limits."""
    if not all(math.isfinite(end) for ends in ranges.values() for end in ends):
        return np.empty(0)
    return formula.value(_corners(ranges))


def _corners(ranges: Mapping[str, Ends]) -> dict[str, Floats]:
    """Points within the ranges of the names, with all their corners if these are few."""
    rng = np.random.default_rng(0)
    spans = {name: _span(ends) for name, ends in ranges.items()}
    sides = [[low, high] for low, high in spans.values()]
    corners = np.array(list(product(*sides)) if len(sides) <= MOST_SIDES else [])
    inside = np.stack([rng.uniform(low, high, STEPS * STEPS) for low, high in spans.values()], axis=1)
    points = np.concatenate([corners.reshape(-1, len(sides)), inside])
    return dict(zip(spans, points.T, strict=True))


def _direction(changes: Iterator[Floats]) -> Better:
    """Whether higher or lower is better, from changes of the value by what is better."""
    found = np.concatenate([np.atleast_1d(change) for change in changes] or [np.zeros(1)])
    found = found[np.isfinite(found)]
    rising, falling = bool((found > 1e-12).any()), bool((found < -1e-12).any())
    return "higher" if rising and not falling else "lower" if falling and not rising else "none"


def _changes_of_counts(function: Callable[[OneVsRest], Floats]) -> Iterator[Floats]:
    counts = np.random.default_rng(0).integers(1, 40, (4, STEPS)).astype(np.float64)
    counts = np.concatenate([counts, 9 * counts, 999 * counts], axis=1)
    before = function(OneVsRest(*counts))
    for gains, loses in MOVES:
        moved = counts.copy()
        moved[gains] += 1
        moved[loses] -= 1
        yield function(OneVsRest(*moved)) - before


def _changes_of_values(formula: Arithmetic, parts: Mapping[str, Request]) -> Iterator[Floats]:
    rng = np.random.default_rng(0)
    spans = {name: _span(part.metric.range) for name, part in parts.items()}
    points = {name: rng.uniform(low, high, STEPS) for name, (low, high) in spans.items()}
    before = formula.value(points)
    for name, part in parts.items():
        if part.metric.better == "none":
            continue
        low, high = spans[name]
        to, sign = (high, 1) if part.metric.better == "higher" else (low, -1)
        step = np.minimum(np.abs(to - points[name]), (high - low) / STEPS)
        yield formula.value({**points, name: points[name] + sign * step}) - before


def _span(ends: Ends) -> Ends:
    low, high = ends
    if math.isinf(low):
        low = (high if math.isfinite(high) else 0.0) - WIDEST
    return low, (high if math.isfinite(high) else low + WIDEST)
