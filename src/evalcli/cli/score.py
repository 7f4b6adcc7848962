"""``evalcli score``: metrics of a prediction file, reports, gate."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import TypedOnly, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.log import LogOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.state import ClusterOptions, StateOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.cli.state import for_state, writer
from evalcli.errors import ErrorCollector, UsageError, unknown_choice
from evalcli.findings import omit, use
from evalcli.inputs.choices import CURVES

if TYPE_CHECKING:
    from evalcli.cli.gate import Gating
    from evalcli.cli.output import Outputs
    from evalcli.inputs.options import Options
    from evalcli.report.report import Report
    from evalcli.writers.examples import Examples
    from evalcli.writers.rows import RowTarget


MOST_RETRIES = 100
DPI = 200
"""Pixels per inch of pictures."""


@grouped
def score(
    context: Any,
    files: InputOptions,
    task: TaskOptions,
    conventions: ConventionOptions,
    metrics: MetricOptions,
    own: OwnOptions,
    intervals: IntervalOptions,
    slices: SliceOptions,
    output: OutputOptions,
    tracked: LogOptions,
    states: Annotated[StateOptions, TypedOnly("state", "first_row")],
    where: Annotated[ClusterOptions, TypedOnly("cluster")],
    rules: GateOptions,
    run: RunOptions,
) -> int:
    """Compute metrics of a prediction file, and check rules on them."""
    from evalcli.cli.gate import read_gate
    from evalcli.cli.log import Log, log_of
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import Publisher
    from evalcli.cli.progress import progress
    from evalcli.inputs.options import check_options
    from evalcli.memory import reuse_memory
    from evalcli.writers.rows import row_sink

    reuse_memory()
    problems, log = ErrorCollector(), Log()
    with problems.collect():
        log = log_of(tracked)
    with problems.collect():
        options = options_of(files, task, conventions, metrics, own, intervals, slices, run)
        check_options(options := for_state(options, states))
    rows = _row_targets(files, output, states, problems)
    gate = read_gate(context, problems, output, rules, slices, intervals, _to_stdout(rows))
    publisher = Publisher(gate.targets, gate.config, log)
    options, only = _for_outputs(options, gate, bool(log.targets))
    examples = _examples() if rows and gate.targets.page else None
    more = () if examples is None else (examples.take,)
    work = _work(context, options, gate, only, rows, states, where, own.plugin or ())
    with (
        progress(output.quiet, where.counted) as watch,
        row_sink(rows, publisher.failed, more) as sink,
        gate.deciding(),
    ):
        report = work(on_progress=watch, on_rows=sink)
        report = gate.judge(replace(report, config=gate.config, name=output.name), options)
    shown = () if examples is None else examples.rows
    return publisher.publish(report, gate.keys(report), lambda: draw(report, output.plots), shown)


def _work(
    context: Any,
    options: Options,
    gate: Gating,
    only: tuple[str, ...],
    rows: Sequence[RowTarget],
    states: StateOptions,
    where: ClusterOptions,
    plugins: Sequence[str],
) -> Callable[..., Report]:
    """What remains to be done once everything is read that was typed."""
    from evalcli.cli.config_file import command_line

    return partial(
        _engine(where, states, rows, plugins),
        options,
        asked=gate.asked,
        only=only,
        command=command_line(context),
        on_state=writer(states),
    )


def _engine(
    where: ClusterOptions, states: StateOptions, rows: Sequence[RowTarget], plugins: Sequence[str]
) -> Callable[..., Report]:
    """What scores: this process, or a cluster."""
    if where.cluster is None:
        if where.retries is not None:
            raise UsageError("--retries is for --cluster", hint=use(cluster="local:2"))
        from evalcli.engine.score import score as engine

        return engine
    if rows:
        raise UsageError(
            "rows of parts are not brought together on a cluster: --per-row and --errors",
            hint=omit("per_row", "errors"),
        )
    if states.first_row is not None:
        raise UsageError("--first-row is for one part, and --cluster has many", hint=omit("first_row"))
    retries = 2 if where.retries is None else where.retries
    if not 0 <= retries <= MOST_RETRIES:
        raise UsageError(f"--retries {retries} is not from 0 to {MOST_RETRIES}", hint=use(retries=2))
    from evalcli.engine.shards import score_shards

    files = tuple(os.path.realpath(path) for path in plugins)
    return partial(score_shards, cluster=where.cluster, retries=retries, plugins=files)


def _examples() -> Examples:
    """Rows that a page shows."""
    from evalcli.renderers.tables import MOST_EXAMPLES, MOST_OF_CELL
    from evalcli.writers.examples import Examples

    return Examples(MOST_OF_CELL, MOST_EXAMPLES)


def _to_stdout(rows: Sequence[RowTarget]) -> bool:
    return any(row.path == "-" for row in rows)


def _row_targets(
    files: InputOptions, output: OutputOptions, states: StateOptions, problems: ErrorCollector
) -> tuple[RowTarget, ...]:
    from evalcli.cli.apart import require_apart
    from evalcli.cli.output import row_targets

    rows: tuple[RowTarget, ...] = ()
    with problems.collect():
        rows = row_targets(output.per_row, output.errors, output.only)
    with problems.collect():
        inputs = [*(files.predictions or ()), *(files.labels or ())]
        tables = [*(row.path for row in rows), *((states.state,) if states.state is not None else ())]
        require_apart(tables, inputs, output.output or ())
    return rows


def draw(report: Report, folder: str | None) -> None:
    """All pictures of a report, if they are asked for."""
    if folder is None:
        return
    from evalcli.plots.kinds import Look, kinds_of
    from evalcli.plots.write import write_pictures

    write_pictures(kinds_of(report), report, Look(), folder.rstrip("/") + "/", DPI)


def pictures_for(targets: Outputs, logged: bool) -> str:
    """Which curves the outputs need. ``logged``: whether trackers take pictures."""
    asked = targets.asked
    if asked.curves not in CURVES:
        raise unknown_choice("curves", asked.curves, CURVES)
    if asked.curves == "none" and (asked.plots or asked.charts or logged):
        raise UsageError("pictures need the curves that --curves none leaves out", hint=omit("curves"))
    if asked.curves == "all" and not (targets.json or targets.page):
        raise UsageError("--curves all is for a report in JSON or HTML", hint=use(output="report.json"))
    needed = targets.json or targets.page or asked.plots or asked.charts or logged
    return asked.curves if needed else "none"


def _for_outputs(options: Options, gate: Gating, logged: bool) -> tuple[Options, tuple[str, ...]]:
    """The options that the outputs need, and the metrics of ``--only``, if only these are computed.

    ``logged``: whether trackers take pictures. Reports besides the bare values of ``--only`` contain all
    metrics.
    """
    targets, curves = gate.targets, pictures_for(gate.targets, logged)
    hashes = targets.json or gate.baseline is not None or options.tuned is not None
    is_whole = targets.whole or logged
    whole = targets.only if is_whole else ()
    more = replace(options, hashes=hashes, curves=curves, metrics=(*options.metrics, *whole))
    return more, () if whole else targets.only
