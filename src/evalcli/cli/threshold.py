"""``evalcli threshold``: choose a decision threshold."""

from __future__ import annotations

from typing import Annotated, Any

from evalcli.cli.apart import require_apart
from evalcli.cli.options.goal import GoalOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions
from evalcli.cli.options.output import ThresholdOutput
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import TaskOptions
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import use


@grouped
def threshold(
    context: Any,
    files: InputOptions,
    task: TaskOptions,
    goal: GoalOptions,
    intervals: Annotated[IntervalOptions, Without("no_intervals")],
    output: Annotated[ThresholdOutput, TypedOnly("output", "format")],
    run: RunOptions,
) -> int:
    """Choose a decision threshold: for the highest F1, a required precision, or the lowest cost."""
    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import print_result, require_format
    from evalcli.cli.progress import progress
    from evalcli.cli.say import say_below
    from evalcli.engine.threshold import choose_threshold, goal_of
    from evalcli.inputs.options import check_options
    from evalcli.memory import reuse_memory
    from evalcli.renderers.formats import names_of, render
    from evalcli.renderers.thresholds import remarks
    from evalcli.writers.files import write

    reuse_memory()
    problems = ErrorCollector()
    problems.found += config_of(context).problems
    with problems.collect():
        require_format(output.format, names_of("thresholds"))
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        if output.output and not output.output.lower().endswith(".json"):
            what = f"--output {output.output!r}: thresholds are written as JSON"
            raise UsageError(what, hint=use(output="threshold.json"))
    with problems.collect():
        options = options_of(files, task, intervals, run, hashes=True)
        check_options(options)
    with problems.collect():
        inputs = [*(files.predictions or ()), *(files.labels or ())]
        require_apart([output.output] if output.output else [], inputs, ())
    with problems.collect():
        wanted = goal_of(goal.maximize, goal.cost or (), goal.min_precision, goal.min_recall, goal.max_fpr)
    problems.raise_if_any()
    with progress(output.quiet) as watch:
        report = choose_threshold(options, wanted, command_line(context), watch)
    if output.output and report.thresholds:
        write(output.output, render(report, "json"))
    print_result(report, output)
    say_below(() if output.quiet else remarks(report, output.output))
    return ExitCode.OK if report.thresholds else ExitCode.GATE_FAILED
