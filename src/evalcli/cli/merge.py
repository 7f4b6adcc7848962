"""``evalcli merge``: the report of many parts, from the states that they left."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from evalcli.cli.apart import require_apart
from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped, split
from evalcli.cli.options.log import LogOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.state import MergeOptions, StateFiles
from evalcli.cli.sources import TYPED, source_of, typed_besides
from evalcli.cli.state import write_to
from evalcli.engine.stored_results import states_of_comparisons
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import flag, omit, use
from evalcli.findings import run as run_hint
from evalcli.states import SUFFIX

if TYPE_CHECKING:
    from evalcli.cli.gate import Gating
    from evalcli.cli.log import Log
    from evalcli.engine.plan import Wanted

OF_COMPARISONS = (
    *("states", "state", "expect", "skip_duplicates", "format", "output", "digits", "quiet", "ci"),
    *("jobs", "config", "plugin", *LogOptions.__struct_fields__),
)
"""Options that states of comparisons have."""


@grouped
def merge(
    context: Any,
    states: StateFiles,
    parts: Annotated[MergeOptions, TypedOnly("state", "expect", "skip_duplicates")],
    metrics: Annotated[MetricOptions, Without("explain_batches")],
    own: Annotated[OwnOptions, Without("define", "cost_matrix")],
    intervals: Annotated[IntervalOptions, Without("seed")],
    slices: Annotated[SliceOptions, Without("group", "by")],
    output: Annotated[OutputOptions, Without("per_row", "errors")],
    tracked: LogOptions,
    rules: GateOptions,
    run: Annotated[RunOptions, Without("memory")],
) -> int:
    """Add the states of parts, and report what one run over all of them would."""
    from evalcli.cli.config_file import command_line
    from evalcli.cli.gate import read_gate
    from evalcli.cli.log import Log, log_of
    from evalcli.cli.output import Publisher
    from evalcli.cli.own import load_plugins
    from evalcli.cli.progress import progress
    from evalcli.cli.score import draw, pictures_for
    from evalcli.engine.merge import Counted
    from evalcli.engine.merge import merge as engine
    from evalcli.inputs.options import Options

    problems, log = ErrorCollector(), Log()
    load_plugins(own.plugin)
    targets, output = _sums_of(parts, output)
    with problems.collect():
        log = log_of(tracked)
        _check(parts, intervals)
        require_apart(targets, states, output.output or ())
    how: dict[str, Any] = {
        "counted": Counted(parts.expect, parts.skip_duplicates),
        "jobs": run.jobs or Options(predictions=()).jobs,
        "command": command_line(context),
        "on_state": partial(write_to, targets) if targets else None,
    }
    compared = states_of_comparisons(states)
    if compared:
        problems.raise_if_any()
        return _merge_comparisons(context, compared, output, log, how)
    gate = read_gate(context, problems, output, rules)
    pictures = pictures_for(gate.targets, bool(log.targets))
    publisher = Publisher(gate.targets, gate.config, log)
    with progress(output.quiet, "parts") as watch, gate.deciding():
        wanted = partial(_wanted, context, gate, (metrics, intervals, slices), pictures)
        report = engine(states, wanted=wanted, on_parts=watch, **how)
        report = gate.judge(replace(report, config=gate.config, name=output.name))
    return publisher.publish(report, gate.keys(report), lambda: draw(report, output.plots))


def _sums_of(parts: MergeOptions, output: OutputOptions) -> tuple[list[str], OutputOptions]:
    """Files for the sum, and the outputs without them."""
    sums = [text for text in output.output or () if text.endswith(SUFFIX)]
    others = [text for text in output.output or () if text not in sums]
    sums += [parts.state] if parts.state is not None else []
    return sums, replace(output, output=others or None)


def _merge_comparisons(
    context: Any,
    states: Sequence[str],
    output: OutputOptions,
    log: Log,
    how: dict[str, Any],
) -> int:
    """Add states of comparisons; rules on them are those of ``compare``."""
    from evalcli.cli.output import Outputs, Publisher, require_format, service_of, target_of
    from evalcli.cli.progress import progress
    from evalcli.engine.merge_comparisons import merge_comparisons
    from evalcli.renderers.formats import names_of

    typed = typed_besides(context, OF_COMPARISONS)
    if typed:
        raise UsageError(
            f"states of comparisons have no {flag(typed[0])}",
            hint=omit(*typed) | run_hint("evalcli", "compare", *states, words="for rules on what changed"),
            code="no-effect",
        )
    require_format(output.format, names_of("comparison"))
    files = tuple(target_of(text, "comparison") for text in output.output or ())
    outputs = Outputs(output.format, files, asked=output, service=service_of(output.ci))
    with progress(output.quiet, "parts") as watch:
        comparison = merge_comparisons(states, on_parts=watch, **how)
    return Publisher(outputs, None, log).publish_comparison(comparison)


def _check(parts: MergeOptions, intervals: IntervalOptions) -> None:
    from evalcli.inputs.options import require_level

    if parts.expect is not None and parts.expect < 1:
        raise UsageError(f"--expect {parts.expect} is not a number of parts", hint=use(expect=1))
    require_level(intervals.confidence)


def _wanted(
    context: Any,
    gate: Gating,
    options: tuple[MetricOptions, IntervalOptions, SliceOptions],
    pictures: str,
    asked: Wanted,
) -> Wanted:
    """What is computed: as the parts were scored, unless an option says otherwise."""
    from evalcli.engine.plan import changed

    metrics, intervals, slices = options

    def typed(name: str) -> bool:
        return source_of(context, name) == TYPED

    only = () if gate.targets.whole else gate.targets.only
    names = split(metrics.metrics) if typed("metrics") else asked.metrics
    found = changed(
        asked,
        metrics=only or (*names, *gate.targets.only),
        confidence=intervals.confidence if typed("confidence") else None,
        intervals=not intervals.no_intervals,
        min_n=slices.min_n if typed("min_n") else None,
        pictures=None if pictures == "none" or only else pictures,
    )
    return replace(found, own=not only, per_class=not only, rules=gate.asked)
