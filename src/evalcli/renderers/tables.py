"""The report as a header and grids of cells: what every tabular form shows, not how it looks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalcli.loaders import FILE
from evalcli.renderers import numbers, sentences
from evalcli.report.report import NO_VALUE, Batches, ClassRow, Report
from evalcli.report.score import Score
from evalcli.report.slices import Slice, label_of
from evalcli.report.verdict import Gate, RuleResult, difference
from evalcli.text import escape, join_names

MOST_OTHERS, LONGEST = 4, 60
"""Further metrics of slices, and characters of a value that slices are made by."""
GAP = 3
FEW = 3
"""Columns that the header names."""
"""Blanks between columns."""
SHADE = {"pass": 1.0, "fail": -1.0, "undecided": -0.3}


@dataclass(frozen=True)
class View:
    """How a result is looked at.

    ``width``: columns of a terminal, None where lines may be long. ``colour``: whether there are colours.
    ``most``: classes, slices and passed rules that a table shows at most.
    """

    width: int | None = None
    colour: bool = False
    most: int = 20


@dataclass(frozen=True)
class Cell:
    """Text; ``shade`` from 0 to 1 where it is right, to -1 where wrong, None where it is no share."""

    text: str
    dim: bool = False
    shade: float | None = None


@dataclass(frozen=True)
class Grid:
    """Rows under named columns; those in ``left`` are aligned to the left."""

    title: str
    columns: tuple[str, ...]
    left: frozenset[int]
    rows: tuple[tuple[Cell, ...], ...]


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
    if report.task == "regression":
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
    """Metrics, rules, slices, batches, classes, matrix."""
    width = view.width
    yield first_that_fits(width, _metrics(report, numbers.interval), _metrics(report, numbers.plus_minus))
    if report.gate is not None and (report.gate.rules or report.gate.problem):
        yield gate_grid(report.gate, view.most)
    for names in report.input.by:
        yield from _slices(report, names, view)
    if report.batches is not None:
        yield _batches(report.batches)
    if any(row.metrics for row in report.per_class.values()):
        yield first_that_fits(width, *(_classes(report, view.most, sure) for sure in (True, False)))
        if report.confusion is not None and len(report.classes) <= view.most:
            yield _confusion(report, report.confusion, width)


def first_that_fits(width: int | None, *candidates: Grid) -> Grid:
    """The first one that fits in a line, or the last."""
    for grid in candidates:
        rows = [grid.columns, *(tuple(cell.text for cell in row) for row in grid.rows)]
        needed = sum(max(map(len, column)) + GAP for column in zip(*rows, strict=True)) - GAP
        if width is None or needed <= width:
            return grid
    return candidates[-1]


def _metrics(report: Report, ends: Callable[[Score], str]) -> Grid:
    confidence = report.input.options.get("confidence", 0.95)
    scores = report.metrics.values()
    limits = _limits(report)
    baseline_values = report.baseline_values
    shown: dict[str, list[Cell]] = {"metric": [], "value": []}
    if any(score.interval for score in scores):
        shown[f"{100 * confidence:g}% interval"] = [Cell(ends(score)) for score in scores]
    if baseline_values:
        shown |= {"baseline": [], "change": []}
    for name, score in report.metrics.items():
        shown["metric"].append(Cell(escape(name)))
        shown["value"].append(Cell(numbers.value(score, *limits.get(name, ()))))
        if baseline_values:
            then = baseline_values.get(name)
            shown["baseline"].append(Cell("—" if then is None else numbers.number(then)))
            shown["change"].append(_change(score, then))
    if any(_remark(score, report) for score in scores):
        shown[""] = [Cell(_remark(score, report), dim=True) for score in scores]
    left = frozenset(j for j, name in enumerate(shown) if name in ("metric", "") or name.endswith("interval"))
    return Grid("", tuple(shown), left, tuple(zip(*shown.values(), strict=True)))


def _limits(report: Report) -> dict[str, list[float]]:
    """What each metric is compared with by a rule."""
    limits: dict[str, list[float]] = {}
    for rule in report.gate.rules if report.gate else ():
        if rule.metric is not None:
            limits.setdefault(rule.metric, []).extend(_limit(rule))
    return limits


def _limit(rule: RuleResult) -> tuple[float, ...]:
    """What a value has to be told apart from; not from the baseline that it is."""
    if rule.threshold is None or (rule.kind == "drop" and rule.threshold == rule.value):
        return ()
    return (rule.threshold,)


def _change(score: Score, then: float | None) -> Cell:
    """From the baseline to now; a change for the worse says so."""
    if score.value is None or then is None:
        return Cell("—")
    change = difference(score.value, then)
    worse = change > 0 if score.better == "lower" else change < 0 if score.better == "higher" else False
    return Cell(numbers.change(change) + (" worse" if worse else ""))


def gate_grid(gate: Gate, most: int) -> Grid:
    """Rules with what they compare; those that did not pass first. ``most``: of those that did."""
    rules = [rule for rule in gate.rules if rule.verdict != "pass"]
    passed = [rule for rule in gate.rules if rule.verdict == "pass"]
    drops = any(rule.kind == "drop" for rule in gate.rules)
    rows = []
    for rule in rules + passed[:most]:
        cells = [
            Cell(sentences.WORDS[rule.verdict], shade=SHADE[rule.verdict]),
            Cell(escape(rule.rule)),
            Cell("—" if rule.value is None else numbers.number(rule.value, *_limit(rule))),
        ]
        if drops:
            none = rule.baseline is None or rule.change is None
            cells += [
                Cell("" if none else numbers.number(rule.baseline or 0.0)),
                Cell("" if none else numbers.change(rule.change or 0.0)),
            ]
        rows.append((*cells, Cell(escape(rule.reason or ""), dim=True)))
    if gate.problem is not None:
        blocked = Cell(sentences.WORDS["undecided"], shade=SHADE["undecided"])
        rows.insert(0, (blocked, Cell("baseline"), Cell("—"), Cell(gate.problem, dim=True)))
    columns = ["verdict", "rule", "value", *(["baseline", "change"] if drops else []), ""]
    if not any(row[-1].text for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    more = len(passed) - len(passed[:most])
    title = sentences.verdict(gate) + (f" ({more:,} passed ones are not shown)" if more else "")
    left = frozenset({0, 1, len(columns) - 1}) if columns[-1] == "" else frozenset({0, 1})
    return Grid(title, tuple(columns), left, tuple(rows))


def _noun(report: Report, count: int) -> str:
    singular, plural = ("label", "labels") if report.task == "multilabel" else ("class", "classes")
    return singular if count == 1 else plural


def _remark(score: Score, report: Report) -> str:
    if score.reason:
        return f"undefined: {score.reason}"
    if score.threshold is not None:
        return f"at threshold {numbers.number(score.threshold)}"
    chosen = report.input.options.get("exclude_class", ())
    excluded = [name for name in score.excluded_classes if name in chosen]
    absent = len(score.excluded_classes) - len(excluded)
    parts = [join_names(excluded)] if excluded else []
    if absent:
        parts.append(f"{absent} absent {_noun(report, absent)}")
    return f"without {' and '.join(parts)}" if parts else ""


def _batches(batches: Batches) -> Grid:
    """Wrong figures beside right ones."""
    rows = []
    for figure in batches.figures:
        wrong, right = (math.nan if v is None else v for v in (figure.wrong, figure.right))
        rows.append(
            (
                Cell(escape(figure.metric)),
                Cell(figure.habit),
                Cell(numbers.number(wrong)),
                Cell(numbers.number(right)),
                Cell(f"{wrong - right:+.4f}"),
            )
        )
    last = f", the last one of {batches.last}," if batches.last != batches.size else ""
    title = f"what {batches.count:,} batches of {batches.size:,} rows{last} would have printed"
    return Grid(
        title, ("metric", "habit", "it prints", "all rows", "difference"), frozenset({0, 1}), tuple(rows)
    )


def count(value: float) -> str:
    """Rows, or their weight."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def _ordered(report: Report, most: int) -> tuple[Sequence[tuple[str, ClassRow]], str]:
    rows = list(report.per_class.items())
    if len(rows) <= most:
        return rows, f"per {_noun(report, 1)}"

    def worst(item: tuple[str, ClassRow]) -> float:
        score = item[1].metrics.get("f1")
        return 2.0 if score is None or score.value is None else score.value

    title = f"the {most} worst of {len(rows)} {_noun(report, len(rows))} by f1"
    return sorted(rows, key=worst)[:most], title


def _slices(report: Report, names: tuple[str, ...], view: View) -> Iterator[Grid]:
    """Slices of one kind, the worst by the headline metric first; other metrics as far as they fit."""
    head = report.headline
    slices = [part for part in report.slices if tuple(part.by) == names]
    if head is None or not slices:
        return
    rules = report.gate.rules if report.gate else ()
    judged = [str(r.metric).removesuffix(f"@{label_of(r.slice)}") for r in rules if r.slice is not None]
    of_rules = [name for name in dict.fromkeys(judged) if name != head and name in slices[0].metrics]
    rest = [name for name in slices[0].metrics if name != head and name not in of_rules]
    others = [*of_rules, *rest]
    most = max(len(of_rules), MOST_OTHERS)
    candidates = (
        _parts(report, names, slices, head, others[:some], view.most) for some in range(most, -1, -1)
    )
    yield first_that_fits(view.width, *candidates)


def _parts(
    report: Report,
    names: tuple[str, ...],
    slices: Sequence[Slice],
    head: str,
    others: Sequence[str],
    most: int,
) -> Grid:
    limits, baseline_values, whole = _limits(report), report.baseline_values, report.metrics[head].value
    columns = [*names, "rows", head, "interval", "from all", *others]
    rows = []
    for part in slices[:most]:
        score = part.metrics[head]
        apart = None if score.value is None or whole is None else difference(score.value, whole)
        values = [_value_of(part, name, limits) for name in (head, *others)]
        cells = [
            *(Cell(_shortened(NO_VALUE if value is None else value)) for value in part.by.values()),
            Cell(count(part.n)),
            Cell(values[0]),
            Cell(numbers.interval(score)),
            Cell("—" if apart is None else numbers.change(apart)),
            *map(Cell, values[1:]),
        ]
        if baseline_values:
            then = baseline_values.get(f"{head}@{part.label}")
            cells.append(_change(score, then))
        remark = f"undefined: {score.reason}" if score.reason else ""
        if part.small:
            remark = f"fewer than {report.input.options['min_n']:,} rows" + (f"; {remark}" if remark else "")
        rows.append((*cells, Cell(escape(remark), dim=True)))
    if baseline_values:
        columns.append(f"{head} from baseline")
    shown = f"the {most} worst of {len(slices):,}" if len(slices) > most else f"{len(slices):,}"
    title = f"{shown} slice{'s' if len(slices) != 1 else ''} by {', '.join(map(escape, names))}"
    title += ", in their order" if tuple(names) == (FILE,) else f", worst {head} first"
    left = set(range(len(names))) | {columns.index("interval", len(names)), len(columns)}
    columns.append("")
    if not any(row[-1].text for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Grid(title, tuple(columns), frozenset(left), tuple(rows))


def _shortened(text: str) -> str:
    """What a table says of a long value."""
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _value_of(part: Slice, name: str, limits: Mapping[str, Sequence[float]]) -> str:
    score = part.metrics.get(name)
    return "" if score is None else numbers.value(score, *limits.get(f"{name}@{part.label}", ()))


def _classes(report: Report, most: int, sure: bool) -> Grid:
    """``sure``: whether each figure has its interval beside it."""
    rows, title = _ordered(report, most)
    limits = _limits(report)
    names = list(dict.fromkeys(name for _, row in rows for name in row.metrics))
    cells = []
    for cls, row in rows:
        values = []
        for name in names:
            score = row.metrics.get(name)
            text = "" if score is None else numbers.value(score, *limits.get(f"{name}:{cls}", ()))
            values.append(f"{text} {numbers.plus_minus(score)}".rstrip() if sure and score else text)
        cells.append(tuple(map(Cell, (escape(cls), count(row.support), *values))))
    return Grid(
        title,
        (_noun(report, 1), "support", *names),
        frozenset({0}),
        tuple(cells),
    )


def _confusion(report: Report, table: Sequence[Sequence[float]], width: int | None) -> Grid:
    names = [escape(name) for name in report.classes]
    columns = names
    if width is not None and sum(len(name) + 3 for name in names) + max(map(len, names)) > width:
        columns = [str(number) for number in range(1, len(names) + 1)]
        names = [f"{number} {name}" for number, name in zip(columns, names, strict=True)]
    rows = []
    for i, (name, counts) in enumerate(zip(names, table, strict=True)):
        total = sum(counts) or 1
        cells = [
            Cell(count(n), dim=n == 0, shade=n / total if i == j else -n / total)
            for j, n in enumerate(counts)
        ]
        rows.append((Cell(name), *cells))
    title = "confusion matrix: rows truth, columns predicted"
    return Grid(title, ("", *columns), frozenset({0}), tuple(rows))
