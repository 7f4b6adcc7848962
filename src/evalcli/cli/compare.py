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
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, flag, omit, use
from evalcli.text import join_names

if TYPE_CHECKING:
    from evalcli.cli.output import Outputs
    from evalcli.engine.compare import Compared
    from evalcli.gate.changes import CompareRules
    from evalcli.inputs.options import Options
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
    from evalcli.engine.stored import compare_stored
    from evalcli.gate.changes import CompareRules
    from evalcli.memory import reuse_memory

    reuse_memory()
    problems, asked, words = ErrorCollector(), CompareRules(), command_line(context)
    problems.found += config_of(context).problems
    models, stored, publisher = list[tuple[str, "Options"]](), None, None
    with problems.collect():
        require_texts(context.params)
        publisher = Publisher(_targets(output, files), None, log_of(tracked))
    with problems.collect():
        stored = _stored(files, model)
        options = options_of(files, task, conventions, metrics, own, intervals, slices, run)
        models = [] if stored else models_of(options, model.model or ())
    with problems.collect():
        asked = rules_of(rules, names_of(own.define, own.cost_matrix), bool(slices.by))
    problems.raise_if_any()
    assert publisher is not None
    how: dict[str, Any] = {"rules": asked, "command": words, "corrected": not rules.no_correction}
    if stored is not None:
        _refuse_rows_of(context)
        return publisher.publish_comparison(compare_stored(stored, **how))
    compared = engine(models, **how)
    _require_flips(compared, output)
    return publisher.publish_comparison(compared.comparison, lambda: _write_flips(compared, output))


def rules_of(rules: CompareRulesOptions, own: Sequence[str], sliced: bool) -> CompareRules:
    """The rules as typed. ``own``: names of metrics of one's own; ``sliced``: whether there are slices."""
    from evalcli.gate.changes import compare_rules

    asked = compare_rules(
        rules.not_worse or (), split(rules.better), rules.max_broken or (), rules.detect or (), own
    )
    if asked.each and not sliced:
        raise UsageError(f"{asked.each} applies to slices, and there are none", hint=use(by=Blank("COLUMN")))
    return asked


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


def _stored(files: InputOptions, model: ModelOptions) -> list[tuple[str, Report]] | None:
    """The reports, if stored ones are compared; None for predictions."""
    from evalcli.cli.stored import is_stored, read_results

    paths = files.predictions or ()
    stored = [path for path in paths if is_stored(path)]
    if not stored or model.model:
        return None
    if len(stored) < len(paths):
        raise UsageError(
            "stored reports have no rows: they are compared with stored reports only",
            found=f"{join_names(stored)} among {join_names(paths)}",
            hint="the predictions of each model, or tables of their rows",
        )
    return read_results(paths)


def _refuse_rows_of(context: Any) -> None:
    """Refuse options that stored reports cannot follow."""
    from evalcli.cli.sources import TYPED, source_of

    kept = {"predictions", "format", "output", "digits", "quiet", "ci", "no_correction", "config", *RULES}
    kept |= set(LogOptions.__struct_fields__)
    typed = [name for name in context.params if name not in kept and source_of(context, name) == TYPED]
    if typed:
        raise UsageError(
            f"stored reports have no rows, which {flag(typed[0])} is about",
            hint=omit(*typed) | "compare the predictions themselves",
        )


def _targets(output: CompareOutput, files: InputOptions) -> Outputs:
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
    require_apart(given, [*(files.predictions or ()), *(files.labels or ())], output.output or ())
    paths = tuple(target_of(text, "comparison") for text in output.output or ())
    asked = OutputOptions(format=output.format, digits=output.digits, ci=output.ci, quiet=output.quiet)
    return Outputs(output.format, paths, asked=asked, service=service_of(output.ci))
