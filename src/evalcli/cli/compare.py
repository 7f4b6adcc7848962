"""``evalcli compare``: two or more models on the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from evalcli.cli.options.compare import CompareOutput, CompareRulesOptions, ModelOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped, split
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import Blank, omit, use
from evalcli.findings import run as run_hint
from evalcli.text import join_names, names_of_files

if TYPE_CHECKING:
    from evalcli.engine.compare import Compared
    from evalcli.inputs.options import Options


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
    slices: Annotated[SliceOptions, Without("by", "min_n")],
    rules: CompareRulesOptions,
    output: Annotated[CompareOutput, TypedOnly("output", "format", "broken", "fixed")],
    run: RunOptions,
) -> int:
    """Compare models on the same rows: what changed, which rows flipped, and is it real."""
    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import require_format
    from evalcli.definitions import names_of
    from evalcli.engine.compare import compare as engine
    from evalcli.engine.compare_rules import CompareRules, compare_rules
    from evalcli.memory import reuse_memory
    from evalcli.renderers.formats import names_of as formats_of

    reuse_memory()
    problems = ErrorCollector()
    problems.found += config_of(context).problems
    models: list[tuple[str, Options]] = []
    targets: dict[str, str] = {}
    asked = CompareRules()
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        require_format(output.format, formats_of("comparison"))
    with problems.collect():
        targets = _targets(output, [*(files.predictions or ()), *(files.labels or ())])
    with problems.collect():
        options = options_of(files, task, conventions, metrics, own, intervals, slices, run)
        models = _models(options, model.model or ())
    with problems.collect():
        names = names_of(own.define, own.cost_matrix)
        asked = compare_rules(
            rules.not_worse or (), split(rules.better), rules.max_broken, rules.detect or (), names
        )
    problems.raise_if_any()
    compared = engine(models, rules=asked, command=command_line(context), corrected=not rules.no_correction)
    return _publish(compared, targets, output)


def _publish(compared: Compared, targets: Mapping[str, str], output: CompareOutput) -> int:
    """Write files, print the comparison, and say what rules and notes say; the exit code."""
    from evalcli.cli.output import CODES, print_result
    from evalcli.cli.say import say_below
    from evalcli.renderers.comparison import remarks
    from evalcli.renderers.formats import render
    from evalcli.writers.files import write
    from evalcli.writers.flips import flips_as, form_of

    comparison = compared.comparison
    for path, form in targets.items():
        write(path, render(comparison, form))
    for table, fixed in ((output.broken, False), (output.fixed, True)):
        if table is not None:
            write(table, flips_as(form_of(table), compared.flipped(fixed)))
    print_result(comparison, output)
    say_below(remarks(comparison, output.quiet))
    return CODES[comparison.verdict] if comparison.verdict else ExitCode.OK


def _targets(output: CompareOutput, inputs: Sequence[str]) -> dict[str, str]:
    """Paths of comparisons and their formats; refuses paths that are read, or written twice."""
    from evalcli.cli.output import require_apart
    from evalcli.writers.flips import form_of

    tables = [path for path in (output.broken, output.fixed) if path is not None]
    for path in tables:
        form_of(path)
    if len(set(tables)) < len(tables):
        raise UsageError(f"--broken and --fixed both name {tables[0]!r}", hint="use two paths")
    require_apart(tables, inputs, output.output or ())
    return {path: _form(path) for path in output.output or ()}


def _form(path: str) -> str:
    """The format of a file, by its suffix."""
    from evalcli.renderers.formats import suffixes_of

    suffixes = suffixes_of("comparison")
    suffix = Path(path).suffix.lower()
    if suffix not in suffixes:
        raise UsageError(
            f"--output {path!r}: which format?", hint=f"a file name that ends in {join_names(suffixes)}"
        )
    return suffixes[suffix]


def _models(options: Options, columns: Sequence[str]) -> list[tuple[str, Options]]:
    """Each model with its name and its options: a file of its own, or columns of one file."""
    files = options.files
    if columns:
        return _of_columns(options, files, columns)
    if len(files) < 2:
        raise UsageError(
            "a comparison needs two files of predictions",
            found=join_names(files),
            hint=use("for models in one file", model=Blank("NAME=COLUMNS")) | "evalcli compare OLD NEW",
        )
    return [
        (name, replace(options, predictions=(file,)))
        for name, file in zip(names_of_files(files), files, strict=True)
    ]


def _of_columns(options: Options, files: Sequence[str], columns: Sequence[str]) -> list[tuple[str, Options]]:
    if len(files) != 1:
        raise UsageError("--model is for models in one file", found=join_names(files), hint=omit("model"))
    if options.score_cols or options.pred_col:
        raise UsageError("--model names the columns of each model", hint=omit("score_cols", "pred_col"))
    models = []
    for text in columns:
        name, equals, pattern = (part.strip() for part in text.partition("="))
        if not equals or not name or not pattern:
            raise UsageError(f"--model {text!r} is not NAME=COLUMNS", hint=use(model="new=new_*"))
        parts = split([pattern])
        single = len(parts) == 1 and "*" not in pattern
        models.append(
            (name, replace(options, pred_col=pattern) if single else replace(options, score_cols=parts))
        )
    if len(models) < 2 or len({name for name, _ in models}) < len(models):
        raise UsageError(
            "--model is given for each of two or more models, by different names",
            found=join_names(name for name, _ in models),
            hint=run_hint("evalcli", "compare", files[0], "--model", "old=old_*", "--model", "new=new_*"),
        )
    return models
