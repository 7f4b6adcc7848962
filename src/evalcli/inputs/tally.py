"""Counts of a pass in addition to the statistics: dropped rows and why, clipped values."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, field

from evalcli.blocks import Array
from evalcli.errors import EXAMPLES
from evalcli.statistics.base import Summable


class Examples(Struct, frozen=True):
    """Some rows, counted from 0 over all predictions, and the value in the first of them."""

    rows: tuple[int, ...]
    found: str


class RowTally(Summable, Struct, frozen=True):
    """Counts in addition to the states.

    ``dropped``: number of dropped rows by reason; ``examples``: the first of each. ``rounded``: clipped
    values. ``disagreements``: predicted classes in the file that are not the argmax. ``extra``: rows whose id
    has no label; ``unmatched_ids``: the first such ids. ``spans``: lowest and highest score of each column,
    (2, k). ``unsummed``: rows of probabilities that do not sum to 1. ``gaps``: missing labels in rows with
    other labels, and these rows. Examples are the first rows and ids.
    """

    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Examples] = field(default_factory=dict)
    rows: int = 0
    rounded: int = 0
    disagreements: int = 0
    extra: int = 0
    unmatched_ids: tuple[str, ...] = ()
    spans: Array | None = None
    unsummed: int = 0
    gaps: tuple[int, int] = (0, 0)

    def __add__(self, other: RowTally) -> RowTally:
        dropped, examples = dict(self.dropped), dict(other.examples)
        for reason, count in other.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
        for reason, sample in self.examples.items():
            more = examples[reason].rows if reason in examples else ()
            examples[reason] = Examples((*sample.rows, *more)[:EXAMPLES], sample.found)
        return RowTally(
            dropped=dropped,
            examples=examples,
            rows=self.rows + other.rows,
            rounded=self.rounded + other.rounded,
            disagreements=self.disagreements + other.disagreements,
            extra=self.extra + other.extra,
            unmatched_ids=(self.unmatched_ids + other.unmatched_ids)[:EXAMPLES],
            spans=_wider(self.spans, other.spans),
            unsummed=self.unsummed + other.unsummed,
            gaps=(self.gaps[0] + other.gaps[0], self.gaps[1] + other.gaps[1]),
        )

    @property
    def scored(self) -> int:
        """Number of rows that were not dropped."""
        return self.rows - sum(self.dropped.values())


def _wider(left: Array | None, right: Array | None) -> Array | None:
    if left is None or right is None:
        return right if left is None else left
    return np.stack([np.minimum(left[0], right[0]), np.maximum(left[1], right[1])])
