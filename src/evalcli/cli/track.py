"""``evalcli track``: metrics over the epochs of a training run, and its best epoch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.cli.options.track import PatternText, TrackOptions, TrackOutput
from evalcli.cli.sources import TYPED, source_of, typed_besides
from evalcli.errors import ErrorCollector, ExitCode, InputError, UsageError, unknown_choice
from evalcli.findings import Blank, flag, omit, use
from evalcli.text import escape

if TYPE_CHECKING:
    from evalcli.cli.log import Log
    from evalcli.engine.epochs import Job, Tracked
    from evalcli.gate.changes import CompareRules
    from evalcli.gate.rules import RuleText
    from evalcli.inputs.options import Options
    from evalcli.report.comparison import Comparison
    from evalcli.report.history import History


MOST_SECONDS = 86_400.0
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
    slices: Annotated[SliceOptions, Without("by", "min_n")],
    rules: Annotated[GateOptions, Without("fail_on", "baseline", "max_drop", "allow", "baseline_missing")],
    output: Annotated[TrackOutput, TypedOnly("output", "format")],
    run: RunOptions,
) -> int:
    """Score every epoch of a run, and say which is best, and which cannot be told from it."""
    from msgspec.structs import replace

    from evalcli.cli.config_file import command_line, config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.log import Log, targets_of
    from evalcli.cli.options.build import options_of
    from evalcli.memory import reuse_memory

    reuse_memory()
    problems, tracked = ErrorCollector(), None
    targets, asked, log = list[tuple[str, str]](), tuple["RuleText", ...](), Log()
    problems.found += config_of(context).problems
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        targets, log = _targets(output), Log(targets_of(output.log or ()))
    with problems.collect():
        pattern, run_of = _found(pattern, run_of, output.quiet)
    if _is_log(pattern, run_of):
        problems.raise_if_any()
        return publish_history(_of_log(context, pattern, run_of), output, targets, log)
    with problems.collect():
        one = replace(files, predictions=[pattern])
        options = options_of(one, task, conventions, metrics, own, intervals, slices, run)
        tracked = _asked(pattern, options, run_of)
    with problems.collect():
        asked = _rules(context, rules, run_of)
    problems.raise_if_any()
    assert tracked is not None
    found = _tracked(tracked, run_of, targets, command_line(context), log)
    log = Log() if run_of.watch else log  # which has logged each epoch
    return _published(tracked, found, run_of, output, targets, log, asked, rules.on)


def _published(
    tracked: Tracked,
    found: tuple[History, list[Job]],
    run_of: TrackOptions,
    output: TrackOutput,
    targets: Sequence[tuple[str, str]],
    log: Log,
    asked: Sequence[RuleText],
    on: str,
) -> int:
    """Write, print and judge; the exit code of the verdict, or else of what could not be written."""
    from evalcli.cli.output import print_error

    history, jobs = found
    unwritten = written(history, output, targets, log)
    code = _judge(tracked, jobs, history, run_of, asked, on, output.quiet)
    if not code:
        unwritten.raise_if_any()
    for error in unwritten.found:
        print_error(error, None, history.title)
    return code


def _found(pattern: str, run_of: TrackOptions, quiet: bool) -> tuple[str, TrackOptions]:
    """The pattern, and the options with that of the labels; looked for if a folder was named."""
    from msgspec.structs import replace

    from evalcli.cli.say import say

    if pattern.endswith(("/", os.sep)) and not Path(pattern).exists():
        raise InputError(
            "no such folder", where=escape(pattern), hint="a PATTERN with {epoch}, also before it is there"
        )
    if not Path(pattern).is_dir():
        return pattern, run_of
    from evalcli.inputs.run_folder import run_in

    found = run_in(pattern)
    labels = run_of.labels if run_of.labels is not None else found.labels
    if not quiet:
        say(f"found: {escape(found.pattern)}" + (f", labels {escape(labels)}" if labels else ""))
    return found.pattern, replace(run_of, labels=labels)


def _is_log(pattern: str, run_of: TrackOptions) -> bool:
    """Whether a path without fields and columns was named."""
    return "{" not in pattern and "}" not in pattern and run_of.epoch_col is None


def _targets(output: TrackOutput) -> list[tuple[str, str]]:
    """Paths and formats."""
    from evalcli.cli.output import require_format, target_of
    from evalcli.renderers.formats import names_of

    require_format(output.format, names_of("history"))
    require_table(output)
    asked = output.output or ()
    return [(text, PICTURE) if is_picture(text) else target_of(text, "history") for text in asked]


def require_table(output: TrackOutput) -> None:
    """Refuse charts without a table above them."""
    if output.charts and output.format != "table":
        raise UsageError("--charts are printed below tables", hint=omit("charts") | use(format="table"))


def _asked(pattern: str, options: Options, run_of: TrackOptions) -> Tracked:
    """What to track."""
    from evalcli.engine.epochs import Tracked
    from evalcli.inputs.options import check_options

    check_options(options)
    _check_watch(run_of)
    columns = {"epoch": run_of.epoch_col, "split": run_of.split_col}
    return Tracked.of(pattern, run_of.labels, options, run_of.best, run_of.split, columns)


def _check_watch(run_of: TrackOptions) -> None:
    """Refuse what says when to stop without --watch, and numbers that make no sense."""
    given = {"until_epoch": run_of.until_epoch, "patience": run_of.patience}
    typed = [name for name, value in given.items() if value is not None]
    if run_of.watch and (run_of.epoch_col is not None or run_of.split_col is not None):
        raise UsageError(
            "--watch follows files of one epoch each, and not a table that grows",
            hint=omit("watch") | "a PATTERN with {epoch}",
        )
    if typed and not run_of.watch:
        raise UsageError(f"{flag(typed[0])} is for --watch", hint=omit(*typed), code="no-effect")
    least = {"until_epoch": 0, "patience": 1}
    wrong = [name for name in typed if int(given[name] or 0) < least[name]]
    if wrong or not 0 < run_of.every < MOST_SECONDS:
        name = wrong[0] if wrong else "every"
        what = f"{flag(name)} {getattr(run_of, name)} is too small or too large"
        raise UsageError(what, hint="a number above 0; of seconds, no more than a day")


def _of_log(context: Any, path: str, run_of: TrackOptions) -> History:
    """The history of a log; refuses options that it cannot follow."""
    from evalcli.cli.config_file import command_line
    from evalcli.engine.logged import logged

    history = logged(path, run_of.best, run_of.split, command_line(context))  # refuses what is no log first
    kept = {"pattern", "best", "split", *TrackOutput.__struct_fields__, "config"}
    typed = typed_besides(context, kept)
    if typed:
        raise UsageError(
            f"a log has values and no predictions, which {flag(typed[0])} is about",
            hint=omit(*typed) | "a PATTERN with {epoch} for predictions",
            code="no-effect",
        )
    return history


def _rules(context: Any, rules: GateOptions, run_of: TrackOptions) -> tuple[RuleText, ...]:
    """The rules as typed; refuses what says how they judge where there are none."""
    from evalcli.cli.config_file import several
    from evalcli.definitions import names_of
    from evalcli.gate.rules import asked_rules
    from evalcli.report.verdict import ON

    if rules.on not in ON:
        raise unknown_choice("on", rules.on, ON)
    own = names_of(context.params.get("define"), context.params.get("cost_matrix"))
    texts = {name: several(context, name) for name in ("fail_under", "fail_over")}
    asked = asked_rules(**texts, own=own)
    idle = {"on": not asked, "at": not (asked or run_of.not_worse), "against": not run_of.not_worse}
    for name, has_no_rule in idle.items():
        if has_no_rule and source_of(context, name) == TYPED:
            rule = {"not_worse": "f1=0.01"} if name == "against" else {"fail_under": Blank("NAME=VALUE")}
            raise UsageError(
                f"{flag(name)} is for rules, and there are none",
                hint=use(**rule) | omit(name),
                code="no-effect",
            )
    _changes(run_of.not_worse or (), own)
    if run_of.not_worse and run_of.at == "best" and run_of.against is None:
        raise UsageError(
            "--not-worse compares with the best epoch, which --at best names",
            hint=use(at="last") | use("for another model on the same rows", against=Blank("FILE")),
            code="no-effect",
        )
    return asked


def _changes(texts: Sequence[str], own: Sequence[str]) -> CompareRules:
    """The rules on what changed."""
    from evalcli.gate.changes import compare_rules

    asked = compare_rules(texts, (), (), (), own)
    if asked.each:
        raise UsageError(f"{asked.each} applies to slices, and there are none", hint=use(not_worse="f1=0.01"))
    return asked


def _tracked(
    tracked: Tracked,
    run_of: TrackOptions,
    targets: Sequence[tuple[str, str]],
    command: Sequence[str],
    log: Log,
) -> tuple[History, list[Job]]:
    """Score what has changed, and keep it; the epochs that there are."""
    from evalcli.cli.apart import require_apart
    from evalcli.engine.epochs import jobs_of
    from evalcli.engine.track import track as engine
    from evalcli.writers.history import HistoryFile, place_of

    file = HistoryFile(run_of.history or place_of(tracked.pattern.root), run_of.fresh)
    jobs = [] if run_of.watch else jobs_of(tracked)
    require_apart([file.path], [path for job in jobs for path in job.files], [path for path, _ in targets])
    known = None if run_of.fresh else file.read()
    if run_of.watch:
        from evalcli.cli.watch import watched

        history = watched(tracked, run_of, known, file, command, log.targets)
    else:
        history = engine(tracked, jobs, known, command, file.keep)
    file.close(history, known)
    return history, jobs or jobs_of(tracked)


def _judge(
    tracked: Tracked,
    jobs: Sequence[Job],
    history: History,
    run_of: TrackOptions,
    asked: Sequence[RuleText],
    on: str,
    quiet: bool,
) -> int:
    """Say the verdicts of an epoch; the exit code, a failure before what is undecided."""
    from evalcli.cli.output import CODES
    from evalcli.cli.say import say_below
    from evalcli.engine.epoch_gate import compared, judged
    from evalcli.renderers.sentences import lines
    from evalcli.report.verdict import On

    said, verdicts = list[str](), list[str]()
    if asked:
        number, gate = judged(tracked, jobs, history, run_of.at, asked, cast(On, on))
        said += [f"epoch {number}: {escape(line)}" for line in lines(gate, quiet)]
        verdicts.append(gate.verdict)
    if run_of.not_worse:
        own = [definition.name for definition in tracked.options.define]
        rules = _changes(run_of.not_worse, own)
        found = compared(tracked, jobs, history, run_of.at, rules, run_of.against)
        if found is not None:
            said += list(_told(found, quiet))
            verdicts.append(str(found.verdict))
        elif history.best is not None and not quiet:
            said.append(f"passed: epoch {history.best.epoch} is the best one")
    say_below(said)
    return next((CODES[word] for word in ("fail", "undecided") if word in verdicts), ExitCode.OK)


def _told(found: Comparison, quiet: bool) -> Iterator[str]:
    """The rules on what changed, in sentences."""
    from evalcli.renderers.comparison import finding
    from evalcli.renderers.sentences import WORDS

    names = " against ".join(escape(model.name) for model in reversed(found.models))
    for rule in found.rules:
        if rule.verdict != "pass" or not quiet:
            yield f"{names}: {WORDS[rule.verdict]}: {finding(rule)}"


def publish_history(
    history: History, output: TrackOutput, targets: Sequence[tuple[str, str]], log: Log
) -> int:
    """Write, log and print a history, and say what it shows; errors of outputs are raised after all of it."""
    problems = written(history, output, targets, log)
    problems.raise_if_any()
    return ExitCode.OK


def written(
    history: History, output: TrackOutput, targets: Sequence[tuple[str, str]], log: Log
) -> ErrorCollector:
    """The same; what could not be written."""
    from evalcli.cli.bare import print_charts
    from evalcli.cli.output import print_result
    from evalcli.cli.say import say_below
    from evalcli.renderers.formats import render
    from evalcli.renderers.history import remarks
    from evalcli.renderers.tables import View
    from evalcli.writers.files import write

    problems = ErrorCollector()
    for path, form in targets:
        with problems.collect():
            if form == PICTURE:
                _draw(history, path, "output")
            else:
                write(path, render(history, form, View(digits=output.digits)), "history")
    with problems.collect():
        if output.plots is not None:
            _draw(history, output.plots.rstrip("/") + "/", "plots")
    with problems.collect():
        log(history)
    print_result(history, output)
    if output.charts:
        print_charts(history)
    say_below(() if output.quiet else remarks(history))
    return problems


def _draw(history: History, path: str, option: str) -> None:
    from evalcli.cli.score import DPI
    from evalcli.plots.kinds import KINDS, Look, kinds_of
    from evalcli.plots.write import write_pictures

    if not history.shown:
        raise UsageError("no epoch has a metric to be drawn", where=escape(history.title), hint=omit(option))
    kinds = kinds_of(history) if path.endswith("/") else [KINDS["history"]]
    write_pictures(kinds, history, Look(), path, DPI)


__all__ = ["publish_history", "track"]
