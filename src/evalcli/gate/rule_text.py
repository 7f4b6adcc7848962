"""Rules as typed, or as printed in reports: names, signs and limits, independent of data.

A class whose name ends in ``@each``, or has whitespace at its ends, is put in double quotes:
``recall:"x@each"=0.8``, and ``recall:"x@each"@each=0.8`` on every slice.
"""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, Hint, Step, flag, instead, maybe, use
from evalcli.metrics.lookup import canonical, find_metrics, is_own
from evalcli.metrics.names import SIGNS
from evalcli.report.notes import NOTES
from evalcli.report.verdict import Kind
from evalcli.text import Expression, join_names, split_names, suggest

PARAMETERS: dict[Kind, str] = {
    "under": "fail_under", "over": "fail_over", "drop": "max_drop", "note": "fail_on",
    "not-worse": "not_worse", "better": "better", "detect": "detect",
}  # fmt: skip
OPTIONS: dict[Kind, str] = {kind: flag(name) for kind, name in PARAMETERS.items()}
"""The option of each kind of rule; ``PARAMETERS``: its name in Python."""
EXAMPLES: dict[Kind, str] = {
    "under": "f1=0.8", "over": "log_loss=0.5", "drop": "f1=0.01", "not-worse": "f1=0.01", "detect": "f1=0.01",
}  # fmt: skip
UPPER: dict[Kind, bool] = {"under": False, "over": True}
"""Whether the limit is an upper limit."""
EACH = "@each"
"""After the name of a metric: on every slice of the report."""
ANY = "any"
"""In place of the code of a note: any note."""
DEFAULT = "default"
"""In place of the metric of a drop: the default metrics with a better direction."""
DROP = Expression(
    r"(?P<name>.*?)\s*(?P<sign>[<>])=\s*baseline\s*(?P<change>[-+])(?P<limit>[^=<>]*)", re.DOTALL
)
STRICT = Expression(r"(?P<name>.+?)\s*(?P<sign>[<>])\s*(?P<limit>[-+.\d][^=<>]*)", re.DOTALL)


class RuleText(Struct, frozen=True):
    """A rule as typed: a metric or a note, and the exact limit.

    ``text``: the limit as typed. ``percent``: whether it is a percentage. ``each``: whether the rule is on
    every slice, e.g. ``recall@each``, or on the one of ``slice``, e.g. ``recall@region=eu``. ``sign``: < or >
    at the end of an unquoted class, which may belong to the class or to the comparison.
    """

    kind: Kind
    name: str
    text: str = ""
    limit: Decimal = Decimal(0)
    percent: bool = False
    each: bool = False
    sign: str = ""
    slice: str = ""

    @property
    def suffix(self) -> str:
        """What follows the metric: the slices that the rule is on."""
        return f"@{self.slice}" if self.slice else EACH if self.each else ""

    @property
    def metric(self) -> str:
        """The name without the slices."""
        return self.name.removesuffix(self.suffix)

    @property
    def option(self) -> str:
        """As on the command line."""
        return f"{OPTIONS[self.kind]} {self.name}" + (f"={self.text}" if self.text else "")

    @property
    def is_several(self) -> bool:
        """Whether the rule may be on several metrics."""
        return self.name == DEFAULT or any(sign in self.name for sign in SIGNS)

    def option_for(self, kind: Kind, text: str | None = None) -> Hint:
        """The same name under another option, or with another limit."""
        return rule_hint(kind, f"{self.name}={text or self.text}")


def rule_hint(kind: Kind, text: str) -> Hint:
    """A rule to type."""
    return use(**{PARAMETERS[kind]: text})


def asked_rules(
    fail_under: Sequence[str] = (),
    fail_over: Sequence[str] = (),
    max_drop: Sequence[str] = (),
    fail_on: Sequence[str] = (),
    own: Sequence[str] = (),
) -> tuple[RuleText, ...]:
    """Rules as typed. Refuses what is wrong for any data: no number, unknown names, two limits.

    ``own``: names of metrics of one's own.
    """
    problems = ErrorCollector()
    rules: list[RuleText] = []
    texts: dict[Kind, Sequence[str]] = {"under": fail_under, "over": fail_over, "drop": max_drop}
    for kind, given in texts.items():
        for text in given:
            with problems.collect():
                rules.append(parse_rule(text, kind, own))
    for code in fail_on:
        with problems.collect():
            rules.append(_on_note(code))
    rules = list(dict.fromkeys(rules))
    with problems.collect():
        refuse_two_limits([(asked, (asked.kind, asked.name), asked.name) for asked in rules])
    problems.raise_if_any()
    return tuple(rules)


def parse_rule(text: str, kind: Kind, own: Sequence[str] = ()) -> RuleText:
    """Name and limit of ``NAME=VALUE``, a number or a percentage; or of a rule as it is printed.

    >>> parse_rule("recall:a=b=80%", "under").limit, parse_rule("AUC >= 0.9", "under").name
    (Decimal('0.8'), 'roc_auc')
    """
    name, sign, value, change = _parts(text, kind)
    percent = value.endswith("%")
    limit = _number(value)
    if not name or limit is None:
        raise _no_rule(text, kind)
    if kind in ("not-worse", "detect") and limit < 0:
        raise UsageError(
            f"{OPTIONS[kind]} {text}: an amount is not negative",
            hint=use(**{PARAMETERS[kind]: f"{name}={value.removeprefix('-')}"}),
        )
    if kind == "drop" and limit < 0:
        raise UsageError(
            f"{OPTIONS[kind]} {text}: a drop is not negative",
            hint=use("to allow none", max_drop=f"{name}=0")
            | use("for a minimum", fail_under=Blank(f"{name}=VALUE")),
        )
    part = _slice(name)
    each = bool(part) or name.endswith(EACH)
    metric = name.removesuffix(f"@{part}" if part else EACH) if each else name
    if not any(s in metric.partition(":")[0] for s in SIGNS) and (kind, metric) != ("drop", DEFAULT):
        metric = _name(metric, text, kind, own)
        if sign:
            require_sign(RuleText(kind, metric, value), sign, change, text, own)
    end = metric[-1] if ":" in metric and not each and metric[-1] in "<>" else ""
    rule = RuleText(kind, metric, value, limit, percent, each, end, part)
    return replace(rule, name=metric + rule.suffix)


def _slice(name: str) -> str:
    """The slice that a rule names as it is printed, ``region=eu``; of an unquoted class it is looked up."""
    head, at, tail = name.rpartition("@")
    cls = head.partition(":")[2]
    return tail if at and "=" in tail and (not cls or cls.endswith('"')) else ""


def _parts(text: str, kind: Kind) -> tuple[str, str, str, str]:
    """Name, sign, limit, and of a drop whether it is above or below the baseline."""
    printed = DROP.fullmatch(text.strip())
    if printed:
        name, sign, change, limit = printed["name"], printed["sign"], printed["change"], printed["limit"]
        if kind != "drop":
            raise UsageError(
                f"{OPTIONS[kind]} {text}: limits relative to the baseline are drops",
                hint=rule_hint("drop", f"{name}={limit}"),
            )
        return name, sign, limit.strip(), change
    name, equals, limit = (part.strip() for part in text.rpartition("="))
    sign = name[-1] if equals and name and name[-1] in "<>" and not _in_class(name) else ""
    return name.removesuffix(sign).strip() if equals else "", sign, limit, ""


def _in_class(name: str) -> bool:
    """Whether a sign at the end may be part of a class name."""
    cls = name[:-1].partition(":")[2].rstrip()
    return bool(cls) and not cls.endswith(('"', EACH))


def _number(text: str) -> Decimal | None:
    percent = text.endswith("%")
    try:
        limit = Decimal(text.removesuffix("%").strip()) / (100 if percent else 1)
        return limit if math.isfinite(float(limit)) else None
    except ArithmeticError:
        return None


def _no_rule(text: str, kind: Kind) -> UsageError:
    """The error for a text that is not a rule, with a suggestion if possible."""
    option, parameter = OPTIONS[kind], PARAMETERS[kind]
    strict, colon = STRICT.fullmatch(text.strip()), text.rpartition(":")
    if strict and _number(strict["limit"].strip()) is not None:
        better = f"{strict['name']}{strict['sign']}={strict['limit'].strip()}"
        return UsageError(
            f"{option} {text}: a value equal to the limit passes, so write {strict['sign']}=",
            hint=rule_hint(kind, better),
        )
    if colon[0] and _number(colon[2].strip()) is not None and "=" not in text:
        return UsageError(
            f"{option} {text!r} is not NAME=VALUE with a number",
            hint=maybe(**{parameter: f"{colon[0]}={colon[2].strip()}"}),
        )
    return UsageError(
        f"{option} {text!r} is not NAME=VALUE with a number", hint=use(**{parameter: EXAMPLES[kind]})
    )


def _name(name: str, text: str, kind: Kind, own: Sequence[str]) -> str:
    """The canonical name; refuses names that no task has."""
    try:
        metric = canonical(name, own=own)
        if not is_own(metric.partition(":")[0], own):
            find_metrics(metric)
    except UsageError as error:
        _refuse_list(text, kind)
        hint, what = in_rule(error.hint, text), error.what.removeprefix(f"{name!r}: ")
        raise UsageError(f"{OPTIONS[kind]} {text}: {what}", found=error.found, hint=hint) from None
    return metric


def _refuse_list(text: str, kind: Kind) -> None:
    """Refuse several rules in one text."""
    rules = split_names([text])
    if len(rules) > 1 and all(_number(rule.rpartition("=")[2].strip()) is not None for rule in rules):
        raise UsageError(
            f"{OPTIONS[kind]} {text}: one rule per option",
            hint=" ".join(f"{OPTIONS[kind]} {shlex.quote(rule)}" for rule in rules),
        )


def in_rule(hint: Hint | None, text: str) -> Hint | None:
    """A hint for a name, turned into one for the rule that contains it."""
    if hint is None:
        return None
    return Hint(tuple(_of_rule(step, text) for step in hint.steps))


def _of_rule(step: Step, text: str) -> Step:
    if step.instead is None or step.instead[0] not in text:
        return step
    old, new = step.instead
    return replace(step, instead=(text, text.replace(old, new, 1)))


def require_sign(asked: RuleText, sign: str, change: str, text: str, own: Sequence[str] = ()) -> None:
    """Refuse a sign that contradicts the option."""
    is_known = not is_own(asked.metric.partition(":")[0], own)
    better = {metric.better for metric in find_metrics(asked.metric)} if is_known else set()
    upper = sign == "<"
    if asked.kind == "drop":
        if change and ("lower" in better) == upper and (change == "+") == upper:
            return
        raise UsageError(
            f"{OPTIONS[asked.kind]} {text}: a drop has no sign; it is how much worse the metric may get",
            hint=asked.option_for("drop"),
        )
    if UPPER[asked.kind] == upper:
        return
    opposite: Kind = "over" if upper else "under"
    against = "higher" if upper else "lower"
    hint = asked.option_for(asked.kind) if better == {against} else asked.option_for(opposite)
    raise UsageError(
        f"{OPTIONS[asked.kind]} {text}: {OPTIONS[asked.kind]} sets {'an upper' if not upper else 'a lower'} "
        f"limit, but {sign}= is {'an upper' if upper else 'a lower'} one",
        hint=hint,
    )


MOST_CODES = 12


def _on_note(code: str) -> RuleText:
    code = code.removeprefix("no ")  # as printed
    if code != ANY and code not in NOTES:
        like = suggest(code, NOTES)
        raise UsageError(
            f"{OPTIONS['note']} {code}: no note has this code",
            hint=instead(code, like) if like else f"one of {join_names([ANY, *NOTES], MOST_CODES)}",
        )
    return RuleText("note", code)


def refuse_two_limits(rules: Sequence[tuple[RuleText, tuple[object, ...], str]]) -> None:
    """Refuse two limits for one metric; each rule with its identity and its name in words."""
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
                    f"{name} has {count} different limits", found=", ".join(given), hint="keep one of them"
                )
    problems.raise_if_any()
