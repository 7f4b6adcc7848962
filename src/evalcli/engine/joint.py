"""What the rows say of two models together, from the rows or from stored sums."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from evalcli.engine.sides import Scored, Side
from evalcli.statistics.joint_table import Joint, JointTable

ALIKE = 1e-6
"""Difference of two probabilities that are the same."""


class Joints(Protocol):
    """The joint of any two models."""

    def of(self, old: Scored, new: Scored, at: int | None) -> Joint:
        """On all rows, or on those of a slice by its number."""
        ...


class RowJoints:
    """Joints from the rows of both models, each counted once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int | None], Joint] = {}

    def of(self, old: Scored, new: Scored, at: int | None) -> Joint:
        """On all rows, or on those of a slice by its number."""
        key = old.name, new.name, at
        if key not in self._known:
            self._known[key] = self._of(old, new, at)
        return self._known[key]

    def _of(self, old: Scored, new: Scored, at: int | None) -> Joint:
        first, side = (_with_rows(model) for model in (old, new))
        rows = first.kept.scored if at is None else first.slices[at].rows
        classes = first.context.classes
        before, after = first.codes(classes), side.codes(classes)
        if before is None or after is None:
            return Joint(None, False)
        before, after = before[rows], after[rows]
        was, now = (model.kept.sure(np.flatnonzero(rows)) for model in (first, side))
        same = np.array_equal(before, after) and np.allclose(was, now, atol=ALIKE, equal_nan=True)
        return Joint(JointTable.of(first.truth[rows], before, after, len(classes)), same)


def _with_rows(model: Scored) -> Side:
    if not isinstance(model, Side):
        raise TypeError(f"{model.name} has no rows")
    return model
