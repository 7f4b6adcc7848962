"""``evalcli show``: a stored report in any format, under the same rules or others."""

from __future__ import annotations

import typer

from evalcli.cli import parameters as p
from evalcli.errors import Problems, UsageError, listed


def show(
    context: typer.Context,
    report: p.ReportFile,
    format: p.Format = "table",
    output: p.Output = None,
    only: p.Only = None,
    with_names: p.WithNames = False,
    ci: p.Ci = "auto",
    quiet: p.Quiet = False,
    fail_under: p.FailUnder = None,
    fail_over: p.FailOver = None,
    fail_on: p.FailOn = None,
    on: p.On = "value",
    baseline: p.BaselineFile = None,
    max_drop: p.MaxDrop = None,
    allow: p.Allow = None,
    baseline_missing: p.BaselineMissing = "undecided",
    config: p.ConfigFile = None,
) -> int:
    """Show a stored report in any format, without the data; rules take the place of the stored ones."""
    from evalcli.cli.gate import gating
    from evalcli.cli.output import Publisher
    from evalcli.report.reader import read_report

    problems = Problems()
    with problems.gathered():
        stored = read_report(report)
    gate = gating(context, problems)
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
