"""Rules on what changed between two models: looked up among the metrics, and judged from the pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import use
from evalcli.gate.rule_text import RuleText, parse_rule
from evalcli.gate.rules import lookup
from evalcli.intervals.paired import Paired, holm, one_sided
from evalcli.metrics import Context, Request
from evalcli.report.comparison import Change, Comparison, Flips, Judged
from evalcli.report.verdict import Kind, Verdict, decimal
from evalcli.text import typed_name


class CompareRules(Struct, frozen=True):
    """Rules as typed. ``max_broken``: a share of the rows that were right; ``detect``: changes to find."""

    not_worse: tuple[RuleText, ...] = ()
    better: tuple[RuleText, ...] = ()
    max_broken: float | None = None
    detect: tuple[RuleText, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that rules are on, which are computed in any case."""
        return tuple(rule.metric for rule in (*self.not_worse, *self.better, *self.detect))


def compare_rules(
    not_worse: Sequence[str] = (),
    better: Sequence[str] = (),
    max_broken: str | None = None,
    detect: Sequence[str] = (),
    own: Sequence[str] = (),
) -> CompareRules:
    """Rules from text: ``f1=0.01`` or ``f1=1%`` of the value, a metric, and a share.

    ``own``: names of metrics of one's own. All errors are reported at once.
    """
    problems = ErrorCollector()
    rules: dict[Kind, list[RuleText]] = {"not-worse": [], "better": [], "detect": []}
    texts = [*(("not-worse", text) for text in not_worse), *(("detect", text) for text in detect)]
    for kind, text in [*texts, *(("better", _without_value(text)) for text in better)]:
        with problems.collect():
            rule = parse_rule(text, cast(Kind, kind), own)
            if rule.each:
                raise UsageError(
                    f"{rule.option}: a comparison has no slices", hint=f"a rule on all rows: {rule.metric}"
                )
            if kind == "detect" and not rule.limit:
                raise UsageError(f"{rule.option}: a change of 0 needs no rows", hint=use(detect="f1=0.01"))
            rules[rule.kind].append(rule)
    share = None
    with problems.collect():
        share = None if max_broken is None else _share(max_broken)
    problems.raise_if_any()
    return CompareRules(tuple(rules["not-worse"]), tuple(rules["better"]), share, tuple(rules["detect"]))


def _without_value(text: str) -> str:
    """The text of a rule that has no limit."""
    name = text.partition("=")[0].strip()
    if "=" in text and ":" not in name:
        raise UsageError(f"--better {text}: it takes no value", hint=use(better=name))
    return f"{text}=0"


def _share(text: str) -> float:
    percent = text.strip().endswith("%")
    try:
        share = float(text.strip().removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise UsageError(f"--max-broken {text!r} is not a share from 0 to 1", hint=use(max_broken="1%"))
    return share


def _requests(rule: RuleText, context: Context) -> Iterator[Request]:
    for found in lookup([rule], context):
        yield from found.requests


def _amounts(
    rules: Sequence[RuleText], context: Context, values: Mapping[str, float | None]
) -> dict[str, float]:
    """The smallest amount for each metric; a percentage is one of the reference's value."""
    amounts: dict[str, float] = {}
    for rule in rules:
        for request in _requests(rule, context):
            amount = _amount(rule, values.get(request.key))
            if amount is not None:
                amounts[request.key] = min(amount, amounts.get(request.key, math.inf))
    return amounts


def _amount(rule: RuleText, value: float | None) -> float | None:
    """The limit of a rule; of a percentage that of a value, None if there is none."""
    if not rule.percent:
        return float(rule.limit)
    return None if value is None else float(abs(decimal(value)) * rule.limit)


def margins_of(asked: CompareRules, context: Context, values: Mapping[str, float | None]) -> dict[str, float]:
    """By how much metrics may be worse; ``values``: of the reference."""
    return _amounts(asked.not_worse, context, values)


def detect_of(asked: CompareRules, context: Context, values: Mapping[str, float | None]) -> dict[str, float]:
    """Changes that should be seen."""
    return _amounts(asked.detect, context, values)


def worst_of(change: Change) -> float:
    """The worse end of the interval, as a gain."""
    low, high = change.interval or (math.nan, math.nan)
    return -high if change.better == "lower" else low


def best_of(change: Change) -> float:
    """The better end of the interval, as a gain."""
    low, high = change.interval or (math.nan, math.nan)
    return -low if change.better == "lower" else high


def judged(
    asked: CompareRules,
    comparison: Comparison,
    context: Context,
    differences: Mapping[tuple[str, str], Paired],
    corrected: bool,
) -> Iterator[Judged]:
    """Every rule on every model after the reference; p-values adjusted over all rules."""
    waiting: list[tuple[Judged, float, float, bool]] = []
    for pair in comparison.against:
        changes = {change.metric: change for change in pair.changes}
        for rules, kind in ((asked.not_worse, "not worse"), (asked.better, "better")):
            for rule in rules:
                for request in _requests(rule, context):
                    change = changes[request.key]
                    strict = kind == "better"
                    margin = 0.0 if strict else _amount(rule, change.old) or 0.0
                    p = _p(change, differences[pair.model, request.key], margin, strict)
                    waiting.append((_blank(change, pair.model, kind, rule, margin), p, margin, strict))
    known = [p if math.isfinite(p) else None for _, p, _, _ in waiting]
    adjusted = holm(known) if corrected else known
    level = (1 - comparison.confidence) / 2
    for (blank, _, margin, strict), found in zip(waiting, adjusted, strict=True):
        change = comparison.find(str(blank.metric), blank.model)
        yield _with_verdict(blank, change, found, margin, level, strict)
    for pair in comparison.against:
        if asked.max_broken is not None:
            yield _broken(pair.flips, pair.model, asked.max_broken)


def _p(change: Change, difference: Paired, margin: float, strict: bool) -> float:
    """That the second model is worse by the margin or more, of one side; NaN if unknown."""
    if change.change is None or change.interval is None or difference.error is None:
        return math.nan
    gain = -change.change if change.better == "lower" else change.change
    if strict and change.p is not None and difference.error:
        return change.p / 2 if gain > 0 else 1 - change.p / 2  # the test of the table
    if not difference.error:
        return 0.0 if gain + margin > 0 or (not strict and gain + margin >= 0) else 1.0
    return one_sided((gain + margin) / difference.error, difference.freedom)


def _blank(change: Change, model: str, kind: str, rule: RuleText, margin: float) -> Judged:
    name = typed_name(change.metric)
    sign = "<=" if change.better == "lower" else ">="
    text = f"{name} {sign} reference {'+' if change.better == 'lower' else '-'} {rule.text}"
    if kind == "better":
        text = f"{name} {'<' if change.better == 'lower' else '>'} reference"
    return Judged(
        rule=text,
        model=model,
        metric=change.metric,
        value=change.change,
        interval=change.interval,
        limit=margin,
        p=None,
        verdict="undecided",
    )


def _with_verdict(
    blank: Judged, change: Change, p: float | None, margin: float, level: float, strict: bool
) -> Judged:
    """``strict``: whether it must be better, rather than not worse."""
    if change.better == "none":
        return _replaced(blank, "undecided", f"{change.metric} has no better direction")
    if p is None or change.interval is None:
        return _replaced(blank, "undecided", change.reason or "it has no interval")
    if p <= level and (strict or worst_of(change) >= -margin):
        return _replaced(blank, "pass", None, p)
    nothing = change.interval == (0.0, 0.0)
    if best_of(change) < -margin or (strict and nothing):
        return _replaced(blank, "fail", "nothing changed" if nothing else None, p)
    low, high = change.interval
    return _replaced(
        blank, "undecided", f"the change is between {low:+.4g} and {high:+.4g}: more rows would decide it", p
    )


def _replaced(blank: Judged, verdict: Verdict, reason: str | None, p: float | None = None) -> Judged:
    return replace(blank, verdict=verdict, reason=reason, p=p)


def _broken(flips: Flips | None, model: str, limit: float) -> Judged:
    rule = f"broken <= {limit:g} of what was right"
    if flips is None or flips.share is None:
        reason = "rows have no single class" if flips is None else "no row was right before"
        return Judged(rule, model, None, None, None, limit, None, "undecided", reason)
    verdict: Verdict = "pass" if flips.share <= limit else "fail"
    return Judged(rule, model, None, flips.share, flips.interval, limit, None, verdict)
