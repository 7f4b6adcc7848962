"""``evalcli inspect``: how files are read, and problems in them."""

from __future__ import annotations

from typing import Annotated, Any

from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import SliceOptions
from evalcli.cli.options.output import InspectOutput
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import TaskOptions
from evalcli.errors import ErrorCollector, ExitCode


@grouped
def inspect(
    context: Any,
    files: InputOptions,
    task: TaskOptions,
    slices: Annotated[SliceOptions, Without("min_n")],
    output: Annotated[InspectOutput, TypedOnly("format")],
    run: RunOptions,
) -> int:
    """Show how files are read and any problems found in them; computes no metrics."""
    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import print_result, require_format
    from evalcli.cli.progress import progress
    from evalcli.engine.inspect import inspect as engine
    from evalcli.memory import reuse_memory
    from evalcli.renderers.formats import names_of

    reuse_memory()
    problems = ErrorCollector()
    problems.found += config_of(context).problems
    with problems.collect():
        require_format(output.format, names_of("inspection"))
    with problems.collect():
        options = options_of(files, task, slices, run)
    problems.raise_if_any()
    with progress(output.quiet) as watch:
        diagnosis = engine(options, command_line(context), watch)
    print_result(diagnosis, output)
    if diagnosis.verdict == "not scorable":
        return ExitCode.USAGE
    return ExitCode.GATE_FAILED if output.strict and diagnosis.verdict == "warnings" else ExitCode.OK
