"""What the state file of a comparison holds: the sums of each model, and what its rows say of two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, takewhile
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from evalcli.engine.stored_content import Content, write_content
from evalcli.engine.stored_pass import StoredPass, head_of
from evalcli.engine.together import differences, together
from evalcli.report.json_values import Json
from evalcli.report.state_facts import PartFacts
from evalcli.statistics import Mapper
from evalcli.statistics.joint_table import Joint
from evalcli.text import join_names

if TYPE_CHECKING:
    from evalcli.engine.joint import Joints
    from evalcli.engine.sides import Scored, Side

BETWEEN = "-_.=/ "
"""Signs between the name of a model and that of a part."""


class SliceJoints(Struct, frozen=True, eq=False):
    """The first model with each other one on the rows of a slice."""

    by: Mapping[str, str | None]
    joints: tuple[Joint, ...]


class StoredComparison(Content, frozen=True, eq=False):
    """Models on the same rows. Two of them add.

    ``left_out``: rows of each model that another one lacks. ``corrected``: whether tests are adjusted.
    ``whole``: every two models, in the order of ``combinations``.
    """

    what = "a comparison"
    command = "compare"

    names: tuple[str, ...]
    models: tuple[StoredPass, ...]
    left_out: tuple[int, ...]
    corrected: bool
    whole: tuple[Joint, ...]
    slices: tuple[SliceJoints, ...] = ()

    @property
    def parts(self) -> tuple[PartFacts, ...]:
        """The parts of the first model; the rows are those of all."""
        return self.models[0].parts

    def compacted(self) -> StoredComparison:
        """The same with all rows of a ranking in one run."""
        return replace(self, models=tuple(model.compacted() for model in self.models))

    def differences(self, other: StoredComparison) -> Iterator[str]:
        """Why two comparisons cannot be added, each in some words."""
        if len(self.models) != len(other.models):
            yield f"models: {join_names(self.names)} and {join_names(other.names)}"
            return
        if _are_turned(self.names, other.names):
            yield f"models in another order: {join_names(self.names)} and {join_names(other.names)}"
            return
        for name, one, another in zip(self.names, self.models, other.models, strict=True):
            yield from (f"{name}: {words}" for words in differences(one, another))

    def __add__(self, other: StoredComparison) -> StoredComparison:
        slices = {tuple(part.by.items()): part for part in self.slices}
        for part in other.slices:
            key = tuple(part.by.items())
            slices[key] = (
                replace(part, joints=_sums(slices[key].joints, part.joints)) if key in slices else part
            )
        return StoredComparison(
            names=tuple(map(_common, self.names, other.names)),
            models=tuple(map(together, self.models, other.models)),
            left_out=tuple(map(sum, zip(self.left_out, other.left_out, strict=True))),
            corrected=self.corrected and other.corrected,
            whole=_sums(self.whole, other.whole),
            slices=tuple(slices.values()),
        )

    @property
    def shown_names(self) -> list[str]:
        """Names of the models, of which parts may have left nothing that they share."""
        known = len(set(self.names)) == len(self.names) and all(self.names)
        return list(self.names) if known else [f"model {number}" for number in range(1, len(self.names) + 1)]

    def of(self, old: Scored, new: Scored, at: int | None) -> Joint:
        """Two models on all rows, or on those of a slice of the first model by its number."""
        first, second = (self.shown_names.index(model.name) for model in (old, new))
        if at is not None:
            by = dict(old.slices[at].by)
            return next(part for part in self.slices if dict(part.by) == by).joints[second - 1]
        low, high = sorted((first, second))
        joint = self.whole[list(combinations(range(len(self.models)), 2)).index((low, high))]
        return joint if first < second else joint.reversed()


def _sums(joints: Sequence[Joint], more: Sequence[Joint]) -> tuple[Joint, ...]:
    return tuple(one + other for one, other in zip(joints, more, strict=True))


def _common(one: str, other: str) -> str:
    """What the names of a model in two parts share: up to a number or a word that differs.

    >>> _common("old/part-1.csv", "old/part-2.csv"), _common("new", "new"), _common("net50_1", "net50_2")
    ('old/part', 'new', 'net50')
    >>> _common("net50", "net50_3"), _common("old-1", "old-10")
    ('net50', 'old')
    """
    if one == other:
        return one
    size = _alike(one, other)
    begun, rests = one[:size], (one[size : size + 1], other[size : size + 1])
    if any(rest.isdigit() for rest in rests):
        begun = begun.rstrip("0123456789")
    return begun.rstrip(BETWEEN)


def _alike(one: str, other: str) -> int:
    """Length of the beginning that two names share."""
    return sum(takewhile(bool, (a == b for a, b in zip(one, other, strict=False))))


def _are_turned(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two models fit each other's names better than their own.

    >>> _are_turned(["old-1", "new-1"], ["new-2", "old-2"]), _are_turned(["a", "b"], ["a", "c"])
    (True, False)
    """

    def alike(one: str, other: str) -> int:
        return _alike(one, other) + _alike(one[::-1], other[::-1]) + 100 * (one == other)

    return any(
        alike(names[i], others[j]) + alike(names[j], others[i])
        > alike(names[i], others[i]) + alike(names[j], others[j])
        for i, j in combinations(range(len(names)), 2)
    )


def stored_comparison(
    sides: Sequence[Side], left_out: Sequence[int], joints: Joints, corrected: bool
) -> StoredComparison:
    """What a comparison leaves for others; its options say that states are kept."""
    first, *others = sides
    return StoredComparison(
        names=tuple(side.name for side in sides),
        models=tuple(side.stored for side in sides if side.stored is not None),
        left_out=tuple(left_out),
        corrected=corrected,
        whole=tuple(joints.of(one, other, None) for one, other in combinations(sides, 2)),
        slices=tuple(
            SliceJoints(part.by, tuple(joints.of(first, other, at) for other in others))
            for at, part in enumerate(first.slices)
        ),
    )


def write_comparison(stored: StoredComparison, mapper: Mapper = map) -> bytes:
    """The bytes of a state file."""
    models: list[Json] = [*stored.shown_names]
    first = stored.models[0]
    by_number = all(part.first_row is not None for part in first.parts)
    draws = f"row of the labels {'among' if by_number else 'of each of'} all parts"
    head = {**head_of(first), "models": models, "draws": draws}
    return write_content(head, stored, mapper)
