"""The models of a comparison: one pass over each, on the rows that all of them have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
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
from evalcli.errors import InputError
from evalcli.findings import Blank, Finding, use
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.intervals.method import Study
from evalcli.intervals.paired import FEW
from evalcli.intervals.rows import Resamples
from evalcli.metrics import Context, MetricValue, Request, Summary, compute
from evalcli.report.provenance import Provenance
from evalcli.statistics.base import Floats
from evalcli.text import join_names

DRAWS, DRAWS_OF_FEW, FEWEST = 200, 1000, 10
"""Resamples of the rows, and of fewer than ``FEW`` rows; minimum of rows to resample."""


class Side(Struct, frozen=True, eq=False):
    """One model after its pass.

    ``draws``: by metric, its value on the sampled rows and on each resample. ``part``: share of the rows that
    were sampled; ``units``: rows, or groups. ``truth``: index of the class by row of the labels. ``order``:
    the reference's index of each class.
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
    first = _side(*models[0], names, None)
    options = [models[0][1], *(_with_labels_of(first, models[0][1], given) for _, given in models[1:])]
    sides = [
        first,
        *(_side(name, given, names, None) for (name, _), given in zip(models[1:], options[1:], strict=True)),
    ]
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
        sides = [
            _side(side.name, given, names, shared) if more else side
            for side, given, more in zip(sides, options, left_out, strict=True)
        ]
    return sides, left_out


def _with_labels_of(first: Side, own: Options, options: Options) -> Options:
    """Where labels are in the files of predictions and rows have ids: the first file has the labels."""
    if options.labels is not None or first.id_column is None or options.predictions == own.predictions:
        return options
    return replace(
        options,
        labels=own.predictions,
        label_col=first.source.truth[0] if len(first.source.truth) == 1 else None,
        id_col=first.id_column,
    )


@overflow_to_infinity
def _side(name: str, options: Options, rules: Sequence[str], shared: Array | None) -> Side:
    """One pass over a model. ``rules``: further metrics; ``shared``: rows of the labels to score."""
    asked = wanted(options)
    run = prepare(
        open_inputs(options),
        options,
        Wanted(
            metrics=(*asked.metrics, *rules),
            per_class=False,
            confidence=options.confidence,
            paired=True,
        ),
    )
    context, rows = run.context, len(run.inputs.truth)
    exclusive = context.task.has_classes and context.task.exclusive
    run = replace(
        run,
        kept=KeptRows.of(rows, context.k, exclusive),
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
        name=name,
        context=context,
        requests=requests,
        values=values,
        draws=draws,
        part=part,
        units=units,
        rows=summary.size.rows,
        kept=run.kept or KeptRows.of(rows, 0, False),
        truth=run.target.truth_rows()[0],
        index=run.inputs.index,
        source=source,
        notes=notes,
        fingerprint=fingerprint(run.target, run.inputs.index),
        id_column=run.inputs.roles.id,
    )


def _draws(
    run: Run, summary: Summary, requests: tuple[Request, ...]
) -> tuple[Mapping[str, tuple[float, Floats]], float, float]:
    """Values on resamples of the rows, the share of the rows that were sampled, and rows or groups."""
    sampled, rows = run.plan.sampled, summary.size.rows
    if not requests or sampled is None or rows < FEWEST:
        return {}, 1.0, float(rows)
    draws = DRAWS if rows >= FEW else DRAWS_OF_FEW
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
            found="the labels differ, or are in another order",
            hint=use("with a column of ids in every file", labels=Blank("FILE"), id_col=Blank("NAME")),
            code="not-comparable",
        )


def _words(value: object) -> str:
    return join_names(value) if isinstance(value, list) else str(value)
