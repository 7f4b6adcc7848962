"""``evalcli show``: a stored report in any format, under the same rules or others."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec.structs import replace

from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import TypedOnly, Without, grouped
from evalcli.cli.options.input import ReportFile
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank
from evalcli.findings import run as run_hint
from evalcli.text import join_names, typed_name


@grouped
def show(
    context: Any,
    report: ReportFile,
    output: Annotated[OutputOptions, Without("per_row", "errors"), TypedOnly("output", "only", "name")],
    rules: GateOptions,
    run: Annotated[RunOptions, Without("jobs", "memory")],
) -> int:
    """Show a stored report in any format; rules replace the stored ones."""
    from evalcli.cli.gate import read_gate
    from evalcli.cli.output import Publisher
    from evalcli.report.reader import read_report

    problems = ErrorCollector()
    own: tuple[str, ...] = ()
    with problems.collect():
        stored = read_report(report)
        own = tuple(definition.name for definition in stored.definitions)
    gate = read_gate(context, problems, output, rules, own=own)
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
    return Publisher(gate.targets, gate.config).publish(stored, keys)
