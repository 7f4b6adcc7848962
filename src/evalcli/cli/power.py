"""``evalcli power``: how sure the verdict of a gate is on a test set of this size."""

from __future__ import annotations

import math
from typing import Annotated, Any, cast

from evalcli.cli.options.groups import Without, grouped
from evalcli.cli.options.input import ReportFile
from evalcli.cli.options.power import PowerOptions, PowerOutput
from evalcli.cli.options.run import RunOptions
from evalcli.errors import ErrorCollector, ExitCode, UsageError, unknown_choice
from evalcli.findings import use
from evalcli.text import share_of


@grouped
def power(
    context: Any,
    report: ReportFile,
    rules: PowerOptions,
    output: PowerOutput,
    run: Annotated[RunOptions, Without("jobs", "memory")],
) -> int:
    """Say how often a gate would change its mind on other rows, and how many rows would settle it."""
    from evalcli.cli.config_file import config_of
    from evalcli.cli.gate import require_texts
    from evalcli.cli.output import print_result, require_format
    from evalcli.engine.power import power as engine
    from evalcli.engine.stored_results import report_in
    from evalcli.renderers.formats import names_of
    from evalcli.report.verdict import ON, On

    problems = ErrorCollector()
    problems.found += config_of(context).problems
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        require_format(output.format, names_of("power"))
    with problems.collect():
        if rules.on is not None and rules.on not in ON:
            raise unknown_choice("on", rules.on, ON)
    share = math.nan
    with problems.collect():
        share = _share(rules.flake)
    problems.raise_if_any()
    found = engine(report_in(report), rules.rule or (), cast("On | None", rules.on), share)
    print_result(found, output)
    return ExitCode.OK


def _share(text: str) -> float:
    share = share_of(text)
    if math.isnan(share):
        raise UsageError(f"--flake {text!r} is not a share", hint=use(flake="1%"))
    return share
