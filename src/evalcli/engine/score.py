"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, Block, taken
from evalcli.engine.compose import Measured, SliceKey, compose
from evalcli.engine.plan import Plan, plan
from evalcli.engine.row_table import RowTable
from evalcli.errors import InputError, Problems, UsageError, listed
from evalcli.gate.rules import Asked
from evalcli.inputs.assemble import Assembler, Tally
from evalcli.inputs.groups import refuse_combinations
from evalcli.inputs.ids_and_weights import crossed
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.open import Inputs, Stream, open_inputs, open_stream, read_kind
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import Piece
from evalcli.inputs.score_scale import Reading
from evalcli.inputs.targets.target import ClassTarget, RealTarget, Target, find_target, narrowed
from evalcli.metrics import Study
from evalcli.report.report import Report
from evalcli.statistics import RowSample, finished
from evalcli.statistics.base import OVERFLOW

States = dict[Any, Any]
"""By statistic."""
Watch = Callable[[int, int | None], None]
"""Told the rows that are done, and how many there are where that is known."""
Sink = Callable[[pa.RecordBatch], None]
"""Takes what is known of some rows."""
LACKS = {
    "missing_label": "no label",
    "missing_prediction": "no predicted class",
    "missing_scores": "a score that is NaN, infinite or empty",
    "missing_weight": "no weight",
}
MOST_BINS = 10_000
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
    planned: Plan
    stream: Stream
    reading: Reading
    assembler: Assembler
    table: RowTable | None = None

    @property
    def study(self) -> Study:
        """What is computed for."""
        return self.planned.study


def score(
    options: Options,
    *,
    asked: Sequence[Asked] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
    watch: Watch | None = None,
    sink: Sink | None = None,
) -> Report:
    """Score one prediction file.

    ``asked``: rules whose metrics are computed too; they are judged elsewhere. ``only`` replaces the
    selection of metrics and leaves the per-class table out. ``sink`` takes what is known of each row, in
    order. Raises an ``EvalcliError`` for all that the user can mend.
    """
    check_options(options)
    run = prepare(open_inputs(options), options, asked, only, sink is not None)
    with measured(run, watch, sink) as found:
        refuse(run, found.tally)
        return compose(
            found,
            run.planned,
            run.inputs,
            run.target,
            run.reading,
            run.assembler.matching,
            options,
            command,
        )


def prepare(
    inputs: Inputs,
    options: Options,
    asked: Sequence[Asked] = (),
    only: Sequence[str] = (),
    rows: bool = False,
    curves: bool = False,
) -> Run:
    """Decide on task, classes, metrics and how scores are read; begin to read the predictions.

    ``rows``: whether something is said of every row, for which ids and scores are read, too. ``curves``:
    whether points of the curves are wanted, of the task's kind that has thresholds.
    """
    target = find_target(inputs, options)
    study = Study(
        target.task,
        target.names,
        target.positive,
        options.average,
        options.zero_division,
        options.bins,
        target.holds,
        target.levels if isinstance(target, RealTarget) else (),
        inputs.roles.weight is not None,
        groups=None if inputs.strata.group is None else len(inputs.strata.group.values),
        seed=options.seed,
    )
    _check_task(study, options)
    if curves:
        _require_curves(study, target, inputs)
    sampled = _sampled(study, target, inputs) if options.intervals else None
    planned = plan(
        study, only or options.metrics, asked, not only, options.batches is not None, sampled, curves
    )
    target = target if rows else narrowed(target, planned.scores, planned.statistics)
    stream = open_stream(inputs, target.columns, target.predicted, target.width, rows)
    with np.errstate(**OVERFLOW):
        reading = read_kind(inputs, stream, options.scores, study.task, "scores" in study.holds)
    assembler = Assembler(
        inputs.predictions,
        target,
        inputs.weight if inputs.weight is not None else inputs.roles.weight,
        inputs.weight_source,
        reading,
        stream.eps,
        None
        if inputs.index is None or inputs.roles.id is None
        else Matching.by(inputs.index, inputs.predictions, inputs.roles.id),
        options.null_values,
        inputs.strata,
        options.seed if sampled in planned.statistics or planned.study.ranking.grouped else None,
    )
    table = RowTable(target, inputs.roles.id, study.weighted) if rows else None
    return Run(options, inputs, target, planned, stream, reading, assembler, table)


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


@contextmanager
def measured(run: Run, watch: Watch | None = None, sink: Sink | None = None) -> Iterator[Measured]:
    """The one pass over the predictions: the study with its states, of all rows and of each slice; the tally.

    Some metrics are worked out when they are asked for, on the pool that is there as long as the context.
    """
    jobs = run.options.jobs
    # sums too large for a number become infinite, and the metrics on them undefined
    with (
        np.errstate(**OVERFLOW),
        ThreadPoolExecutor(jobs, initializer=partial(np.seterr, **OVERFLOW)) as pool,
    ):
        summed = _pass(pool, run, watch or _ignored, sink or _ignored)
        run.inputs.require_rows(summed.tally.rows)
        mapper = map if jobs == 1 else pool.map
        whole = _finished(summed.states, mapper)
        # slices are worked out side by side, each of them on one thread
        slices = {
            key: replace(run.study, states=_finished(summed.slices.pop(key), map))
            for key in sorted(summed.slices)
        }
        yield Measured(replace(run.study, states=whole), summed.tally, slices, mapper)


def _finished(states: States, mapper: Any) -> States:
    """What is worked out takes the place of the rows it was made of."""
    done: States = {}
    for statistic in list(states):
        done[statistic] = finished(states.pop(statistic), mapper)
    return done


def _ignored(*_: object) -> None:
    """Nobody looks on."""


def check_options(options: Options) -> None:
    """Refuse values that no run can have, all at once."""
    choices = {
        "--average": (options.average, ("macro", "micro", "weighted", "samples")),
        "--zero-division": (options.zero_division, ("0", "1", "skip")),
        "--missing": (options.missing, ("error", "drop")),
        "--on-missing": (options.on_missing, ("error", "drop")),
        "--on-extra": (options.on_extra, ("error", "drop")),
    }
    problems = Problems()
    for option, (value, allowed) in choices.items():
        with problems.gathered():
            if value not in allowed:
                raise UsageError(f"{option} {value!r} is not one of {listed(allowed)}")
    with problems.gathered():
        if len(options.decimal) != 1 or options.decimal.isalnum():
            raise UsageError(f"--decimal {options.decimal!r} is not one sign", mend="--decimal ,")
    with problems.gathered():
        if not 0 < options.confidence < 1:
            raise UsageError(
                f"--confidence {options.confidence:g} is not between 0 and 1",
                mend=f"--confidence {options.confidence / 100:g}"
                if 1 < options.confidence < 100
                else "--confidence 0.95",
            )
    with problems.gathered():
        if not 0 <= options.seed < 1 << 63:
            raise UsageError(f"--seed {options.seed} is not a whole number from 0 up")
    with problems.gathered():
        if options.min_n < 0:
            raise UsageError(f"--min-n {options.min_n} is negative", mend="--min-n 30")
    counts = {"--bins": options.bins, "--jobs": options.jobs, "--explain-batches": options.batches}
    for option, count in counts.items():
        with problems.gathered():
            if count is not None and count < 1:
                raise UsageError(f"{option} {count} is not a positive number")
    with problems.gathered():
        crossed(options.by)
    with problems.gathered():
        if options.bins > MOST_BINS:
            raise UsageError(f"--bins {options.bins} is more than {MOST_BINS:,}")
    problems.refuse()


def _check_task(study: Study, options: Options) -> None:
    """Refuse what the task does not have."""
    if options.average == "samples" and study.task != "multilabel":
        raise UsageError(f"--average samples is for multilabel data; this is {study.task}")
    if options.batches is not None:
        if study.task not in ("binary", "multiclass"):
            raise UsageError(f"--explain-batches is for one class a row; this is {study.task}")
        if study.weighted:
            raise UsageError("--explain-batches has no meaning for weighted rows")


@dataclass
class _Summed:
    """States of all rows and of each slice, and what was counted beside; rows where they are written."""

    states: States
    tally: Tally
    slices: dict[SliceKey, States] = field(default_factory=dict)
    rows: Any = None

    def add(self, other: _Summed) -> None:
        """Join the rows that follow."""
        self.tally = self.tally + other.tally
        self.states = _added(self.states, other.states)
        for key, states in other.slices.items():
            self.slices[key] = _added(self.slices.get(key, {}), states)


def _added(states: States, more: States) -> States:
    return {s: states[s] + more[s] for s in more} if states else more


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


def _work(piece: Piece, run: Run) -> _Summed:
    made = run.assembler(piece)
    states = {statistic: statistic.of(made.block) for statistic in run.planned.statistics}
    slices: dict[SliceKey, States] = {}
    for place, codes in enumerate(made.slices):
        for code, block in _parts(made.block, codes):
            slices[place, code] = {statistic: statistic.of(block) for statistic in run.planned.of_slices}
    rows = run.table.batch(made.block, piece, made.keep) if run.table else None
    return _Summed(states, made.tally, slices, rows)


def _parts(block: Block, codes: Array) -> Iterator[tuple[int, Block]]:
    """The rows of each slice, with what is known of them already."""
    if not block.n:
        return
    if codes.max() < 1 << 16:  # a radix sort
        codes = codes.astype(np.uint16)
    order = np.argsort(codes, kind="stable")
    ordered = taken(block, order)
    found, start = np.unique(codes[order], return_index=True)
    for code, (first, end) in zip(found.tolist(), pairwise([*start.tolist(), block.n]), strict=True):
        yield code, taken(ordered, slice(first, end))


def _pass(pool: ThreadPoolExecutor, run: Run, watch: Watch, sink: Sink) -> _Summed:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    ahead = 2 * run.options.jobs
    work = partial(_work, run=run)
    waiting: deque[Future[_Summed]] = deque()
    summed = _Summed({}, Tally())

    def take() -> None:
        found = waiting.popleft().result()
        summed.add(found)
        for place, crossing in enumerate(run.inputs.strata.slices):
            refuse_combinations(sum(at == place for at, _ in summed.slices), crossing, run.inputs.place)
        if found.rows is not None:
            sink(found.rows)
        watch(summed.tally.rows, run.inputs.rows_ahead)

    try:
        for part in run.stream.pieces:
            waiting.append(pool.submit(work, part))
            if len(waiting) > ahead:
                take()
        while waiting:
            take()
    finally:
        for future in waiting:
            future.cancel()
    return summed


def refuse(run: Run, tally: Tally) -> None:
    """Refuse what the rows lack, unless the user said to leave such rows out."""
    options, inputs = run.options, run.inputs
    _refuse_ids(run, tally)
    lacking = {reason: count for reason, count in tally.dropped.items() if reason in LACKS}
    if lacking and options.missing == "error":
        counts = [f"{count:,} with {LACKS[reason]}" for reason, count in lacking.items()]
        first = next(iter(lacking))
        sample = tally.samples[first]
        where = inputs.predictions.place(None, sample.rows[0])
        if first == "missing_label" and inputs.labels is not None and inputs.index is None:
            where = inputs.labels.place(inputs.roles.truth[0], sample.rows[0])
        raise InputError(
            f"rows that cannot be scored: {'; '.join(counts)}",
            where=where,
            seen=sample.seen,
            mend="--missing drop leaves such rows out, and counts them",
            code=first.replace("_", "-"),
            count=lacking[first],
            rows=[row + 1 for row in sample.rows],
        )
    if tally.rows and not tally.scored:
        raise InputError(
            "no row is left to score",
            where=inputs.place,
            seen=f"{tally.rows:,} rows, all dropped",
            code="no-rows",
        )
    if run.study.weighted and not tally.size.weight:
        raise InputError("all weights are 0", where=inputs.place, seen=f"column {inputs.roles.weight}")


def _refuse_ids(run: Run, tally: Tally) -> None:
    """Refuse ids that stand twice, or in one file alone."""
    matching = run.assembler.matching
    if matching is None or run.inputs.labels is None:
        return
    where = f"{run.inputs.place} and {run.inputs.labels.place()}"
    unseen = matching.unseen
    if tally.rows == tally.extra:
        raise InputError(
            "no id of the predictions is among those of the labels",
            where=where,
            seen=f"predictions {listed(tally.strangers)}; labels {listed(matching.unseen_ids())}",
            mend="choose the columns of ids, as in --id-col image_id=id; or --by-order",
            code="ids-differ",
        )
    matching.require_single(tally.rows - tally.extra)
    wrong, seen, mend = [], [], []
    if unseen and run.options.on_missing == "error":
        wrong.append(f"{unseen:,} of {len(matching.index):,} labels have no prediction")
        seen.append(f"no prediction: {listed(matching.unseen_ids())}")
        mend.append("--on-missing drop leaves these labels out")
    if tally.extra and run.options.on_extra == "error":
        wrong.append(f"{tally.extra:,} of {tally.rows:,} predictions have no label")
        seen.append(f"no label: {listed(tally.strangers)}")
        mend.append("--on-extra drop leaves these predictions out")
    if wrong:
        raise InputError(
            f"the ids differ: {'; '.join(wrong)}",
            where=where,
            seen="; ".join(seen),
            mend=f"{', '.join(mend)}, and the report counts them; --by-order matches rows by order",
            code="ids-differ",
        )
