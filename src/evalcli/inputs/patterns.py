"""Paths with fields in braces: ``run/{split}/epoch-{epoch}.parquet``."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from evalcli.errors import InputError, UsageError
from evalcli.findings import Hint, as_hint
from evalcli.text import escape, join_names, suggest

FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")
MOST_NEAR = 3
NUMBER = "epoch"
"""The field that is a number."""


class Pattern(Struct, frozen=True):
    """``text`` as typed, ``fields`` in the order of their first place."""

    text: str
    fields: tuple[str, ...]

    @property
    def root(self) -> str:
        """The deepest folder that all its paths share."""
        fixed = FIELD.split(self.text)[0]
        return str(Path(f"{fixed}x").parent)

    def filled(self, values: Mapping[str, str]) -> str:
        """The path of some values."""
        return FIELD.sub(lambda found: values[found[1]], self.text)


class Match(Struct, frozen=True):
    """A path that exists, and the text of each field."""

    path: str
    values: Mapping[str, str]


def pattern_of(text: str) -> Pattern:
    """A pattern as typed. Refuses braces that are no field.

    >>> pattern_of("run/{split}/{epoch}.npy").fields
    ('split', 'epoch')
    """
    text = re.sub(r"(?<!:)/{2,}", "/", os.path.expanduser(text))  # noqa: PTH111
    rest = FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        raise UsageError(
            f"{escape(text)!r}: braces hold the name of a field", hint=as_hint("a pattern such as {epoch}")
        )
    return Pattern(text, tuple(dict.fromkeys(FIELD.findall(text))))


def matches(pattern: Pattern) -> list[Match]:
    """The files that a pattern matches, by path. Raises an ``InputError`` if there are none.

    A field is any text within one name of a path, ``epoch`` a number; where it stands twice, it is the same.
    """
    parts = FIELD.split(pattern.text)
    found, regex, seen = "", "", set[str]()
    for i, part in enumerate(parts):
        if i % 2 == 0:
            found += glob.escape(part)
            regex += re.escape(part)
        else:
            found += "*"
            text = r"\d+" if part == NUMBER else r"[^/\\]+?"
            regex += f"(?P={part})" if part in seen else f"(?P<{part}>{text})"
            seen.add(part)
    expression = re.compile(regex)
    named = [(path, expression.fullmatch(path)) for path in sorted(glob.glob(found))]  # noqa: PTH207
    files = [Match(path, match.groupdict()) for path, match in named if match and Path(path).is_file()]
    if files:
        return files
    raise InputError(f"no file matches {escape(pattern.text)}", hint=_near(pattern), code="no-match")


def _near(pattern: Pattern) -> Hint | None:
    """Files below the folder that the pattern begins in, those most like it first."""
    root = Path(pattern.root)
    while not root.is_dir() and root != root.parent:
        root = root.parent
    paths = [str(path) for path in sorted(root.glob("*")) + sorted(root.glob("*/*")) if path.is_file()]
    if not paths:
        return None
    like = suggest(pattern.text, paths)
    shown = ([like] if like else []) + [path for path in paths if path != like]
    return as_hint(f"there are {join_names(shown, MOST_NEAR)}")


__all__ = ["Match", "Pattern", "matches", "pattern_of"]
