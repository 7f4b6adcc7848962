"""What can go wrong, said once: what, where, what was seen, how to mend it; and the exit codes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """The process's exit code."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    UNDECIDED = 3
    BUG = 70
    INTERRUPTED = 130


class EvalcliError(Exception):
    """A failure that the user can mend; never shown as a traceback.

    ``what`` is one sentence, ``where`` a place (file, column, row), ``seen`` what was found there, ``mend``
    the next step.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self, what: str, *, where: str | None = None, seen: str | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what)
        self.what, self.where, self.seen, self.mend = what, where, seen, mend

    def __str__(self) -> str:
        parts = (("where", self.where), ("seen", self.seen), ("try", self.mend))
        return "\n".join([self.what, *(f"  {label}: {text}" for label, text in parts if text)])


class UsageError(EvalcliError):
    """The command line asks for something that does not exist or contradicts itself."""


class InputError(EvalcliError):
    """A file cannot be read, or what it says cannot be trusted."""


class AmbiguousInput(InputError):
    """The file can be read in more than one way: a question to the user, not a guess."""


class OutputError(EvalcliError):
    """A report could not be written."""


def printable(text: str) -> str:
    r"""Show control characters as escapes, so that a name from a file cannot move the cursor.

    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that is most like ``name``, or begins with it, if any does.

    >>> nearest("recal", ["precision", "recall"]), nearest("acc", ["mcc", "accuracy"])
    ('recall', 'accuracy')
    """
    known = list(names)
    longer = sorted((other for other in known if len(name) > 2 and other.startswith(name)), key=len)
    found = longer or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found else None


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names for a message, cut after ``most`` with the number left out.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = [printable(name) for name in names]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" and {rest} more" if rest > 0 else "")
