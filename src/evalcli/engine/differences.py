"""What changed between two models on the same rows: differences, flips, and what the rows can show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.cached import cached_property
from evalcli.engine.joint import Joints
from evalcli.engine.measured import FEWEST, Measured
from evalcli.engine.plan import of_one_table
from evalcli.engine.sides import Scored
from evalcli.gate.changes import meaning_of
from evalcli.inputs.options import Options
from evalcli.intervals.method import FEWEST_GROUPS
from evalcli.intervals.paired import (
    Paired,
    PairedTables,
    of_counts,
    of_draws,
    of_influences,
    smallest_seen,
)
from evalcli.intervals.scales import wilson
from evalcli.metrics import Request
from evalcli.metrics.sources import NoInterval
from evalcli.report.comparison import Change, ClassFlips, Flips, Pairs, Power, SliceChanges
from evalcli.statistics.joint_table import Joint, JointTable
from evalcli.statistics.p_values import holm

MOST_PAIRS, MOST_CELLS, ROUNDING = 5, 10_000, 1e-12
"""Maximum of pairs of classes that are named, and of cells that are stored; relative difference of values
that rounding makes."""


class Asked(Struct, frozen=True):
    """Options of a comparison, whatever its rows. ``min_n``: slices with fewer rows are small."""

    confidence: float
    seed: int
    min_n: int
    corrected: bool = True

    @classmethod
    def of(cls, options: Options, corrected: bool) -> Asked:
        """As the options of the first model say."""
        return cls(options.confidence, options.seed, options.min_n, corrected)


class Pair(Struct, frozen=True, eq=False, dict=True):
    """Two models on the same rows: all, or those of a slice, by its number."""

    first: Scored
    side: Scored
    joints: Joints
    asked: Asked
    at: int | None = None

    @property
    def of_slices(self) -> list[Pair]:
        """Both models on the rows of each slice."""
        return [replace(self, at=at) for at in range(len(self.first.slices))]

    @property
    def by(self) -> Mapping[str, str | None]:
        """The values of the slice; none of all rows."""
        return {} if self.at is None else self.first.slices[self.at].by

    @property
    def old(self) -> Measured:
        """The first model on these rows."""
        return self.first.whole if self.at is None else self.first.slices[self.at].measured

    @property
    def new(self) -> Measured:
        """The second one."""
        return self.side.whole if self.at is None else self.side.slices[self.at].measured

    @cached_property
    def joint(self) -> Joint:
        """What their rows say together."""
        return self.joints.of(self.first, self.side, self.at)

    @property
    def table(self) -> JointTable | None:
        """Rows by true class and both predictions; None for other tasks."""
        return self.joint.table

    @cached_property
    def _tables(self) -> PairedTables | None:
        if self.table is None:
            return None
        return PairedTables(self.table, self.first.context, self.asked.seed)

    @cached_property
    def differences(self) -> list[tuple[Request, Paired]]:
        """Every metric, and its difference."""
        return [(request, self.difference(request)) for request in self.old.requests]

    def difference(self, request: Request) -> Paired:
        """The difference of one metric, or why there is none."""
        old, new = (part.values.get(request.key) for part in (self.old, self.new))
        for value, side in ((old, self.first), (new, self.side)):
            if value is None or value.value is None:
                reason = value.reason if value else request.metric.missing_from(side.context)
                return Paired(None, reason=f"{side.name}: {reason or 'it has no such metric'}")
        change, rounding = (of(request, self.old, self.new) for of in (change_of, rounding_of))
        if self.joint.identical and abs(change) <= rounding:
            return Paired(0.0, (0.0, 0.0), 1.0, 0.0, method="identical", test="identical")
        return difference(request, self.old, self.new, self._tables, self.asked.confidence)


def change_of(request: Request, old: Measured, new: Measured) -> float:
    """Second minus first value of a metric that both have."""
    then, now = (part.values[request.key].value for part in (old, new))
    return (now or 0.0) - (then or 0.0)


def rounding_of(request: Request, old: Measured, new: Measured) -> float:
    """A difference that rounding makes."""
    return ROUNDING * max(abs(part.values[request.key].value or 0.0) for part in (old, new))


def difference(
    request: Request, old: Measured, new: Measured, tables: PairedTables | None, confidence: float
) -> Paired:
    """The difference of a metric that both models have on the same rows; ``tables``: of their predictions."""
    key, context = request.key, old.context
    change, rounding = change_of(request, old, new), rounding_of(request, old, new)
    if isinstance(request.metric.source, NoInterval):
        return Paired(change, reason=request.metric.source.reason)
    if context.groups is not None and old.units < FEWEST_GROUPS:
        return Paired(change, reason=f"fewer than {FEWEST_GROUPS} groups")
    if tables is not None and of_one_table(request, context):
        return of_counts(request, tables, change, confidence)
    if key in old.influences and key in new.influences:
        return of_influences(old.influences[key], new.influences[key], change, confidence, rounding)
    if key not in old.draws or key not in new.draws:
        return Paired(change, reason=f"fewer than {FEWEST} rows")
    draws = old.draws[key][1], new.draws[key][1]
    return of_draws(*draws, change, old.part, old.units, confidence, rounding, old.few)


def adjusted(pairs: Sequence[Pair]) -> list[tuple[Change, ...]]:
    """The changes of every model, with p-values adjusted over all of them."""
    values = [difference.p for pair in pairs for _, difference in pair.differences]
    adjusted = iter(holm(values) if pairs and pairs[0].asked.corrected else values)
    return [
        tuple(_change(request, difference, pair, next(adjusted)) for request, difference in pair.differences)
        for pair in pairs
    ]


def slice_changes(pairs: Sequence[Pair], headline: str | None) -> tuple[SliceChanges, ...]:
    """The changes in each slice, the worst first by the headline.

    P-values of a metric are adjusted over the slices.
    """
    if not pairs:
        return ()
    of_metrics = zip(*([change.p for _, change in pair.differences] for pair in pairs), strict=True)
    corrected = pairs[0].asked.corrected
    by_metric = [holm(list(values)) if corrected else list(values) for values in of_metrics]
    parts = []
    for at, pair in enumerate(pairs):
        changes = tuple(
            _change(request, difference, pair, p[at])
            for (request, difference), p in zip(pair.differences, by_metric, strict=True)
        )
        parts.append(
            SliceChanges(
                by=pair.by,
                rows=pair.old.rows,
                small=pair.old.rows < pair.asked.min_n,
                changes=changes,
                flips=flips_of(pair),
            )
        )
    return tuple(sorted(parts, key=lambda part: _gain(part, headline)))


def _gain(part: SliceChanges, headline: str | None) -> float:
    """The change of the headline in a slice, as a gain; unknown ones last."""
    for change in part.changes:
        if change.metric == headline and change.change is not None:
            return -change.change if change.better == "lower" else change.change
    return math.inf


def _change(
    request: Request,
    difference: Paired,
    pair: Pair,
    adjusted: float | None,
) -> Change:
    old, new = (part.values.get(request.key) for part in (pair.old, pair.new))
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
        reason=difference.reason,
        error=difference.error,
        freedom=difference.freedom if math.isfinite(difference.freedom) else None,
    )
    return replace(change, meaning=meaning_of(change, pair.asked.confidence))


def flips_of(pair: Pair) -> Flips | None:
    """Which rows became wrong or right; None for tasks without one class per row."""
    table, confidence = pair.table, pair.asked.confidence
    if table is None:
        return None
    both, broken, fixed, neither = table.outcomes()
    was_right, now_right = table.right
    right, names = both + broken, pair.first.context.classes

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
        by_class=tuple(_by_class(table, names, confidence)),
    )


def _by_class(table: JointTable, names: Sequence[str], confidence: float) -> Iterator[ClassFlips]:
    """The same for the rows of each class of the labels."""
    was_right, now_right = table.right
    right, broken, wrong, fixed = (
        np.bincount(table.cells[0], table.counts * kind, table.k).astype(np.int64).tolist()
        for kind in (was_right, was_right & ~now_right, ~was_right, ~was_right & now_right)
    )
    for index, name in enumerate(names):
        if right[index] or wrong[index]:
            share = broken[index] / right[index] if right[index] else None
            ends = wilson(broken[index], right[index], confidence) if right[index] else None
            yield ClassFlips(name, right[index], broken[index], wrong[index], fixed[index], share, ends)


def cells_of(pair: Pair) -> tuple[tuple[int, int, int, int], ...] | None:
    """The table of both models as it is stored; None if it has very many cells, or for other tasks."""
    table = pair.table
    if table is None or len(table.counts) > MOST_CELLS:
        return None
    return tuple(
        (int(truth), int(old), int(new), int(rows))
        for truth, old, new, rows in zip(*table.cells, table.counts, strict=True)
    )


def power_of(pair: Pair, wanted: Mapping[str, float], headline: str | None) -> tuple[Power, ...]:
    """What the rows can show of the headline, and of the metrics of which a change is ``wanted``."""
    found, confidence = [], pair.asked.confidence
    for request, difference in pair.differences:
        if (
            difference.error
            and math.isfinite(difference.error)
            and (request.key == headline or request.key in wanted)
        ):
            seen, change = smallest_seen(difference.error, confidence), wanted.get(request.key)
            needed = None if not change else math.ceil(pair.old.rows * (seen / change) ** 2)
            found.append(Power(request.key, seen, change, needed))
    return tuple(found)


def alike_of(sides: Sequence[Scored], headline: str | None, joints: Joints, asked: Asked) -> tuple[str, ...]:
    """The models that cannot be told from the best one, which is among them."""
    request = next((r for r in sides[0].whole.requests if r.key == headline), None)
    if request is None or len(sides) < 3:
        return ()
    values = {side.name: side.whole.values[request.key].value for side in sides}
    known = [side for side in sides if values[side.name] is not None]
    sign = 1 if request.metric.better == "higher" else -1
    best = max(known, key=lambda side: sign * (values[side.name] or 0.0))
    others = [side for side in known if side is not best]
    tested = [Pair(best, side, joints, asked).difference(request).p for side in others]
    alike = {best.name} | {
        side.name
        for side, p in zip(others, holm(tested), strict=True)
        if p is None or p > 1 - asked.confidence
    }
    return tuple(side.name for side in sides if side.name in alike)
