"""The verdict as annotations: commands that GitHub Actions reads from a step's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalcli.errors import EvalcliError
from evalcli.findings import Finding
from evalcli.renderers import sentences
from evalcli.renderers.tables import View
from evalcli.report.comparison import Comparison
from evalcli.report.report import Report
from evalcli.text import escape

MOST = 10
"""Annotations of a step; the service shows no more of a kind."""
LONGEST = 4000


def render(report: Report, view: View) -> bytes:
    """Failed rules first, then undecided ones, then notes; those not shown are counted."""
    return _annotations(list(_found(report)), report.title)


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """The same for the rules and notes of a comparison."""
    from evalcli.renderers.comparison import finding

    title = _title(comparison.title)
    rules = [
        ("error", f"{title} {sentences.WORDS[verdict]}", f"{rule.model}: {finding(rule)}")
        for verdict in ("fail", "undecided")
        for rule in comparison.rules
        if rule.verdict == verdict
    ]
    return _annotations([*rules, *_of_notes(comparison.notes, title)], comparison.title)


def _annotations(messages: Sequence[tuple[str, str, str]], name: str) -> bytes:
    shown = messages if len(messages) <= MOST else messages[: MOST - 1]
    lines = [command(level, title, message) for level, title, message in shown]
    if len(messages) > MOST:
        rest = messages[MOST - 1 :]
        level = "error" if any(level == "error" for level, _, _ in rest) else "warning"
        lines.append(command(level, _title(name), f"and {len(rest):,} more: see the log or the report"))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _found(report: Report) -> Iterator[tuple[str, str, str]]:
    gate, title = report.gate, _title(report.title)
    if gate is not None:
        for verdict in ("fail", "undecided"):
            for rule in gate.rules:
                if rule.verdict == verdict:
                    yield "error", f"{title} {sentences.WORDS[verdict]}", sentences.finding(rule)
        if gate.problem is not None:
            yield "error", f"{title}: baseline", gate.problem
        elif (
            gate.baseline is not None
            and gate.baseline.problem is not None
            and gate.baseline.if_missing == "warn"
        ):
            yield "warning", f"{title}: baseline", gate.baseline.problem
    yield from _of_notes(report.notes, title)


def _of_notes(notes: Sequence[Finding], title: str) -> Iterator[tuple[str, str, str]]:
    for note in notes:
        hint = "" if note.hint is None else f"\ntry: {note.hint}"
        yield "warning", f"{title}: {note.code}", f"{note.message}{hint}"


def of_error(error: EvalcliError, name: str | None = None) -> bytes:
    """Errors as annotations, one each."""
    title = f"{_title(name)} error" if name else "evalcli"
    lines = [command("error", title, str(item)) for item in error.errors[:MOST]]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def _title(name: str) -> str:
    return f"evalcli: {escape(name)}"


def command(level: str, title: str, message: str) -> str:
    r"""One command, escaped so that no message ends it or its line.

    >>> command("error", "a,b:c", "100%\n::error::no")
    '::error title=a%2Cb%3Ac::100%25%0A::error::no'
    """
    text = message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
    name = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={name}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
