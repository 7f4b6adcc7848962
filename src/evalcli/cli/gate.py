"""What ``score`` and ``show`` share: the options of the gate and of what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import typer

from evalcli.cli import config_file as config
from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import split
from evalcli.cli.options.metrics import IntervalOptions, SliceOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.output import Outputs, outputs
from evalcli.errors import EvalcliError, ExitCode, Problems, UsageError, listed, nearest
from evalcli.gate import baseline
from evalcli.gate.judge import gated, study_of
from evalcli.gate.rules import Asked, asked_rules
from evalcli.metrics import select
from evalcli.report.provenance import Config
from evalcli.report.report import Report
from evalcli.report.verdict import ON, On

NO_ROWS = "no-rows"


@dataclass(frozen=True)
class Gating:
    """Rules, a baseline, and where reports go; all that can be wrong about them was told at once."""

    asked: tuple[Asked, ...]
    baseline: baseline.Asked | None
    targets: Outputs
    config: Config | None
    on: On = "value"

    def judge(self, report: Report) -> Report:
        """The report with its verdict."""
        comparison = baseline.compared(report, self.baseline) if self.baseline else None
        return gated(report, self.asked, comparison, self.on)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Where there are rules, data without a row leaves them undecided."""
        try:
            yield
        except EvalcliError as error:
            if self.asked and error.code == NO_ROWS:
                error.what = f"undecided, as there is nothing to judge: {error.what}"
                error.exit_code = ExitCode.UNDECIDED
            raise

    def keys(self, report: Report) -> Sequence[str]:
        """Full names of the metrics whose bare values are wanted."""
        if not self.targets.only:
            return ()
        return [request.key for request in select(self.targets.only, study_of(report))]


def require_texts(given: Mapping[str, Any]) -> None:
    """Refuse empty texts, which are variables of a shell that are not set."""
    for name, value in given.items():
        texts = value if isinstance(value, list | tuple) else [value]
        if "" in texts and name not in ("null_values", "delimiter", "decimal"):
            raise UsageError(f"{config.key_of(name)} is an empty text", mend="is a variable not set?")


def gating(
    context: typer.Context,
    problems: Problems,
    output: OutputOptions,
    rules: GateOptions,
    slices: SliceOptions | None = None,
    intervals: IntervalOptions | None = None,
    taken: bool = False,
) -> Gating:
    """Read what a command was given. ``taken``: standard output is for something else."""
    asked: tuple[Asked, ...] = ()
    before: baseline.Asked | None = None
    targets = Outputs(None, ())
    problems.found += config.config_of(context).problems
    with problems.gathered():
        require_texts(context.params)
    with problems.gathered():
        targets = outputs(output, taken)
    with problems.gathered():
        texts = {name: config.several(context, name) for name in config.RULES}
        asked = asked_rules(**texts, fail_on=split(config.several(context, "fail_on")))
    with problems.gathered():
        _check_rules(rules, asked, slices, intervals)
    with problems.gathered():
        before = baseline.open_baseline(
            rules.baseline, split(rules.allow), rules.baseline_missing, bool(rules.max_drop)
        )
    with problems.gathered():
        written = {Path(path).resolve() for path, _ in targets.files} if before is not None else set()
        if before is not None and Path(before.path).resolve() in written:
            raise UsageError(
                "a report would take the place of its baseline, whatever the verdict",
                seen=before.path,
                mend="write it elsewhere, and copy it when the gate has passed",
            )
    problems.refuse()
    file = config.config_of(context)
    used = Config(file.shown, config.used(context)) if file.path else None
    return Gating(asked, before, targets, used, cast(On, rules.on))


def _check_rules(
    rules: GateOptions,
    asked: Sequence[Asked],
    slices: SliceOptions | None,
    intervals: IntervalOptions | None,
) -> None:
    """Refuse rules that look at what is not computed."""
    if rules.on not in ON:
        like = nearest(rules.on, ON)
        raise UsageError(
            f"--on {rules.on!r} is nothing that a rule looks at",
            mend=f"did you mean {like}?" if like else f"one of {listed(ON)}",
        )
    problems = Problems()
    with problems.gathered():
        if rules.on != "value" and intervals is not None and intervals.no_intervals:
            raise UsageError(f"--on {rules.on} looks at intervals", mend="leave --no-intervals out")
    with problems.gathered():
        each = [rule for rule in asked if rule.each]
        if each and slices is not None and not slices.by:
            raise UsageError(f"{each[0].option} is on slices, and there are none", mend="add --by COLUMN")
    problems.refuse()
