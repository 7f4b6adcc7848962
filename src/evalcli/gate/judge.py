"""From rules, a report and a baseline to a verdict: a pure function. What is unknown never passes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from evalcli.definitions import Definition
from evalcli.gate.rules import ANY, Rule, RuleText, lookup
from evalcli.metrics import Context, Request
from evalcli.report.json_values import number_at, text_at, text_or_none_at
from evalcli.report.provenance import Provenance, level_of
from evalcli.report.report import Report
from evalcli.report.score import Score
from evalcli.report.slices import Slice
from evalcli.report.verdict import Baseline, Gate, On, RuleResult, decimal, difference
from evalcli.tasks import TASKS
from evalcli.text import for_shell, join_names, typed_name

FARTHEST = 100.0
"""Ratio of half an interval to the distance from the limit, above which no number of rows is given."""


def judge(
    report: Report, asked: Sequence[RuleText], baseline: Baseline | None = None, on: On = "value"
) -> Report:
    """The report with the verdict of these rules, if any, in place of its own.

    ``on``: what the rules compare.

    Raises a ``UsageError`` for rules that the report's task or classes do not have.
    """
    if not asked and baseline is None:
        return report
    if not asked and report.gate is not None:  # a stored report keeps the rules that it was judged by
        return replace(report, gate=replace(report.gate, baseline=baseline))
    rules = lookup(asked, context_of_report(report))
    results = [result for rule in rules for result in _judged(rule, report, baseline, on)]
    return replace(report, gate=Gate(tuple(results), baseline))


def context_of_report(report: Report) -> Context:
    """The context that decides what names of metrics mean in a report."""
    return context_of(report.task, report.classes, report.input, report.definitions)


def context_of(
    task: str, classes: tuple[str, ...], source: Provenance, definitions: Sequence[Definition]
) -> Context:
    """The context of stored results: what names of metrics mean in them."""
    given = source.options
    levels = map(level_of, source.scores) if source.scores_as == "quantiles" else ()
    context = Context(
        task=TASKS[task],
        classes=classes,
        positive=None if source.positive is None else classes.index(source.positive),
        average=text_or_none_at(given, "average"),
        zero_division=text_at(given, "zero_division"),
        bins=int(number_at(given, "bins")),
        available=_available(task, source),
        quantiles=tuple(level for level in levels if level is not None),
        weighted=source.weight is not None,
    )
    if not definitions:
        return context
    from evalcli.metrics.own import own_metrics

    return own_metrics(definitions, context)


def _available(task: str, source: Provenance) -> frozenset[str]:
    """Which requirements of metrics the files met."""
    if not TASKS[task].has_classes:
        kinds = {"point": source.predicted is not None, "quantiles": source.scores_as == "quantiles"}
        return frozenset(name for name, present in kinds.items() if present)
    if source.scores_as in (None, "labels"):
        return frozenset()
    return frozenset({"scores"} if source.scores_as == "raw" else {"scores", "probabilities"})


def _judged(rule: Rule, report: Report, baseline: Baseline | None, on: On) -> Iterator[RuleResult]:
    if rule.asked.kind == "note":
        yield _on_note(rule, report)
        return
    parts: list[Slice | None] = [None]
    reason = rule.reason
    if rule.asked.each:
        name = rule.asked.slice
        large = [part for part in report.slices if part.label == name or not (name or part.small)]
        if not large:
            reason = reason or _no_slices(report, name)
        elif rule.requests:
            parts = list(large)
    for part in parts:
        yield _on_metric(rule, part, report, baseline, on, reason)


def _no_slices(report: Report, name: str) -> str:
    if not report.slices:
        return "the report has no slices: score with --by"
    if name:
        return f"no slice {name}; there are {join_names([s.label for s in report.slices], 5)}"
    return f"every slice has fewer than {report.input.options.get('min_n', 0):,} rows (--min-n)"


def _on_metric(
    rule: Rule, part: Slice | None, report: Report, baseline: Baseline | None, on: On, reason: str | None
) -> RuleResult:
    asked = rule.asked
    better = rule.requests[0].metric.better if rule.requests else "none"
    key = rule.key if part is None else rule.key.removesuffix(rule.asked.suffix) + f"@{part.label}"
    blank = RuleResult(
        rule=_formula(rule, key, part, better),
        kind=asked.kind,
        asked=asked.name,
        metric=key,
        value=None,
        threshold=None if asked.kind == "drop" else float(asked.limit),
        verdict="undecided",
        allowed=asked.text if asked.kind == "drop" else None,
        better=better,
        on=on,
        slice=None if part is None else part.by,
    )
    reason = reason or _unknown(key, report, part.label if part is not None else "")
    score = report.find(key)
    if reason is not None or score is None or score.value is None:
        return replace(blank, reason=reason)
    ends = None if on == "value" else score.interval_ends
    result = replace(blank, value=score.value, interval=ends)
    if asked.kind == "drop":
        result = _from_baseline(result, asked, baseline)
        if result.threshold is None:
            return result
    if result.on != "value" and result.interval is None:
        return replace(
            result, reason=f"{key} has no interval: {score.interval_reason or 'none was computed'}"
        )
    if score.error is not None and _within_error(result, score.error):
        return replace(result, reason=f"{key} is exact to {score.error:.2g}: score with --ranking exact")
    result = replace(result, verdict=result.outcome)
    if result.verdict != "undecided":
        return result
    rows = report.input.scored if part is None else part.n
    return replace(result, reason=_not_sure(result, rows, report))


def _within_error(result: RuleResult, error: float) -> bool:
    """Whether the limit is nearer to a value than it is known; intervals are wider by the error anyway."""
    value, limit = result.value, result.threshold
    return result.on == "value" and value is not None and limit is not None and abs(value - limit) <= error


def _not_sure(result: RuleResult, rows: int, report: Report) -> str:
    """Why an interval is undecided, and how many rows would decide: widths fall as 1 / sqrt(n)."""
    value, bound = result.value or 0.0, result.threshold or 0.0
    low, high = result.interval or (value, value)
    level = 100 * report.input.confidence
    reason = f"{bound:.6g} is within the {level:g}% interval [{low:.4g}, {high:.4g}] of {value:.4g}"
    distance = abs(value - bound)
    half = high - value if value < bound else value - low
    if not distance or half / distance > FARTHEST:
        return f"{reason}, too close to the value for any number of rows"
    enough = rows * (half / distance) ** 2
    digits = 10 ** max(math.floor(math.log10(max(enough, 1.0))) - 1, 0)
    return f"{reason}: about {math.ceil(enough / digits) * digits:,} rows (you have {rows:,}) would decide it"


def _unknown(key: str, report: Report, label: str = "") -> str | None:
    """Why a metric of a report, or of one of its slices, cannot be judged; or None."""
    score: Score | None = report.find(key)
    if score is None:
        name = for_shell(key.removesuffix(f"@{label}"))
        return f"the report does not contain {key}: score with --metrics {name}"
    if score.value is None or math.isnan(score.value):
        return f"{key} is undefined: {score.reason or 'no number'}"
    return None if score.n else f"{key} is over no rows"


def _formula(rule: Rule, key: str, part: Slice | None, better: str) -> str:
    """The condition of a rule, in one line."""
    asked, key = rule.asked, typed_name(key)
    if asked.kind == "drop":
        sign, change = ("<=", "+") if better == "lower" else (">=", "-")
        return f"{key}{sign}baseline{change}{asked.text}"
    several = asked.is_several and rule.requests
    name = key if several or part is not None else asked.name
    return f"{name}{'>=' if asked.kind == 'under' else '<='}{float(asked.limit)!r}"


def _from_baseline(result: RuleResult, asked: RuleText, baseline: Baseline | None) -> RuleResult:
    """The result with the limit from the baseline, in decimal arithmetic: 0.93 - 0.01 is 0.92."""
    if baseline is None:
        return replace(result, reason="there is no baseline to compare with")
    if baseline.status == "missing" and not baseline.prevents_pass:
        return replace(result, verdict="pass", reason=baseline.problem)
    if baseline.problem is not None:
        return replace(result, reason=baseline.problem)
    baseline_value = baseline.values.get(str(result.metric))
    if baseline_value is None or not math.isfinite(baseline_value):
        in_baseline = "is undefined" if result.metric in baseline.values else "is not"
        return replace(result, reason=f"{result.metric} {in_baseline} in the baseline")
    allowed = abs(decimal(baseline_value)) * asked.limit if asked.percent else asked.limit
    start = decimal(baseline_value)
    bound = start + allowed if result.better == "lower" else start - allowed
    result = replace(result, threshold=float(bound), baseline=baseline_value)
    if baseline.rows is None or result.value is None:
        return result
    if result.metric not in baseline.changes:
        return replace(result, threshold=None, reason=f"the change of {result.metric} has no interval")
    low, high = (difference(end, 0) + baseline_value for end in baseline.changes[str(result.metric)])
    ends = min(low, result.value), max(high, result.value)
    return replace(result, on="decided", interval=ends)


def _on_note(rule: Rule, report: Report) -> RuleResult:
    code = rule.asked.name
    blank = RuleResult(
        rule=f"no {code}", kind="note", asked=code, metric=None, value=None, threshold=None, verdict="pass"
    )
    raised = [note for note in report.notes if code in (ANY, note.code)]
    if raised:
        words = (f"{note.message} [{note.code}]" if code == ANY else note.message for note in raised)
        return replace(blank, verdict="fail", reason="; ".join(words))
    unknown = None if code == ANY else rule.reason or _not_looked_for(rule, report)
    return blank if unknown is None else replace(blank, verdict="undecided", reason=unknown)


def _not_looked_for(rule: Rule, report: Report) -> str | None:
    """Why a note that is not in a report may still apply to its rows."""
    if report.not_looked_for is not None:
        return report.not_looked_for.get(rule.asked.name)
    return _unread(rule.requests, report) or "the report does not say whether it was looked for: score again"


def _unread(requests: Sequence[Request], report: Report) -> str | None:
    """Why a note could not be raised: a metric that it needs is unknown."""
    reasons = (_unknown(request.key, report) for request in requests)
    return next((f"it is unknown: {reason}" for reason in reasons if reason is not None), None)


__all__ = ["context_of", "context_of_report", "judge"]
