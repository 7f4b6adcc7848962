"""A comparison as tables: what changed, which rows flipped, and what these rows can show."""

from __future__ import annotations

from collections.abc import Iterator

from evalcli.renderers import numbers, sentences
from evalcli.renderers.power import rounded
from evalcli.renderers.tables import Cell, Grid, View, count, without_empty_columns
from evalcli.renderers.text import lines
from evalcli.report.comparison import UNPAIRED, Against, Change, Comparison, Flips, Judged, Power
from evalcli.text import escape, join_names

SHADES = {"better": 1.0, "worse": -1.0}
MOST_SLICES = 20
"""Maximum of slices that are shown; the others are in files."""
WORDS = {"unclear": "no difference shown", "unknown": "unknown"}


def render(comparison: Comparison, view: View) -> bytes:
    """Tables of every model after the reference."""
    text = [header(comparison)]
    for grid in grids(comparison, view):
        text += [*lines(grid)]
    return "\n".join([*text, ""]).encode("utf-8", "backslashreplace")


def header(comparison: Comparison) -> str:
    """The models, the task, and how rows are paired."""
    names = " → ".join(escape(model.name) for model in comparison.models[:2])
    if len(comparison.models) > 2:
        names = f"{escape(comparison.models[0].name)} and {len(comparison.models) - 1} others"
    task = comparison.task + (f", {len(comparison.classes)} classes" if comparison.classes else "")
    paired = f"joined by {escape(comparison.id)}" if comparison.id else "in the same order"
    word = "only in" if len(comparison.models) == 2 else "left out of"
    left = "; " + ", ".join(f"{model.left_out:,} {word} {escape(model.name)}" for model in comparison.models)
    if len({model.input.predictions[0].path for model in comparison.models}) == 1:
        left = ""  # columns of one file
    read = [model.input.scores_as or "classes" for model in comparison.models]
    how = (
        ""
        if len(set(read)) == 1
        else " · scores read as "
        + ", ".join(
            f"{kind} ({escape(model.name)})" for kind, model in zip(read, comparison.models, strict=True)
        )
    )
    if not comparison.paired:
        return f"{names} · {task} · values of stored reports, not paired: no intervals and no tests"
    several = "both" if len(comparison.models) == 2 else f"all {len(comparison.models)}"
    return f"{names} · {task} · {comparison.rows:,} rows in {several}, {paired}{left}{how}"


def grids(comparison: Comparison, view: View) -> Iterator[Grid]:
    """Changes, flips and rules."""
    several = len(comparison.against) > 1
    for pair in comparison.against:
        yield _changes(comparison, pair, view, f"{escape(pair.model)}" if several else "")
        if pair.flips is not None:
            yield _flips(pair.flips)
        if pair.slices:
            yield _slices(comparison, pair, view, several)
    if comparison.rules:
        yield _rules(comparison, several)


def _changes(comparison: Comparison, pair: Against, view: View, title: str) -> Grid:
    rows = tuple(
        (
            Cell(escape(change.metric)),
            *_numbers(change, view.digits),
            Cell("" if change.method == UNPAIRED else escape(change.reason or ""), dim=True),
        )
        for change in pair.changes
    )
    foot = tuple(_power(power, comparison.rows) for power in pair.power)
    heads = ("metric", *_heads(comparison, pair), "")
    return without_empty_columns(Grid(title, heads, frozenset({0, 6, 7}), rows, foot))


def _slices(comparison: Comparison, pair: Against, view: View, several: bool) -> Grid:
    """The headline in each slice, the worst first, and its flips."""
    name = comparison.headline
    shown = pair.slices if len(pair.slices) <= MOST_SLICES else pair.slices[:MOST_SLICES]
    rows = []
    for part in shown:
        change = next((change for change in part.changes if change.metric == name), None)
        if change is None:
            continue
        flips = part.flips
        counts = ("", "") if flips is None else (count(flips.broken), count(flips.fixed))
        few = "few rows" if part.small else ""
        rows.append(
            (
                Cell(escape(part.label)),
                Cell(count(part.rows)),
                *_numbers(change, view.digits),
                *map(Cell, counts),
                Cell(escape("; ".join(filter(None, (few, change.reason)))), dim=True),
            )
        )
    title = f"{name} by slice, the worst change first" + (f": {escape(pair.model)}" if several else "")
    rest = len(pair.slices) - len(shown)
    foot = (f"{rest:,} more slices: -o comparison.csv",) if rest else ()
    heads = ("slice", "rows", *_heads(comparison, pair), "broken", "fixed", "")
    return without_empty_columns(Grid(title, heads, frozenset({0, 7, 10}), tuple(rows), foot))


def _heads(comparison: Comparison, pair: Against) -> tuple[str, ...]:
    level = f"{100 * comparison.confidence:g}% interval"
    old, new = escape(comparison.models[0].name), escape(pair.model)
    return old, new, "change", level, "p (Holm)" if comparison.corrected else "p", "verdict"


def _numbers(change: Change, digits: int | None) -> tuple[Cell, ...]:
    return (
        Cell(_number(change.old, digits)),
        Cell(_number(change.new, digits)),
        Cell("—" if change.change is None else numbers.change(change.change, digits=digits)),
        Cell(_ends(change, digits)),
        Cell(
            "" if change.method == UNPAIRED else "—" if change.adjusted is None else p_value(change.adjusted)
        ),
        Cell("" if change.method == UNPAIRED else meaning(change), shade=SHADES.get(change.meaning)),
    )


def meaning(change: Change) -> str:
    """The verdict on a change in words."""
    words = WORDS.get(change.meaning, change.meaning)
    if change.meaning == "not worse" and change.margin is not None:
        return f"not worse (margin {numbers.number(change.margin)})"
    return words


def p_value(p: float) -> str:
    """Two significant digits.

    >>> p_value(0.0214), p_value(3e-7), p_value(0.45)
    ('0.021', '<0.0001', '0.45')
    """
    return "<0.0001" if p < 1e-4 else f"{p:.2g}"


def _number(value: float | None, digits: int | None) -> str:
    return "—" if value is None else numbers.number(value, digits=digits)


def _ends(change: Change, digits: int | None) -> str:
    if change.interval is None:
        return ""
    low, high = (numbers.change(end, digits=digits) for end in change.interval)
    return f"[{low}, {high}]"


def _power(power: Power, rows: int) -> str:
    text = f"with {rows:,} rows a change of {power.seen:.2g} in {power.metric} is seen with 80 % power"
    if power.wanted is not None and power.needed is not None:
        text += f"; {power.wanted:g} would need about {rounded(power.needed)}"
    return text


def _flips(flips: Flips) -> Grid:
    share, broken, fixed = "", "", ""
    if flips.share is not None and flips.interval is not None:
        low, high = (numbers.percent(end) for end in flips.interval)
        share = f"broken: {numbers.percent(flips.share)} % of what was right [{low}, {high}]"
        named = [f"{escape(p.truth)}→{escape(p.new)} {p.rows:,}" for p in flips.most_broken[:3]]
        broken = f"{share}; most {', '.join(named)}" if named else share
        named = [f"{escape(p.old)}→{escape(p.truth)} {p.rows:,}" for p in flips.most_fixed[:3]]
        fixed = f"fixed; most {', '.join(named)}" if named else "fixed"
    rows = (
        (
            Cell("old right"),
            Cell(count(flips.right_in_both)),
            Cell(count(flips.broken)),
            Cell(broken, dim=True),
        ),
        (
            Cell("old wrong"),
            Cell(count(flips.fixed)),
            Cell(count(flips.wrong_in_both)),
            Cell(fixed, dim=True),
        ),
    )
    return Grid("", ("", "new right", "new wrong", ""), frozenset({0, 3}), rows)


def _rules(comparison: Comparison, several: bool) -> Grid:
    rows = tuple(
        (
            Cell(sentences.WORDS[rule.verdict], shade={"pass": 1.0, "fail": -1.0}.get(rule.verdict, -0.1)),
            Cell(escape(rule.model) if several else ""),
            Cell(escape(rule.rule)),
            Cell(_judged(rule)),
            Cell(escape(rule.reason or ""), dim=True),
        )
        for rule in sorted(comparison.rules, key=lambda rule: rule.verdict == "pass")
    )
    passed = sum(rule.verdict == "pass" for rule in comparison.rules)
    many = "rule" if len(comparison.rules) == 1 else "rules"
    title = f"{comparison.verdict}: {passed} of {len(comparison.rules)} {many} passed"
    heads = ("verdict", "model", "rule", "value", "")
    return without_empty_columns(Grid(title, heads, frozenset({0, 1, 2, 4}), rows))


def remarks(comparison: Comparison, quiet: bool) -> Iterator[str]:
    """Lines below the tables: models that are alike, notes, and the rules."""
    if len(comparison.alike) > 1 and not quiet:
        yield f"cannot be told from the best in {comparison.headline}: {join_names(comparison.alike, 9)}"
    if not quiet:
        for note in comparison.notes:
            yield from sentences.of_note(note)
    for rule in comparison.rules:
        if rule.verdict != "pass" or not quiet:
            model = f"{escape(rule.model)}: " if len(comparison.against) > 1 else ""
            yield f"{sentences.WORDS[rule.verdict]}: {model}{finding(rule)}"


def finding(rule: Judged) -> str:
    """The numbers of a rule, without the verdict."""
    value = "" if rule.value is None else f": {_judged(rule)}"
    more = f" ({escape(rule.reason)})" if rule.reason else ""
    return f"{escape(rule.rule)}{value}{more}"


def _judged(rule: Judged) -> str:
    """What was judged, with its interval: a change, or a share."""
    if rule.value is None:
        return "—"
    if rule.metric is None:
        shown, ends = f"{numbers.percent(rule.value)} %", map(numbers.percent, rule.interval or ())
    else:
        shown, ends = numbers.change(rule.value), map(numbers.change, rule.interval or ())
    low_high = ", ".join(ends)
    return f"{shown} [{low_high}]" if low_high else shown


__all__ = ["finding", "grids", "header", "meaning", "p_value", "remarks", "render"]
