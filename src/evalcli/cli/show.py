"""``evalcli show``: a stored report in any format, under the same rules or others."""

from __future__ import annotations

from typing import Annotated

import typer

from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import Without, grouped
from evalcli.cli.options.input import ReportFile
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.options.run import RunOptions
from evalcli.errors import Problems, UsageError, listed


@grouped
def show(
    context: typer.Context,
    report: ReportFile,
    output: Annotated[OutputOptions, Without("per_row", "errors")],
    rules: GateOptions,
    run: Annotated[RunOptions, Without("jobs")],
) -> int:
    """Show a stored report in any format, without the data; rules take the place of the stored ones."""
    from evalcli.cli.gate import gating
    from evalcli.cli.output import Publisher
    from evalcli.report.reader import read_report

    problems = Problems()
    with problems.gathered():
        stored = read_report(report)
    gate = gating(context, problems, output, rules)
    stored = gate.judge(stored)
    keys = gate.keys(stored)
    lacking = [key for key in keys if stored.find(key) is None]
    if lacking:
        raise UsageError(
            f"the report does not hold {listed(lacking)}",
            seen=f"it holds {listed(stored.metrics, 30)}",
            mend=f"score with --metrics default,{','.join(lacking)}",
        )
    return Publisher(gate.targets, gate.config).publish(stored, keys)
