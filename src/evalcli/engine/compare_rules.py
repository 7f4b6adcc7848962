"""Rules on what changed between two models: looked up among the metrics, and judged from the pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from evalcli.errors import UsageError
from evalcli.findings import use
from evalcli.gate.rule_text import RuleText, parse_rule
from evalcli.gate.rules import lookup
from evalcli.intervals.paired import Paired, holm, one_sided
from evalcli.metrics import Context, Request
from evalcli.report.comparison import Change, Comparison, Judged
from evalcli.report.verdict import Verdict, decimal
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
) -> CompareRules:
    """Rules from text: ``f1=0.01`` or ``f1=1%`` of the value, a metric, and a share."""
    return CompareRules(
        not_worse=tuple(parse_rule(text, "not-worse") for text in not_worse),
        better=tuple(parse_rule(f"{text}=0", "better") for text in better),
        max_broken=None if max_broken is None else _share(max_broken),
        detect=tuple(parse_rule(text, "detect") for text in detect),
    )


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
    """The margin of each metric; a percentage is one of the reference's value."""
    amounts = {}
    for rule in rules:
        for request in _requests(rule, context):
            value = values.get(request.key)
            if rule.percent and value is not None:
                amounts[request.key] = float(abs(decimal(value)) * rule.limit)
            elif not rule.percent:
                amounts[request.key] = float(rule.limit)
    return amounts


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
    waiting: list[tuple[Judged, float, float]] = []
    for pair in comparison.against:
        changes = {change.metric: change for change in pair.changes}
        for rules, kind in ((asked.not_worse, "not worse"), (asked.better, "better")):
            for rule in rules:
                for request in _requests(rule, context):
                    change = changes[request.key]
                    margin = (change.margin or 0.0) if kind == "not worse" else 0.0
                    p = _p(change, differences[pair.model, request.key], margin)
                    waiting.append((_blank(change, pair.model, kind, rule, margin), p, margin))
    known = [p if math.isfinite(p) else None for _, p, _ in waiting]
    adjusted = holm(known) if corrected else known
    level = (1 - comparison.confidence) / 2
    for (blank, _, margin), found in zip(waiting, adjusted, strict=True):
        change = comparison.find(str(blank.metric), blank.model)
        yield _with_verdict(blank, change, found, margin, level)
    for pair in comparison.against:
        if asked.max_broken is not None:
            yield _broken(pair.flips, pair.model, asked.max_broken)


def _p(change: Change, difference: Paired, margin: float) -> float:
    """That the second model is worse by the margin or more, of one side; NaN if unknown."""
    if change.change is None or change.interval is None or difference.error is None:
        return math.nan
    gain = -change.change if change.better == "lower" else change.change
    if not difference.error:
        return 0.0 if gain + margin > 0 or (margin and gain + margin >= 0) else 1.0
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


def _with_verdict(blank: Judged, change: Change, p: float | None, margin: float, level: float) -> Judged:
    if change.better == "none":
        return _replaced(blank, "undecided", f"{change.metric} has no better direction")
    if p is None or change.interval is None:
        return _replaced(blank, "undecided", change.reason or "it has no interval")
    strictly = margin > 0 or worst_of(change) > 0
    if p <= level and strictly and worst_of(change) >= -margin:
        return _replaced(blank, "pass", None, p)
    if best_of(change) < -margin or (change.interval == (0.0, 0.0) and not margin):
        return _replaced(blank, "fail", "nothing changed" if change.interval == (0.0, 0.0) else None, p)
    low, high = change.interval
    return _replaced(
        blank, "undecided", f"the change is between {low:+.4g} and {high:+.4g}: more rows would decide it", p
    )


def _replaced(blank: Judged, verdict: Verdict, reason: str | None, p: float | None = None) -> Judged:
    from msgspec.structs import replace

    return replace(blank, verdict=verdict, reason=reason, p=p)


def _broken(flips: object, model: str, limit: float) -> Judged:
    from evalcli.report.comparison import Flips

    rule = f"broken <= {limit:g} of what was right"
    if not isinstance(flips, Flips) or flips.share is None:
        reason = "no row was right before" if isinstance(flips, Flips) else "rows have no single class"
        return Judged(rule, model, None, None, None, limit, None, "undecided", reason)
    verdict: Verdict = "pass" if flips.share <= limit else "fail"
    return Judged(rule, model, None, flips.share, flips.interval, limit, None, verdict)
