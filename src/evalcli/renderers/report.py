"""The report as a header and grids of cells: the content of every tabular format, not its layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec.structs import replace

from evalcli.renderers import numbers, sentences
from evalcli.renderers.matrix import matrix
from evalcli.renderers.remarks import missing_baseline, without_interval
from evalcli.renderers.slices import change, slices
from evalcli.renderers.tables import (
    Cell,
    Grid,
    View,
    count,
    first_that_fits,
    names_of,
    without_empty_columns,
)
from evalcli.report.report import BATCH_AVERAGE, LIBRARIES, Batches, ClassRow, Compat, Report
from evalcli.report.score import Score
from evalcli.report.verdict import Gate, RuleResult
from evalcli.tasks import TASKS
from evalcli.text import escape, join_names

FEW = 3
"""Columns that the header names."""
SHADE = {"pass": 1.0, "fail": -1.0, "undecided": -0.1}
NO_SLICES = "there are no slices; --by makes some"
Limits = Mapping[str, Sequence[float]]


def header(report: Report) -> tuple[str, str]:
    """Path of the predictions; task, classes, rows, and how the predictions were read."""
    source = report.input
    task = report.task
    if report.classes:
        task += f", {len(report.classes)} {_noun(report, len(report.classes))}"
    if source.positive is not None:
        task += f", positive {escape(source.positive)}"
    rows = f"{source.scored:,} rows"
    if source.id is not None:
        rows += f" matched by {escape(source.id)}"
    if source.dropped:
        rows += f" scored of {source.read:,} read"
    if source.effective is not None:
        rows += f", weighted by {escape(source.weight or '')} (effective {source.effective:,.1f})"
    if source.groups is not None:
        rows += f" in {source.groups:,} groups by {escape(source.group or '')}"
    parts = [task, rows, _reading(report)]
    if isinstance(source.threshold, float) and not source.not_used:
        parts.append(f"threshold {numbers.exact(source.threshold)}")
    elif isinstance(source.threshold, Mapping):
        parts.append(
            "thresholds " + ", ".join(f"{escape(k)} {numbers.exact(v)}" for k, v in source.threshold.items())
        )
    more = len(source.predictions) - 1
    files = escape(source.predictions[0].path) + (f" and {more:,} more" if more else "")
    return files, " · ".join(parts)


def _reading(report: Report) -> str:
    source = report.input
    if not TASKS[report.task].has_classes:
        truth, predicted = (escape(name or "") for name in (source.truth[0], source.predicted))
        levels = f"{len(source.scores)} quantiles" if source.scores else ""
        return f"{truth} predicted by {' and '.join(part for part in (predicted, levels) if part)}"
    not_used = f"; {join_names(source.not_used, FEW)} not used" if source.not_used else ""
    if not source.scores_as:
        return f"classes from {escape(source.predicted or '')}{not_used}"
    scores = join_names(source.scores, FEW)
    read = f"scores read as {source.scores_as} ({source.scores_why})"
    if source.predicted:
        return f"classes from {escape(source.predicted)}, scores from {scores}; {read}"
    if isinstance(source.threshold, float) and source.not_used:
        return f"classes from {scores} at {numbers.exact(source.threshold)}{not_used}; {read}"
    return read


def grids(report: Report, view: View) -> Iterator[Grid]:
    """Metrics, rules, slices, batches, classes, matrix.

    A brief view has no batches, classes or matrix. If there are slices, the classes and the matrix of all
    rows together are skipped, except a matrix that was asked for.
    """
    limits = _limits(report)
    yield _metrics(report, limits, view)
    if report.compat is not None and report.compat.rows:
        yield _compat(report.compat, view.digits)
    if report.gate is not None and (report.gate.rules or report.gate.problem):
        yield gate_grid(report.gate, view.most, view.digits)
    has_classes = any(row.metrics for row in report.per_class.values())
    sliced = [grid for names in report.input.by for grid in slices(report, names, view, limits)]
    if sliced and has_classes and not view.brief and not view.whole:
        sliced[-1] = replace(sliced[-1], foot=(*sliced[-1].foot, _pooled(report, view)))
    yield from sliced
    if view.brief:
        return
    if report.batches is not None:
        yield from _batches(report.batches, view.digits)
    whole = not sliced or view.whole
    if has_classes and whole:
        yield _classes(report, limits, view)
    if view.normalize is not None or (has_classes and whole):
        yield from matrix(report, view)


def _pooled(report: Report, view: View) -> str:
    """How to see the tables of all slices together."""
    matrix = " and the confusion matrix" if report.confusion is not None and view.normalize is None else ""
    parts = f"metrics per {_noun(report, 1)}{matrix}"
    return f"{parts} of all slices together: score without --by, or see -o report.json"


def idle_looks(report: Report) -> dict[str, str]:
    """Options of the view that do not change a report, and why."""
    idle = {}
    if report.confusion is None:
        idle["normalize"] = f"there is no confusion matrix (the task is {report.task})"
    if not report.slices:
        idle["sort"] = NO_SLICES
    return idle


def _metrics(report: Report, limits: Limits, view: View) -> Grid:
    confidence = report.input.confidence
    baseline_values, digits = report.baseline_values, view.digits
    rows = []
    for name, score in report.metrics.items():
        then = baseline_values.get(name)
        remarks = [_remark(score, report, digits), missing_baseline(report, name)]
        rows.append(
            (
                Cell(_name(name, view)),
                Cell(numbers.value(score, *limits.get(name, ()), digits=digits)),
                Cell(numbers.interval(score, digits)),
                Cell("" if not baseline_values else _number(then, digits)),
                change(score, then, digits) if baseline_values else Cell(""),
                Cell("; ".join(filter(None, remarks)), dim=True),
            )
        )
    columns = ("metric", "value", f"{100 * confidence:g}% interval", "baseline", "change", "")
    foot = (*_defined(report), *_alike(report), *without_interval(report.metrics.items()))
    return without_empty_columns(Grid("", columns, frozenset({0, 2, 5}), tuple(rows), foot))


def _defined(report: Report) -> Iterator[str]:
    """The formulas of metrics of one's own."""
    for definition in report.definitions:
        better = f"{definition.better} is better" if definition.better not in (None, "none") else ""
        facts = ", ".join(filter(None, (better, escape(definition.source or ""))))
        is_ = ":" if definition.source else " ="
        yield f"{definition.name}{is_} {escape(definition.formula).rstrip('.')}" + (
            f" ({facts})" if facts else ""
        )


def _known(value: float | None) -> tuple[float, ...]:
    return () if value is None else (value,)


def _alike(report: Report) -> Iterator[str]:
    """That another library has no other values."""
    if report.compat is not None and not report.compat.rows:
        yield f"the conventions of {LIBRARIES[report.compat.library]} give the same values"


def _compat(compat: Compat, digits: int | None) -> Grid:
    """Values of another library that differ."""
    library = LIBRARIES[compat.library]
    rows = tuple(
        (
            Cell(escape(row.metric)),
            Cell(_number(row.value, digits, *_known(row.theirs))),
            Cell(_number(row.theirs, digits, *_known(row.value))),
            Cell(row.call),
            Cell(row.reason, dim=True),
        )
        for row in compat.rows
    )
    title = f"where {library} gives other values"
    return Grid(title, ("metric", "value", library, "called as", ""), frozenset({0, 3, 4}), rows)


def _number(value: float | None, digits: int | None, *limits: float) -> str:
    return "—" if value is None else numbers.number(value, *limits, digits=digits)


def _name(name: str, view: View) -> str:
    """The name of a metric; on a terminal that of its class may be shortened."""
    metric, colon, cls = name.partition(":")
    return f"{escape(metric)}{colon}{''.join(names_of([cls], view.width))}"


def _limits(report: Report) -> dict[str, list[float]]:
    """The limits of the rules on each metric."""
    limits: dict[str, list[float]] = {}
    for rule in report.gate.rules if report.gate else ():
        if rule.metric is not None:
            limits.setdefault(rule.metric, []).extend(_limit(rule))
    return limits


def _limit(rule: RuleResult) -> tuple[float, ...]:
    """Limits that the shown value must differ from; none if it equals the baseline."""
    if rule.threshold is None or (rule.kind == "drop" and rule.threshold == rule.value):
        return ()
    return (rule.threshold,)


def gate_grid(gate: Gate, most: int, digits: int | None = None) -> Grid:
    """Rules with the values they compare; passed ones last. ``most``: maximum of passed ones."""
    passed = [rule for rule in gate.rules if rule.verdict == "pass"]
    rows = []
    for rule in [rule for rule in gate.rules if rule.verdict != "pass"] + passed[:most]:
        compared = rule.baseline is not None and rule.change is not None
        rows.append(
            (
                Cell(sentences.WORDS[rule.verdict], shade=SHADE[rule.verdict]),
                Cell(escape(rule.rule)),
                Cell(_number(rule.value, digits, *_limit(rule)) + sentences.judged_end(rule)),
                Cell(_number(rule.baseline, digits) if compared else ""),
                Cell(numbers.change(rule.change or 0.0, digits=digits) if compared else ""),
                Cell(escape(rule.reason or ""), dim=True),
            )
        )
    if gate.problem is not None:
        blocked = Cell(sentences.WORDS["undecided"], shade=SHADE["undecided"])
        problem = Cell(gate.problem, dim=True)
        rows.insert(0, (blocked, Cell("baseline"), Cell("—"), Cell(""), Cell(""), problem))
    more = len(passed) - len(passed[:most])
    title = sentences.verdict(gate) + (f" ({more:,} passed rules are not shown)" if more else "")
    columns = ("verdict", "rule", "value", "baseline", "change", "")
    return without_empty_columns(Grid(title, columns, frozenset({0, 1, 5}), tuple(rows)))


def _noun(report: Report, count: int) -> str:
    singular, plural = TASKS[report.task].class_word, TASKS[report.task].classes_word
    return singular if count == 1 else plural


def _remark(score: Score, report: Report, digits: int | None) -> str:
    if score.reason:
        return f"undefined: {score.reason}"
    if score.threshold is not None:
        return f"at threshold {numbers.number(score.threshold, digits=digits)}"
    chosen = report.input.excluded_classes
    excluded = [name for name in score.excluded_classes if name in chosen]
    absent = len(score.excluded_classes) - len(excluded)
    parts = [join_names(excluded)] if excluded else []
    if absent:
        parts.append(f"{absent} absent {_noun(report, absent)}")
    return f"without {' and '.join(parts)}" if parts else ""


def _batches(batches: Batches, digits: int | None) -> Iterator[Grid]:
    """Results of shortcuts next to the correct values: averages over batches, and others."""
    last = f" (last: {batches.last:,})" if batches.last != batches.size else ""
    batch = "batch" if batches.count == 1 else "batches"
    averaged = f"averaged over {batches.count:,} {batch} of {batches.size:,} rows{last}"
    for habit, figures in groupby(batches.figures, key=lambda figure: figure.habit):
        rows = []
        for figure in figures:
            wrong, right = figure.wrong, figure.right
            apart = None if wrong is None or right is None else wrong - right
            shown = (_number(wrong, digits), _number(right, digits))
            change = "—" if apart is None else numbers.change(apart, digits=digits)
            rows.append(tuple(map(Cell, (escape(figure.metric), *shown, change))))
        mean = habit == BATCH_AVERAGE
        columns = (
            "metric",
            *(("batch average", "all rows") if mean else ("result", "correct")),
            "difference",
        )
        yield Grid(averaged if mean else f"computed as {escape(habit)}", columns, frozenset({0}), tuple(rows))


def _ordered(report: Report, most: int) -> tuple[Sequence[tuple[str, ClassRow]], str]:
    rows = list(report.per_class.items())
    if len(rows) <= most:
        return rows, f"per {_noun(report, 1)}"

    def worst(item: tuple[str, ClassRow]) -> float:
        score = item[1].metrics.get("f1")
        return 2.0 if score is None or score.value is None else score.value

    title = f"the {most} worst of {len(rows):,} {_noun(report, len(rows))} by f1"
    return sorted(rows, key=worst)[:most], title


def _classes(report: Report, limits: Limits, view: View) -> Grid:
    """With intervals if they fit; on a terminal, long names are shortened for them."""
    cuts = (False, True) if view.width is not None else (False,)
    candidates = (_class_rows(report, limits, view, cut, sure) for sure in (True, False) for cut in cuts)
    return first_that_fits(view.width, *candidates)


def _class_rows(report: Report, limits: Limits, view: View, cut: bool, sure: bool) -> Grid:
    """``cut``: whether long names are shortened; ``sure``: whether values have their intervals."""
    rows, title = _ordered(report, view.most)
    names = list(dict.fromkeys(name for _, row in rows for name in row.metrics))
    columns = [
        names_of([cls for cls, _ in rows], view.width if cut else None),
        [count(row.support) for _, row in rows],
    ]
    for name in names:
        scores = [row.metrics.get(name) for _, row in rows]
        values = [
            ""
            if score is None
            else numbers.value(score, *limits.get(f"{name}:{cls}", ()), digits=view.digits)
            for (cls, _), score in zip(rows, scores, strict=True)
        ]
        ends = _ends([score for score in scores if score is not None], view.digits)
        columns.append(
            [
                f"{value} {ends(score, view.digits)}".rstrip() if sure and score is not None else value
                for value, score in zip(values, scores, strict=True)
            ]
        )
    cells = tuple(tuple(map(Cell, row)) for row in zip(*columns, strict=True))
    listed = ((f"{name} of {cls}", score) for cls, row in rows for name, score in row.metrics.items())
    foot = without_interval(listed) if sure else ()
    if len(rows) < len(report.per_class):
        foot += (f"all {len(report.per_class):,} {_noun(report, 2)}: -o report.csv",)
    return Grid(title, (_noun(report, 1), "support", *names), frozenset({0}), cells, foot)


def _ends(scores: Sequence[Score], digits: int | None) -> Callable[[Score, int | None], str]:
    """How a column shows its intervals: by one number if both sides are equal in every row."""
    equal = all(numbers.plus_minus(score, digits)[:1] in ("", "±") for score in scores)
    return numbers.plus_minus if equal else numbers.interval
