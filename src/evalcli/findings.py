"""What there is to say about files, options and results: one finding, and the steps that lead on from it.

A hint is data: options and their values, in the names that they have in Python, or another command; what it
looks like on a command line is decided here alone, by ``str()``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from evalcli.text import escape

Level = Literal["error", "warning", "note"]
Value = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where something is: a file, and in it a column and a row of data (or a line of text), from 1.

    >>> str(Place("a.csv", "label").at(row=3))
    'a.csv, column label, row 3'
    """

    file: str
    column: str | None = None
    row: int | None = None
    line: int | None = None

    def at(self, column: str | None = None, row: int | None = None) -> Place:
        """The same place, more exactly."""
        return replace(self, column=column or self.column, row=row or self.row)

    def __str__(self) -> str:
        parts = [escape(self.file)]
        parts += [f"line {self.line}"] if self.line is not None else []
        parts += [f"column {escape(self.column)}"] if self.column is not None else []
        parts += [f"row {self.row}"] if self.row is not None else []
        return ", ".join(parts)


class Blank(str):
    """A value that only the user knows: shown as it is, in capitals."""


@dataclass(frozen=True)
class Step:
    """One way on.

    ``options``: options to add, by their names in Python; True and False for flags. ``without``: options to
    leave out. ``command``: the words of a whole command in place of this one. ``instead``: a word as it was
    typed, and the word for it, empty to leave it out. ``guess``: whether it is asked rather than advised.
    ``words``: when the step is the right one; alone, what to do.
    """

    words: str = ""
    options: Mapping[str, Value] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    instead: tuple[str, str] | None = None
    guess: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether it can be typed as it is: it names something to type, and leaves nothing blank."""
        typed = bool(self.options or self.without or self.command or self.instead)
        values = (*self.options.values(), *self.command)
        return typed and not any(isinstance(value, Blank) for value in values)

    def __str__(self) -> str:
        parts = []
        if self.command:
            parts.append(" ".join(map(_shown, self.command)))
        if self.instead and self.instead[1]:
            parts.append(escape(self.instead[1]))
        parts += [_typed(name, value) for name, value in self.options.items()]
        parts += [f"without {flag(name)}" for name in self.without]
        text = " ".join(parts)
        if self.guess:
            return f"did you mean {text}?"
        return " ".join(part for part in (text, self.words) if part)

    def to_json(self) -> dict[str, Any]:
        """Plain data; only what the step has."""
        parts = {
            "options": {name: list(v) if isinstance(v, tuple) else v for name, v in self.options.items()},
            "without": list(self.without),
            "command": list(self.command),
            "instead": list(self.instead or ()),
            "words": self.words,
            "guess": self.guess,
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """Inverse of ``to_json``."""
        options = {
            name: tuple(v) if isinstance(v, list) else v for name, v in data.get("options", {}).items()
        }
        old, new = data.get("instead") or (None, None)
        return cls(
            words=data.get("words", ""),
            options=options,
            without=tuple(data.get("without", ())),
            command=tuple(data.get("command", ())),
            instead=None if old is None or new is None else (old, new),
            guess=data.get("guess", False),
        )


@dataclass(frozen=True)
class Hint:
    """The ways on from a finding, the likeliest first.

    >>> print(use(missing="drop") | "fix these rows")
    --missing drop; or fix these rows
    """

    steps: tuple[Step, ...]

    def __or__(self, other: Hint | str | None) -> Hint:
        return self if other is None else Hint((*self.steps, *as_hint(other).steps))

    def __ror__(self, other: str) -> Hint:
        return as_hint(other) | self

    def __str__(self) -> str:
        return "; or ".join(map(str, self.steps))


def use(words: str = "", /, **options: Value) -> Hint:
    """Options to add, and when they are right.

    >>> print(use("if attack is meant", positive="attack")), print(use(header=False))
    --positive attack if attack is meant
    --no-header
    (None, None)
    """
    return Hint((Step(words, options),))


def maybe(**options: Value) -> Hint:
    """A question whether these options were meant."""
    return Hint((Step(options=options, guess=True),))


def instead(typed: str, better: str) -> Hint:
    """A question whether a word was meant for another.

    >>> print(instead("preds.cvs", "preds.csv"))
    did you mean preds.csv?
    """
    return Hint((Step(instead=(typed, better), guess=True),))


def omit(*options: str, words: str = "") -> Hint:
    """Options to leave out."""
    return Hint((Step(words, without=options),))


def run(*command: str, words: str = "") -> Hint:
    """Another command, in words as they are typed.

    >>> print(run("evalcli", "score", "my preds.csv", "--labels", "y.csv"))
    evalcli score 'my preds.csv' --labels y.csv
    """
    return Hint((Step(words, command=command),))


def as_hint(hint: Hint | str) -> Hint:
    """What to do in words alone, as a hint."""
    return Hint((Step(hint),)) if isinstance(hint, str) else hint


def flag(name: str, value: Value = True) -> str:
    """An option as it is typed.

    >>> flag("by_order"), flag("intervals", False)
    ('--by-order', '--no-intervals')
    """
    return ("--no-" if value is False else "--") + name.replace("_", "-")


def as_name(option: str) -> str:
    """The name of an option in Python.

    >>> as_name("--label-col")
    'label_col'
    """
    return option.removeprefix("--").replace("-", "_")


def plain(value: Value) -> str:
    """The value of an option as one word, before any shell."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _typed(name: str, value: Value) -> str:
    return flag(name, value) if isinstance(value, bool) else f"{flag(name)} {_shown(plain(value))}"


def _shown(word: str) -> str:
    word = word if isinstance(word, Blank) else escape(word)
    return word if isinstance(word, Blank) or word == "..." else shlex.quote(word)


@dataclass(frozen=True)
class Finding:
    """Something to be said, with a code: an error, a warning or a note.

    ``message``: one sentence. ``count``: of the rows or names that it is about; ``rows``: the first of them,
    from 1. ``where``: file, column, row. ``found``: what was found there. ``hint``: the steps that lead on.
    """

    level: Level
    code: str
    message: str
    count: int | None = None
    rows: tuple[int, ...] = ()
    where: Place | str | None = None
    found: str | None = None
    hint: Hint | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data; file, column, row and line where they are known."""
        place = self.where if isinstance(self.where, Place) else None
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "count": self.count,
            "rows": list(self.rows),
            "where": None if self.where is None else str(self.where),
            "file": place.file if place else None,
            "column": place.column if place else None,
            "row": place.row if place else None,
            "line": place.line if place else None,
            "seen": self.found,
            "try": None if self.hint is None else str(self.hint),
            "steps": [step.to_json() for step in self.hint.steps] if self.hint else [],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Inverse of ``to_json``; reads reports of earlier releases, too."""
        place: Place | str | None = data.get("where")
        if data.get("file") is not None:
            place = Place(data["file"], data.get("column"), data.get("row"), data.get("line"))
        hint = Hint(tuple(map(Step.from_json, data["steps"]))) if data.get("steps") else None
        return cls(
            level=data.get("level", "warning"),
            code=data["code"],
            message=data["message"],
            count=data.get("count"),
            rows=tuple(data.get("rows", ())),
            where=place,
            found=data.get("seen"),
            hint=hint or (as_hint(data["try"]) if data.get("try") else None),
        )
