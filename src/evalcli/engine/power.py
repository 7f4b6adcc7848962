"""How often a gate would give another verdict on other rows, and how many rows would settle it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from evalcli import __version__
from evalcli.errors import ErrorCollector, EvalcliError, UsageError
from evalcli.findings import Hint, flag, use
from evalcli.gate.judge import context_of_report, judge
from evalcli.gate.rule_text import RuleText, parse_rule
from evalcli.intervals.scales import normal_quantile
from evalcli.metrics import Context, NoMatch, NoSuchClass, expand
from evalcli.report.power import PowerReport, RulePower
from evalcli.report.report import Report
from evalcli.report.verdict import On, RuleResult


def power(
    report: Report, texts: Sequence[str] = (), on: On | None = None, flake: float = 0.01
) -> PowerReport:
    """Of rules as typed, or of those that a stored report was judged by.

    ``on``: what the gate compares, if not what its rules say; ``flake``: how often another verdict is
    acceptable. Raises a ``UsageError`` for rules that the report does not have.
    """
    context = context_of_report(report)
    if not 0 < flake < 0.5:
        raise UsageError(f"--flake {flake:g} is not a share above 0 and below 0.5", hint=use(flake="1%"))
    if texts:
        own = [definition.name for definition in report.definitions]
        report = _judged(report, texts, own, context, on or "value")
    gate = () if report.gate is None else report.gate.rules
    rules = [_on(rule, on, report) for rule in gate if rule.kind in ("under", "over", "drop")]
    if not rules:
        raise UsageError("there are no rules: the report has no gate", hint=use(rule="f1=0.8"))
    return PowerReport(
        version=__version__,
        title=report.title,
        task=report.task,
        rows=report.input.scored,
        flake=flake,
        rules=tuple(_of_rules(rules, report, flake)),
    )


def _judged(report: Report, texts: Sequence[str], own: Sequence[str], context: Context, on: On) -> Report:
    """The report under rules as typed; errors speak of ``--rule``."""
    problems, asked = ErrorCollector(), []
    for text in texts:
        with problems.collect():
            asked.append(_directed(parse_rule(text, "under", own), context))
    with problems.collect():
        report = judge(report, asked, on=on)
    problems.found = [_of_rule(error) for error in problems.found]
    problems.raise_if_any()
    return report


def _of_rule(error: EvalcliError) -> EvalcliError:
    """The same error with the option of this command."""
    for name in ("fail_under", "fail_over"):
        error.what = error.what.replace(flag(name), flag("rule"))
    if error.hint is not None:
        steps = (
            replace(step, options={_renamed(name): value for name, value in step.options.items()})
            for step in error.hint.steps
        )
        error.hint = Hint(tuple(steps))
    return error


def _renamed(name: str) -> str:
    return "rule" if name in ("fail_under", "fail_over") else name


def _on(rule: RuleResult, on: On | None, report: Report) -> RuleResult:
    """A stored rule as if it compared something else."""
    score = None if rule.metric is None else report.find(rule.metric)
    if on in (None, rule.on) or score is None or score.interval is None:
        return rule
    other = replace(rule, on=on, interval=(score.interval.low, score.interval.high))
    return replace(other, verdict=other.outcome)


def _directed(asked: RuleText, context: Context) -> RuleText:
    """The rule as an upper limit, if lower is better for its metrics."""
    try:
        found = expand(asked.metric.removesuffix(asked.sign), context)
    except (NoMatch, NoSuchClass):
        return asked
    lower = [request for request in found if request.metric.better == "lower"]
    return replace(asked, kind="over") if lower and len(lower) == len(found) else asked


def _of_rules(rules: Sequence[RuleResult], report: Report, flake: float) -> Iterator[RulePower]:
    sure = normal_quantile(report.input.confidence)
    for rule in rules:
        score = None if rule.metric is None else report.find(rule.metric)
        rows = report.input.scored
        if rule.slice is not None:
            rows = next((part.n for part in report.slices if part.by == rule.slice), rows)
        blank = RulePower(rule.rule, rule.metric, rule.value, rule.threshold, rule.verdict, rows)
        if score is None or rule.value is None or rule.threshold is None:
            yield replace(blank, reason=rule.reason or "there is no value")
            continue
        if score.interval is None:
            yield replace(blank, reason=score.interval_reason or "it has no interval")
            continue
        distance = rule.threshold - rule.value if rule.is_upper_limit else rule.value - rule.threshold
        below = rule.threshold < rule.value
        side = rule.value - score.interval.low if below else score.interval.high - rule.value
        if not side > 0:
            yield replace(blank, reason="its interval has no width towards the limit")
            continue
        error = side / sure
        yield replace(
            blank,
            error=error,
            chance=chance_of_another(distance / error, rule.on, sure),
            needed=rows_needed(distance / error, rule.on, sure, rows, flake),
        )


def _upper(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def chance_of_another(distance: float, on: On, sure: float) -> float:
    """How often another test set gives another verdict, if the value measured is the true one.

    ``distance``: from the limit, in standard errors, above 0 on the good side. ``sure``: standard errors of
    half an interval.

    >>> round(chance_of_another(0.0, "value", 1.96), 3), round(chance_of_another(1.96, "value", 1.96), 3)
    (0.5, 0.025)
    >>> round(chance_of_another(3.92, "lower", 1.96), 3), round(chance_of_another(0.0, "decided", 1.96), 3)
    (0.025, 0.05)
    """
    if on == "value":
        return _upper(abs(distance))
    if on == "lower":
        return _upper(abs(distance - sure))
    if abs(distance) >= sure:  # a clear verdict becomes undecided
        return _upper(abs(distance) - sure)
    return _upper(sure - distance) + _upper(sure + distance)


def rows_needed(distance: float, on: On, sure: float, rows: int, flake: float) -> int | None:
    """Rows with which the verdict at the value measured changes as rarely as ``flake``; None: no number.

    >>> rows_needed(1.0, "value", 1.96, 1000, 0.01), rows_needed(0.0, "value", 1.96, 1000, 0.01)
    (5412, None)
    """
    if not distance:
        return None
    away = normal_quantile(1 - 2 * flake)
    if on == "decided" or (on == "lower" and distance > 0):
        away += sure
    elif on == "lower":
        away = max(away - sure, 0.0)
    return max(math.ceil(rows * (away / distance) ** 2), 1)
