"""Errors for words that are not commands: a file, an option, or the command of another tool."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalcli.cli.parsing import looks_like_file
from evalcli.errors import UsageError
from evalcli.findings import Blank, Hint, run
from evalcli.text import suggest

REWRITTEN = {"help": "--help", "version": "--version"}
"""Words that are read as options."""
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("eval", "evaluate", "run", "test", "metric", "measure", "compute", "gate"), "score"),
    **dict.fromkeys(("report", "view", "print", "display", "cat", "open", "render", "convert"), "show"),
    **dict.fromkeys(("check", "doctor", "validate", "lint", "info", "describe", "diagnose"), "inspect"),
    **dict.fromkeys(("tune", "optimize", "optimise", "cutoff", "thresholds", "calibrate"), "threshold"),
    **dict.fromkeys(("list", "ls", "list-metrics"), "metrics"),
    **dict.fromkeys(("settings", "options", "configure"), "config"),
    **dict.fromkeys(("define", "definition", "man", "what", "doc", "docs"), "explain"),
}
"""Other words for commands, and the command that each means."""
COMPARISONS = ("diff", "metrics-diff", "cmp", "versus", "vs")
PICTURES = ("plots", "chart", "draw")


def rewritten(arguments: Sequence[str], commands: Collection[str]) -> list[str]:
    """The command line with such words replaced by options: ``help score`` is ``score --help``."""
    word = arguments[0] if arguments else ""
    if word not in REWRITTEN or word in commands:
        return list(arguments)
    return [*arguments[1:2], REWRITTEN[word]] if word == "help" else [REWRITTEN[word]]


def unknown_command(word: str, rest: Sequence[str], commands: Collection[str]) -> UsageError:
    """The error for an unknown command, with the likely command as a hint."""
    return UsageError(f"no such command: {word}", hint=_meant(word, rest, commands))


def _meant(word: str, rest: Sequence[str], commands: Collection[str]) -> Hint:
    name = word.casefold().replace("_", "-")
    if name in commands:
        return run("evalcli", name, *rest)
    if name in COMPARISONS:
        return _comparison([text for text in rest if not text.startswith("-")])
    if name in PICTURES:
        files = [text for text in rest if not text.startswith("-")] or [Blank("FILE")]
        return run("evalcli", "plot", "all", *files)
    if name in WORDS:
        return run("evalcli", WORDS[name], *rest)
    if looks_like_file(word):
        return run("evalcli", "score", word, *rest)
    like = suggest(name, commands)
    return run("evalcli", like, *rest) if like else run("evalcli", "--help")


def _comparison(files: Sequence[str]) -> Hint:
    """Compare two reports, or two prediction files."""
    first, second = (*files, Blank("OLD"), Blank("NEW"))[:2] if len(files) != 1 else (files[0], Blank("NEW"))
    if len(files) == 2 and all(Path(name).suffix == ".json" for name in files):
        return run("evalcli", "show", second, "--baseline", first)
    return run("evalcli", "compare", first, second)


def option_before_command(arguments: Sequence[str], commands: Mapping[str, Any]) -> UsageError:
    """The error for an option that must follow a command."""
    spelled, rest = arguments[0].partition("=")[0], list(arguments)
    named = next((text for text in arguments if text in commands), None)
    if named is not None:
        rest.remove(named)
    else:
        having = (name for name, command in commands.items() if _has(command, spelled))
        named = next(having, None)
    return UsageError(
        f"{spelled} is not an option of evalcli itself",
        hint=run("evalcli", named, *rest) if named else run("evalcli", "--help"),
    )


def _has(command: Any, spelled: str) -> bool:
    return any(spelled in option.opts for option in command.params)
