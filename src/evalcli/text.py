"""Names and other text in messages: escaped, joined, or the known one that is most like it."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable

COMMANDS = re.compile(r"^(\s*)::|##(?=(?:vso)?\[)")
"""What a CI service would take for a command to it: ``::error::`` at the start, ``##[error]`` anywhere."""


def escape(text: str) -> str:
    r"""Show control characters as escapes, so that a name from a file cannot move the cursor.

    Nor does it forge an annotation of a CI service.

    >>> escape("a\x1b[2Jb"), escape("::error::no")
    ('a\\x1b[2Jb', '\\x3a:error::no')
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if "::" in text or "##" in text:
        text = COMMANDS.sub(lambda match: match[0].replace("::", r"\x3a:").replace("##", r"\x23#"), text)
    return text


def suggest(name: str, names: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, or begins with it, if any does.

    >>> suggest("recal", ["precision", "recall"]), suggest("acc", ["mcc", "accuracy"])
    ('recall', 'accuracy')
    """
    known = list(names)
    longer = sorted((word for word in known if len(name) > 2 and word.startswith(name)), key=len)
    matches = longer or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return matches[0] if matches else None


LONG_NAME = 200


def join_names(names: Iterable[str], most: int = 12) -> str:
    """Names for a message, cut after ``most`` with the number left out.

    >>> join_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = [escape(name if len(name) <= LONG_NAME else f"{name[:LONG_NAME]}…") for name in names]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


QUOTED = re.compile(r'"((?:[^"]|"")*)"')
ITEM = re.compile(r'\s*((?:[^,:]*:"(?:[^"]|"")*"[^,]*|[^,]*))(?:,|$)')
AMBIGUOUS = re.compile(r'[,*?\[]|^\s|\s$|^"|@each$|^$')
"""What the name of a class may hold that would mean something else in a list, a pattern or a rule."""


def unquoted(text: str) -> str | None:
    """The name of a class in double quotes, which are doubled within; None where there are none around it.

    >>> unquoted('"a,b"'), unquoted('"6"" nail"'), unquoted("a")
    ('a,b', '6" nail', None)
    """
    match = QUOTED.fullmatch(text)
    return None if match is None else match[1].replace('""', '"')


def typed_name(key: str) -> str:
    """The full name of a metric as it can be typed: the class in quotes where it needs them.

    >>> typed_name("recall:cat"), typed_name("recall:a,b")
    ('recall:cat', 'recall:"a,b"')
    """
    head, colon, cls = key.partition(":")
    if not colon or not AMBIGUOUS.search(cls):
        return key
    return head + ':"' + cls.replace('"', '""') + '"'


def for_shell(*names: str) -> str:
    """Full names of metrics as one word of a command line.

    >>> print(for_shell("f1", "recall:a,b"))
    'f1,recall:"a,b"'
    """
    words = ",".join(map(typed_name, names))
    return shlex.quote(words) if '"' in words else words


def split_names(values: Iterable[str] | None) -> tuple[str, ...]:
    """Names of metrics between commas, of a repeatable option; a class in double quotes may hold commas.

    >>> split_names(['f1, recall:"a,b"', "ece"])
    ('f1', 'recall:"a,b"', 'ece')
    """
    found = (match[1].strip() for value in values or () for match in ITEM.finditer(value))
    return tuple(name for name in found if name)
