"""How often a gate would give another verdict on other rows, and how many rows would settle it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from evalcli import __version__
from evalcli.errors import ErrorCollector, EvalcliError, UsageError
from evalcli.findings import Hint, flag, use
from evalcli.gate.judge import context_of_report, judge
from evalcli.gate.rule_text import RuleText, parse_rule
from evalcli.intervals.scales import normal_quantile, wilson
from evalcli.metrics import Context, NoMatch, NoSuchClass, expand
from evalcli.report.power import PowerReport, RulePower
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.report.verdict import Gate, On, RuleResult
from evalcli.statistics.p_values import log_binomials

MOST_EXACT = 100_000
"""Rows up to which chances of shares are exact."""


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
    problems, results = ErrorCollector(), list[RuleResult]()
    for text in dict.fromkeys(texts):  # one by one: two limits of a metric are two questions
        with problems.collect():
            judged = judge(report, [_directed(parse_rule(text, "under", own), context)], on=on)
            results += judged.gate.rules if judged.gate else ()
    problems.found = [_of_rule(error) for error in problems.found]
    problems.raise_if_any()
    return replace(report, gate=Gate(tuple(results)))


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
    paired = rule.kind == "drop" and rule.interval is not None and rule.on == "decided"
    ends = None if score is None else score.interval_ends
    if on in (None, rule.on) or paired or ends is None:
        return rule
    other = replace(rule, on=on, interval=ends)
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
        ends = _ends(rule, score)
        if ends is None:
            yield replace(blank, reason=score.interval_reason or "it has no interval")
            continue
        distance = rule.threshold - rule.value if rule.is_upper_limit else rule.value - rule.threshold
        plain = ends == score.interval_ends
        n = _proportion(score, report.input.confidence) if plain else None
        error = math.sqrt(rule.value * (1 - rule.value) / n) if n else (ends[1] - ends[0]) / 2 / sure
        if not error > 0:
            yield replace(blank, reason="its interval has no width")
            continue
        exact = n is not None and rule.on == "value" and n <= MOST_EXACT
        yield replace(
            blank,
            error=error,
            chance=binomial_chance(rule, n)
            if exact and n is not None
            else chance_of_another(distance / error, rule.on, sure),
            needed=rows_needed(distance / error, rule.on, sure, rows, flake),
        )


def _ends(rule: RuleResult, score: Score) -> tuple[float, float] | None:
    """The interval of the value; of a drop that was judged by pairs that of the pairs."""
    if rule.kind == "drop" and rule.on == "decided" and rule.interval is not None:
        return rule.interval
    return score.interval_ends


def _proportion(score: Score, confidence: float) -> int | None:
    """The rows that a value is a share of, if it is one: its interval is Wilson's of them."""
    if score.value is None or score.interval is None or not 0 < score.value < 1:
        return None
    low, high = wilson(score.value * score.n, score.n, confidence)
    same = math.isclose(low, score.interval.low, rel_tol=1e-6) and math.isclose(
        high, score.interval.high, rel_tol=1e-6
    )
    return score.n if same else None


def binomial_chance(rule: RuleResult, n: int) -> float:
    """How often a share of as many rows gives another verdict, if the value measured is the true one.

    >>> rule = RuleResult("r", "under", "accuracy", "accuracy", 0.98, 0.95, "pass", better="higher")
    >>> round(binomial_chance(rule, 100), 4)
    0.0155
    """
    p, bound = rule.value or 0.0, (rule.threshold or 0.0) * n
    places = np.arange(n + 1, dtype=np.float64)
    mass = np.exp(log_binomials(n, n) + places * math.log(p) + (n - places) * math.log1p(-p))
    passes = places <= bound + 1e-9 if rule.is_upper_limit else places >= bound - 1e-9
    return float(mass[~passes if rule.verdict == "pass" else passes].sum())


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
