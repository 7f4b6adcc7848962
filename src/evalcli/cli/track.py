"""``evalcli track``: metrics over the epochs of a training run, and its best epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.cli.options.track import PatternText, TrackOptions, TrackOutput
from evalcli.errors import ErrorCollector, ExitCode

if TYPE_CHECKING:
    from evalcli.engine.track import Tracked
    from evalcli.report.history import History


PICTURE = "picture"
"""What a target is that no renderer writes."""


def is_picture(path: str) -> bool:
    """Whether the name of a file is that of a picture."""
    from evalcli.plots.canvas import SUFFIXES, VEGA

    return path.lower().endswith((*SUFFIXES, VEGA))


@grouped
def track(
    context: Any,
    pattern: PatternText,
    run_of: TrackOptions,
    files: Annotated[InputOptions, Without("predictions", "labels")],
    task: TaskOptions,
    conventions: Annotated[ConventionOptions, Without("compat")],
    metrics: Annotated[MetricOptions, Without("explain_batches")],
    own: OwnOptions,
    intervals: Annotated[IntervalOptions, Without("no_intervals")],
    output: Annotated[TrackOutput, TypedOnly("output", "format")],
    run: RunOptions,
) -> int:
    """Score every epoch of a run, and say which is best, and which cannot be told from it."""
    from msgspec.structs import replace

    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.options.build import options_of
    from evalcli.cli.output import require_format, target_of
    from evalcli.engine.track import Tracked
    from evalcli.inputs.options import check_options
    from evalcli.inputs.patterns import pattern_of
    from evalcli.memory import reuse_memory
    from evalcli.renderers.formats import names_of

    reuse_memory()
    problems, tracked, targets = ErrorCollector(), None, list[tuple[str, str]]()
    problems.found += config_of(context).problems
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        require_format(output.format, names_of("history"))
    with problems.collect():
        targets = [
            (text, PICTURE) if is_picture(text) else target_of(text, "history")
            for text in output.output or ()
        ]
    with problems.collect():
        one = replace(files, predictions=[pattern])
        options = options_of(one, task, conventions, metrics, own, intervals, run)
        check_options(options)
        labels = None if run_of.labels is None else pattern_of(run_of.labels)
        tracked = Tracked(pattern_of(pattern), labels, options, run_of.best, run_of.split)
    problems.raise_if_any()
    assert tracked is not None
    return _tracked(tracked, run_of, output, targets, command_line(context))


def _tracked(
    tracked: Tracked,
    run_of: TrackOptions,
    output: TrackOutput,
    targets: Sequence[tuple[str, str]],
    command: Sequence[str],
) -> int:
    """Score what has changed, keep it, and show all."""
    from evalcli.cli.output import require_apart
    from evalcli.engine.track import jobs_of
    from evalcli.engine.track import track as engine
    from evalcli.writers.history import HistoryFile, place_of

    file = HistoryFile(run_of.history or place_of(tracked.pattern.root))
    inputs = [path for job in jobs_of(tracked) for path in job.files]
    require_apart([file.path], inputs, [path for path, _ in targets])
    known = None if run_of.fresh else file.read()
    history = engine(tracked, known, command, file.keep)
    file.close(history, known)
    return publish_history(history, output, targets)


def publish_history(history: History, output: TrackOutput, targets: Sequence[tuple[str, str]]) -> int:
    """Write and print a history, and say what it shows."""
    from evalcli.cli.output import print_result
    from evalcli.cli.say import say_below
    from evalcli.renderers.formats import render
    from evalcli.renderers.history import remarks
    from evalcli.renderers.tables import View
    from evalcli.writers.files import write

    for path, form in targets:
        if form == PICTURE:
            _draw(history, path)
        else:
            write(path, render(history, form, View(digits=output.digits)), "history")
    print_result(history, output)
    say_below(() if output.quiet else remarks(history))
    return ExitCode.OK


def _draw(history: History, path: str) -> None:
    from evalcli.cli.score import DPI
    from evalcli.plots.kinds import KINDS, Look
    from evalcli.plots.write import write_pictures

    write_pictures([KINDS["history"]], history, Look(), path, DPI)


__all__ = ["publish_history", "track"]
