"""Checks by the code of their note: one decorated function per note, and reasons to skip it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct, field

from evalcli.findings import Finding, Hint
from evalcli.report.notes import NOTES, Code
from evalcli.report.notes import note as finding

V = TypeVar("V")


class Remark(Struct, frozen=True):
    """Result of a check: a note without its code and level, which are declared.

    ``hint``: the next step, if it is not the declared one.
    """

    message: str
    count: int | None = None
    rows: tuple[int, ...] = ()
    hint: Hint | str | None = None


class Looked(Struct, frozen=True):
    """Notes that were raised, and codes that were not looked for, with reasons."""

    notes: tuple[Finding, ...] = ()
    not_looked_for: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Looked) -> Looked:
        """Both, those of the checks in the order in which their codes are declared."""
        skipped = {**self.not_looked_for, **other.not_looked_for}
        return Looked(
            notes=tuple(sorted((*self.notes, *other.notes), key=lambda note: _place(note.code))),
            not_looked_for={code: skipped[code] for code in sorted(skipped, key=_place)},
        )


LAST = 1 << 16
"""Place of codes of later releases, which states may hold."""
_PLACE = {code: place for place, code in enumerate(NOTES)}


def _place(code: str) -> int:
    return _PLACE.get(code, LAST)


Make = Callable[[V], Iterator[Remark]]
Unless = Callable[[V], str | None]
"""Why a note is not looked for; None if it is."""


class Check(Generic[V], Struct, frozen=True):
    """The function of a note, and its reasons to skip."""

    make: Make[V]
    unless: tuple[Unless[V], ...]


class Checks(Generic[V]):
    """The checks of one kind of object: a finished pass, or a report."""

    def __init__(self) -> None:
        self.by_code: dict[str, Check[V]] = {}

    def note(self, code: str, *unless: Unless[V]) -> Callable[[Make[V]], Make[V]]:
        """Declare the function that raises a note; ``unless``: reasons why it is not looked for."""
        if code not in NOTES or code in self.by_code:
            raise ValueError(f"{code} has no declaration, or two checks")

        def declare(make: Make[V]) -> Make[V]:
            self.by_code[code] = Check(make, unless)
            return make

        return declare

    def look(self, view: V, excluded: Unless[Code], unread: Unless[Code]) -> Looked:
        """Call every check, in the order in which the codes are declared.

        ``excluded``: why a code is not looked for, as declared. ``unread``: why a metric that it needs is
        unknown; such a check still runs, but only a note that it raises is a result.
        """
        notes: list[Finding] = []
        not_looked_for: dict[str, str] = {}
        for code, facts in NOTES.items():
            check = self.by_code.get(code)
            if check is None:
                continue
            reason = excluded(facts) or next((why for why in (w(view) for w in check.unless) if why), None)
            if reason is None:
                remarks = list(check.make(view))
                notes += [finding(code, r.message, r.count, r.rows, r.hint) for r in remarks]
                reason = None if remarks else unread(facts)
            if reason is not None:
                not_looked_for[code] = reason
        return Looked(tuple(notes), not_looked_for)


__all__ = ["Check", "Checks", "Looked", "Remark"]
