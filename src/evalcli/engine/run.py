"""All that is decided before the pass: task, classes, plan, how scores are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from evalcli.engine.plan import Plan, Wanted, narrowed, plan
from evalcli.engine.row_table import RowTable
from evalcli.errors import InputError, UsageError
from evalcli.gate.rules import Asked
from evalcli.inputs.assemble import Assembler
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import Reading, read_kind
from evalcli.inputs.stream import Stream, open_stream
from evalcli.inputs.targets.classification import ClassTarget
from evalcli.inputs.targets.regression import RealTarget
from evalcli.inputs.targets.target import Target, find_target
from evalcli.metrics import Study
from evalcli.statistics import RowSample

Watch = Callable[[int, int | None], None]
"""Told the rows that are done, and how many there are where that is known."""
Sink = Callable[[pa.RecordBatch], None]
"""Takes what is known of some rows."""
SAMPLE_CELLS, FEWEST_SAMPLED, MOST_SAMPLED = 1 << 17, 1024, 4096
"""Scores of the rows that are drawn again and again, and the rows at least and at most."""
GROUP_CELLS, MOST_OF_GROUPS, WANTED_GROUPS = 1 << 20, 1 << 17, 200
"""The same of rows in groups, whose parts say less than they do; and groups that should fit."""


@dataclass(frozen=True, eq=False)
class Run:
    """All that is decided before the pass. ``table``: makes what is said of every row, where it is."""

    options: Options
    inputs: Inputs
    target: Target
    plan: Plan
    stream: Stream
    reading: Reading
    assembler: Assembler
    table: RowTable | None = None

    @property
    def study(self) -> Study:
        """What is computed for."""
        return self.plan.study

    @property
    def matching(self) -> Matching | None:
        """How ids find their rows; None where rows are matched by order."""
        return self.assembler.matching


def wanted(options: Options, rules: Sequence[Asked] = (), only: Sequence[str] = ()) -> Wanted:
    """What the options ask for; ``only`` replaces the metrics and leaves the rows of the classes out."""
    return Wanted(
        tuple(only) or options.metrics,
        tuple(rules),
        not only,
        options.batches,
        options.confidence if options.intervals else None,
        min_n=options.min_n,
    )


def prepare(inputs: Inputs, options: Options, wanted: Wanted, rows: bool = False) -> Run:
    """Decide on task, classes, metrics and how scores are read; begin to read the predictions.

    ``rows``: whether something is said of every row, for which ids and scores are read, too.
    """
    target = find_target(inputs, options)
    study = _study(inputs, options, target)
    _check_task(study, options)
    if wanted.curves:
        _require_curves(study, target, inputs)
    planned = plan(study, wanted, None if wanted.confidence is None else _sampled(study, target, inputs))
    target = target if rows else narrowed(target, planned.scores, planned.statistics)
    stream = open_stream(inputs, target.columns, target.predicted, target.width, rows)
    reading = read_kind(inputs, stream, options.scores, study.task, "scores" in study.holds)
    assembler = Assembler(
        inputs.predictions,
        target,
        inputs.weight if inputs.weight is not None else inputs.roles.weight,
        inputs.weight_source,
        reading,
        stream.eps,
        _matching(inputs),
        options.null_values,
        inputs.strata,
        options.seed if planned.draws_rows else None,
    )
    table = RowTable(target, inputs.roles.id, study.weighted) if rows else None
    return Run(options, inputs, target, planned, stream, reading, assembler, table)


def _matching(inputs: Inputs) -> Matching | None:
    if inputs.index is None or inputs.roles.id is None:
        return None
    return Matching.by(inputs.index, inputs.predictions, inputs.roles.id)


def _study(inputs: Inputs, options: Options, target: Target) -> Study:
    """What the formulas may know."""
    group = inputs.strata.group
    return Study(
        target.task,
        target.names,
        target.positive,
        options.average,
        options.zero_division,
        options.bins,
        target.holds,
        target.levels if isinstance(target, RealTarget) else (),
        inputs.roles.weight is not None,
        groups=None if group is None else len(group.values),
        seed=options.seed,
    )


def rows_sampled(width: int) -> int:
    """How many rows of so many scores are drawn from."""
    return min(max(SAMPLE_CELLS // width, FEWEST_SAMPLED), MOST_SAMPLED)


def _sampled(study: Study, target: Target, inputs: Inputs) -> RowSample:
    """How many rows are drawn from, again and again, for intervals that need that."""
    width = max(target.width, study.k, 1)
    if study.groups is None:
        return RowSample(rows_sampled(width))
    limit = min(max(GROUP_CELLS // width, FEWEST_SAMPLED), MOST_OF_GROUPS)
    # so that the groups that fit are as many as are wanted
    wanted = min(study.groups, WANTED_GROUPS) * max(len(inputs.truth), 1)
    return RowSample(limit, min(1.0, limit * study.groups / wanted))


def _check_task(study: Study, options: Options) -> None:
    """Refuse what the task does not have."""
    if options.average == "samples" and study.task != "multilabel":
        raise UsageError(f"--average samples is for multilabel data; this is {study.task}")
    if options.batches is not None:
        if study.task not in ("binary", "multiclass"):
            raise UsageError(f"--explain-batches is for one class a row; this is {study.task}")
        if study.weighted:
            raise UsageError("--explain-batches has no meaning for weighted rows")


def _require_curves(study: Study, target: Target, inputs: Inputs) -> None:
    """Refuse what has no threshold."""
    if study.task not in ("binary", "multilabel"):
        raise UsageError(
            f"thresholds are for binary and multilabel data; this is {study.task}",
            mend="--task binary or --task multilabel if it is that",
        )
    alone = isinstance(target, ClassTarget) and target.predicted is not None and not target.columns
    if alone or "scores" not in study.holds:
        raise InputError(
            "thresholds need scores, and the file holds predictions only",
            where=inputs.place,
            mend="name the columns of scores with --score-cols",
            code="no-scores",
        )
