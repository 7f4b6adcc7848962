"""The models of a comparison: one pass over each, on the rows that all of them have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.inert import refuse_inert
from evalcli.engine.kept_rows import KeptRows
from evalcli.engine.notes.collect import look
from evalcli.engine.plan import Wanted, of_one_table
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.run import Run, prepare, wanted
from evalcli.engine.stream import run_pass
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, Finding, use
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.open import Inputs, open_inputs, open_sources
from evalcli.inputs.options import Options
from evalcli.intervals.method import Study
from evalcli.intervals.paired import FEW
from evalcli.intervals.rows import Resamples
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.without import WithoutColumns
from evalcli.metrics import Context, MetricValue, Request, Summary, compute
from evalcli.report.provenance import Provenance
from evalcli.statistics.base import Floats
from evalcli.text import join_names

DRAWS, DRAWS_OF_FEW, FEWEST = 200, 1000, 10
"""Resamples of the rows, and of fewer than ``FEW`` rows; minimum of rows to resample."""


class Side(Struct, frozen=True, eq=False):
    """One model after its pass.

    ``draws``: by metric, its value on the sampled rows and on each resample. ``part``: share of the rows that
    were sampled; ``units``: rows, or groups. ``truth``: index of the class by row of the labels.
    """

    name: str
    context: Context
    requests: tuple[Request, ...]
    values: Mapping[str, MetricValue]
    draws: Mapping[str, tuple[float, Floats]]
    part: float
    units: float
    rows: int
    kept: KeptRows
    truth: Array
    index: RowIndex | None
    source: Provenance
    notes: tuple[Finding, ...]
    fingerprint: str
    id_column: str | None

    @property
    def file(self) -> str:
        """For messages: its file."""
        return self.source.predictions[0].path

    def codes(self, classes: tuple[str, ...]) -> Array | None:
        """Predicted classes as indices of some order of the classes, by row of the labels."""
        if self.kept.predicted is None or classes == self.context.classes:
            return self.kept.predicted
        order = np.array([classes.index(name) for name in self.context.classes])
        return np.asarray(order[self.kept.predicted])


def on_the_same_rows(
    models: Sequence[tuple[str, Options]], names: Sequence[str]
) -> tuple[list[Side], list[int]]:
    """Every model on the rows that all of them have, read again where one has more; rows left out of each.

    ``names``: metrics besides those of the options.
    """
    (name, own), *others = models
    first = _side(Reading(name, own), names, None)
    readings = [Reading(name, own), *(_with_labels_of(first, own, *other) for other in others)]
    sides = [first, *(_side(reading, names, None) for reading in readings[1:])]
    for side in sides[1:]:
        _require_alike(first, side)
    shared = np.logical_and.reduce([side.kept.scored for side in sides])
    for side in sides[1:]:
        _require_same_rows(first, side, shared)
    if not shared.any():
        raise InputError(
            "the models have no rows in common",
            where=join_names(side.file for side in sides),
            hint=use("to match rows by a column", id_col=Blank("NAME")),
            code="no-rows",
        )
    left_out = [int(np.count_nonzero(side.kept.scored & ~shared)) for side in sides]
    if any(left_out):
        if any("-" in reading.options.files for reading in readings):
            raise UsageError(
                "standard input can be read once, and the models have different rows",
                hint="write it to a file, and name the file",
            )
        sides = [
            _side(reading, names, shared) if more else side
            for side, reading, more in zip(sides, readings, left_out, strict=True)
        ]
    return sides, left_out


class Reading(Struct, frozen=True):
    """How a model is read. ``hidden``: columns that its labels, from another file, stand for."""

    name: str
    options: Options
    hidden: tuple[str, ...] = ()

    def inputs(self) -> Inputs:
        """The files, opened."""
        if not self.hidden:
            return open_inputs(self.options)
        predictions, labels = open_sources(self.options)
        return open_inputs(self.options, (WithoutColumns(predictions, self.hidden), labels))


def _with_labels_of(first: Side, own: Options, name: str, options: Options) -> Reading:
    """Where labels are in the files of predictions and rows have ids: the first file has the labels."""
    apart = options.labels is None and first.id_column is not None and len(first.source.truth) == 1
    if not apart or options.predictions == own.predictions:
        return Reading(name, options)
    (truth,), id_column = first.source.truth, str(first.id_column)
    _require_same_labels(own, options, truth, id_column)
    joined = replace(options, labels=own.predictions, label_col=truth, id_col=id_column)
    return Reading(name, joined, (truth,))


def _require_same_labels(own: Options, options: Options, truth: str, id_column: str) -> None:
    """Refuse a file whose own labels are others than those of the first file, by id."""
    sources = [open_sources(given)[0] for given in (own, options)]
    if any(name not in source.columns for source in sources for name in (truth, id_column)):
        return
    columns = []
    for source in sources:
        batches = list(source.batches([id_column, truth], text=[truth], ids=[id_column]))
        parts = (
            [column_of(batch, name).cast(pa.string()) for batch in batches] for name in (id_column, truth)
        )
        columns.append([pa.chunked_array(part) for part in parts])
    (ids, labels), (other_ids, other_labels) = columns
    places = pc.index_in(other_ids, value_set=ids.combine_chunks())
    known = pc.is_valid(places)
    expected, found = labels.take(places.filter(known)), other_labels.filter(known)
    wrong = pc.sum(pc.not_equal(expected, found)).as_py() or 0
    if wrong:
        raise InputError(
            "the models are on different labels: their rows cannot be paired",
            where=" and ".join(source.path for source in sources),
            found=f"{wrong:,} rows of the same id have another {truth}",
            hint=use("with the labels that are right", labels=Blank("FILE"), label_col=truth),
            code="not-comparable",
        )


@overflow_to_infinity
def _side(reading: Reading, rules: Sequence[str], shared: Array | None) -> Side:
    """One pass over a model. ``rules``: further metrics; ``shared``: rows of the labels to score."""
    options, asked = reading.options, wanted(reading.options)
    run = prepare(
        reading.inputs(),
        options,
        Wanted(
            metrics=(*asked.metrics, *rules),
            per_class=False,
            confidence=options.confidence,
            paired=True,
        ),
    )
    context = run.context
    kept = KeptRows.of(len(run.inputs.truth), context)
    run = replace(
        run,
        kept=kept,
        block_builder=replace(run.block_builder, by_label=True, shared=shared),
    )
    refuse_inert(run)
    with run_pass(run) as result:
        raise_for_unusable_rows(run, result)
        summary = result.summary
        requests = run.plan.requests
        values = {request.key: compute(request, summary) for request in requests}
        redrawn = tuple(
            r for r in requests if not of_one_table(r, context) and values[r.key].value is not None
        )
        draws, part, units = _draws(run, summary, redrawn)
        source = provenance(run, result)
        notes = look(run, result, source).notes
    return Side(
        name=reading.name,
        context=context,
        requests=requests,
        values=values,
        draws=draws,
        part=part,
        units=units,
        rows=summary.size.rows,
        kept=kept,
        truth=run.target.truth_rows()[0],
        index=run.inputs.index,
        source=source,
        notes=notes,
        fingerprint=fingerprint(run.target, None),
        id_column=run.inputs.roles.id,
    )


def _draws(
    run: Run, summary: Summary, requests: tuple[Request, ...]
) -> tuple[Mapping[str, tuple[float, Floats]], float, float]:
    """Values on resamples of the rows, the share of the rows that were sampled, and rows or groups."""
    sampled, rows = run.plan.sampled, summary.size.rows
    if not requests or sampled is None or rows < FEWEST:
        return {}, 1.0, float(rows)
    independent = run.context.groups or (summary.size.effective if run.context.weighted else rows)
    draws = DRAWS if independent >= FEW else DRAWS_OF_FEW
    resamples = Study(summary, run.options.confidence, sampled, requests, draws).shared(Resamples)
    grouped = run.context.groups is not None
    units = resamples.sample.units / resamples.sample.part if grouped else resamples.units.all
    return resamples.values, resamples.sample.part, units


def _require_alike(first: Side, side: Side) -> None:
    """Refuse models of other tasks, classes or labels."""
    one, other = first.context, side.context
    different = {
        "tasks": (one.task.name, other.task.name),
        "classes": (sorted(one.classes), sorted(other.classes)),
        "positive classes": tuple(
            None if c.positive is None else c.classes[c.positive] for c in (one, other)
        ),
    }
    for what, (left, right) in different.items():
        if left != right:
            raise InputError(
                f"the models have different {what}",
                where=f"{first.file} and {side.file}",
                found=f"{_words(left)}; {_words(right)}",
                hint=use("with the classes of both", classes=Blank("NAMES"))
                if what == "classes"
                else use(
                    "for all of them",
                    **{"task": Blank("TASK")} if what == "tasks" else {"positive": Blank("CLASS")},
                ),
                code="not-comparable",
            )
    if first.fingerprint != side.fingerprint:
        raise InputError(
            "the models are on different labels: their rows cannot be paired",
            where=f"{first.file} and {side.file}",
            found="the labels differ, or are in another order"
            if (first.source.id is None) == (side.source.id is None)
            else "one is joined by id, the other by order: it has no such column",
            hint=use("with a column of ids in every file", labels=Blank("FILE"), id_col=Blank("NAME")),
            code="not-comparable",
        )


def _require_same_rows(first: Side, side: Side, shared: Array) -> None:
    """Refuse weights and groups that differ between the files."""
    for what, option in (("weight", "weight_col"), ("group", "group")):
        one, other = (getattr(part.kept, what) for part in (first, side))
        if one is None and other is None:
            continue
        if one is None or other is None or not np.array_equal(one[shared], other[shared]):
            hint = use(
                "with the column in the file of the labels", labels=Blank("FILE"), **{option: Blank("NAME")}
            )
            raise InputError(
                f"the {what}s of the rows differ between the models",
                where=f"{first.file} and {side.file}",
                found=f"only one has {what}s" if one is None or other is None else None,
                hint=hint | use("without weights", unweighted=True) if what == "weight" else hint,
                code="not-comparable",
            )


def _words(value: object) -> str:
    return join_names(value) if isinstance(value, list) else str(value)
