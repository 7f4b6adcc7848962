"""Errors: what is wrong, where, what was found, how to fix it; and the exit codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from evalcli.findings import Finding, Hint, Place, as_hint, flag, maybe
from evalcli.text import escape, join_names, suggest


class ExitCode(IntEnum):
    """The process's exit code."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    UNDECIDED = 3
    BUG = 70
    INTERRUPTED = 130


EXIT_CODES = {
    ExitCode.OK: "done, and every rule passed",
    ExitCode.GATE_FAILED: "a rule failed",
    ExitCode.USAGE: "wrong usage, input that cannot be read or trusted, or a report that cannot be written",
    ExitCode.UNDECIDED: "a rule could not be decided, and none failed",
    ExitCode.BUG: "a bug",
    ExitCode.INTERRUPTED: "interrupted",
}


LONGEST = 4000
"""Maximum length of one part of a message."""
EXAMPLES = 5
"""Number of rows, ids or values in a message."""


class EvalcliError(Exception):
    """A failure that the user can fix; never shown as a traceback.

    ``what``: one sentence. ``where``: a place (file, column, row). ``found``: what was found there. ``hint``:
    the next step. ``code``: a name for programs. ``count``, ``rows``: the number of affected rows, and the
    first of them, from 1.
    """

    exit_code = ExitCode.USAGE
    code = "error"

    def __init__(
        self,
        what: str,
        *,
        where: Place | str | None = None,
        found: str | None = None,
        hint: Hint | str | None = None,
        code: str | None = None,
        count: int | None = None,
        rows: Sequence[int] = (),
    ) -> None:
        super().__init__(what)
        self.what, self.where, self.found = what, where, found
        self.hint = None if hint is None else as_hint(hint)
        self.code = code or self.code
        self.count, self.rows = count, tuple(rows)

    def __str__(self) -> str:
        parts = (("where", self.where), ("seen", self.found), ("try", self.hint))
        lines = [self.what, *(f"  {label}: {str(text)[:LONGEST]}" for label, text in parts if text)]
        # it may contain text of a file; escaped text is unchanged
        return "\n".join(escape(line) for text in lines for line in text.split("\n"))

    @property
    def errors(self) -> tuple[EvalcliError, ...]:
        """The single errors: only this one."""
        return (self,)

    @property
    def finding(self) -> Finding:
        """The error as a finding, the form that is also used for files and results."""
        return Finding(
            level="error",
            code=self.code,
            message=self.what,
            count=self.count,
            rows=self.rows,
            where=self.where,
            found=self.found,
            hint=self.hint,
        )

    def to_json(self) -> dict[str, Any]:
        """The finding as plain data, and the exit code; ``what`` is its message."""
        data = self.finding.to_json()
        return {
            "code": data.pop("code"),
            "what": data.pop("message"),
            **data,
            "exit_code": int(self.exit_code),
        }


class UsageError(EvalcliError):
    """The command line asks for something that does not exist or contradicts itself."""

    code = "usage"


def unknown_choice(option: str, value: str, choices: Sequence[str]) -> UsageError:
    """The error for an invalid value of an option, with the most similar valid one.

    >>> print(unknown_choice("missing", "drpo", ("error", "drop")))
    --missing: invalid value 'drpo'
      try: did you mean --missing drop?
    """
    like = suggest(value, choices)
    hint = maybe(**{option: like}) if like else f"one of {join_names(choices)}"
    return UsageError(f"{flag(option)}: invalid value {value!r}", hint=hint)


class SeveralErrors(UsageError):
    """Several errors, each reported in full."""

    def __init__(self, errors: Sequence[EvalcliError]) -> None:
        first = errors[0]
        super().__init__(first.what, where=first.where, found=first.found, hint=first.hint, code=first.code)
        self._errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self._errors))

    @property
    def errors(self) -> tuple[EvalcliError, ...]:
        """The single errors."""
        return self._errors


class InputError(EvalcliError):
    """A file cannot be read, or its content cannot be trusted."""

    code = "input"


class AmbiguousInput(InputError):
    """The file can be read in more than one way: a question to the user, not a guess."""

    code = "question"


class OutputError(EvalcliError):
    """A report could not be written."""

    code = "output"


class ErrorCollector:
    """Collects errors, so that all of them are reported at once."""

    def __init__(self) -> None:
        self.found: list[EvalcliError] = []

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Continue after an error in the context."""
        try:
            yield
        except EvalcliError as error:
            self.found += error.errors

    def raise_if_any(self) -> None:
        """Raise the collected errors, if there are any."""
        if len(self.found) > 1:
            raise SeveralErrors(self.found)
        if self.found:
            raise self.found[0]
