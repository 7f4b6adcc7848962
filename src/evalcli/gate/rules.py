"""Rules looked up among the metrics of a run, without values; all errors are reported at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, omit, use
from evalcli.gate.rule_text import (
    ANY,
    DEFAULT,
    EACH,
    PARAMETERS,
    RuleText,
    asked_rules,
    in_rule,
    parse_rule,
    refuse_two_limits,
    require_sign,
)
from evalcli.metrics import Context, NoMatch, NoSuchClass, Request, expand, is_glob
from evalcli.metrics.lookup import canonical
from evalcli.metrics.names import SIGNS
from evalcli.report.notes import NOTES
from evalcli.text import for_shell, join_names

CHANGES = ("drop", "not-worse", "better", "detect")
"""Rules on a change of a metric, which needs a better direction."""


class Rule(Struct, frozen=True):
    """A rule on one metric, or on one note and the metrics that it needs.

    ``reason``: why nothing can be judged.
    """

    asked: RuleText
    requests: tuple[Request, ...] = ()
    reason: str | None = None

    @property
    def key(self) -> str:
        """Full name of the metric; the name as typed if there is none."""
        if not self.requests or self.asked.kind == "note":
            return self.asked.name
        return self.requests[0].key + self.asked.suffix

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for two rules on the same metric or note."""
        return self.asked.kind, self.key, self.asked.each


def lookup(asked: Sequence[RuleText], context: Context) -> list[Rule]:
    """Rules on the metrics of a context; a rule on a name overrides globs that also match it.

    A class that does not exist, or a glob without matches, gives an undecided rule.
    """
    problems = ErrorCollector()
    exact: list[Rule] = []
    globs: list[Rule] = []
    order: dict[RuleText, int] = {}
    for index, typed in enumerate(asked):
        with problems.collect():
            if typed.kind == "note":
                order[typed] = index
                exact.append(_of_note(typed, context))
                continue
            wanted = _resolved(typed, context)
            order.setdefault(wanted, index)
            matches = _of_metrics(wanted, context)
            (globs if _is_pattern(wanted, context) else exact).extend(matches)
    named = {rule.identity for rule in exact}
    rules = exact + [rule for rule in globs if rule.identity not in named]
    with problems.collect():
        refuse_two_limits(
            [
                (rule.asked, rule.identity, f"{rule.asked.name} ({rule.key})")
                for rule in rules
                if rule.asked.kind != "note"
            ]
        )
    problems.raise_if_any()
    known: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        known.setdefault(rule.identity, rule)
    return sorted(known.values(), key=lambda rule: order[rule.asked])


def _is_pattern(asked: RuleText, context: Context) -> bool:
    return asked.metric == DEFAULT or is_glob(asked.metric, context)


def _resolved(asked: RuleText, context: Context) -> RuleText:
    """The rule with the canonical name for this task, without a sign unless a class ends in it."""
    asked = _on_slice(asked, context)
    head, _, cls = asked.metric.partition(":")
    if asked.sign and not any(name == cls or fnmatchcase(name, cls) for name in context.classes):
        without = replace(asked, name=asked.name.removesuffix(asked.sign).rstrip(), sign="")
        if not any(sign in head for sign in SIGNS):
            require_sign(without, asked.sign, "", asked.option.partition(" ")[2], context.own_names)
        asked = without
    if asked.metric == DEFAULT or any(sign in head for sign in SIGNS):
        return asked
    try:
        name = canonical(asked.metric, context.task, context.own_names)
    except UsageError as error:
        raise _under_option(asked, error) from None
    return replace(asked, name=name + asked.suffix)


def _on_slice(asked: RuleText, context: Context) -> RuleText:
    """The rule on one slice, where what follows an unquoted class is its name: ``recall:cat@region=eu``."""
    cls = asked.metric.partition(":")[2]
    name, at, tail = cls.partition("@")
    if asked.each or not at or "=" not in tail or cls in context.classes or name not in context.classes:
        return asked
    typed = asked.name.removesuffix(asked.sign).rstrip()
    return replace(asked, name=typed, sign="", each=True, slice=tail.removesuffix(asked.sign).rstrip())


def _under_option(asked: RuleText, error: UsageError) -> UsageError:
    """The error of a name, turned into one of its rule."""
    hint = in_rule(error.hint, f"{asked.name}={asked.text}")
    what = error.what.removeprefix(f"{asked.metric!r}: ")
    return UsageError(f"{asked.option}: {what}", found=error.found, hint=hint)


def _of_metrics(asked: RuleText, context: Context) -> list[Rule]:
    try:
        requests = expand(asked.metric, context)
    except NoSuchClass as error:
        if asked.each and asked.name.partition(":")[2] in context.classes:
            raise UsageError(
                f"{asked.option}: {EACH} means every slice and is not part of the class",
                hint=f"quotes around a class of this name: {for_shell(asked.name)}",
            ) from None
        if error.likely:
            raise _under_option(asked, error) from None
        return [Rule(asked, reason=f"{error.what}; {error.found}")]
    except NoMatch as error:
        return [Rule(asked, reason="; ".join(part for part in (error.what, error.found) if part))]
    except UsageError as error:
        raise _under_option(asked, error) from None
    if asked.kind in CHANGES and _is_pattern(asked, context):
        requests = [request for request in requests if request.metric.better != "none"] or requests
    problems = ErrorCollector()
    for request in requests:
        with problems.collect():
            _require_sense(asked, request)
    problems.raise_if_any()
    return [Rule(asked, (request,)) for request in requests]


def _require_sense(asked: RuleText, request: Request) -> None:
    """Refuse a limit in the wrong direction, in the wrong unit, or that always passes or fails."""
    metric, kind = request.metric, asked.kind
    low, high = metric.range
    if kind in CHANGES:
        if metric.better == "none":
            limit = Blank(f"{asked.name}=VALUE")
            raise UsageError(
                f"{asked.option}: {request.key} has no better direction",
                hint=use(fail_under=limit) | use(fail_over=limit)
                if kind == "drop"
                else omit(PARAMETERS[kind]),
            )
        whole = asked.percent and metric.better == "higher" and asked.limit >= 1
        if whole or (not asked.percent and float(asked.limit) >= high - low):
            raise UsageError(
                f"{asked.option}: {request.key} cannot drop by more, so this rule can never fail",
                hint=use("for 1 % of the earlier value", **{PARAMETERS[kind]: f"{asked.name}=1%"}),
            )
        return
    if metric.better == ("lower" if kind == "under" else "higher"):
        raise UsageError(
            f"{asked.option}: {metric.better} is better for {request.key}",
            hint=asked.option_for("over" if kind == "under" else "under"),
        )
    if asked.percent and not math.isfinite(high) and not metric.share:
        raise UsageError(
            f"{asked.option}: {request.key} is not a proportion, so a percentage has no meaning",
            hint="write a number" | use("to compare with a baseline", max_drop=f"{asked.name}={asked.text}"),
        )
    if metric.share and not math.isfinite(high) and not asked.percent and asked.limit > 1:
        raise UsageError(
            f"{asked.option}: {request.key} is a proportion: {asked.text} means {100 * asked.limit:f} %",
            hint=asked.option_for(kind, f"{asked.text}%") | asked.option_for(kind, f"{100 * asked.limit:f}%"),
        )
    bound = float(asked.limit)
    reached = bound <= low if kind == "under" else bound >= high
    if reached or not low <= bound <= high:
        share = not asked.percent and low <= bound / 100 <= high and bound > 1
        always = not low <= bound <= high and (bound > high) == (kind == "under")
        raise UsageError(
            f"{asked.option}: {request.key} is always between {low:g} and {high:g}, "
            f"so this rule {'always fails' if always else 'can never fail'}",
            hint=asked.option_for(kind, f"{asked.text}%") if share else None,
        )


def _all_needed(context: Context) -> Iterator[Request]:
    """The metrics that the notes of the task need, as far as the data has them."""
    for name in dict.fromkeys(
        name for code in NOTES.values() for name in code.needs.get(context.task.name, ())
    ):
        with suppress(UsageError):
            yield from (
                request for request in expand(name, context) if request.metric.missing_from(context) is None
            )


def _of_note(asked: RuleText, context: Context) -> Rule:
    if asked.name == ANY:
        return Rule(asked, tuple(_all_needed(context)))
    code = NOTES[asked.name]
    if context.task.name not in code.needs:
        raise UsageError(
            f"{asked.option}: this check does not apply to {context.task} data",
            found=f"it is for {join_names(code.needs)}",
            hint=omit("fail_on"),
        )
    if context.weighted and not code.weighted:
        return Rule(asked, reason="this check does not apply to weighted rows")
    try:
        requests = [request for name in code.needs[context.task.name] for request in expand(name, context)]
    except UsageError as error:  # e.g. quantiles without a pair around the middle
        return Rule(asked, reason=error.what)
    return Rule(asked, tuple(requests))


__all__ = ["ANY", "EACH", "Rule", "RuleText", "asked_rules", "lookup", "parse_rule"]
