"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from evalcli.assembly import Assembler, Piece, Tally
from evalcli.block import ScoreKind
from evalcli.classes import resolve
from evalcli.composition import compose
from evalcli.errors import InputError, UsageError, listed
from evalcli.inputs import Inputs, open_inputs, open_stream, read_kind
from evalcli.metrics import Study
from evalcli.options import Options
from evalcli.plan import asked_rules, plan
from evalcli.report import Report
from evalcli.statistics import AnyStatistic, ClassScores, Ranking

States = dict[AnyStatistic, Any]
LACKS = {
    "missing_label": "no label",
    "missing_prediction": "no predicted class",
    "missing_scores": "a score that is NaN, infinite or empty",
}


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
    stream = open_stream(inputs)
    classes = resolve(inputs.roles, stream.width, inputs.truth, inputs.predicted, options, inputs.path)
    reading = read_kind(inputs, stream, options.scores)
    study = Study(
        classes.task,
        classes.names,
        classes.positive,
        options.average,
        options.zero_division,
        options.bins,
        has_scores=stream.width > 0,
        has_probabilities=reading.kind is not ScoreKind.RAW,
    )
    planned = plan(study, only or options.metrics, asked, table=not only)
    assembler = Assembler(
        inputs.predictions.path,
        inputs.roles.scores,
        stream.width,
        inputs.roles.predicted,
        inputs.truth.as_classes(classes.names, classes.by_index),
        classes,
        reading,
        options.threshold,
        stream.eps,
    )
    with ThreadPoolExecutor(options.jobs) as pool:
        states, tally = _pass(pool, stream.pieces, assembler, planned.statistics, options.jobs)
        inputs.require_rows(tally.rows)
        _refuse_missing(tally, options, inputs)
        mapper = map if options.jobs == 1 else pool.map
        ranked = {s: Ranking(v, mapper) if isinstance(s, ClassScores) else v for s, v in states.items()}
        return compose(replace(study, states=ranked), planned, inputs, reading, tally, options, command)


def _check(options: Options) -> None:
    choices = {
        "--average": (options.average, ("macro", "micro", "weighted")),
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
    for option, count in (("--bins", options.bins), ("--jobs", options.jobs)):
        if count < 1:
            raise UsageError(f"{option} {count} is not a positive number")
    if options.threshold is not None and not np.isfinite(options.threshold):
        raise UsageError(f"--threshold {options.threshold} is not a finite number")


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
