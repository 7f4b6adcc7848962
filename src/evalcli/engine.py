"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from evalcli.assembly import Assembler, Tally
from evalcli.composition import compose
from evalcli.errors import InputError, UsageError, listed
from evalcli.inputs import Inputs, open_inputs, open_stream, read_kind
from evalcli.metrics import Study
from evalcli.options import Options
from evalcli.pieces import Piece
from evalcli.plan import asked_rules, plan
from evalcli.report import Report
from evalcli.statistics import AnyStatistic, Kept
from evalcli.targets import RealTarget, find_target, narrowed

States = dict[AnyStatistic, Any]
LACKS = {
    "missing_label": "no label",
    "missing_prediction": "no predicted class",
    "missing_scores": "a score that is NaN, infinite or empty",
    "missing_weight": "no weight",
}


MOST_BINS = 10_000
OVERFLOW: Any = {"over": "ignore", "invalid": "ignore"}


def score(
    options: Options,
    *,
    fail_under: Sequence[str] = (),
    fail_over: Sequence[str] = (),
    only: Sequence[str] = (),
    command: Sequence[str] = (),
) -> Report:
    """Score one prediction file.

    ``only`` replaces the selection of metrics and leaves the per-class table out. Raises an ``EvalcliError``
    for all that the user can mend.
    """
    _check(options)
    asked = asked_rules(fail_under, fail_over)
    inputs = open_inputs(options)
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
    )
    _check_task(study, options)
    planned = plan(study, only or options.metrics, asked, not only, options.batches is not None)
    target = narrowed(target, planned.scores, planned.statistics)
    stream = open_stream(inputs, target.columns, target.predicted, target.width)
    reading = read_kind(inputs, stream, options.scores, study.task, "scores" in study.holds)
    weight = inputs.weight if inputs.weight is not None else inputs.roles.weight
    assembler = Assembler(inputs.predictions.path, target, weight, inputs.weight_where, reading, stream.eps)
    # sums too large for a number become infinite, and the metrics on them undefined
    with (
        np.errstate(**OVERFLOW),
        ThreadPoolExecutor(options.jobs, initializer=partial(np.seterr, **OVERFLOW)) as pool,
    ):
        states, tally = _pass(pool, stream.pieces, assembler, planned.statistics, options.jobs)
        inputs.require_rows(tally.rows)
        _refuse_missing(tally, options, inputs)
        if study.weighted and not tally.weight:
            raise InputError("all weights are 0", where=inputs.path, seen=f"column {inputs.roles.weight}")
        mapper = map if options.jobs == 1 else pool.map
        done: States = {}
        for statistic in planned.statistics:  # what is worked out takes the place of the rows it was made of
            state = states.pop(statistic)
            done[statistic] = state.finish(mapper) if isinstance(state, Kept) else state
            del state
        return compose(
            replace(planned.study, states=done), planned, inputs, target, reading, tally, options, command
        )


def _check(options: Options) -> None:
    choices = {
        "--average": (options.average, ("macro", "micro", "weighted", "samples")),
        "--zero-division": (options.zero_division, ("0", "1", "skip")),
        "--missing": (options.missing, ("error", "drop")),
    }
    for option, (value, allowed) in choices.items():
        if value not in allowed:
            raise UsageError(f"{option} {value!r} is not one of {listed(allowed)}")
    if not 0 < options.confidence < 1:
        raise UsageError(
            f"--confidence {options.confidence:g} is not between 0 and 1", mend="--confidence 0.95"
        )
    counts = {"--bins": options.bins, "--jobs": options.jobs, "--explain-batches": options.batches}
    for option, count in counts.items():
        if count is not None and count < 1:
            raise UsageError(f"{option} {count} is not a positive number")
    if options.bins > MOST_BINS:
        raise UsageError(f"--bins {options.bins} is more than {MOST_BINS:,}")


def _check_task(study: Study, options: Options) -> None:
    """Refuse what the task does not have."""
    if options.average == "samples" and study.task != "multilabel":
        raise UsageError(f"--average samples is for multilabel data; this is {study.task}")
    if options.batches is not None:
        if study.task not in ("binary", "multiclass"):
            raise UsageError(f"--explain-batches is for one class a row; this is {study.task}")
        if study.weighted:
            raise UsageError("--explain-batches has no meaning for weighted rows")


def _work(piece: Piece, assembler: Assembler, statistics: Sequence[AnyStatistic]) -> tuple[States, Tally]:
    block, tally = assembler(piece)
    return {statistic: statistic.of(block) for statistic in statistics}, tally


def _pass(
    pool: ThreadPoolExecutor,
    parts: Iterable[Piece],
    assembler: Assembler,
    statistics: Sequence[AnyStatistic],
    jobs: int,
) -> tuple[States, Tally]:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    work = partial(_work, assembler=assembler, statistics=statistics)
    waiting: deque[Future[tuple[States, Tally]]] = deque()
    states: States = {}
    tally = Tally()

    def take() -> None:
        nonlocal tally, states
        found, counted = waiting.popleft().result()
        tally = tally + counted
        states = {s: states[s] + found[s] for s in statistics} if states else found

    try:
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * jobs:
                take()
        while waiting:
            take()
    finally:
        for future in waiting:
            future.cancel()
    return states, tally


def _refuse_missing(tally: Tally, options: Options, inputs: Inputs) -> None:
    if tally.dropped and options.missing == "error":
        counts = [f"{count:,} with {LACKS[reason]}" for reason, count in tally.dropped.items()]
        row, seen = tally.first[next(iter(tally.dropped))].split(": ", 1)
        raise InputError(
            f"rows that cannot be scored: {'; '.join(counts)}",
            where=f"{inputs.path}, {row}",
            seen=seen,
            mend="--missing drop leaves such rows out, and counts them",
        )
    if sum(tally.dropped.values()) == tally.rows:
        raise InputError(
            "no row is left to score", where=inputs.path, seen=f"{tally.rows:,} rows, all dropped"
        )
