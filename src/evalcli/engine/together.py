"""Two stored passes added: what they must agree in, and what their rows are together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.view import Facts
from evalcli.engine.stored_pass import StoredPass
from evalcli.inputs.ids_and_weights import is_place
from evalcli.inputs.tally import Examples, RowTally
from evalcli.report.provenance import OF_PARTS, InputFile, Provenance
from evalcli.report.state_facts import PartFacts
from evalcli.statistics import RowSample, SampledRows, State
from evalcli.text import join_names

ByValues = tuple[tuple[str, str | None], ...]
OF_CONTEXT = {
    "positive": "positive class",
    "average": "average",
    "excluded": "excluded classes",
    "zero_division": "zero_division",
    "bins": "bins",
    "available": "what the files contain",
    "quantiles": "levels of quantiles",
    "weighted": "weights",
    "seed": "seed",
}
"""Fields of contexts that parts share, and their names in messages."""


def differences(one: StoredPass, other: StoredPass) -> Iterator[str]:
    """Why two passes cannot be added, each in some words."""

    def differ(what: str, left: object, right: object) -> Iterator[str]:
        if left != right:
            yield f"{what}: {_shown(left)} and {_shown(right)}"

    yield from differ("task", one.context.task.name, other.context.task.name)
    yield from differ("classes", one.context.classes, other.context.classes)
    for name, what in OF_CONTEXT.items():
        yield from differ(what, getattr(one.context, name), getattr(other.context, name))
    yield from differ("groups", one.groups is not None, other.groups is not None)
    yield from differ("threshold", one.source.threshold, other.source.threshold)
    yield from differ("scale of the scores", one.source.scores_as, other.source.scores_as)
    yield from differ("ranking", *map(_ranking, (one, other)))
    if None not in (one.wanted.confidence, other.wanted.confidence):
        yield from differ("confidence", one.wanted.confidence, other.wanted.confidence)
    if any(_overlap(left, right) for left in one.parts for right in other.parts):
        yield "rows are in both, by their --first-row"
    yield from differ("slices", one.source.by, other.source.by)
    yield from differ("rows matched by", *(_ids_of(part.source) for part in (one, other)))
    for name in one.matched.keys() & other.matched.keys():
        twice = int(np.count_nonzero(one.matched[name] & other.matched[name]))
        if twice:
            yield f"{twice:,} rows are in both, by their ids"
    yield from differ("metrics of one's own", one.define, other.define)
    yield from differ("cost matrix", one.cost_matrix, other.cost_matrix)
    if one.statistics != other.statistics:
        if one.context.gaps != other.context.gaps:
            yield "missing labels: in one of them only"
            return
        found = list(differ("metrics", one.wanted.metrics, other.wanted.metrics))
        found += differ("without intervals", one.wanted.confidence is None, other.wanted.confidence is None)
        found += differ("evalcli", one.version, other.version)
        odd = set(one.statistics) ^ set(other.statistics)
        yield from found or [f"states of one only: {join_names(sorted(odd), 3)}"]


def _overlap(one: PartFacts, other: PartFacts) -> bool:
    """Whether two parts that know their place have rows of the same numbers."""
    if one.first_row is None or other.first_row is None:
        return False
    return max(one.first_row, other.first_row) < min(one.first_row + one.rows, other.first_row + other.rows)


def _ranking(part: StoredPass) -> str:
    return "certified" if part.wanted.certified else "exact"


def _ids_of(source: Provenance) -> str:
    """What rows are matched by; a pandas index, which a part may lack, is the order."""
    return "order" if source.id is None or is_place(source.id) else "a column of ids"


def _shown(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        return join_names(map(str, value), 6) or "none"
    if isinstance(value, Mapping):
        return join_names((f"{name}={number:g}" for name, number in value.items()), 6)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@overflow_to_infinity
def together(one: StoredPass, other: StoredPass) -> StoredPass:
    """The rows of both. They agree in what ``differences`` looks at."""
    share = min(s.share for s in (one.sampled, other.sampled) if s is not None) if one.sampled else 1.0
    sampled = None if one.sampled is None else replace(one.sampled, share=share)
    groups = None if one.groups is None else np.union1d(one.groups, other.groups)  # type: ignore[arg-type]
    matched = _matched(one, other)
    facts = _facts(one, matched)
    tally = one.tally + _following(other.tally, one.tally.rows)
    return StoredPass(
        version=one.version,
        context=replace(
            one.context,
            gaps=one.context.gaps or other.context.gaps,
            groups=None if groups is None else len(groups),
        ),
        wanted=one.wanted,
        sampled=sampled,
        statistics=one.statistics,
        states=_added(one.states, other.states, sampled),
        tally=tally,
        source=_source(one, other, facts),
        facts=facts,
        looked=Looked(
            (*one.looked.notes, *other.looked.notes),
            {**other.looked.not_looked_for, **one.looked.not_looked_for},
        ),
        parts=(*one.parts, *other.parts),
        slices=_slices(one, other),
        define=one.define,
        cost_matrix=one.cost_matrix,
        groups=groups,
        matched=matched,
    )


def _added(
    states: Sequence[State[object]], more: Sequence[State[object]], sampled: RowSample | None
) -> tuple[State[object], ...]:
    return tuple(
        _thinned(left, sampled) + _thinned(right, sampled) for left, right in zip(states, more, strict=True)
    )


def _thinned(state: State[object], sampled: RowSample | None) -> State[object]:
    """The sampled rows of groups, of which each part has its own share."""
    if isinstance(state, SampledRows) and sampled is not None:
        return state.thinned(sampled.share)
    return state


def _following(tally: RowTally, rows: int) -> RowTally:
    """The tally of rows that follow others."""
    examples = {
        reason: Examples(tuple(row + rows for row in found.rows), found.found)
        for reason, found in tally.examples.items()
    }
    return replace(tally, examples=examples)


def _slices(
    one: StoredPass, other: StoredPass
) -> tuple[tuple[Mapping[str, str | None], tuple[State[object], ...]], ...]:
    found: dict[ByValues, tuple[State[object], ...]] = {}
    for by, states in (*one.slices, *other.slices):
        key = tuple(by.items())
        found[key] = _added(found[key], states, None) if key in found else states
    return tuple((dict(key), states) for key, states in found.items())


def _facts(one: StoredPass, matched: Mapping[str, Array]) -> Facts:
    """Labels of one file, which several parts chose from, count once."""
    if not matched:
        return one.facts
    left = sum(int(np.count_nonzero(~rows)) for rows in matched.values())
    return replace(one.facts, labels=(left, sum(map(len, matched.values()))))


def _matched(one: StoredPass, other: StoredPass) -> dict[str, Array]:
    found = dict(one.matched)
    for name, rows in other.matched.items():
        found[name] = found[name] | rows if name in found else rows
    return found


def _source(one: StoredPass, other: StoredPass, facts: Facts) -> Provenance:
    left, right = one.source, other.source
    dropped = dict(left.dropped)
    for reason, count in right.dropped.items():
        dropped[reason] = dropped.get(reason, 0) + count
    return replace(
        left,
        predictions=(*left.predictions, *right.predictions),
        labels=None if left.labels is None else _each(left.labels, right.labels or ()),
        read=left.read + right.read,
        dropped=dropped,
        labels_left=0 if facts.labels is None else facts.labels[0],
        fingerprint=_fingerprint(one, other),
    )


def _each(files: Sequence[InputFile], more: Sequence[InputFile]) -> tuple[InputFile, ...]:
    return tuple(dict.fromkeys([*files, *more]))


def _fingerprint(one: StoredPass, other: StoredPass) -> str | None:
    """Of the labels of all parts, in any order; that of one file if all chose from it."""
    known = {part.labels for part in (*one.parts, *other.parts)}
    if None in known or len(known) == 1:
        return known.pop() if len(known) == 1 else None
    return OF_PARTS + sha256(" ".join(sorted(map(str, known))).encode()).hexdigest()
