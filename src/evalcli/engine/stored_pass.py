"""What a state file holds: the sums of a pass, and all that a report needs besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from evalcli import __version__
from evalcli.blocks import Array
from evalcli.definitions import CostMatrix, Definition
from evalcli.engine.notes.registry import Looked
from evalcli.engine.notes.view import Facts
from evalcli.engine.plan import Plan, Wanted, plan
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run, with_own
from evalcli.engine.stored_content import Content, read_content, write_content
from evalcli.findings import Place
from evalcli.inputs.tally import RowTally
from evalcli.loaders.resource import Resource
from evalcli.metrics import Context, Summary
from evalcli.metrics import statistic as statistic_of
from evalcli.report.json_values import JsonObject, list_at, made, object_at, objects_at, plain
from evalcli.report.provenance import Provenance
from evalcli.report.state_facts import PartFacts, StateFacts
from evalcli.states.file import FORMAT, damaged, read_header
from evalcli.statistics import AnyStatistic, Mapper, RowSample, RowValues, ScoreRanking, ScoreRuns, State
from evalcli.statistics.base import States
from evalcli.statistics.portable import compacted, portable
from evalcli.text import join_names

END = 1 << 16
"""Bytes at both ends of a file that tell it from others."""


class StoredPass(Content, frozen=True, eq=False):
    """The states of a pass in the order of the plan's statistics, and what they are states of.

    ``context``: without metrics of its own, which ``define`` and ``cost_matrix`` make. ``statistics``: what
    the states are of, as text. ``slices``: the values and the states of each. ``groups``: hashes of the
    groups. ``looked``: notes on the files. ``matched``: which labels of each file, by its fingerprint and in
    the order of the ids, have a prediction.
    """

    what = "one model"
    command = "merge"

    version: str
    context: Context
    wanted: Wanted
    sampled: RowSample | None
    statistics: tuple[str, ...]
    states: tuple[State[object], ...]
    tally: RowTally
    source: Provenance
    facts: Facts
    looked: Looked
    parts: tuple[PartFacts, ...]
    slices: tuple[tuple[Mapping[str, str | None], tuple[State[object], ...]], ...] = ()
    define: tuple[Definition, ...] = ()
    cost_matrix: CostMatrix | None = None
    groups: Array | None = None
    matched: Mapping[str, Array] = {}

    def plan(self, wanted: Wanted | None = None) -> Plan:
        """The plan of these states, or one that computes something else from them."""
        context = with_own(self.context, self.define, self.cost_matrix)
        return plan(context, wanted or self.wanted, self.sampled)

    def compacted(self) -> StoredPass:
        """The same with all rows of a ranking in one run."""
        slices = tuple((by, tuple(map(_compacted, states))) for by, states in self.slices)
        return replace(self, states=tuple(map(_compacted, self.states)), slices=slices)


def _compacted(state: State[object]) -> State[object]:
    return replace(state, rows=compacted(state.rows)) if isinstance(state, ScoreRuns) else state


def stored_pass(run: Run, result: PassResult, source: Provenance, looked: Looked) -> StoredPass:
    """What a run leaves for others. ``looked``: notes on its files."""
    options, group = run.options, run.inputs.grouping.group
    stored = StoredPass(
        version=__version__,
        context=replace(run.context, own=(), ranking=ScoreRanking()),  # which a plan finds again
        wanted=replace(run.plan.wanted, stored=False, undrawn=False),
        sampled=run.plan.sampled,
        statistics=(),
        states=packed(result.states or {}, result.summary, run.plan.statistics, result.mapper),
        tally=result.tally,
        source=source,
        facts=Facts.of(run),
        looked=_placed(looked, source.predictions[0].path),
        parts=(_part(run, result, source),),
        slices=tuple(
            (by, packed(states, summary, run.plan.of_slices, result.mapper))
            for (by, summary), states in zip(result.slices, result.states_of_slices, strict=True)
        ),
        define=options.define,
        cost_matrix=options.cost_matrix,
        groups=None if group is None else group.hashes,
        matched=_matched(run, source),
    )
    # those of a plan that does not store are equal for all
    return replace(stored, statistics=texts_of(stored.plan()))


def _matched(run: Run, source: Provenance) -> dict[str, Array]:
    matching = run.matching
    if matching is None or source.fingerprint is None:
        return {}
    return {source.fingerprint: matching.matched[matching.index.canonical_order()[0]]}


def texts_of(planned: Plan) -> tuple[str, ...]:
    """The statistics of a plan as text, which is the same in every process."""
    names = names_of_rows(planned)
    if planned.sampled is not None:  # of which each part has its own share
        names[planned.sampled] = repr(replace(planned.sampled, share=1.0))
    return tuple(names.get(statistic, repr(statistic)) for statistic in planned.statistics)


def names_of_rows(planned: Plan) -> dict[AnyStatistic, str]:
    """Statistics that are a function of the rows, which has no text of its own, by the metric."""
    found: dict[AnyStatistic, str] = {}
    for request in planned.every:
        for part in request.simple:
            for needed in (statistic_of(part, planned.context), *part.metric.also):
                if isinstance(needed, RowValues):
                    found.setdefault(needed, f"RowValues({part.metric.name})")
    return found


def _placed(looked: Looked, path: str) -> Looked:
    """Notes with the place that they are of, for those who see those of other files beside them."""
    notes = tuple(replace(note, where=note.where or Place(path)) for note in looked.notes)
    return Looked(notes, looked.not_looked_for)


def packed(
    states: States, summary: Summary, statistics: Sequence[AnyStatistic], mapper: Mapper
) -> tuple[State[object], ...]:
    """States as they are stored: rankings sorted, by the sorts of the report."""
    found: list[State[object]] = []
    for statistic in statistics:
        state = states[statistic]
        if isinstance(state, ScoreRuns) and isinstance(statistic, ScoreRanking):
            state = replace(state, rows=portable(summary[statistic], mapper))
        found.append(state)
    return tuple(found)


def _part(run: Run, result: PassResult, source: Provenance) -> PartFacts:
    matching = run.matching
    files = [file.path for file in source.predictions]
    if matching is not None:
        numbers = matching.index.numbers()[matching.matched]
        both = np.bitwise_xor.reduce(numbers) if len(numbers) else 0
        what = f"{both} {numbers.sum()} {len(numbers)} {source.fingerprint}"
    else:
        what = " ".join([*map(_ends_of, files), source.fingerprint or ""])
    return PartFacts(
        path=files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more",
        rows=result.tally.rows,
        digest=sha256(what.encode()).hexdigest()[:32],
        first_row=run.options.first_row,
        labels=source.fingerprint,
    )


def _ends_of(path: str) -> str:
    """Size and both ends of a local file; of others the path."""
    file = Path(path)
    if not file.is_file():
        return path
    with file.open("rb") as stream:
        first = stream.read(END)
        size = stream.seek(0, 2)
        stream.seek(max(size - END, 0))
        return f"{size} {sha256(first + stream.read(END)).hexdigest()}"


def write_pass(stored: StoredPass, mapper: Mapper = map) -> bytes:
    """The bytes of a state file; its header begins with what a reader may want to know."""
    return write_content(head_of(stored), stored, mapper)


def head_of(stored: StoredPass) -> JsonObject:
    """What is told without the sums."""
    context, source = stored.context, stored.source
    ranks = any(isinstance(state, ScoreRuns) for state in stored.states)
    threshold = source.threshold
    facts = {
        "positive class": source.positive or "",
        "threshold": join_names(f"{name}={at:g}" for name, at in threshold.items())
        if isinstance(threshold, Mapping)
        else ""
        if threshold is None
        else f"{threshold:g}",
        "scores read as": source.scores_as or "",
        "weights": source.weight or "",
        "groups": "" if source.group is None else f"{source.group} ({context.groups:,})",
        "average": context.average or "",
        "bins": str(context.bins),
        "zero_division": context.zero_division,
        "intervals": "none" if stored.wanted.confidence is None else f"{stored.wanted.confidence:g}",
        "seed": str(context.seed),
    }
    return plain(  # type: ignore[return-value]
        {
            "format": FORMAT,
            "evalcli": stored.version,
            "task": context.task.name,
            "classes": context.classes,
            "metrics": stored.wanted.metrics,
            "ranking": ("certified" if stored.wanted.certified else "exact") if ranks else "",
            "rows": {"read": source.read, "scored": source.scored, "dropped": dict(source.dropped)},
            "draws": _draws(stored),
            "facts": {name: text for name, text in facts.items() if text},
            "slices": len(stored.slices),
            "fingerprint": source.fingerprint,
            "parts": stored.parts,
        }
    )


def _draws(stored: StoredPass) -> str:
    if stored.source.id is not None:
        return "id"
    given = [part.first_row is not None for part in stored.parts]
    return "row number among all parts" if all(given) else "row number within each part"


def facts_of(resource: Resource) -> StateFacts:
    """What a state file says of itself. Raises an ``InputError`` if it is none."""
    header = read_header(resource)
    try:
        rows = object_at(header, "rows")
        return made(
            StateFacts,
            path=resource.name,
            size=header["bytes"],
            format=header["format"],
            version=header["evalcli"],
            task=header["task"],
            classes=tuple(list_at(header, "classes")),
            metrics=tuple(list_at(header, "metrics")),
            ranking=header["ranking"],
            read=rows["read"],
            scored=rows["scored"],
            dropped=object_at(rows, "dropped"),
            parts=tuple(made(PartFacts, **part) for part in objects_at(header, "parts")),
            draws=header["draws"],
            facts=object_at(header, "facts"),
            slices=header["slices"],
            fingerprint=header["fingerprint"],
            models=tuple(list_at(header, "models")) if "models" in header else (),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(resource.place, str(error)) from None


def read_pass(resource: Resource, mapper: Mapper = map) -> StoredPass:
    """The content of the state file of one model. Raises an ``InputError`` if it is none, or damaged."""
    return read_content(resource, StoredPass, mapper)
