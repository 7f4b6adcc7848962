"""Help pages: examples first, then the options by subject, in the width of the terminal."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer

from evalcli.cli.commands import COMMANDS, DOCS, EXAMPLES
from evalcli.cli.options.groups import PANELS

NARROWEST, WIDEST = 60, 100
HEAD = 28
"""Width of the column with an option and its value."""
HEAD_OF_COMMANDS = 22
CLAUSE = re.compile(r"[:;,] |\n")
SHORT = "    "
"""Indent of an option without a short name."""


def by_panel(command: Any) -> dict[str, list[Any]]:
    """The options of a command by panel, in the order of ``PANELS``; those without one last."""
    found: dict[str, list[Any]] = {panel: [] for panel in PANELS}
    for option in command.params:
        if option.param_type_name == "option" and not option.hidden:
            found.setdefault(option.rich_help_panel or "Options", []).append(option)
    return {panel: options for panel, options in found.items() if options}


def page(command: Any, context: Any) -> str:
    """Help of one command."""
    facts = COMMANDS[command.name]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([context.command_path, *(_name(argument) for argument in arguments), "[OPTIONS]"])
    panels = by_panel(command)
    last = list(panels)[-1] if panels else "Options"
    rows = {panel: [(_typed(option), _meaning(option)) for option in panels[panel]] for panel in panels}
    rows.setdefault(last, []).append(("-h, --help", "Show this help."))
    return _page(
        usage,
        command.help,
        facts.examples,
        {"Arguments": [(f"{_name(argument)}", argument.help) for argument in arguments], **rows},
        {
            "Exit codes": "; ".join(f"{code} {meaning}" for code, meaning in facts.codes.items()),
            "Documentation": ", ".join(facts.docs),
        },
    )


def overview(group: Any) -> str:
    """Help of the tool: all commands on one screen."""
    commands = [(name, _summary(command.help)) for name, command in group.commands.items()]
    options = [(_typed(option), option.help) for option in group.params if option.name in ("version", "help")]
    completion = ("--install-completion", "Install completion for the current shell.")
    return _page(
        "evalcli COMMAND [OPTIONS]",
        group.help,
        EXAMPLES,
        {"Commands": commands, "Options": [*options, completion, ("-h, --help", "Show this help.")]},
        {"Documentation": ", ".join(DOCS), "Help of a command": "evalcli COMMAND --help"},
        head=HEAD_OF_COMMANDS,
    )


def _page(
    usage: str,
    text: str,
    examples: Sequence[tuple[str, str]],
    sections: Mapping[str, Sequence[tuple[str, str]]],
    tail: Mapping[str, str],
    head: int = HEAD,
) -> str:
    width = max(min(shutil.get_terminal_size().columns, WIDEST), NARROWEST)
    parts = [f"{_bold('Usage:')} {usage}", _paragraphs(text, width), _examples(examples, width)]
    for title, rows in sections.items():
        if rows:
            lines = (line for row in rows for line in _row(*row, width, head))
            parts.append("\n".join([_bold(f"{title}:"), *lines]))
    parts.append("\n".join(line for item in tail.items() for line in _labelled(*item, width)))
    return "\n\n".join(parts) + "\n"


def _paragraphs(text: str, width: int) -> str:
    return "\n\n".join(textwrap.fill(part, width) for part in text.split("\n\n"))


def _examples(examples: Sequence[tuple[str, str]], width: int) -> str:
    lines: list[str] = []
    for purpose, command in examples:
        lines += textwrap.wrap(purpose, width, initial_indent="  # ", subsequent_indent="  # ")
        lines += _continued(command, width)
    return "\n".join([_bold("Examples:"), *lines])


def _continued(command: str, width: int) -> Iterator[str]:
    """A command in lines that a shell joins."""
    lines = textwrap.wrap(
        command,
        width - 2,
        initial_indent="  ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (f"{line} \\" for line in lines[:-1])
    yield lines[-1]


def _row(name: str, meaning: str, width: int, head: int) -> Iterator[str]:
    """A name and its meaning, which is on the next line if the name is too long."""
    lines = textwrap.wrap(meaning, width - head - 2, break_on_hyphens=False)
    first = f"  {name}"
    if len(name) > head - 2:
        yield first
        first = ""
    for line in lines:
        yield first.ljust(head + 2) + line
        first = ""


def _labelled(label: str, text: str, width: int) -> Iterable[str]:
    lines = textwrap.wrap(f"{label}: {text}", width, subsequent_indent="  ", break_on_hyphens=False)
    return [lines[0].replace(f"{label}:", _bold(f"{label}:"), 1), *lines[1:]]


def _name(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _typed(option: Any) -> str:
    """An option as it is typed, the short name first."""
    short = [name for name in option.opts if not name.startswith("--")]
    long = [name for name in option.opts if name.startswith("--")]
    names = ", ".join([*short[:1], *long]) if short else SHORT + ", ".join(long)
    if option.secondary_opts:
        names += ", " + ", ".join(option.secondary_opts)
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"


def _meaning(option: Any) -> str:
    if option.default is None or option.is_flag or option.multiple:
        return str(option.help)
    return f"{option.help} (default: {option.default})"


def _summary(text: str) -> str:
    """The first clause of a help text."""
    return f"{CLAUSE.split(text, maxsplit=1)[0].rstrip('.')}."


def _bold(text: str) -> str:
    return text if "NO_COLOR" in os.environ else typer.style(text, bold=True)
