"""Options of the gate and of outputs, which ``score`` and ``show`` share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from evalcli.cli import config_file as config
from evalcli.cli.looks import LOOKS, refuse_idle
from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.groups import split
from evalcli.cli.options.metrics import IntervalOptions, SliceOptions
from evalcli.cli.options.output import OutputOptions
from evalcli.cli.output import Outputs, outputs
from evalcli.cli.sources import TYPED, source_of
from evalcli.definitions import names_of
from evalcli.errors import ErrorCollector, EvalcliError, ExitCode, UsageError, unknown_choice
from evalcli.findings import Blank, Hint, flag, omit, use
from evalcli.gate import baseline
from evalcli.gate.judge import context_of_report, judge
from evalcli.gate.rules import RuleText, asked_rules
from evalcli.inputs.options import Options
from evalcli.metrics import select
from evalcli.renderers.report import NO_SLICES
from evalcli.report.provenance import Config
from evalcli.report.report import Report
from evalcli.report.verdict import ON, On
from evalcli.text import for_shell, split_names
from evalcli.writers.rows import ROW_SUFFIXES

NO_ROWS = "no-rows"


class Gating(Struct, frozen=True):
    """Rules, a baseline, and where reports go."""

    asked: tuple[RuleText, ...]
    baseline: baseline.RequestedBaseline | None
    targets: Outputs
    config: Config | None
    on: On = "value"

    def judge(self, report: Report, options: Options | None = None) -> Report:
        """The report with its verdict. ``options``: of the run, whose rows a baseline may have."""
        asked, compared = self.baseline, None
        if asked is not None and asked.has_rows:
            if options is None:
                raise UsageError(
                    f"--baseline {asked.path}: a stored report has no rows to pair with it",
                    hint=use("for an earlier report", baseline=Blank("REPORT.json")),
                )
            from evalcli.engine.paired_baseline import paired_baseline

            compared = paired_baseline(asked.path, options, self.asked, report)
        elif asked is not None:
            compared = baseline.compared(report, asked)
        return judge(report, self.asked, compared, self.on)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Make rules undecided if the data has no rows."""
        try:
            yield
        except EvalcliError as error:
            if self.asked and error.code == NO_ROWS:
                error.what = f"cannot evaluate the rules: {error.what}"
                error.exit_code = ExitCode.UNDECIDED
            raise

    def keys(self, report: Report) -> Sequence[str]:
        """Full names of the metrics whose bare values are printed."""
        if not self.targets.only:
            return ()
        return [request.key for request in select(self.targets.only, context_of_report(report))]


def require_texts(given: Mapping[str, Any]) -> None:
    """Refuse empty values, which unset shell variables give."""
    for name, value in given.items():
        texts = value if isinstance(value, list | tuple) else [value]
        if "" in texts and name not in ("null_values", "delimiter", "decimal"):
            raise UsageError(f"{_spelled(name)} is empty", hint="is a shell variable unset?")
    if given.get("name") is not None and not given["name"].strip():
        raise UsageError("--name is empty", hint=use(name=Blank("TEXT")))


def _spelled(name: str) -> str:
    return name if name in ("predictions", "report") else flag(name)


def read_gate(
    context: Any,
    problems: ErrorCollector,
    output: OutputOptions,
    rules: GateOptions,
    slices: SliceOptions | None = None,
    intervals: IntervalOptions | None = None,
    stdout_in_use: bool = False,
    own: Sequence[str] = (),
) -> Gating:
    """Read rules, baseline and outputs.

    ``stdout_in_use``: whether rows are written to standard output. ``own``: names of further metrics
    than options define.
    """
    asked: tuple[RuleText, ...] = ()
    before: baseline.RequestedBaseline | None = None
    targets = Outputs(None, ())
    problems.found += config.config_of(context).problems
    with problems.collect():
        require_texts(context.params)
    with problems.collect():
        named = split_names(context.params.get("metrics")) if _is_typed(context, "metrics") else ()
        looks = tuple(name for name in LOOKS if _is_typed(context, name))
        targets = outputs(output, stdout_in_use, named, looks)
        if slices is not None and not slices.by:
            refuse_idle(looks, {"sort": NO_SLICES})
    with problems.collect():
        defined = names_of(context.params.get("define"), context.params.get("cost_matrix"))
        texts = {name: config.several(context, name) for name in config.RULES}
        asked = asked_rules(**texts, fail_on=split(config.several(context, "fail_on")), own=(*own, *defined))
    with problems.collect():
        _check_rules(rules, asked, slices, intervals)
    with problems.collect():
        before = baseline.open_baseline(
            rules.baseline, split(rules.allow), rules.baseline_missing, bool(rules.max_drop), ROW_SUFFIXES
        )
    with problems.collect():
        written = {Path(path).resolve() for path, _ in targets.files} if before is not None else set()
        if before is not None and Path(before.path).resolve() in written:
            raise UsageError(
                f"refusing to overwrite the baseline {before.path}",
                hint="write the report to another file, and copy it when the gate has passed",
            )
    problems.raise_if_any()
    file = config.config_of(context)
    used = Config(file.shown, config.used(context)) if file.path else None
    return Gating(asked=asked, baseline=before, targets=targets, config=used, on=cast(On, rules.on))


def _is_typed(context: Any, name: str) -> bool:
    """Whether an option was given on the command line."""
    return source_of(context, name) == TYPED


def _without_slices(rule: RuleText) -> Hint:
    hint = use(by=Blank("COLUMN"))
    if ":" not in rule.name:
        return hint
    return hint | f"put a class of this name in quotes: {for_shell(rule.name)}"


def _check_rules(
    rules: GateOptions,
    asked: Sequence[RuleText],
    slices: SliceOptions | None,
    intervals: IntervalOptions | None,
) -> None:
    """Refuse rules on values that are not computed."""
    if rules.on not in ON:
        error = unknown_choice("on", rules.on, ON)
        if error.hint is not None and not error.hint.steps[0].guess:
            error.hint |= use("to match rows by a column", id_col=rules.on)
        raise error
    problems = ErrorCollector()
    with problems.collect():
        if rules.on != "value" and intervals is not None and intervals.no_intervals:
            raise UsageError(f"--on {rules.on} compares intervals", hint=omit("no_intervals"))
    with problems.collect():
        judged = [*(rules.fail_under or ()), *(rules.fail_over or ()), *(rules.max_drop or ())]
        if rules.on != "value" and not judged:
            raise UsageError(
                f"--on {rules.on} applies to rules, and there are none",
                hint=use(fail_under=Blank("NAME=VALUE")),
            )
    with problems.collect():
        each = [rule for rule in asked if rule.each]
        if each and slices is not None and not slices.by:
            raise UsageError(
                f"{each[0].option} applies to slices, and there are none", hint=_without_slices(each[0])
            )
    problems.raise_if_any()
