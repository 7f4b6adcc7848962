"""Options of how a result looks: their allowed values, and outputs that they do not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from evalcli.cli.options.output import OutputOptions
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import flag, maybe, omit, use
from evalcli.renderers.formats import FORMATS
from evalcli.renderers.tables import MOST_DIGITS, NORMALIZE, SORTS, View
from evalcli.text import join_names, suggest

LOOKS = tuple(name for name in View.__struct_fields__ if name in OutputOptions.__struct_fields__)
"""Options that a view has fields for."""
OF_BARE_VALUES = ("digits",)
WORDS = {"normalize": tuple(NORMALIZE), "sort": SORTS}


def require_looks(asked: OutputOptions) -> None:
    """Refuse values that are not allowed."""
    problems = ErrorCollector()
    with problems.collect():
        if asked.digits is not None and not 0 <= asked.digits <= MOST_DIGITS:
            nearest = min(max(asked.digits, 0), MOST_DIGITS)
            raise UsageError(
                f"--digits {asked.digits} is not between 0 and {MOST_DIGITS}", hint=use(digits=nearest)
            )
    for name, words in WORDS.items():
        word = getattr(asked, name)
        with problems.collect():
            if word is not None and word not in words:
                like = suggest(word, words)
                raise UsageError(
                    f"{flag(name)} {word!r} is not one of {join_names(words)}",
                    hint=maybe(**{name: like}) if like else None,
                )
    problems.raise_if_any()


def unseen(asked: OutputOptions, forms: Sequence[str]) -> dict[str, str]:
    """Options that change no output, and why. ``forms``: formats of the reports."""
    seen = {name for form in forms for name in FORMATS[form].looks}
    if asked.only and asked.format == "table":
        seen.update(OF_BARE_VALUES)
    written = join_names(dict.fromkeys(forms))
    reason = f"{written} output does not depend on it" if forms else "no report is written"
    if asked.only:
        reason = "--only prints bare values"
    reasons = {name: reason for name in LOOKS if name not in seen}
    if asked.brief:
        reasons.setdefault("normalize", "--brief skips the confusion matrix")
    return reasons


def refuse_idle(typed: Iterable[str], reasons: Mapping[str, str]) -> None:
    """Refuse typed options that have no effect."""
    problems = ErrorCollector()
    for name in typed:
        with problems.collect():
            if name in reasons:
                raise UsageError(
                    f"{flag(name)} has no effect: {reasons[name]}", hint=omit(name), code="no-effect"
                )
    problems.raise_if_any()
