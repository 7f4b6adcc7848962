"""Errors as a program reads them: options are arguments, not words of a command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec.structs import replace

from evalcli.errors import EvalcliError
from evalcli.findings import Blank, Finding, Hint, Step, Value, as_name

OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]+)")


@contextmanager
def as_arguments(roles: Mapping[str, str] | None = None) -> Iterator[None]:
    """Put the messages of errors in the words of Python.

    ``roles``: arguments in whose place options stand for columns of a file.
    """
    try:
        yield
    except EvalcliError as error:
        for one in error.errors:
            one.what = in_python(one.what)
            one.found = None if one.found is None else in_python(one.found)
            one.hint = _hint(one.hint, roles or {})
            one.args = (one.what,)
        raise


def finding_in_python(finding: Finding) -> Finding:
    """The same finding, in the words of Python."""
    found = None if finding.found is None else in_python(finding.found)
    return replace(finding, message=in_python(finding.message), found=found, hint=_hint(finding.hint))


def in_python(text: str) -> str:
    """Text with the names of options as arguments.

    >>> in_python("--label-col: no column 'y'")
    "label_col: no column 'y'"
    """
    return OPTION.sub(lambda match: as_name(match[1]), text)


def _hint(hint: Hint | None, roles: Mapping[str, str] | None = None) -> Hint | None:
    return None if hint is None else Hint(tuple(_step(step, roles or {}) for step in hint.steps))


def _step(step: Step, roles: Mapping[str, str]) -> Step:
    """A step as words: ``missing="drop"``."""
    if step.command:
        return step
    parts = [
        f"another {roles[name]}" if name in roles else _argument(name, value)
        for name, value in step.options.items()
    ]
    parts += [f"without {roles.get(name, name)}" for name in step.without]
    if step.instead and step.instead[1]:
        parts.append(repr(step.instead[1]))
    text = ", ".join(parts)
    if step.guess:
        return Step(f"did you mean {text}?")
    return Step(" ".join(part for part in (text, in_python(step.words)) if part))


def _argument(name: str, value: Value) -> str:
    if isinstance(value, Blank):
        return f"{name}={value}"
    if isinstance(value, tuple):
        return f"{name}={list(value)!r}"
    return f"{name}={value!r}"


__all__ = ["as_arguments", "finding_in_python", "in_python"]
