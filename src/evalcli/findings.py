"""Findings about files, options and results, and hints: the next steps.

A hint is data: options by their Python names with values, or another command. Only ``str()`` in this module
renders it for a command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from evalcli.text import escape

Level = Literal["error", "warning", "note"]
Value = str | int | float | bool | tuple[str, ...]


class Place(Struct, frozen=True):
    """A place: a file, and in it a column and a row of data (or a line of text), from 1.

    >>> str(Place("a.csv", "label").at(row=3))
    'a.csv, column label, row 3'
    """

    file: str
    column: str | None = None
    row: int | None = None
    line: int | None = None

    def at(self, column: str | None = None, row: int | None = None) -> Place:
        """The same place, with a column or a row."""
        return replace(self, column=column or self.column, row=row or self.row)

    def __str__(self) -> str:
        parts = [escape(self.file)]
        parts += [f"line {self.line}"] if self.line is not None else []
        parts += [f"column {escape(self.column)}"] if self.column is not None else []
        parts += [f"row {self.row}"] if self.row is not None else []
        return ", ".join(parts)


class Blank(str):
    """A placeholder for a value that only the user knows: shown unchanged, in capitals."""


class Step(Struct, frozen=True):
    """One possible next step.

    ``options``: options to add, by their Python names; True and False for flags. ``without``: options to
    remove. ``command``: the words of another command to run. ``instead``: a typed word and its replacement,
    empty to remove it. ``guess``: whether it is a question. ``words``: when the step applies; alone, what to
    do.
    """

    words: str = ""
    options: Mapping[str, Value] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    instead: tuple[str, str] | None = None
    guess: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether it can be typed unchanged: there is something to type, and no placeholder."""
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
        """The step as plain data, without empty parts."""
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


class Hint(Struct, frozen=True):
    """The possible next steps after a finding, the most likely first.

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
    """A hint with options to add, and when they apply.

    >>> print(use("if attack is meant", positive="attack")), print(use(header=False))
    --positive attack if attack is meant
    --no-header
    (None, None)
    """
    return Hint((Step(words, options),))


def maybe(**options: Value) -> Hint:
    """A hint that asks whether these options were meant."""
    return Hint((Step(options=options, guess=True),))


def instead(typed: str, better: str) -> Hint:
    """A hint that asks whether another word was meant.

    >>> print(instead("preds.cvs", "preds.csv"))
    did you mean preds.csv?
    """
    return Hint((Step(instead=(typed, better), guess=True),))


def omit(*options: str, words: str = "") -> Hint:
    """A hint with options to remove."""
    return Hint((Step(words, without=options),))


def run(*command: str, words: str = "") -> Hint:
    """A hint with another command, by its words.

    >>> print(run("evalcli", "score", "my preds.csv", "--labels", "y.csv"))
    evalcli score 'my preds.csv' --labels y.csv
    """
    return Hint((Step(words, command=command),))


def as_hint(hint: Hint | str) -> Hint:
    """A hint from text."""
    return Hint((Step(hint),)) if isinstance(hint, str) else hint


def flag(name: str, value: Value = True) -> str:
    """An option as typed.

    >>> flag("by_order"), flag("intervals", False)
    ('--by-order', '--no-intervals')
    """
    return ("--no-" if value is False else "--") + name.replace("_", "-")


def as_name(option: str) -> str:
    """The Python name of an option.

    >>> as_name("--label-col")
    'label_col'
    """
    return option.removeprefix("--").replace("-", "_")


def plain(value: Value) -> str:
    """The value of an option as one word, not quoted for a shell."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def words_of(name: str, value: Value) -> tuple[str, ...]:
    """An option and its value as words of a command.

    >>> words_of("bins", 7), words_of("header", False)
    (('--bins', '7'), ('--no-header',))
    """
    if isinstance(value, bool):
        return (flag(name, value),)
    return flag(name), value if isinstance(value, Blank) else plain(value)


def _typed(name: str, value: Value) -> str:
    return flag(name, value) if isinstance(value, bool) else f"{flag(name)} {_shown(plain(value))}"


def _shown(word: str) -> str:
    word = word if isinstance(word, Blank) else escape(word)
    return word if isinstance(word, Blank) or word == "..." else shlex.quote(word)


class Finding(Struct, frozen=True):
    """An error, a warning or a note, with a code.

    ``message``: one sentence. ``count``: number of affected rows or names; ``rows``: the first of them, from
    1. ``where``: file, column, row. ``found``: what was found there. ``hint``: the possible next steps.
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
        """The finding as plain data; file, column, row and line if they are known."""
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
        """Inverse of ``to_json``; also reads reports of earlier releases."""
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
