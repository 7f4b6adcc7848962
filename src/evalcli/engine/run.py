"""Decisions before the pass: task, classes, plan, scale of the scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import ScoreKind, ScoreStore
from evalcli.definitions import CostMatrix, Definition
from evalcli.engine.certified import refuse_uncertified, why_uncertified
from evalcli.engine.kept_rows import KeptRows
from evalcli.engine.plan import Plan, Wanted, plan, select_columns
from evalcli.engine.room import kept, room
from evalcli.engine.row_table import RowTable
from evalcli.errors import ErrorCollector, InputError, UsageError
from evalcli.findings import Blank, Hint, instead, omit, use
from evalcli.gate.rules import RuleText
from evalcli.inputs.assemble import BlockBuilder
from evalcli.inputs.class_names import class_indices
from evalcli.inputs.fingerprint import fingerprint
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.score_scale import WHOLE, ScoreScale, read_kind
from evalcli.inputs.stream import Stream, open_stream
from evalcli.inputs.targets.base import Target
from evalcli.inputs.targets.target import find_target
from evalcli.metrics import Context
from evalcli.statistics import RowSample
from evalcli.statistics.spill import Spill
from evalcli.text import escape, join_names, suggest

OnProgress = Callable[[int, int | None, str], None]
"""Called with the number of rows done, the total if it is known, and, of several files, which one is read."""
OnRows = Callable[[pa.RecordBatch], None]
"""Called with a batch of the row table."""
SAMPLE_CELLS, FEWEST_SAMPLED, MOST_SAMPLED = 1 << 17, 1024, 4096
"""Number of scores of the rows to resample, and the minimum and maximum number of rows."""
PAIRED_CELLS, MOST_PAIRED = 1 << 17, 1 << 16
"""The same of rows whose influence is compared with that on another model."""
GROUP_CELLS, MOST_OF_GROUPS, WANTED_GROUPS = 1 << 20, 1 << 17, 200
"""The same for grouped rows, which are dependent, and the number of groups that should fit."""


class Run(Struct, frozen=True, eq=False):
    """Decisions before the pass.

    ``spill``: where rows are kept beyond the memory limit. ``table``: makes the row table, if it is wanted.
    ``kept``: what is kept of each row, for a comparison with another file.
    """

    options: Options
    inputs: Inputs
    target: Target
    plan: Plan
    stream: Stream
    score_scale: ScoreScale
    block_builder: BlockBuilder
    spill: Spill | None = None
    table: RowTable | None = None
    kept: KeptRows | None = None

    @property
    def context(self) -> Context:
        """The context of the plan."""
        return self.plan.context

    @property
    def matching(self) -> Matching | None:
        """The matching of ids; None if rows are matched by order."""
        return self.block_builder.matching


def wanted(options: Options, rules: Sequence[RuleText] = (), only: Sequence[str] = ()) -> Wanted:
    """What the options request; ``only`` replaces the metrics and skips the per-class rows."""
    drawn = options.curves != "none"
    return Wanted(
        metrics=tuple(only) or options.metrics,
        own=not only,
        compat=None if only else options.compat,
        rules=tuple(rules),
        per_class=not only,
        batches=options.batches,
        pictures=None
        if only or (not drawn and not options.stored)
        else options.curves
        if drawn
        else "default",
        undrawn=options.stored and not drawn,
        confidence=options.confidence if options.intervals else None,
        min_n=options.min_n,
        stored=options.stored,
        certified=options.ranking == "certified" or (options.ranking == "auto" and options.large),
    )


def prepare(inputs: Inputs, options: Options, wanted: Wanted, rows: bool = False) -> Run:
    """Decide on task, classes, metrics and scale of the scores; begin to read the predictions.

    ``rows``: whether a row table is wanted, for which ids and scores are also read.
    """
    target = find_target(inputs, options)
    context = with_own(_context(inputs, options, target), options.define, options.cost_matrix)
    _check_task(context, options)
    if wanted.curves:
        _require_curves(context, target, inputs)
    sampled = None if wanted.confidence is None else _sampled(context, target, inputs, wanted.paired)
    planned = plan(context, wanted, sampled)
    _require_averages(planned)
    if wanted.certified and options.ranking == "auto" and why_uncertified(planned) is not None:
        wanted = replace(wanted, certified=False)
        planned = plan(context, wanted, sampled)
    if wanted.certified:
        refuse_uncertified(planned)
    target = target if rows else select_columns(target, planned.scores, planned.statistics)
    stream = open_stream(
        inputs,
        target.columns,
        target.predicted,
        target.width,
        options.jobs,
        0 if wanted.certified else room(options),
        rows,
    )
    score_scale = read_kind(inputs, stream, options.scores, context.task, "scores" in context.available)
    _check_threshold(target, score_scale)
    kept_rows = kept(options, inputs, planned, stream, score_scale.kind)
    table = RowTable(target, inputs.roles.id, context.weighted) if rows else None
    return Run(
        options=options,
        inputs=inputs,
        target=target,
        plan=planned,
        stream=stream,
        score_scale=score_scale,
        block_builder=_block_builder(inputs, options, planned, target, stream, score_scale, kept_rows.store),
        spill=kept_rows.spill,
        table=table,
    )


def _block_builder(
    inputs: Inputs,
    options: Options,
    planned: Plan,
    target: Target,
    stream: Stream,
    score_scale: ScoreScale,
    store: ScoreStore | None,
) -> BlockBuilder:
    matching, draws = _matching(inputs), planned.draws_rows
    return BlockBuilder(
        source=inputs.predictions,
        target=target,
        weight=inputs.weight if inputs.weight is not None else inputs.roles.weight,
        weight_source=inputs.weight_source,
        score_scale=score_scale,
        eps=stream.eps,
        matching=matching,
        nulls=options.null_values,
        grouping=inputs.grouping,
        seed=options.seed if draws else None,
        ids=matching.index.numbers() if matching is not None and draws else None,
        first_row=(options.place if matching is not None else place_of(options, target)) if draws else 0,
        ignored=inputs.truth.ignored,
        store=store,
    )


def place_of(options: Options, target: Target) -> int:
    """What row numbers are counted from where rows are drawn.

    A part that does not know it begins at a number of its own, so that none of its rows is drawn as the row
    of the same number of another part, whose file may have the same name.
    """
    if options.first_row is not None or not options.stored:
        return options.place
    return options.place ^ int(fingerprint(target, None)[:14], 16)


def _matching(inputs: Inputs) -> Matching | None:
    if inputs.index is None or inputs.roles.id is None:
        return None
    return Matching.by(inputs.index, inputs.predictions, inputs.roles.id, inputs.fold)


def _context(inputs: Inputs, options: Options, target: Target) -> Context:
    """The context of the formulas, without states."""
    group = inputs.grouping.group
    return Context(
        task=target.task,
        classes=target.names,
        positive=target.positive,
        excluded=_excluded(options, target),
        average=options.average or (None if target.positive is not None else "macro"),
        zero_division=options.zero_division,
        bins=options.bins,
        available=target.available,
        quantiles=target.levels,
        weighted=inputs.roles.weight is not None,
        gaps=target.gaps,
        groups=None if group is None else len(group.values),
        seed=options.seed,
    )


def with_own(context: Context, define: Sequence[Definition], cost_matrix: CostMatrix | None) -> Context:
    """The context with the metrics that options define."""
    if not define and cost_matrix is None:
        return context
    from evalcli.metrics.costs import metric_of_costs
    from evalcli.metrics.own import own_metrics

    if cost_matrix is not None:
        context = replace(context, own=(metric_of_costs(cost_matrix, context),))
    return own_metrics(define, context)


def _excluded(options: Options, target: Target) -> tuple[str, ...]:
    """Classes excluded from averages, in the order of the classes."""
    names = target.names
    indices = class_indices(options.exclude_class, names, folded=options.fold_names)
    problems = ErrorCollector()
    for name, index in zip(options.exclude_class, indices, strict=True):
        with problems.collect():
            if index is None:
                like = suggest(name, names)
                raise UsageError(
                    f"--exclude-class {escape(name)}: no such class",
                    found=f"the classes are {join_names(names)}",
                    hint=instead(name, like) if like else omit("exclude_class"),
                )
    problems.raise_if_any()
    if indices and len(set(indices)) == len(names):
        raise UsageError("--exclude-class excludes every class", hint="keep at least one for the averages")
    return tuple(name for index, name in enumerate(names) if index in indices)


def _require_averages(planned: Plan) -> None:
    """Refuse to exclude classes from averages if no average is computed."""
    affected = (r.average is not None or r.metric.mean_of_classes for r in planned.requests)
    if planned.context.excluded and not any(affected):
        what = planned.context.task.classes_word
        raise UsageError(
            f"--exclude-class changes averages over {what}, and none is computed",
            found=f"metrics {join_names(request.key for request in planned.requests)}",
            hint=use(metrics="f1_macro,f1_micro") | omit("exclude_class"),
        )


def rows_sampled(width: int) -> int:
    """Number of rows to resample, with ``width`` scores each."""
    return min(max(SAMPLE_CELLS // width, FEWEST_SAMPLED), MOST_SAMPLED)


def _sampled(context: Context, target: Target, inputs: Inputs, paired: bool) -> RowSample:
    """The sample of rows to resample, for intervals that need it."""
    width = max(target.width, context.k, 1)
    if context.groups is None:
        most = min(max(PAIRED_CELLS // width, MOST_SAMPLED), MOST_PAIRED) if paired else rows_sampled(width)
        return RowSample(most)
    limit = min(max(GROUP_CELLS // width, FEWEST_SAMPLED), MOST_OF_GROUPS)
    # so that the wanted number of groups fits
    wanted = min(context.groups, WANTED_GROUPS) * max(len(inputs.truth), 1)
    return RowSample(limit, min(1.0, limit * context.groups / wanted))


def _check_task(context: Context, options: Options) -> None:
    """Refuse options that the task does not have."""
    if options.average == "samples" and not context.task.several_labels:
        raise UsageError(
            f"--average samples is for multilabel data; this is {context.task}", hint=use(average="macro")
        )
    if options.batches is not None:
        if "explain_batches" not in context.task.options:
            raise UsageError(
                f"--explain-batches is for one class per row; this is {context.task}",
                hint=omit("explain_batches"),
            )
        if context.weighted:
            raise UsageError(
                "--explain-batches has no meaning for weighted rows", hint=omit("explain_batches")
            )


def _check_threshold(target: Target, score_scale: ScoreScale) -> None:
    """Refuse a threshold that no probability reaches, or that all reach."""
    given = target.threshold
    if given is None or score_scale.kind is ScoreKind.RAW or not target.columns:
        return
    off = [t for t in ([given] if isinstance(given, float) else given.values()) if not 0 <= t <= 1]
    if off:
        percent = 1 < off[0] <= WHOLE
        raise UsageError(
            f"--threshold {off[0]:g} is off the scale: it is compared with probabilities from 0 to 1",
            found=f"scores read as {score_scale.kind} ({score_scale.why})",
            hint=use(threshold=off[0] / WHOLE)
            if percent
            else use("to compare it with the scores as they are", scores="raw"),
        )


def _require_curves(context: Context, target: Target, inputs: Inputs) -> None:
    """Refuse data without thresholds."""
    if "threshold" not in context.task.options:
        raise UsageError(
            f"thresholds are for binary and multilabel data; this is {context.task}",
            hint=(use("for these two classes", task="binary") if context.k == 2 else Hint(()))
            | use("if a row can have several labels", task="multilabel"),
        )
    alone = target.predicted is not None and not target.columns
    if alone or "scores" not in context.available:
        raise InputError(
            "thresholds require scores; the file contains predicted classes only",
            where=inputs.place,
            hint=use("with the columns of the scores", score_cols=Blank("NAMES")),
            code="no-scores",
        )
