"""Rules on what changed between models: looked up among the metrics, and judged from a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import instead, use
from evalcli.gate.judge import context_of
from evalcli.gate.rule_text import EACH, RuleText, parse_rule
from evalcli.gate.rules import Rule, lookup
from evalcli.metrics import Context
from evalcli.report.comparison import (
    Against,
    Change,
    ClassFlips,
    Comparison,
    Flips,
    Judged,
    Meaning,
    SliceChanges,
)
from evalcli.report.verdict import Kind, Verdict, decimal
from evalcli.statistics.p_values import holm, one_sided
from evalcli.text import escape, join_names, share_of, suggest, typed_name


class MaxBroken(Struct, frozen=True):
    """The largest share of broken rows: of all, of the classes of a name or pattern, or of each slice."""

    share: float
    text: str
    cls: str = ""
    each: bool = False
    slice: str = ""

    @property
    def on_slices(self) -> bool:
        """Whether it is on slices, rather than on all rows or a class."""
        return self.each or bool(self.slice)


class CompareRules(Struct, frozen=True):
    """Rules as typed. ``max_broken``: shares of the rows that were right; ``detect``: changes to find."""

    not_worse: tuple[RuleText, ...] = ()
    better: tuple[RuleText, ...] = ()
    max_broken: tuple[MaxBroken, ...] = ()
    detect: tuple[RuleText, ...] = ()

    @property
    def on_metrics(self) -> tuple[RuleText, ...]:
        """The rules that name metrics, which are computed in any case."""
        return (*self.not_worse, *self.better, *self.detect)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that rules are on."""
        return tuple(rule.metric for rule in self.on_metrics)

    @property
    def each(self) -> str | None:
        """An option that applies to slices, or None."""
        for rule in self.on_metrics:
            if rule.each:
                return rule.option
        return next((f"--max-broken {rule.text}" for rule in self.max_broken if rule.on_slices), None)


def compare_rules(
    not_worse: Sequence[str] = (),
    better: Sequence[str] = (),
    max_broken: Sequence[str] = (),
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
            if kind == "better":
                rule = replace(rule, text="")
            if kind == "detect":
                _require_detectable(rule)
            rules[rule.kind].append(rule)
    shares = []
    for text in max_broken:
        with problems.collect():
            shares.append(_max_broken(text))
    problems.raise_if_any()
    return CompareRules(
        tuple(rules["not-worse"]), tuple(rules["better"]), tuple(shares), tuple(rules["detect"])
    )


def _require_detectable(rule: RuleText) -> None:
    if rule.each:
        raise UsageError(f"{rule.option}: it is for all rows", hint=use(detect=f"{rule.metric}={rule.text}"))
    if not rule.limit:
        raise UsageError(f"{rule.option}: a change of 0 needs no rows", hint=use(detect="f1=0.01"))


def _without_value(text: str) -> str:
    """The text of a rule that has no limit."""
    name = text.partition("=")[0].strip()
    if "=" in text and ":" not in name and "@" not in name:
        raise UsageError(f"--better {text}: it takes no value", hint=use(better=name))
    return f"{text}=0"


def _max_broken(text: str) -> MaxBroken:
    """``1%``, ``CLASS=1%``, ``@each=1%`` or ``@region=eu=1%``."""
    part, _, amount = text.rpartition("=")
    part, share = part.strip(), share_of(amount)
    if not 0 <= share <= 1:
        raise UsageError(f"--max-broken {text!r} is not a share from 0 to 1", hint=use(max_broken="1%"))
    if part == "@":
        raise UsageError(
            f"--max-broken {text!r}: which slice?", hint=use(max_broken=f"{EACH}={amount.strip()}")
        )
    if part.startswith("@") and part != EACH:
        return MaxBroken(share, text, slice=part[1:])
    return MaxBroken(share, text, "" if part == EACH else part, part == EACH)


def looked_up(asked: CompareRules, context: Context) -> list[Rule]:
    """Every rule on metrics, once for all models; refuses classes that do not exist."""
    problems = ErrorCollector()
    rules: list[Rule] = []
    with problems.collect():
        rules = lookup(asked.on_metrics, context)
    for rule in asked.max_broken:
        with problems.collect():
            if rule.cls and not any(_is_of(rule.cls, name) for name in context.classes):
                like = suggest(rule.cls, context.classes)
                raise UsageError(
                    f"--max-broken {rule.text}: no class {escape(rule.cls)!r}",
                    found=f"the classes are {join_names(context.classes)}",
                    hint=instead(rule.cls, like) if like else use(max_broken=rule.text.rpartition("=")[2]),
                )
    problems.raise_if_any()
    return rules


def _is_of(pattern: str, name: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)


def amounts(rules: Sequence[Rule], kind: Kind, values: Mapping[str, float | None]) -> dict[str, float]:
    """The amounts of the rules of a kind on all rows, by metric; ``values``: of the reference."""
    found: dict[str, float] = {}
    for rule in rules:
        for request in rule.requests if rule.asked.kind == kind and not rule.asked.each else ():
            amount = _amount(rule.asked, values.get(request.key))
            if amount is not None:
                found[request.key] = min(amount, found.get(request.key, math.inf))
    return found


def _amount(rule: RuleText, value: float | None) -> float | None:
    """The limit of a rule; of a percentage that of a value, None if there is none."""
    if not rule.percent:
        return float(rule.limit)
    return None if value is None else float(abs(decimal(value)) * rule.limit)


def worst_of(change: Change) -> float:
    """The worse end of the interval, as a gain."""
    low, high = change.interval or (math.nan, math.nan)
    return -high if change.better == "lower" else low


def best_of(change: Change) -> float:
    """The better end of the interval, as a gain."""
    low, high = change.interval or (math.nan, math.nan)
    return -low if change.better == "lower" else high


class _Waiting(Struct, frozen=True):
    """A rule on one change, before p-values are adjusted. ``strict``: better, rather than not worse."""

    judged: Judged
    change: Change | None = None
    p: float | None = None
    margin: float = 0.0
    strict: bool = False


def judge_changes(
    comparison: Comparison, asked: CompareRules, rules: Sequence[Rule] | None = None
) -> Comparison:
    """The comparison with the verdict of these rules in place of its own; p-values adjusted over all rules.

    ``rules``: if they were looked up before.
    """
    if asked == CompareRules():
        return comparison
    if rules is None:
        first = comparison.models[0].input
        context = context_of(comparison.task, comparison.classes, first, comparison.definitions)
        rules = looked_up(asked, context)
    waiting = [
        part for against in comparison.against for rule in rules for part in _on_changes(rule, against)
    ]
    known = [None if part.p is None or not math.isfinite(part.p) else part.p for part in waiting]
    adjusted = holm(known) if comparison.corrected else known
    level = (1 - comparison.confidence) / 2
    judged = [_with_verdict(part, p, level, len(waiting)) for part, p in zip(waiting, adjusted, strict=True)]
    judged += [
        found
        for against in comparison.against
        for limit in asked.max_broken
        for found in _broken(limit, against)
    ]
    return replace(_with_margins(comparison, rules), rules=tuple(judged))


def _with_margins(comparison: Comparison, rules: Sequence[Rule]) -> Comparison:
    """The comparison whose changes are within the margins of these rules, or not."""
    margins = amounts(rules, "not-worse", comparison.models[0].values)
    against = tuple(
        replace(pair, changes=tuple(_within(change, margins, comparison) for change in pair.changes))
        for pair in comparison.against
    )
    return replace(comparison, against=against)


def _within(change: Change, margins: Mapping[str, float], comparison: Comparison) -> Change:
    change = replace(change, margin=margins.get(change.metric))
    return replace(change, meaning=meaning_of(change, comparison.confidence))


def meaning_of(change: Change, confidence: float) -> Meaning:
    """What the test and the interval say."""
    if change.change is None or change.adjusted is None or change.interval is None:
        return "unknown"
    if change.change == 0 and change.interval == (0.0, 0.0):
        return "same"
    if change.better != "none" and change.adjusted <= 1 - confidence:
        return "better" if (change.change > 0) == (change.better == "higher") else "worse"
    if change.margin is not None and worst_of(change) >= -change.margin:
        return "not worse"
    return "unclear"


def _on_changes(rule: Rule, against: Against) -> Iterator[_Waiting]:
    """A rule on every change that it is about."""
    asked, strict = rule.asked, rule.asked.kind == "better"
    if asked.kind == "detect":
        return
    parts: list[Against | SliceChanges] = [against]
    reason = rule.reason
    if asked.each:
        large = _slices(asked.slice, against)
        reason = reason or (None if large else _no_slices(asked, against))
        parts = list(large or parts)
    if reason is not None or not rule.requests:
        yield _Waiting(_unknown(asked, against.model, asked.name, reason))
        return
    for part in parts:
        changes = {change.metric: change for change in part.changes}
        suffix = f"@{part.label}" if isinstance(part, SliceChanges) else ""
        for request in rule.requests:
            change, key = changes.get(request.key), request.key + suffix
            if change is None:
                yield _Waiting(
                    _unknown(
                        asked,
                        against.model,
                        key,
                        f"it is not in the comparison: compare with -m {request.key}",
                    )
                )
                continue
            margin = 0.0 if strict else _amount(asked, change.old) or 0.0
            blank = _blank(change, against.model, key, asked, margin)
            yield _Waiting(blank, change, _p(change, margin, strict), margin, strict)


def _slices(label: str, against: Against) -> list[SliceChanges]:
    """The slice that a rule names; without a name, each that has rows enough."""
    return [part for part in against.slices if part.label == label or not (label or part.small)]


def _no_slices(asked: RuleText, against: Against) -> str:
    if not against.slices:
        return "the comparison has no slices: compare with --by"
    if asked.slice:
        return f"no slice {asked.slice}; there are {join_names([part.label for part in against.slices], 5)}"
    return "every slice has too few rows (--min-n)"


def _unknown(asked: RuleText, model: str, key: str, reason: str | None) -> Judged:
    limit = None if asked.kind == "better" else float(asked.limit)
    return Judged(asked.option, model, key, None, None, limit, None, "undecided", reason)


def _p(change: Change, margin: float, strict: bool) -> float | None:
    """That the second model is worse by the margin or more, of one side; None if unknown."""
    if change.change is None or change.interval is None or change.error is None:
        return None
    gain = -change.change if change.better == "lower" else change.change
    if strict and change.p is not None and change.error:
        return change.p / 2 if gain > 0 else 1 - change.p / 2  # the test of the table
    if not change.error:
        return 0.0 if gain + margin > 0 or (not strict and gain + margin >= 0) else 1.0
    return one_sided((gain + margin) / change.error, change.freedom or math.inf)


def _blank(change: Change, model: str, key: str, rule: RuleText, margin: float) -> Judged:
    name, lower = typed_name(key), change.better == "lower"
    text = f"{name} {'<=' if lower else '>='} reference {'+' if lower else '-'} {rule.text}"
    if rule.kind == "better":
        text = f"{name} {'<' if lower else '>'} reference"
    return Judged(
        rule=text,
        model=model,
        metric=key,
        value=change.change,
        interval=change.interval,
        limit=margin,
        p=None,
        verdict="undecided",
    )


def _with_verdict(waiting: _Waiting, p: float | None, level: float, rules: int) -> Judged:
    blank, change, margin, strict = waiting.judged, waiting.change, waiting.margin, waiting.strict
    if change is None:
        return blank
    if change.better == "none":
        return replace(blank, reason=f"{change.metric} has no better direction")
    if p is None or change.interval is None:
        return replace(blank, reason=change.reason or "it has no interval")
    judged = replace(blank, p=p)
    if p <= level and (strict or worst_of(change) >= -margin):
        return replace(judged, verdict="pass")
    nothing = change.interval == (0.0, 0.0)
    if best_of(change) < -margin or (strict and nothing):
        return replace(judged, verdict="fail", reason="nothing changed" if nothing else None)
    if best_of(change) >= -margin and (worst_of(change) > 0 if strict else worst_of(change) >= -margin):
        reason = f"adjusted for {rules} rules, p is {p:.2g}, and above {level:g}"
        return replace(judged, reason=reason)
    low, high = (f"{end:+.4f}" for end in change.interval)
    return replace(judged, reason=f"the change is between {low} and {high}: more rows would decide it")


def _broken(rule: MaxBroken, against: Against) -> Iterator[Judged]:
    text = f"broken <= {100 * rule.share:g} % of what was right"
    blank = Judged(text, against.model, None, None, None, rule.share, None, "undecided")
    if against.flips is None:
        yield replace(blank, reason="rows have no single class")
    elif rule.on_slices:
        large = _slices(rule.slice, against)
        for part in large:
            yield _on_share(replace(blank, rule=f"{text} @{part.label}"), part.flips)
        if not large:
            why = "there is no slice of enough rows: see --by" if rule.each else "there is no such slice"
            yield replace(blank, rule=f"{text} @{rule.slice or 'each'}", reason=why)
    elif rule.cls:
        found = [part for part in against.flips.by_class if _is_of(rule.cls, part.cls)]
        for of_class in found:
            yield _on_share(replace(blank, rule=f"{text} in {of_class.cls}"), of_class)
        if not found:
            yield replace(blank, rule=f"{text} in {rule.cls}", reason="no row is of the class")
    else:
        yield _on_share(blank, against.flips)


def _on_share(blank: Judged, flips: Flips | ClassFlips | None) -> Judged:
    if flips is None or flips.share is None or blank.limit is None:
        return replace(blank, reason="no row was right before")
    verdict: Verdict = "pass" if flips.share <= blank.limit else "fail"
    return replace(blank, value=flips.share, interval=flips.interval, verdict=verdict)


__all__ = [
    "CompareRules",
    "amounts",
    "best_of",
    "compare_rules",
    "judge_changes",
    "looked_up",
    "meaning_of",
    "worst_of",
]
