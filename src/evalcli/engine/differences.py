"""What changed between two models on the same rows: differences, flips, and what the rows can show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.engine.compare_rules import worst_of
from evalcli.engine.plan import of_one_table
from evalcli.engine.sides import FEWEST, Side
from evalcli.inputs.options import Options
from evalcli.intervals.method import FEWEST_GROUPS
from evalcli.intervals.paired import Paired, PairedTables, holm, of_counts, of_draws, smallest_seen
from evalcli.intervals.scales import wilson
from evalcli.metrics import Request
from evalcli.report.comparison import Change, Flips, Meaning, Pairs, Power
from evalcli.statistics.joint_table import JointTable

MOST_PAIRS, ROUNDING = 5, 1e-12
"""Maximum of pairs of classes that are named; relative difference of values that rounding makes."""


def differences(first: Side, side: Side, options: Options) -> list[tuple[Request, Paired]]:
    """Every metric that both have, and its difference."""
    tables = _tables(first, side, options)
    return [(request, _difference(request, first, side, tables, options)) for request in first.requests]


def _difference(
    request: Request, first: Side, side: Side, tables: PairedTables | None, options: Options
) -> Paired:
    old, new = (part.values.get(request.key) for part in (first, side))
    if old is None or new is None or old.value is None or new.value is None:
        lacking, part = (old, first) if old is None or old.value is None else (new, side)
        reason = lacking.reason if lacking else request.metric.missing_from(part.context)
        return Paired(None, reason=f"{part.name}: {reason or 'it has no such metric'}")
    change, size = new.value - old.value, max(abs(old.value), abs(new.value))
    if abs(change) <= ROUNDING * size and _identical(first, side):
        return Paired(0.0, (0.0, 0.0), 1.0, 0.0, method="identical", test="identical")
    if first.context.groups is not None and first.units < FEWEST_GROUPS:
        return Paired(change, reason=f"fewer than {FEWEST_GROUPS} groups")
    if tables is not None and of_one_table(request, first.context):
        return of_counts(request, tables, change, options.confidence)
    if request.key not in first.draws or request.key not in side.draws:
        return Paired(change, reason=f"fewer than {FEWEST} rows")
    return of_draws(
        first.draws[request.key][1],
        side.draws[request.key][1],
        change,
        first.part,
        first.units,
        options.confidence,
        ROUNDING * size,
    )


def _identical(first: Side, side: Side) -> bool:
    """Whether both models predict the same classes and are equally sure of them."""
    rows, classes = np.flatnonzero(first.kept.scored), first.context.classes
    old, new = first.codes(classes), side.codes(classes)
    if old is None or new is None:
        return False
    before, after = (part.kept.sure(rows) for part in (first, side))
    return np.array_equal(old[rows], new[rows]) and np.allclose(before, after, atol=1e-6, equal_nan=True)


def _tables(first: Side, side: Side, options: Options) -> PairedTables | None:
    table = _joint(first, side)
    return None if table is None else PairedTables(table, first.context, options.seed)


def _joint(first: Side, side: Side) -> JointTable | None:
    classes = first.context.classes
    old, new = first.codes(classes), side.codes(classes)
    if old is None or new is None:
        return None
    rows = first.kept.scored
    return JointTable.of(first.truth[rows], old[rows], new[rows], first.context.k)


def adjusted(
    pairs: Sequence[Sequence[tuple[Request, Paired]]],
    sides: Sequence[Side],
    margins: Mapping[str, float],
    confidence: float,
    corrected: bool,
) -> list[tuple[Change, ...]]:
    """The changes of every model, with p-values adjusted over all of them."""
    values = [difference.p for pair in pairs for _, difference in pair]
    adjusted = iter(holm(values) if corrected else values)
    first, *others = sides
    return [
        tuple(
            _change(request, difference, first, side, next(adjusted), margins.get(request.key), confidence)
            for request, difference in pair
        )
        for side, pair in zip(others, pairs, strict=True)
    ]


def _change(
    request: Request,
    difference: Paired,
    first: Side,
    side: Side,
    adjusted: float | None,
    margin: float | None,
    confidence: float,
) -> Change:
    old, new = (part.values.get(request.key) for part in (first, side))
    change = Change(
        metric=request.key,
        better=request.metric.better,
        old=old.value if old else None,
        new=new.value if new else None,
        change=difference.change,
        interval=difference.interval,
        method=difference.method,
        p=difference.p,
        adjusted=adjusted,
        test=difference.test,
        margin=margin,
        reason=difference.reason,
    )
    return replace(change, meaning=_meaning(change, confidence))


def _meaning(change: Change, confidence: float) -> Meaning:
    """What the test and the interval say."""
    if change.change is None or change.adjusted is None or change.interval is None:
        return "unknown"
    if change.change == 0 and change.interval == (0.0, 0.0):
        return "same"
    if change.better != "none" and change.adjusted <= 1 - confidence:
        return "better" if (change.change > 0) == (change.better == "higher") else "worse"
    if change.margin is not None and worst_of(change) >= -change.margin:
        return "not worse"
    return "unclear"


def flips_of(first: Side, side: Side, confidence: float) -> Flips | None:
    """Rows by whether each model is right; None for tasks without one class per row."""
    table = _joint(first, side)
    if table is None:
        return None
    both, broken, fixed, neither = table.outcomes()
    was_right, now_right = table.right
    right, names = both + broken, first.context.classes

    def most(kind: Array) -> tuple[Pairs, ...]:
        cells, counts = table.cells[:, kind], table.counts[kind]
        order = np.argsort(-counts, kind="stable")[:MOST_PAIRS]
        cells, counts = cells[:, order], counts[order]
        return tuple(
            Pairs(truth=names[truth], old=names[old], new=names[new], rows=int(rows))
            for truth, old, new, rows in zip(*cells, counts, strict=True)
        )

    return Flips(
        right_in_both=both,
        broken=broken,
        fixed=fixed,
        wrong_in_both=neither,
        share=broken / right if right else None,
        interval=wilson(broken, right, confidence) if right else None,
        most_broken=most(was_right & ~now_right),
        most_fixed=most(~was_right & now_right),
    )


def power_of(
    differences: Sequence[tuple[Request, Paired]],
    wanted: Mapping[str, float],
    headline: str | None,
    rows: int,
    confidence: float,
) -> tuple[Power, ...]:
    """What the rows can show of the headline, and of the metrics of which a change is ``wanted``."""
    found = []
    for request, difference in differences:
        if (
            difference.error
            and math.isfinite(difference.error)
            and (request.key == headline or request.key in wanted)
        ):
            seen, change = smallest_seen(difference.error, confidence), wanted.get(request.key)
            needed = None if not change else math.ceil(rows * (seen / change) ** 2)
            found.append(Power(request.key, seen, change, needed))
    return tuple(found)


def headline_of(first: Side) -> str | None:
    """The metric that models are ranked by: the usual one, or the first with a better direction."""
    usual = first.context.task.headline
    for name in (usual, f"{usual}_{first.context.average}"):
        if name in first.values:
            return name
    return next((r.key for r in first.requests if r.metric.better != "none"), None)


def alike_of(sides: Sequence[Side], headline: str | None, options: Options) -> tuple[str, ...]:
    """The models that cannot be told from the best one, which is among them."""
    request = next((r for r in sides[0].requests if r.key == headline), None)
    if request is None or len(sides) < 3:
        return ()
    known = [side for side in sides if side.values[request.key].value is not None]
    sign = 1 if request.metric.better == "higher" else -1
    best = max(known, key=lambda side: sign * (side.values[request.key].value or 0.0))
    others = [side for side in known if side is not best]
    tested = [_difference(request, best, side, _tables(best, side, options), options).p for side in others]
    alike = {best.name} | {
        side.name
        for side, p in zip(others, holm(tested), strict=True)
        if p is None or p > 1 - options.confidence
    }
    return tuple(side.name for side in sides if side.name in alike)
