"""Names and other text in messages: escaping, joining, suggestions of similar names."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property


class Expression:
    """A regular expression that is compiled when it is first used: a command line needs few of them.

    >>> bool(Expression("A+", re.IGNORECASE).fullmatch("aa")), Expression("a").sub("b", "banal")
    (True, 'bbnbl')
    """

    def __init__(self, text: str, flags: int = 0) -> None:
        self.text, self.flags = text, flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern of the library."""
        return re.compile(self.text, self.flags)

    def match(self, text: str) -> re.Match[str] | None:
        """Match the beginning."""
        return self.compiled.match(text)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere."""
        return self.compiled.search(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match the whole text."""
        return self.compiled.fullmatch(text)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with all matches replaced."""
        return self.compiled.sub(new, text)


GLOB = Expression(r"[*?\[]")
"""Signs of a pattern of paths."""


COMMANDS = Expression(r"^(\s*)::|##(?=(?:vso)?\[)")
"""Text that a CI service reads as a command: ``::error::`` at the start, ``##[error]`` anywhere."""


def escape(text: str) -> str:
    r"""Escape control characters, so that a name from a file cannot move the cursor.

    It also cannot forge an annotation of a CI service.

    >>> escape("a\x1b[2Jb"), escape("::error::no")
    ('a\\x1b[2Jb', '\\x3a:error::no')
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if "::" in text or "##" in text:
        text = COMMANDS.sub(lambda match: match[0].replace("::", r"\x3a:").replace("##", r"\x23#"), text)
    return text


def suggest(name: str, names: Iterable[str]) -> str | None:
    """The known name that begins with ``name``, or is most similar to it, if there is one.

    >>> suggest("recal", ["precision", "recall"]), suggest("acc", ["mcc", "accuracy"])
    ('recall', 'accuracy')
    """
    import difflib

    known = list(names)
    longer = sorted((word for word in known if len(name) > 2 and word.startswith(name)), key=len)
    matches = longer or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return matches[0] if matches else None


def share_of(text: str) -> float:
    """A share, also as a percentage; NaN if it is no number.

    >>> share_of("0.02"), share_of(" 2%"), share_of("much")
    (0.02, 0.02, nan)
    """
    number = text.strip()
    try:
        return float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    except ValueError:
        return math.nan


LONG_NAME = 200


def join_names(names: Iterable[str], most: int = 12) -> str:
    """Names for a message, at most ``most`` and the number of the others.

    >>> join_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = [escape(name if len(name) <= LONG_NAME else f"{name[:LONG_NAME]}…") for name in names]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")


QUOTED = re.compile(r'"((?:[^"]|"")*)"')
ITEM = re.compile(r'\s*((?:[^,:]*:"(?:[^"]|"")*"[^,]*|[^,]*))(?:,|$)')
AMBIGUOUS = re.compile(r'[,*?\[]|^\s|\s$|^"|@each$|^$')
"""Parts of a class name that would have another meaning in a list, a pattern or a rule."""


def unquoted(text: str) -> str | None:
    """The class name within double quotes, with doubled quotes inside; None if it is not quoted.

    >>> unquoted('"a,b"'), unquoted('"6"" nail"'), unquoted("a")
    ('a,b', '6" nail', None)
    """
    match = QUOTED.fullmatch(text)
    return None if match is None else match[1].replace('""', '"')


def typed_name(key: str) -> str:
    """The full name of a metric as typed: the class is quoted if necessary.

    >>> typed_name("recall:cat"), typed_name("recall:a,b")
    ('recall:cat', 'recall:"a,b"')
    """
    head, colon, cls = key.partition(":")
    if not colon or not AMBIGUOUS.search(cls):
        return key
    return head + ':"' + cls.replace('"', '""') + '"'


def for_shell(*names: str) -> str:
    """Full names of metrics as one word for a command line.

    >>> print(for_shell("f1", "recall:a,b"))
    'f1,recall:"a,b"'
    """
    words = ",".join(map(typed_name, names))
    return shlex.quote(words) if '"' in words else words


def split_names(values: Iterable[str] | None) -> tuple[str, ...]:
    """Comma-separated names of metrics of a repeatable option; a quoted class may contain commas.

    >>> split_names(['f1, recall:"a,b"', "ece"])
    ('f1', 'recall:"a,b"', 'ece')
    """
    found = (match[1].strip() for value in values or () for match in ITEM.finditer(value))
    return tuple(name for name in found if name)


def names_of_files(files: Sequence[str]) -> list[str]:
    """Short names of files: without folders if these differ, and numbered where a file is there twice.

    >>> names_of_files(["a/x.csv", "b/y.csv"]), names_of_files(["a/x.csv", "b/x.csv"])
    (['x.csv', 'y.csv'], ['a/x.csv', 'b/x.csv'])
    >>> names_of_files(["x.csv", "x.csv"])
    ['x.csv', 'x.csv (2)']
    """
    short = [file.rpartition("/")[2] or file for file in files]
    names = short if len(set(short)) == len(set(files)) else list(files)
    return [
        name if files.index(file) == place else f"{name} ({files[: place + 1].count(file)})"
        for place, (name, file) in enumerate(zip(names, files, strict=True))
    ]
