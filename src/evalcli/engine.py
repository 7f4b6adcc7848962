"""Plan, stream, add, compute: from options to a report in one pass over the predictions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from evalcli.assembly import Assembler, Piece, Tally, block_rows, list_width, pieces, scores_of
from evalcli.block import ScoreKind
from evalcli.classes import resolve
from evalcli.columns import is_list, value_type
from evalcli.composition import compose
from evalcli.errors import InputError, UsageError, listed, printable
from evalcli.labels import Labels, read_labels, read_one_hot
from evalcli.loaders import Source, open_source
from evalcli.metrics import Study
from evalcli.options import Options
from evalcli.plan import asked_rules, plan
from evalcli.reading import Reading, decide
from evalcli.report import Report
from evalcli.roles import LABEL_PREFIXES, Roles, assign
from evalcli.statistics import AnyStatistic, ClassScores, Ranking

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""


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
    predictions = open_source(options.predictions, format=options.input_format, delimiter=options.delimiter)
    labels = open_source(options.labels, delimiter=options.delimiter) if options.labels else None
    roles = assign(predictions, labels, options)
    truth, predicted = _names(predictions, labels, roles)
    _same_length(predictions, labels, len(truth), predictions.rows)
    stream = _stream(predictions, roles, options)
    classes = resolve(roles, stream.width, truth, predicted, options, printable(predictions.path))
    reading = _reading(stream, roles, options, printable(predictions.path))
    study = Study(
        classes.task,
        classes.names,
        classes.positive,
        options.average,
        options.zero_division,
        options.bins,
        bool(roles.scores),
        bool(roles.scores) and reading.kind is not ScoreKind.RAW,
    )
    planned = plan(study, only or options.metrics, asked, table=not only)
    assembler = Assembler(
        predictions.path,
        roles.scores,
        stream.width,
        roles.predicted,
        truth.as_classes(classes.names, classes.by_index),
        classes,
        reading,
        options.threshold,
        stream.eps,
    )
    with ThreadPoolExecutor(options.jobs) as pool:
        states, tally = _pass(pool, stream.pieces, assembler, planned.statistics, options.jobs)
        _same_length(predictions, labels, len(truth), tally.rows)
        _refuse_missing(tally, options, predictions)
        study = replace(study, states=_ranked(states, pool, options.jobs), mapper=_mapper(pool, options.jobs))
        return compose(study, planned, assembler, roles, tally, options, command, predictions, labels, len(truth))


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
        raise UsageError(f"--confidence {options.confidence:g} is not between 0 and 1", mend="--confidence 0.95")
    if options.bins < 1:
        raise UsageError(f"--bins {options.bins} is not a positive number")
    if options.jobs < 1:
        raise UsageError(f"--jobs {options.jobs} is not a positive number")
    if options.threshold is not None and not np.isfinite(options.threshold):
        raise UsageError(f"--threshold {options.threshold} is not a finite number")


def _names(predictions: Source, labels: Source | None, roles: Roles) -> tuple[Labels, Labels | None]:
    """Read the labels whole; and the predicted classes' names, where no score column names the classes."""
    source = labels or predictions
    where = printable(source.path)
    own_text = {roles.predicted} if roles.predicted and not roles.scores else set()
    together = labels is None and own_text
    table = source.table([*roles.truth, *(own_text if together else ())], text=[*roles.truth, *own_text])
    if not table.num_rows:
        raise InputError("the file has no rows", where=where)
    truth = _one_hot(source, roles, where) if roles.one_hot else None
    if truth is None:
        column = roles.truth[0]
        place = where if source.columns == (column,) else f"{where}, column {printable(column)}"
        truth = read_labels(table.column(column).chunks, place)
    if not truth.names:
        raise InputError("every label is missing", where=truth.where)
    if not own_text:
        return truth, None
    name = str(roles.predicted)
    if not together:
        table = predictions.table([name], text=[name])
    place = f"{printable(predictions.path)}, column {printable(name)}"
    return truth, read_labels(table.column(name).chunks, place)


def _one_hot(source: Source, roles: Roles, where: str) -> Labels:
    batches = list(source.batches(roles.truth))
    rows = sum(batch.num_rows for batch in batches)
    width = _width(batches[:1], roles.truth)
    matrix = scores_of(Piece(0, rows, tuple(batches)), roles.truth, width, source.path).T
    names = roles.truth if len(roles.truth) > 1 else tuple(map(str, range(width)))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    return read_one_hot(matrix, [name.removeprefix(prefix) for name in names], where)


def _width(batches: Sequence[Any], columns: Sequence[str]) -> int:
    if len(columns) != 1 or not batches:
        return len(columns)
    column = batches[0].column(batches[0].schema.get_field_index(columns[0]))
    return list_width(column) if is_list(column.type) else 1


def _same_length(predictions: Source, labels: Source | None, truth: int, rows: int | None) -> None:
    if labels is None or rows is None or rows == truth:
        return
    raise InputError(
        "predictions and labels have different numbers of rows",
        where=f"{printable(predictions.path)} and {printable(labels.path)}",
        seen=f"{rows:,} predictions, {truth:,} labels",
        mend="rows are matched by order: give both files the same rows",
    )


@dataclass(frozen=True)
class _Stream:
    """The predictions cut to blocks; ``first`` is looked at before the pass and stands in ``pieces`` too."""

    first: Piece | None
    pieces: Iterator[Piece]
    width: int
    eps: float


def _stream(predictions: Source, roles: Roles, options: Options) -> _Stream:
    columns = [*roles.scores, *([roles.predicted] if roles.predicted else [])]
    batches = predictions.batches(columns, text=[roles.predicted] if roles.predicted else [])
    head = [batch for batch in [next((b for b in batches if b.num_rows), None)] if batch is not None]
    if not head:
        raise InputError("the file has no rows", where=printable(predictions.path))
    width = _width(head, roles.scores) if roles.scores else 0
    cut = pieces(chain(head, batches), block_rows(width))
    first = next(cut)
    kinds = [value_type(predictions.types[name]) for name in roles.scores]
    eps = max((EPS.get(str(kind), EPS["double"]) for kind in kinds), default=EPS["double"])
    return _Stream(first, chain([first], cut), width, eps)


def _reading(stream: _Stream, roles: Roles, options: Options, where: str) -> Reading:
    if not roles.scores or stream.first is None:
        return Reading(ScoreKind.RAW, "no scores")
    scores = scores_of(stream.first, roles.scores, stream.width, where)
    if not np.isfinite(scores).all():
        scores = scores[:, np.isfinite(scores).all(axis=0)]
    return decide(options.scores, scores, roles.prefix, where)


def _work(
    piece: Piece, assembler: Assembler, statistics: Sequence[AnyStatistic]
) -> tuple[dict[AnyStatistic, Any], Tally]:
    block, tally = assembler(piece)
    return {statistic: statistic.of(block) for statistic in statistics}, tally


def _pass(
    pool: ThreadPoolExecutor,
    parts: Iterable[Piece],
    assembler: Assembler,
    statistics: Sequence[AnyStatistic],
    jobs: int,
) -> tuple[dict[AnyStatistic, Any], Tally]:
    """Reduce the pieces on the pool and add the states in the order of the rows, whatever the threads do."""
    work = partial(_work, assembler=assembler, statistics=statistics)
    waiting: deque[Future[tuple[dict[AnyStatistic, Any], Tally]]] = deque()
    states: dict[AnyStatistic, Any] = {}
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


def _mapper(pool: ThreadPoolExecutor, jobs: int) -> Any:
    return map if jobs == 1 else pool.map


def _ranked(states: dict[AnyStatistic, Any], pool: ThreadPoolExecutor, jobs: int) -> dict[AnyStatistic, Any]:
    mapper = _mapper(pool, jobs)
    return {s: Ranking(v, mapper) if isinstance(s, ClassScores) else v for s, v in states.items()}


def _refuse_missing(tally: Tally, options: Options, predictions: Source) -> None:
    if tally.dropped and options.missing == "error":
        words = {
            "missing_label": "have no label",
            "missing_prediction": "have no predicted class",
            "missing_scores": "have a score that is NaN, infinite or empty",
        }
        reason, count = next(iter(tally.dropped.items()))
        raise InputError(
            "; ".join(f"{count:,} row{'s' * (count > 1)} {words[reason]}" for reason, count in tally.dropped.items()),
            where=f"{printable(predictions.path)}, {tally.first[reason].split(':')[0]}",
            seen=tally.first[reason].split(": ", 1)[1],
            mend="--missing drop leaves such rows out, and counts them",
        )
    if sum(tally.dropped.values()) == tally.rows:
        raise InputError("no row is left to score", where=printable(predictions.path), seen=str(tally.dropped))
