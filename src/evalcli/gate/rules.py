"""What a run is asked to hold, from words to rules: every mistake at once, and nothing of values.

A class whose name ends in ``@each``, or has blanks at its ends, stands in double quotes: as
``recall:"x@each"=0.8``, and ``recall:"x@each"@each=0.8`` on every slice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from evalcli.errors import ErrorCollector, UsageError
from evalcli.metrics import Context, NoMatch, NoSuchClass, Request, expand, is_glob
from evalcli.metrics.names import SIGNS, find_metric
from evalcli.metrics.registry import SHARES
from evalcli.report.notes import NOTES
from evalcli.report.verdict import Kind
from evalcli.text import for_shell, join_names, suggest

OPTIONS: dict[Kind, str] = {
    "under": "--fail-under", "over": "--fail-over", "drop": "--max-drop", "note": "--fail-on",
}  # fmt: skip
EXAMPLES: dict[Kind, str] = {"under": "f1=0.8", "over": "log_loss=0.5", "drop": "f1=0.01 or f1=1%"}
EACH = "@each"
"""After the name of a metric: on every slice of the report."""
ANY = "any"
"""Of notes: whatever it is."""


@dataclass(frozen=True)
class RuleText:
    """A rule as it was typed: a metric or a note, and a limit as a number, exactly.

    ``text``: the limit as it was typed. ``percent``: whether that was a percentage. ``each``: whether it is
    on every slice, as ``recall@each`` is.
    """

    kind: Kind
    name: str
    text: str = ""
    limit: Decimal = Decimal(0)
    percent: bool = False
    each: bool = False

    @property
    def metric(self) -> str:
        """The name without what says that it is on every slice."""
        return self.name.removesuffix(EACH) if self.each else self.name

    @property
    def option(self) -> str:
        """As it stands on the command line."""
        return f"{OPTIONS[self.kind]} {self.name}" + (f"={self.text}" if self.text else "")


@dataclass(frozen=True)
class Rule:
    """A rule on one metric, or on one note and the metrics that it is read off.

    ``reason``: why there is nothing to judge.
    """

    asked: RuleText
    requests: tuple[Request, ...] = ()
    reason: str | None = None

    @property
    def key(self) -> str:
        """Full name of the metric; the asked one where there is none."""
        if not self.requests or self.asked.kind == "note":
            return self.asked.name
        return self.requests[0].key + (EACH if self.asked.each else "")

    @property
    def identity(self) -> tuple[object, ...]:
        """What two rules have in common that are on one thing."""
        return self.asked.kind, self.key, self.asked.each


def asked_rules(
    fail_under: Sequence[str] = (),
    fail_over: Sequence[str] = (),
    max_drop: Sequence[str] = (),
    fail_on: Sequence[str] = (),
) -> tuple[RuleText, ...]:
    """Rules as they were typed. Refuses what no data could mend: no number, unknown names, contradictions."""
    problems = ErrorCollector()
    rules: list[RuleText] = []
    texts: dict[Kind, Sequence[str]] = {"under": fail_under, "over": fail_over, "drop": max_drop}
    for kind, given in texts.items():
        for text in given:
            with problems.collect():
                rules.append(parse_rule(text, kind))
    for code in fail_on:
        with problems.collect():
            rules.append(_on_note(code))
    rules = list(dict.fromkeys(rules))
    with problems.collect():
        _refuse_twice([(asked, (asked.kind, asked.name), asked.name) for asked in rules])
    problems.raise_if_any()
    return tuple(rules)


def parse_rule(text: str, kind: Kind) -> RuleText:
    """Name and limit of ``NAME=VALUE``, a number or a percentage.

    >>> parse_rule("recall:a=b=80%", "under").limit
    Decimal('0.8')
    """
    option = OPTIONS[kind]
    name, equals, value = (part.strip() for part in text.rpartition("="))
    percent = value.endswith("%")
    try:
        limit = Decimal(value.removesuffix("%").strip()) / (100 if percent else 1)
        finite = math.isfinite(float(limit))
    except ArithmeticError:
        finite = False
    if not equals or not name or not finite:
        raise UsageError(
            f"{option} {text!r} is not NAME=VALUE with a number",
            hint=f"write it as {option} {EXAMPLES[kind]}",
        )
    if kind == "drop" and limit < 0:
        raise UsageError(
            f"{option} {text}: a drop is not negative",
            hint=f"{option} {name}=0 allows none; --fail-under {name}=VALUE demands more",
        )
    each = name.endswith(EACH)
    asked = RuleText(kind=kind, name=name, text=value, limit=limit, percent=percent, each=each)
    if not any(sign in asked.metric.partition(":")[0] for sign in SIGNS):
        _require_metric(asked.metric, option, text)
    return asked


def _require_metric(name: str, option: str, text: str) -> None:
    """Refuse what is the name of no metric of any task."""
    try:
        find_metric(name)
    except UsageError as error:
        raise UsageError(f"{option} {text}: {error.what}", hint=error.hint) from None


def _on_note(code: str) -> RuleText:
    if code != ANY and code not in NOTES:
        like = suggest(code, NOTES)
        raise UsageError(
            f"{OPTIONS['note']} {code}: no note has this code",
            hint=f"did you mean {like}?" if like else f"one of {join_names([ANY, *NOTES], len(NOTES) + 1)}",
        )
    return RuleText("note", code)


def _refuse_twice(rules: Sequence[tuple[RuleText, tuple[object, ...], str]]) -> None:
    """Refuse two limits for one thing; each rule with what tells it from others, and its name in words."""
    limits = {
        (what, asked.limit, asked.percent and asked.kind == "drop"): (asked, name)
        for asked, what, name in rules
    }
    counts = Counter(what for what, _, _ in limits)
    problems = ErrorCollector()
    for what, count in counts.items():
        if count > 1:
            given = [asked.option for (key, _, _), (asked, _) in limits.items() if key == what]
            name = next(name for (key, _, _), (_, name) in limits.items() if key == what)
            with problems.collect():
                raise UsageError(
                    f"{name} has {count} rules that contradict each other",
                    found=", ".join(given),
                    hint="keep one of them",
                )
    problems.raise_if_any()


def lookup(asked: Sequence[RuleText], context: Context) -> list[Rule]:
    """Rules on the metrics of a study; a name takes its metric out of the globs that hold it, too.

    A class that is not there, and a glob that matches nothing, leave a rule that cannot be decided.
    """
    problems = ErrorCollector()
    exact: list[Rule] = []
    globs: list[Rule] = []
    for wanted in asked:
        with problems.collect():
            if wanted.kind == "note":
                exact.append(_of_note(wanted, context))
                continue
            matches = _of_metrics(wanted, context)
            (globs if is_glob(wanted.metric, context) else exact).extend(matches)
    named = {rule.identity for rule in exact}
    rules = exact + [rule for rule in globs if rule.identity not in named]
    with problems.collect():
        _refuse_twice(
            [
                (rule.asked, rule.identity, f"{rule.asked.name} ({rule.key})")
                for rule in rules
                if rule.asked.kind != "note"
            ]
        )
    problems.raise_if_any()
    order = {wanted: index for index, wanted in enumerate(asked)}
    known: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        known.setdefault(rule.identity, rule)
    return sorted(known.values(), key=lambda rule: order[rule.asked])


def _of_metrics(asked: RuleText, context: Context) -> list[Rule]:
    try:
        requests = expand(asked.metric, context)
    except NoSuchClass as error:
        if asked.each and asked.name.partition(":")[2] in context.classes:
            raise UsageError(
                f"{asked.option}: {EACH} is on every slice, and not part of the class",
                hint=f"quotes around a class of this name: {for_shell(asked.name)}",
            ) from None
        if error.like is not None:
            raise UsageError(f"{asked.option}: {error.what}", found=error.found, hint=error.hint) from None
        return [Rule(asked, reason=f"{error.what}; {error.found}")]
    except NoMatch as error:
        return [Rule(asked, reason="; ".join(part for part in (error.what, error.found) if part))]
    except UsageError as error:
        raise UsageError(f"{asked.option}: {error.what}", found=error.found, hint=error.hint) from None
    problems = ErrorCollector()
    for request in requests:
        with problems.collect():
            _require_sense(asked, request)
    problems.raise_if_any()
    return [Rule(asked, (request,)) for request in requests]


def _require_sense(asked: RuleText, request: Request) -> None:
    """Refuse a limit at the wrong end, of the wrong unit, or that no value can reach or miss."""
    metric, kind = request.metric, asked.kind
    low, high = metric.range
    if kind == "drop":
        if metric.better == "none":
            raise UsageError(
                f"{asked.option}: neither end is better for {request.key}",
                hint=f"--fail-under {asked.name}=VALUE, --fail-over {asked.name}=VALUE",
            )
        whole = asked.percent and metric.better == "higher" and asked.limit >= 1
        if whole or (not asked.percent and float(asked.limit) >= high - low):
            raise UsageError(
                f"{asked.option}: {request.key} cannot drop by more, so the rule decides nothing",
                hint=f"{OPTIONS[kind]} {asked.name}=1% for one per cent of the baseline",
            )
        return
    if metric.better == ("lower" if kind == "under" else "higher"):
        opposite = "over" if kind == "under" else "under"
        raise UsageError(
            f"{asked.option}: {metric.better} is better for {request.key}",
            hint=f"--fail-{opposite} {asked.name}={asked.text}",
        )
    if asked.percent and not math.isfinite(high) and metric.name not in SHARES:
        raise UsageError(
            f"{asked.option}: {request.key} is no share, so a percentage has no meaning",
            hint=f"write a number; {OPTIONS['drop']} {asked.name}={asked.text} compares with a baseline",
        )
    limit = float(asked.limit)
    reached = limit <= low if kind == "under" else limit >= high
    if reached or not low <= limit <= high:
        share = not asked.percent and low <= limit / 100 <= high and limit > 1
        raise UsageError(
            f"{asked.option}: {request.key} lies between {low:g} and {high:g}, so the rule decides nothing",
            hint=f"{OPTIONS[kind]} {asked.name}={asked.text}%" if share else None,
        )


def _all_needed(context: Context) -> Iterator[Request]:
    """What notes of the task are read off, as far as the data has it."""
    for name in dict.fromkeys(name for code in NOTES.values() for name in code.needs.get(context.task, ())):
        with suppress(UsageError):
            yield from (
                request
                for request in expand(name, context)
                if context.missing_requirement(request.metric) is None
            )


def _of_note(asked: RuleText, context: Context) -> Rule:
    if asked.name == ANY:
        return Rule(asked, tuple(_all_needed(context)))
    code = NOTES[asked.name]
    if context.task not in code.needs:
        raise UsageError(
            f"{asked.option}: it is not looked for in {context.task} data",
            found=f"it is for {join_names(code.needs)}",
        )
    if context.weighted and not code.weighted:
        return Rule(asked, reason="it is not looked for in weighted rows")
    try:
        requests = [request for name in code.needs[context.task] for request in expand(name, context)]
    except UsageError as error:  # as quantiles without a pair around the middle
        return Rule(asked, reason=error.what)
    return Rule(asked, tuple(requests))
