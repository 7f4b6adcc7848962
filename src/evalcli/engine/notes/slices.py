"""Slices of a report: their order, and which are significantly worse than all rows (Holm)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from evalcli.engine.notes.registry import Checks, Looked, Remark
from evalcli.intervals.scales import normal_quantile
from evalcli.loaders import FILE
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.report.slices import Slice
from evalcli.text import escape, join_names

MOST_NAMED = 5
DIGITS = re.compile(r"([0-9]{1,18})")


def natural_order(report: Report) -> tuple[Slice, ...]:
    """Slices in the order of --by, then by value; files in their order."""
    kinds = {names: index for index, names in enumerate(report.input.by)}

    def key(part: Slice) -> tuple[int, list[ValueKey]]:
        names = tuple(part.by)
        return kinds[names], [] if names == (FILE,) else [value_key(value) for value in part.by.values()]

    return tuple(sorted(report.slices, key=key))


ValueKey = tuple[int, float, tuple[tuple[int, str], ...]]


def value_key(value: str | None) -> ValueKey:
    """Sort key of a value: numbers by value, then text, with numbers in it by value; missing values last.

    >>> sorted(["b10", "b9", "10", "9.5", "", "a"], key=value_key)
    ['9.5', '10', '', 'a', 'b9', 'b10']
    """
    if value is None:
        return 2, 0.0, ()
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    chunks = tuple((int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(value))
    return (0, number, chunks) if math.isfinite(number) else (1, 0.0, chunks)


def of_slices(report: Report) -> Looked:
    """The notes on the slices of a report."""
    return CHECKS.look(report, lambda _: None, lambda _: None)


CHECKS = Checks[Report]()
"""The checks of a report."""
note = CHECKS.note


def _no_slices(report: Report) -> str | None:
    return None if report.slices else "there are no slices: score with --by"


def _none_compared(report: Report) -> str | None:
    """Why no slice can be compared with all rows."""
    whole = report.metrics.get(report.headline or "")
    if whole is None or whole.value is None:
        return f"{report.headline or 'a headline metric'} is undefined"
    large = [part.metrics[str(report.headline)] for part in report.slices if not part.small]
    any_interval = any(score.interval is not None for score in large)
    return None if any_interval else "no slice has an interval and enough rows"


@note("small-slices", _no_slices)
def small_slices(report: Report) -> Iterator[Remark]:
    """Slices that are exempt from rules."""
    small = [part.label for part in report.slices if part.small]
    if small:
        least = report.input.options["min_n"]
        yield Remark(
            f"{len(small)} of {len(report.slices)} slices have fewer than {least} rows and are exempt from "
            f"rules: {join_names(small)}",
            len(small),
        )


@note("worst-slices", _no_slices, _none_compared)
def worst_slices(report: Report) -> Iterator[Remark]:
    """Slices significantly worse than all rows (Holm, Scand. J. Stat. 6, 1979)."""
    level = 1.0 - report.input.confidence
    tested = [(_chance(part, report), part) for part in report.slices if not part.small]
    known = sorted(((p, part) for p, part in tested if p is not None), key=lambda item: item[0])
    worst: list[tuple[float, Slice]] = []
    for rank, (chance, part) in enumerate(known):
        corrected = max(chance * (len(known) - rank), worst[-1][0] if worst else 0.0)
        if corrected > level:
            break
        worst.append((corrected, part))
    if worst:
        name = str(report.headline)
        yield Remark(_message(name, report.metrics[name], worst, len(known)), len(worst))


def _message(name: str, whole: Score, worst: Sequence[tuple[float, Slice]], tested: int) -> str:
    value = whole.value or 0.0
    far = sorted(worst, key=lambda item: -abs((item[1].metrics[name].value or 0.0) - value))
    words = []
    for chance, part in far[:MOST_NAMED]:
        here = part.metrics[name].value or 0.0
        side = "below" if here < value else "above"
        p = "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"
        rows = f"{part.n:,} row{'s' * (part.n != 1)}"
        words.append(f"{escape(part.label)} {here:.4f}, {abs(here - value):.4f} {side} ({p}, {rows})")
    more = f"; and {len(far) - MOST_NAMED} more" if len(far) > MOST_NAMED else ""
    return (
        f"{len(worst)} of {tested} slices {'is' if len(worst) == 1 else 'are'} worse than all rows by {name} "
        f"({value:.4f}), by Holm's test: "
        f"{'; '.join(words)}{more}"
    )


def _chance(part: Slice, report: Report) -> float | None:
    """One-sided p-value of a slice being worse than all rows; None if it is unknown.

    From the side of the interval towards the value of all rows: the other one is too short for a
    proportion of few rows.
    """
    name = str(report.headline)
    score, whole, rows = part.metrics[name], report.metrics[name], report.input.scored
    ends = score.interval
    if ends is None or score.value is None or whole.value is None or part.n >= rows:
        return None
    lower = score.better == "lower"
    distance = score.value - whole.value if lower else whole.value - score.value
    side = score.value - ends.low if lower else ends.high - score.value
    # all rows include those of the slice, so their errors are correlated
    error = side / normal_quantile(report.input.confidence) * math.sqrt(1.0 - part.n / rows)
    return 0.5 * math.erfc(distance / error / math.sqrt(2.0)) if error > 0 else None
