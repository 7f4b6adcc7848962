"""Slices as grids: in their natural order, or sorted by a value or by the number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evalcli.loaders import FILE
from evalcli.renderers import numbers
from evalcli.renderers.remarks import missing_baseline, without_interval
from evalcli.renderers.tables import (
    LONGEST,
    LONGEST_ON_TERMINAL,
    Cell,
    Grid,
    View,
    count,
    first_that_fits,
    shortened,
    without_empty_columns,
)
from evalcli.report.report import NO_VALUE, Report
from evalcli.report.score import Score
from evalcli.report.slices import Slice, label_of
from evalcli.report.verdict import difference
from evalcli.text import escape

MOST_OTHERS = 4
"""Further metrics of slices."""
MOST_SLICES = 100
"""Maximum of slices that are all shown; of more, as many as of classes."""
ORDER = {"name": "first", "value": "worst", "n": "largest"}


def slices(
    report: Report, names: tuple[str, ...], view: View, limits: Mapping[str, Sequence[float]]
) -> Iterator[Grid]:
    """Slices of one kind, with the headline metric and others that fit."""
    head = report.headline
    parts = [part for part in report.slices if tuple(part.by) == names]
    if head is None or not parts:
        return
    order = view.sort or ("name" if len(parts) <= MOST_SLICES or names == (FILE,) else "value")
    shown = ordered(parts, order, head)
    shown = shown if len(parts) <= MOST_SLICES else shown[: view.most]
    title = _title(names, len(shown), len(parts), order, head)
    rules = report.gate.rules if report.gate else ()
    judged = [str(r.metric).removesuffix(f"@{label_of(r.slice)}") for r in rules if r.slice is not None]
    of_rules = [name for name in dict.fromkeys(judged) if name != head and name in parts[0].metrics]
    rest = [name for name in parts[0].metrics if name != head and name not in of_rules]
    others = [*of_rules, *rest]
    most = len(others) if view.whole else max(len(of_rules), MOST_OTHERS)
    foot = without_interval((part.label, part.metrics[head]) for part in shown)
    foot += (f"all {len(parts):,} slices: -o report.csv",) if len(shown) < len(parts) else ()
    candidates = (
        without_empty_columns(_grid(report, shown, title, (head, *others[:some]), limits, view, foot))
        for some in range(most, -1, -1)
    )
    yield first_that_fits(view.width, *candidates)


def ordered(parts: Sequence[Slice], order: str, head: str) -> list[Slice]:
    """In the order of the report, or worst first by a metric, or largest first. Undefined last."""

    def worst(part: Slice) -> tuple[bool, float]:
        score = part.metrics.get(head)
        if score is None or score.value is None:
            return True, 0.0
        return False, score.value if score.better == "higher" else -score.value

    if order == "value":
        return sorted(parts, key=worst)
    return sorted(parts, key=lambda part: -part.n) if order == "n" else list(parts)


def _title(names: Sequence[str], shown: int, total: int, order: str, head: str) -> str:
    some = f"the {ORDER[order]} {shown} of {total:,}" if shown < total else f"{total:,}"
    title = f"{some} slice{'s' if total != 1 else ''} by {', '.join(map(escape, names))}"
    return title + {"name": "", "value": f", worst {head} first", "n": ", largest first"}[order]


def _grid(
    report: Report,
    parts: Sequence[Slice],
    title: str,
    metrics: Sequence[str],
    limits: Mapping[str, Sequence[float]],
    view: View,
    foot: tuple[str, ...],
) -> Grid:
    head, *others = metrics
    overall = report.metrics[head].value
    then = [report.baseline_values.get(f"{head}@{part.label}") for part in parts]
    compared = any(value is not None for value in then)
    if report.baseline_values and not compared:
        foot += ("none of these slices is in the baseline",)
    names = next(iter(parts)).by
    columns = [*map(escape, names), "rows", head, "interval", "vs overall", *others]
    left = {*range(len(names)), columns.index("interval", len(names)), len(columns) + compared}
    rows = []
    for part, before in zip(parts, then, strict=True):
        score = part.metrics[head]
        apart = None if score.value is None or overall is None else difference(score.value, overall)
        values = [_value(part, name, limits, view.digits) for name in metrics]
        cells = [
            *(Cell(_name(value, view)) for value in part.by.values()),
            Cell(count(part.n)),
            Cell(values[0]),
            Cell(numbers.interval(score, view.digits)),
            Cell("—" if apart is None else numbers.change(apart, digits=view.digits)),
            *map(Cell, values[1:]),
        ]
        if compared:
            cells.append(change(score, before, view.digits))
        absent = compared and score.value is not None and missing_baseline(report, f"{head}@{part.label}")
        remark = "; ".join(filter(None, (_remark(part, score, report), absent or "")))
        rows.append((*cells, Cell(escape(remark), dim=True)))
    if compared:
        columns.append(f"{head} vs baseline")
    return Grid(title, (*columns, ""), frozenset(left), tuple(rows), foot)


def _name(value: str | None, view: View) -> str:
    most = LONGEST if view.width is None else LONGEST_ON_TERMINAL
    return shortened(NO_VALUE if value is None else value, most)


def _remark(part: Slice, score: Score, report: Report) -> str:
    few = f"fewer than {report.input.options['min_n']:,} rows" if part.small else ""
    undefined = f"undefined: {score.reason}" if score.reason else ""
    return "; ".join(filter(None, (few, undefined)))


def _value(part: Slice, name: str, limits: Mapping[str, Sequence[float]], digits: int | None) -> str:
    score = part.metrics.get(name)
    return (
        "" if score is None else numbers.value(score, *limits.get(f"{name}@{part.label}", ()), digits=digits)
    )


def change(score: Score, then: float | None, digits: int | None) -> Cell:
    """The change from the baseline, marked if it is for the worse."""
    if score.value is None or then is None:
        return Cell("—")
    size = difference(score.value, then)
    worse = size > 0 if score.better == "lower" else size < 0 if score.better == "higher" else False
    return Cell(numbers.change(size, digits=digits) + (" worse" if worse else ""))
