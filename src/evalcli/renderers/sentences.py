"""Rules and verdicts in words: the same ones on standard error, in tables and in every kind of report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from evalcli.findings import Finding, use
from evalcli.renderers import numbers
from evalcli.report.verdict import DIFFERENCES, Gate, RuleResult, difference
from evalcli.text import escape

MOST = 10
"""Results of one rule on many classes that are printed one by one."""
WORDS = {"pass": "passed", "fail": "failed", "undecided": "undecided"}


def sentence(result: RuleResult) -> str:
    """One line on a rule: the verdict, then its numbers."""
    return f"{WORDS[result.verdict]}: {finding(result)}"


def finding(result: RuleResult) -> str:
    """The numbers of a rule, without the verdict."""
    if result.verdict == "undecided":
        return escape(f"{result.rule}: {result.reason}")
    if result.kind == "note":
        return escape(f"{result.asked}: {result.reason}" if result.reason else result.rule)
    name, value = escape(str(result.metric)), result.value
    if result.kind == "drop":
        return f"{name} {_dropped(result)}"
    if value is None or result.threshold is None:
        return escape(result.rule)
    floor = result.kind == "under"
    sign = (">=" if floor else "<=") if result.verdict == "pass" else "<" if floor else ">"
    shown = f"{name} = {numbers.number(value, result.threshold)}{judged_end(result)}"
    return f"{shown} {sign} {numbers.exact(result.threshold)}"


def judged_end(result: RuleResult) -> str:
    """The interval that a rule compared, and which of its ends."""
    if result.interval is None or result.threshold is None:
        return ""
    low, high = (numbers.number(end, result.threshold) for end in result.interval)
    if result.on == "decided":
        return f", all of [{low}, {high}]"
    return f", {'upper' if result.is_upper_limit else 'lower'} end {high if result.is_upper_limit else low}"


def _dropped(result: RuleResult) -> str:
    """How far a metric went from its baseline, and how far it may."""
    value, before, bound = result.value, result.baseline, result.threshold
    if value is None or before is None or bound is None:
        return f"not compared: {escape(result.reason or 'no baseline')}"
    if result.on != "value" and result.interval is not None:
        keeps = result.verdict == "pass"
        sign = ("<=" if keeps else ">") if result.is_upper_limit else (">=" if keeps else "<")
        shown = f"= {numbers.number(value, bound)}{judged_end(result)} {sign} {numbers.number(bound)}"
        return f"{shown} (baseline {numbers.number(before)}, allowed drop {escape(str(result.allowed))})"
    change = difference(value, before)
    if change == 0:
        return f"= {numbers.number(value)}, equal to the baseline"
    shown = f"= {numbers.number(value, bound, before)}, baseline {numbers.number(before, value)}"
    worse = change > 0 if result.better == "lower" else change < 0
    way = "up" if change > 0 else "down"
    share = str(result.allowed).endswith("%")
    limit = float(str(result.allowed).rstrip("% ") or "nan")
    size = numbers.number(abs(change), limit) if worse and not share else numbers.number(abs(change))
    if not worse:
        return f"{shown}: {way} {size}"
    than = "at most" if result.verdict == "pass" else "more than"
    if share and before:
        size += f" ({numbers.number(100 * abs(change / before), limit)}%)"
    return f"{shown}: {way} {size}, {than} {escape(str(result.allowed))}"


def of_note(note: Finding) -> Iterator[str]:
    """A note with its code, and its hint on the next line."""
    yield f"note: {escape(note.message)} [{escape(note.code)}]"
    if note.hint is not None:
        yield f"  try: {escape(str(note.hint))}"


def verdict(gate: Gate) -> str:
    """The verdict of all rules, and how many of them failed or are undecided.

    >>> verdict(Gate((RuleResult("f1>=0.8", "under", "f1", "f1", 0.9, 0.8, "pass"),)))
    'pass: 1 of 1 rule passed'
    """
    count = len(gate.rules)
    rules = f"{count:,} rule" + ("s" if count != 1 else "")
    counts = [(gate.count("fail"), "failed"), (gate.count("undecided"), "undecided")]
    parts = [(f"{number:,}", word) for number, word in counts if number]
    if parts:
        (number, word), *others = parts
        more = "".join(f", {number} {word}" for number, word in others)
        return f"{gate.verdict}: {number} of {rules} {word}{more}"
    problem = gate.baseline.problem if gate.baseline is not None else None
    if not count or gate.verdict != "pass":
        return f"{gate.verdict}: {problem or 'comparable with the baseline'}"
    left = sum(rule.kind == "drop" and rule.baseline is None for rule in gate.rules)
    return f"{gate.verdict}: {count:,} of {rules} passed" + (
        f", {left:,} of them not compared" if left else ""
    )


def lines(gate: Gate, quiet: bool) -> Iterator[str]:
    """Lines on a gate for standard error. ``quiet``: without passed rules."""
    for _, group in groupby(gate.rules, key=lambda rule: (rule.kind, rule.asked)):
        yield from _of_one(list(group), quiet)
    if gate.baseline is not None:
        yield from _of_baseline(gate)
    if len(gate.rules) > 1 and not quiet:
        yield f"verdict: {verdict(gate)}"


def _of_one(rules: Sequence[RuleResult], quiet: bool) -> Iterator[str]:
    """The results of one rule as typed; of those that passed, only the nearest to its limit."""
    passed = [rule for rule in rules if rule.verdict == "pass"]
    others = [rule for rule in rules if rule.verdict != "pass"]
    if passed and not quiet:
        near = min(passed, key=_margin)
        more = f" (and {len(passed) - 1:,} more of {escape(near.asked)})" if len(passed) > 1 else ""
        yield sentence(near) + more
    yield from map(sentence, others[:MOST])
    if len(others) > MOST:
        words = {WORDS[rule.verdict] for rule in others}
        yield f"{' or '.join(sorted(words))}: {len(others) - MOST:,} more of {escape(others[0].asked)}"


def _margin(rule: RuleResult) -> float:
    if rule.value is None or rule.threshold is None:
        return 0.0
    return abs(rule.value - rule.threshold)


def _of_baseline(gate: Gate) -> Iterator[str]:
    baseline = gate.baseline
    if baseline is not None and baseline.rows is not None:
        yield f"baseline {baseline.path}: compared by {baseline.rows:,} pairs of rows"
    if baseline is None or baseline.status == "compared":
        return
    if baseline.prevents_pass:
        if gate.problem is not None:
            yield f"undecided: {gate.problem}"
        if baseline.status == "missing":
            yield f"  try: {use('for the first run', baseline_missing='warn')}"
        else:
            codes = tuple(dict.fromkeys(change.code for change in baseline.differences))
            if not set(codes) <= set(DIFFERENCES):
                return
            yield f"  try: {use('if these may differ', allow=codes)}"
    elif baseline.if_missing == "warn":
        yield f"warning: {baseline.problem}: rules that need it were skipped"
