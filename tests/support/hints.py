"""Hints as a user types them: each is tried once, on the command line that it was shown for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from evalcli.findings import Hint, Step, flag, plain

Key = tuple[object, ...]
TRIED: set[Key] = set()
SHORT = {"labels": "-l", "metrics": "-m", "format": "-f", "output": "-o"}
NO_OPTION = "error: no such option: "
NO_MEMORY = "error: there is not enough memory"
RULES = ("--fail-under", "--fail-over", "--max-drop", "--fail-on")


class Shown:
    """What was shown while one command line ran: its hints, and what it ended with."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.arguments = list(arguments)
        self.hints: list[Hint] = []
        self.message = ""
        self.errors: list[str] = []


def first_line(text: str) -> str:
    """What an error says, without where and what was found."""
    return next((line for line in text.splitlines() if line.startswith("error: ")), "")


def all_errors(text: str) -> list[str]:
    """All that was wrong at once."""
    return [line for line in text.splitlines() if line.startswith("error: ")]


def assert_leads_on(err: str) -> None:
    """Every error ends with a next step, or says that there is none."""
    lines = err.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) <= sum(line.startswith("  try: ") for line in lines), err


@contextmanager
def recorded(shown: Shown) -> Iterator[None]:
    """Keep every hint that is put in words within."""
    original = Hint.__str__

    def keep(hint: Hint) -> str:
        shown.hints.append(hint)
        return original(hint)

    Hint.__str__ = keep  # type: ignore[method-assign]
    try:
        yield
    finally:
        Hint.__str__ = original  # type: ignore[method-assign]


def key_of(step: Step, command: str) -> Key:
    """What makes two steps the same advice."""
    options = tuple(sorted((name, isinstance(value, bool)) for name, value in step.options.items()))
    return (command, step.words, options, step.without, bool(step.command), bool(step.instead))


def typed(arguments: Sequence[str], step: Step, message: str = "") -> list[str]:
    """The command line after a step; what the message does not know is left out."""
    if step.command:
        return [word for word in step.command if word != "evalcli"]
    out = _without_unknown(arguments, message)
    if step.instead:
        old, new = step.instead
        at = next((j for j, word in enumerate(out) if word == old), None)
        if at is None:
            out = [word.replace(old, new) for word in out]
        else:
            out[at : at + 1] = [new] if new else []
    for name in step.without:
        out = _without(out, name)
    for name, value in step.options.items():
        if isinstance(value, bool):
            out = [word for word in out if word not in (flag(name), flag(name, False))] + [flag(name, value)]
        else:
            out = [*_without(out, name, plain(value)), flag(name), plain(value)]
    return out


def _without_unknown(arguments: Sequence[str], message: str) -> list[str]:
    """Without an option that does not exist, and its value."""
    unknown = message.removeprefix(NO_OPTION) if message.startswith(NO_OPTION) else ""
    out = list(arguments)
    for word in [word for word in arguments if unknown and word.partition("=")[0] == unknown]:
        at = out.index(word)
        alone = "=" in word or at + 1 == len(out) or out[at + 1].startswith("--")
        del out[at : at + (1 if alone else 2)]
    return out


def _without(words: list[str], name: str, value: str | None = None) -> list[str]:
    """Without an option; of rules, without one of another kind with the same limit."""
    names = [flag(name), SHORT.get(name, flag(name))]
    drop = set()
    for j, (word, after) in enumerate(pairwise([*words, ""])):
        same_rule = word in RULES and flag(name) in RULES and after == value
        if word in names or same_rule:
            drop |= {j} if after.startswith("--") or not after or name.startswith("no_") else {j, j + 1}
        elif any(word.startswith(f"{each}=") for each in names):
            drop.add(j)
    return [word for j, word in enumerate(words) if j not in drop]


def _scored(arguments: Sequence[str]) -> list[str]:
    """The score that an inspection is for."""
    words = ["score", *arguments[1:]]
    for name in ("format", "output"):
        words = _without(words, name)
    return [word for word in words if word != "--strict"]


def try_hints(shown: Shown, run: Callable[[Sequence[str]], tuple[int, str]]) -> None:
    """Type each step that is complete: it gives a score, or leads to another question."""
    arguments, message = shown.arguments, shown.message
    if "-" in arguments or message == NO_MEMORY or any("://" in word for word in arguments):
        return
    for step in [step for hint in shown.hints for step in hint.steps]:
        key = key_of(step, arguments[0] if arguments else "")
        elsewhere = step.instead and not any(step.instead[0] in word for word in arguments)
        if not step.is_complete or key in TRIED or elsewhere:  # of a file of options
            continue
        TRIED.add(key)
        if shown.arguments[0] == "inspect":
            arguments = _scored(shown.arguments)
            err = run(arguments)[1]
            if str(step) not in err:
                continue  # of a finding behind another
            message, shown.errors = first_line(err), all_errors(err)
        again = typed(arguments, step, message)
        code, err = run(again)
        said = first_line(err)
        story = f"{arguments}\n{message}\n  try: {step}\n{again}\n{err}"
        assert code in (0, 1, 2, 3), story
        assert code != 2 or all_errors(err) != shown.errors, f"a hint that leads nowhere:\n{story}"
        stored = arguments[0] == "show"  # whose notes are those of the score
        assert stored or not said.startswith(NO_OPTION), f"a hint that cannot be typed:\n{story}"
