"""``evalcli show``: a stored report in any format, under the same rules or others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from evalcli.cli.options.compare import CompareRulesOptions
from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import ReportFile
from evalcli.cli.options.log import LogOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.sources import TYPED, source_of, typed_besides
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import Blank, flag, omit, use
from evalcli.findings import run as run_hint
from evalcli.text import join_names, typed_name

if TYPE_CHECKING:
    from evalcli.cli.log import Log
    from evalcli.loaders.resource import Resource
    from evalcli.report.comparison import Comparison

OF_HISTORIES = ("report", "format", "output", "digits", "charts", "quiet", "log", "config")
"""Options of a history."""
OF_STATES = ("report", "format", "quiet", "config")
"""Options of what a state file says of itself."""
OF_CHANGES = ("not_worse", "better", "max_broken", "no_correction")
OF_REPORTS = (*GateOptions.__struct_fields__, "only", "with_names", "name", "brief", "normalize", "sort")


@grouped
def show(
    context: Any,
    report: ReportFile,
    output: Annotated[
        OutputOptions, Without("per_row", "errors", "curves", "plots"), TypedOnly("output", "only", "name")
    ],
    tracked: LogOptions,
    rules: GateOptions,
    changes: Annotated[CompareRulesOptions, Without("detect")],
    run: Annotated[RunOptions, Without("jobs", "memory")],
) -> int:
    """Show a stored report or comparison in any format; rules replace the stored ones."""
    from evalcli.cli.gate import read_gate
    from evalcli.cli.log import log_of
    from evalcli.cli.output import Publisher
    from evalcli.report.reader import read_stored
    from evalcli.report.report import Report
    from evalcli.writers.history import is_history

    problems = ErrorCollector()
    own: tuple[str, ...] = ()
    stored: Report | Comparison | None = None
    from evalcli.engine.stored_results import state_in

    states = state_in(report)
    if states is not None:
        return _show_state(context, states, output)
    if is_history(report):
        return _show_history(context, report, output, log_of(tracked))
    with problems.collect():
        stored = read_stored(report)
        own = tuple(definition.name for definition in stored.definitions)
    if stored is not None and not isinstance(stored, Report):
        return _show_comparison(context, stored, output, changes, log_of(tracked))
    with problems.collect():
        _refuse(context, OF_CHANGES, "rules on what changed are for a comparison; this is a report")
    log = log_of(tracked)
    gate = read_gate(context, problems, output, rules, own=own)
    assert isinstance(stored, Report)
    stored = gate.judge(replace(stored, name=output.name or stored.name))
    keys = gate.keys(stored)
    lacking = [key for key in keys if stored.find(key) is None]
    if lacking:
        names = ",".join(["default", *map(typed_name, lacking)])
        raise UsageError(
            f"the report does not contain {join_names(lacking)}",
            found=join_names(stored.metrics, 30),
            hint=run_hint("evalcli", "score", Blank("FILE"), "--metrics", names),
        )
    return Publisher(gate.targets, gate.config, log).publish(stored, keys)


def _show_comparison(
    context: Any, stored: Comparison, output: OutputOptions, changes: CompareRulesOptions, log: Log
) -> int:
    """A stored comparison, judged by other rules if there are any."""
    from evalcli.cli.compare import rules_of
    from evalcli.cli.output import Outputs, Publisher, require_format, service_of, target_of
    from evalcli.gate.changes import judge_changes
    from evalcli.renderers.formats import names_of

    problems = ErrorCollector()
    with problems.collect():
        _refuse(context, OF_REPORTS, "the file contains a comparison, which has no")
    with problems.collect():
        require_format(output.format, names_of("comparison"))
    with problems.collect():
        files = tuple(target_of(text, "comparison") for text in output.output or ())
        targets = Outputs(output.format, files, asked=output, service=service_of(output.ci))
    with problems.collect():
        own = [definition.name for definition in stored.definitions]
        asked = rules_of(changes, own, any(part.slices for part in stored.against))
    problems.raise_if_any()
    if changes.no_correction and not (asked.on_metrics or asked.max_broken):
        raise UsageError("--no-correction is for rules, and there are none here", hint=use(not_worse="f1=1%"))
    stored = replace(stored, corrected=stored.corrected and not changes.no_correction)
    return Publisher(targets, None, log).publish_comparison(judge_changes(stored, asked))


def _show_history(context: Any, path: str, output: OutputOptions, log: Log) -> int:
    """The history of a run, which has no rules."""
    from evalcli.cli.options.track import TrackOutput
    from evalcli.cli.output import require_format, target_of
    from evalcli.cli.track import publish_history, require_table
    from evalcli.renderers.formats import names_of
    from evalcli.writers.history import read_history

    typed = typed_besides(context, OF_HISTORIES)
    if typed:
        raise UsageError(f"the history of a run has no {flag(typed[0])}", hint=omit(*typed), code="no-effect")
    require_format(output.format, names_of("history"))
    targets = [target_of(text, "history") for text in output.output or ()]
    asked = TrackOutput(format=output.format, digits=output.digits, charts=output.charts, quiet=output.quiet)
    require_table(asked)
    return publish_history(read_history(path), asked, targets, log)


def _show_state(context: Any, resource: Resource, output: OutputOptions) -> int:
    """What a state file says of itself; its report is made by ``merge``."""
    from evalcli.cli.output import print_result, require_format
    from evalcli.engine.stored_pass import facts_of
    from evalcli.renderers.formats import names_of

    typed = typed_besides(context, OF_STATES)
    if typed:
        raise UsageError(
            f"a state has no {flag(typed[0])}",
            hint=run_hint("evalcli", "merge", resource.name, words="for its report"),
            code="no-effect",
        )
    require_format(output.format, names_of("state"))
    print_result(facts_of(resource), output)
    return ExitCode.OK


def _refuse(context: Any, names: Sequence[str], why: str) -> None:
    typed = [name for name in names if source_of(context, name) == TYPED]
    if typed:
        word = f" {flag(typed[0])}" if why.endswith(" no") else f": {flag(typed[0])}"
        raise UsageError(f"{why}{word}", hint=omit(*typed))
