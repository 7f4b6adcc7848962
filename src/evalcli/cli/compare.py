"""``evalcli compare``: two or more models on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from evalcli.cli.options.compare import CompareOutput, CompareRulesOptions, ModelOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped, split
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.log import LogOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.state import StateOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.cli.state import for_state, writer
from evalcli.engine.stored_results import results_in, states_of_comparisons
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, flag, omit, use

if TYPE_CHECKING:
    from evalcli.cli.output import Outputs, Publisher
    from evalcli.engine.compare import Compared
    from evalcli.gate.changes import CompareRules
    from evalcli.inputs.options import Options
    from evalcli.report.comparison import Comparison
    from evalcli.report.report import Report

RULES = ("not_worse", "better", "max_broken", "detect")


@grouped
def compare(
    context: Any,
    files: InputOptions,
    model: ModelOptions,
    task: TaskOptions,
    conventions: Annotated[ConventionOptions, Without("compat")],
    metrics: Annotated[MetricOptions, Without("explain_batches")],
    own: OwnOptions,
    intervals: Annotated[IntervalOptions, Without("no_intervals")],
    slices: SliceOptions,
    states: Annotated[StateOptions, Without("ranking"), TypedOnly("state", "first_row")],
    rules: CompareRulesOptions,
    output: Annotated[CompareOutput, TypedOnly("output", "format", "broken", "fixed")],
    tracked: LogOptions,
    run: RunOptions,
) -> int:
    """Compare models on the same rows: what changed, which rows flipped, and is it real."""
    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.log import log_of
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import Publisher
    from evalcli.definitions import names_of
    from evalcli.engine.compare import compare as engine
    from evalcli.engine.models import models_of
    from evalcli.memory import reuse_memory

    reuse_memory()
    problems, asked, words = ErrorCollector(), None, command_line(context)
    problems.found += config_of(context).problems
    models, stored, publisher = list[tuple[str, "Options"]](), None, None
    sums = [] if model.model else states_of_comparisons(files.predictions or ())
    with problems.collect():
        require_texts(context.params)
        publisher = Publisher(_targets(output, files, states), None, log_of(tracked))
    with problems.collect():
        stored = None if sums or model.model else results_in(files.predictions or ())
        options = options_of(files, task, conventions, metrics, own, intervals, slices, run)
        models = [] if stored or sums else models_of(for_state(options, states), model.model or ())
    with problems.collect():
        asked = rules_of(rules, names_of(own.define, own.cost_matrix), bool(slices.by or sums))
    problems.raise_if_any()
    assert publisher is not None
    how: dict[str, Any] = {"rules": asked, "command": words, "corrected": not rules.no_correction}
    if sums:
        found = _sum_of(context, sums, own, run, output.quiet, on_state=writer(states), **how)
        return publisher.publish_comparison(found)
    if stored is not None:
        return publisher.publish_comparison(_beside(context, stored, how))
    return _published(publisher, engine(models, on_state=writer(states), **how), output)


def _sum_of(
    context: Any,
    states: Sequence[str],
    own: OwnOptions,
    run: RunOptions,
    quiet: bool,
    **how: Any,
) -> Comparison:
    """The comparison of the rows of all states."""
    from evalcli.cli.own import load_plugins
    from evalcli.cli.progress import progress
    from evalcli.engine.merge_comparisons import merge_comparisons
    from evalcli.inputs.options import Options

    _refuse_rows_of(context, "state", "jobs", "plugin")
    load_plugins(own.plugin)
    jobs = run.jobs or Options(predictions=()).jobs
    with progress(quiet, "parts") as watch:
        return merge_comparisons(states, jobs=jobs, on_parts=watch, **how)


def rules_of(rules: CompareRulesOptions, own: Sequence[str], sliced: bool) -> CompareRules:
    """The rules as typed. ``own``: names of metrics of one's own; ``sliced``: whether there are slices."""
    from evalcli.gate.changes import compare_rules

    asked = compare_rules(
        rules.not_worse or (), split(rules.better), rules.max_broken or (), rules.detect or (), own
    )
    if asked.each and not sliced:
        raise UsageError(f"{asked.each} applies to slices, and there are none", hint=use(by=Blank("COLUMN")))
    return asked


def _beside(context: Any, stored: Sequence[tuple[str, Report]], how: dict[str, Any]) -> Comparison:
    """Stored reports beside each other."""
    from evalcli.engine.stored import compare_stored

    _refuse_rows_of(context)
    return compare_stored(stored, **how)


def _published(publisher: Publisher, compared: Compared, output: CompareOutput) -> int:
    """Write everything, rows as well."""
    _require_flips(compared, output)
    return publisher.publish_comparison(compared.comparison, lambda: _write_flips(compared, output))


def _write_flips(compared: Compared, output: CompareOutput) -> None:
    from evalcli.writers.files import write
    from evalcli.writers.flips import flips_as
    from evalcli.writers.rows import row_form

    for path, fixed in ((output.broken, False), (output.fixed, True)):
        if path is not None:
            option = "--fixed" if fixed else "--broken"
            write(path, flips_as(row_form(path, option), compared.flipped(fixed)))


def _require_flips(compared: Compared, output: CompareOutput) -> None:
    """Refuse files of rows that flip, where none does."""
    typed = [name for name in ("broken", "fixed") if getattr(output, name)]
    if typed and compared.comparison.against[0].flips is None:
        raise UsageError(f"{flag(typed[0])}: rows have no single class, so none flips", hint=omit(*typed))


def _refuse_rows_of(context: Any, *further: str) -> None:
    """Refuse options that stored results cannot follow. ``further``: options that these can."""
    from evalcli.cli.sources import typed_besides

    kept = {"predictions", "format", "output", "digits", "quiet", "ci", "no_correction", "config", *RULES}
    kept |= {*LogOptions.__struct_fields__, *further}
    typed = typed_besides(context, kept)
    if typed:
        raise UsageError(
            f"stored {'states' if further else 'reports'} have no rows, which {flag(typed[0])} is about",
            hint=omit(*typed) | "compare the predictions themselves",
        )


def _targets(output: CompareOutput, files: InputOptions, states: StateOptions) -> Outputs:
    """Where the comparison goes; refuses paths that are read, or written twice."""
    from evalcli.cli.apart import require_apart
    from evalcli.cli.output import Outputs, require_format, service_of, target_of
    from evalcli.renderers.formats import names_of
    from evalcli.writers.rows import row_form

    require_format(output.format, names_of("comparison"))
    tables = {"--broken": output.broken, "--fixed": output.fixed}
    given = [path for option, path in tables.items() if path is not None and row_form(path, option)]
    if len(set(given)) < len(given):
        raise UsageError(f"--broken and --fixed both name {given[0]!r}", hint="use two paths")
    if states.state is not None:
        given.append(states.state)
    require_apart(given, [*(files.predictions or ()), *(files.labels or ())], output.output or ())
    paths = tuple(target_of(text, "comparison") for text in output.output or ())
    asked = OutputOptions(format=output.format, digits=output.digits, ci=output.ci, quiet=output.quiet)
    return Outputs(output.format, paths, asked=asked, service=service_of(output.ci))
