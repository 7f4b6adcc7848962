"""Rules and a report (and a baseline) into one verdict: a pure function. What is not known never passes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from evalcli.codes import NOTES
from evalcli.metrics import Request, Study
from evalcli.metrics.names import SIGNS
from evalcli.metrics.registry import LACKS
from evalcli.report import Report, Score
from evalcli.roles import level_of
from evalcli.rules import ANY, Asked, Rule, lookup
from evalcli.verdicts import Baseline, Gate, RuleResult, Verdict, decimal

AMONG_CLASSES = ("column-order", "row-order", "class-imbalance", "hardly-better-than-one-class")
"""Notes that compare classes."""


def gated(report: Report, asked: Sequence[Asked], baseline: Baseline | None = None) -> Report:
    """The report with the verdict of these rules, where there are any, in place of the one it has.

    Raises a ``UsageError`` for rules that the report's task or classes do not have.
    """
    if not asked and baseline is None:
        return report
    if not asked and report.gate is not None:  # a stored report keeps the rules that it was judged by
        return replace(report, gate=replace(report.gate, baseline=baseline))
    rules = lookup(asked, study_of(report))
    found = [result for rule in rules for result in _judged(rule, report, baseline)]
    return replace(report, gate=Gate(tuple(found), baseline))


def study_of(report: Report) -> Study:
    """What names of metrics mean for a report."""
    source, given = report.input, report.input.options
    levels = map(level_of, source.scores) if source.scores_as == "quantiles" else ()
    return Study(
        report.task,
        report.classes,
        None if source.positive is None else report.classes.index(source.positive),
        given["average"],
        given["zero_division"],
        given["bins"],
        frozenset(LACKS),
        tuple(level for level in levels if level is not None),
        source.weight is not None,
    )


def _judged(rule: Rule, report: Report, baseline: Baseline | None) -> Iterator[RuleResult]:
    asked = rule.asked
    if asked.kind == "note":
        yield _on_note(rule, report)
        return
    better = rule.requests[0].metric.better if rule.requests else "none"
    blank = RuleResult(
        _formula(rule, better),
        asked.kind,
        asked.name,
        rule.key,
        None,
        None if asked.kind == "drop" else float(asked.limit),
        "undecided",
        allowed=asked.text if asked.kind == "drop" else None,
        better=better,
    )
    reason = rule.reason or _unknown(rule.key, report)
    score = report.find(rule.key)
    if reason is not None or score is None or score.value is None:
        yield replace(blank, reason=reason)
        return
    found = replace(blank, value=score.value)
    yield _dropped(found, asked, baseline) if asked.kind == "drop" else _compared(found)


def _unknown(key: str, report: Report) -> str | None:
    """Why a metric of a report cannot be judged, or None."""
    score: Score | None = report.find(key)
    if score is None:
        return f"the report does not hold {key}: score with --metrics {key}"
    if score.value is None or math.isnan(score.value):
        return f"{key} is undefined: {score.reason or 'no number'}"
    return None if score.n else f"{key} is of no row"


def _formula(rule: Rule, better: str) -> str:
    """What must hold, in one line."""
    asked = rule.asked
    if asked.kind == "drop":
        sign, change = ("<=", "+") if better == "lower" else (">=", "-")
        return f"{rule.key}{sign}baseline{change}{asked.text}"
    name = rule.key if any(sign in asked.name for sign in SIGNS) and rule.requests else asked.name
    return f"{name}{'>=' if asked.kind == 'under' else '<='}{float(asked.limit)!r}"


def _compared(found: RuleResult) -> RuleResult:
    value, limit = found.value, found.threshold
    if value is None or limit is None:
        raise ValueError("nothing to compare")
    right = value >= limit if found.kind == "under" else value <= limit
    return replace(found, verdict=_verdict(right))


def _verdict(right: bool) -> Verdict:
    return "pass" if right else "fail"


def _dropped(found: RuleResult, asked: Asked, baseline: Baseline | None) -> RuleResult:
    """Against the baseline, in decimal numbers as they are written: 0.93 less 0.01 is 0.92."""
    if baseline is None:
        return replace(found, reason="there is no baseline to compare with")
    if baseline.status == "missing" and not baseline.blocks:
        return replace(found, verdict="pass", reason=baseline.trouble)
    if baseline.trouble is not None:
        return replace(found, reason=baseline.trouble)
    before = baseline.values.get(str(found.metric))
    if before is None or not math.isfinite(before):
        what = "does not define" if found.metric in baseline.values else "does not hold"
        return replace(found, reason=f"the baseline {what} {found.metric}")
    allowed = abs(decimal(before)) * asked.limit if asked.percent else asked.limit
    lower = found.better == "lower"
    bound = decimal(before) + allowed if lower else decimal(before) - allowed
    value = decimal(found.value or 0.0)
    return replace(
        found,
        threshold=float(bound),
        baseline=before,
        verdict=_verdict(value <= bound if lower else value >= bound),
    )


def _on_note(rule: Rule, report: Report) -> RuleResult:
    code = rule.asked.name
    blank = RuleResult(f"no {code}", "note", code, None, None, None, "pass")
    told = [note for note in report.notes if code in (ANY, note.code)]
    if told:
        words = (f"{note.message} [{note.code}]" if code == ANY else note.message for note in told)
        return replace(blank, verdict="fail", reason="; ".join(words))
    unknown = (
        None if code == ANY else rule.reason or _unread(rule.requests, report) or _unlooked(code, report)
    )
    return blank if unknown is None else replace(blank, verdict="undecided", reason=unknown)


def _unlooked(code: str, report: Report) -> str | None:
    """Why a note was not looked for in these rows."""
    source, least = report.input, NOTES[code].least
    rows = source.scored if source.effective is None else source.effective
    alone = any(note.code == "single-class" for note in report.notes)
    reasons = {
        f"it is not looked for in fewer than {least} rows": rows < least,
        "it is not looked for where every label is the same": alone and code in AMONG_CLASSES,
        "there are no scores that decide on the class": code == "column-order"
        and (not source.scores or source.predicted is not None),
        "there are no stored classes beside scores": code == "prediction-differs-from-scores"
        and (not source.scores or source.predicted is None),
        "it is not looked for with a single bin": code in ("over-confident", "under-confident")
        and source.options["bins"] < 2,
        "ids are not looked at where rows are matched by order": code == "duplicate-ids"
        and source.labels is not None
        and source.id is None,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _unread(requests: Sequence[Request], report: Report) -> str | None:
    """Why a note could not be said: what it is read off is not known."""
    reasons = (_unknown(request.key, report) for request in requests)
    return next((f"it is not known: {reason}" for reason in reasons if reason is not None), None)


__all__ = ["gated", "study_of"]
