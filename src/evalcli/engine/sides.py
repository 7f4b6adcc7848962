"""The models of a comparison: one pass over each, on the rows that all of them have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.blocks.base import overflow_to_infinity
from evalcli.definitions import Definition
from evalcli.engine.compose import definitions_of
from evalcli.engine.inert import effects, refuse_inert
from evalcli.engine.kept_rows import KeptRows
from evalcli.engine.measured import Measured
from evalcli.engine.notes.collect import look_at, look_at_files
from evalcli.engine.notes.view import Facts
from evalcli.engine.plan import Wanted
from evalcli.engine.provenance import provenance
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.run import place_of, prepare, wanted
from evalcli.engine.stored_pass import StoredPass, stored_pass
from evalcli.engine.stream import run_pass
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, Finding, Hint, use
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.open import Inputs, open_inputs, open_sources
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.without import WithoutColumns
from evalcli.metrics import Context
from evalcli.report.provenance import Provenance
from evalcli.text import join_names


class ScoredSlice(Struct, frozen=True, eq=False):
    """A model on the rows of one slice."""

    by: Mapping[str, str | None]
    measured: Measured


class SliceRows(ScoredSlice, frozen=True, eq=False):
    """The same, with its rows; ``rows``: which of the labels these are, (n,), bool."""

    rows: Array


class Scored(Struct, frozen=True, eq=False, kw_only=True):
    """One model after its pass, or from stored sums."""

    name: str
    whole: Measured
    slices: tuple[ScoredSlice, ...]
    source: Provenance
    notes: tuple[Finding, ...]
    definitions: tuple[Definition, ...] = ()

    @property
    def context(self) -> Context:
        """Names and options of the run."""
        return self.whole.context


class Side(Scored, frozen=True, eq=False, kw_only=True):
    """One model after its pass, with its rows. ``truth``: index of the class by row of the labels.

    ``effects``: each option that is not at its default, and why it has none, or None. ``stored``: its sums,
    if they are wanted.
    """

    slices: tuple[SliceRows, ...]
    kept: KeptRows
    truth: Array
    index: RowIndex | None
    fingerprint: str
    id_column: str | None
    options: Options
    effects: Mapping[str, str | None]
    stored: StoredPass | None = None

    @property
    def file(self) -> str:
        """For messages: its file."""
        return self.source.predictions[0].path

    def names_of(self, rows: Array) -> list[str] | None:
        """Ids of some rows of the labels; None if they have none."""
        if self.index is not None:
            return [self.index.name(int(row)) for row in rows]
        if self.id_column is None or self.options.labels is not None or "-" in self.options.files:
            return None
        source = open_sources(self.options)[0]
        names = [
            str(value)
            for batch in source.batches([self.id_column], ids=[self.id_column])
            for value in column_of(batch, self.id_column).to_pylist()
        ]
        return [names[int(row)] for row in rows]

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
    refuse_inert(*(side.effects for side in sides))
    for side in sides[1:]:
        _require_alike(first, side)
    shared = np.logical_and.reduce([side.kept.scored for side in sides])
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
    for side in sides[1:]:
        _require_same_rows(sides[0], side)
    return sides, left_out


class Reading(Struct, frozen=True):
    """How a model is read. ``hidden``: columns that its labels, from another file, stand for.

    ``first``: options of the first model, by whose place among all rows those of all models are drawn.
    """

    name: str
    options: Options
    hidden: tuple[str, ...] = ()
    first: Options | None = None

    def inputs(self) -> Inputs:
        """The files, opened."""
        if not self.hidden:
            return open_inputs(self.options)
        predictions, labels = open_sources(self.options)
        return open_inputs(self.options, (WithoutColumns(predictions, self.hidden), labels))


def _with_labels_of(first: Side, own: Options, name: str, options: Options) -> Reading:
    """Where labels are in the files of predictions and rows have ids: the first file has the labels."""
    apart = options.labels is None and first.id_column is not None and len(first.source.truth) == 1
    if not apart or (options.predictions == own.predictions and options.opened is None):
        return Reading(name, options, first=own)
    (truth,), id_column = first.source.truth, str(first.id_column)
    weight = first.source.weight
    both = [truth] if weight is None or options.weight_col is not None else [truth, weight]
    for column in both:
        _require_same_values(own, options, column, id_column)
    joined = replace(options, labels=own.predictions, label_col=truth, id_col=id_column)
    if own.opened is not None or options.opened is not None:
        joined = replace(joined, opened=(open_sources(options)[0], open_sources(own)[0]))
    return Reading(name, joined, tuple(both), own)


def _require_same_values(own: Options, options: Options, truth: str, id_column: str) -> None:
    """Refuse a file whose own labels or weights are others than those of the first file, by id."""
    sources = [open_sources(given)[0] for given in (own, options)]
    if any(name not in source.columns for source in sources for name in (truth, id_column)):
        return
    import pyarrow.compute as pc

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
        raise _different_labels(
            (source.path for source in sources),
            f"{wrong:,} rows of the same id have another {truth}",
            use("with the labels that are right", labels=Blank("FILE"), label_col=truth),
        )


def _different_labels(files: Iterable[str], found: str, hint: Hint) -> InputError:
    return InputError(
        "the models are on different labels: their rows cannot be paired",
        where=" and ".join(files),
        found=found,
        hint=hint,
        code="not-comparable",
    )


@overflow_to_infinity
def _side(reading: Reading, rules: Sequence[str], shared: Array | None) -> Side:
    """One pass over a model. ``rules``: further metrics; ``shared``: rows of the labels to score."""
    options = reading.options
    run = prepare(reading.inputs(), options, _wanted(options, rules))
    kept = KeptRows.of(len(run.inputs.truth), run.context, len(run.inputs.grouping.slices))
    run = replace(
        run,
        kept=kept,
        block_builder=replace(
            run.block_builder,
            by_label=True,
            shared=shared,
            first_row=place_of(reading.first or options, run.target),
        ),
    )
    with run_pass(run) as result:
        raise_for_unusable_rows(run, result)
        plan, confidence = run.plan, run.options.confidence
        whole = Measured.of(plan.requests, result.summary, plan.sampled, confidence)
        sampled = plan.sampled_of_slices
        rows = _rows_of_slices(kept)
        slices = tuple(
            SliceRows(by, Measured.of(plan.requests, summary, sampled, confidence), of_slice)
            for (by, summary), of_slice in zip(result.slices, rows, strict=True)
        )
        source = provenance(run, result)
        of_files = look_at_files(run, result, source)
        looked = of_files + look_at(result, Facts.of(run), source)
        stored = stored_pass(run, result, source, of_files) if options.stored else None
    return Side(
        name=reading.name,
        whole=whole,
        slices=slices,
        kept=kept,
        truth=run.target.truth_rows()[0],
        index=run.inputs.index,
        source=source,
        notes=looked.notes,
        fingerprint=fingerprint(run.target, None),
        id_column=run.inputs.roles.id,
        options=options,
        effects=effects(run),
        definitions=tuple(definitions_of(run.plan)),
        stored=stored,
    )


def _wanted(options: Options, rules: Sequence[str]) -> Wanted:
    """What is computed of a model that is compared."""
    asked = wanted(options)
    return replace(
        asked,
        metrics=(*asked.metrics, *rules),
        per_class=False,
        confidence=options.confidence,
        paired=True,
        pictures=None,
        undrawn=False,
    )


def _rows_of_slices(kept: KeptRows) -> Iterator[Array]:
    """Which rows are in each slice, in the order of the slices of a pass."""
    for codes in kept.slices:
        for code in np.unique(codes[kept.scored]):
            yield kept.scored & (codes == code)


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
        alike = (first.source.id is None) == (side.source.id is None)
        raise _different_labels(
            (first.file, side.file),
            "the labels differ, or are in another order"
            if alike
            else "one is joined by id, the other by order: it has no such column",
            use("with a column of ids in every file", labels=Blank("FILE"), id_col=Blank("NAME")),
        )


def _require_same_rows(first: Side, side: Side) -> None:
    """Refuse weights, groups and slices that differ between the files."""
    rows = first.kept.scored
    for what, option in (("weight", "weight_col"), ("group", "group")):
        one, other = (getattr(part.kept, what) for part in (first, side))
        if one is None and other is None:
            continue
        if one is None or other is None or not np.array_equal(one[rows], other[rows]):
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
    ours, theirs = (tuple(part.slices) for part in (first, side))
    same = [s.by for s in ours] == [s.by for s in theirs]
    if not same or not all(np.array_equal(a.rows, b.rows) for a, b in zip(ours, theirs, strict=True)):
        raise InputError(
            "the slices of the rows differ between the models",
            where=f"{first.file} and {side.file}",
            hint=use("with the column in the file of the labels", labels=Blank("FILE"), by=Blank("COLUMN")),
            code="not-comparable",
        )


def _words(value: object) -> str:
    return join_names(value) if isinstance(value, list) else str(value)
