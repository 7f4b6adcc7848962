"""What is counted beside the statistics: rows that were set aside and why, values that were clipped."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import EXAMPLES
from evalcli.statistics.base import Summable


@dataclass(frozen=True)
class Sample:
    """Some rows, counted from 0 over all predictions, and what the first of them holds."""

    rows: tuple[int, ...]
    seen: str


@dataclass(frozen=True)
class Tally(Summable):
    """What was counted beside the states.

    ``dropped``: rows set aside by reason, with the first of each in ``samples``. ``rounded``: values clipped.
    ``disagreements``: stored classes off the argmax. ``extra``: rows whose id has no label, and ``strangers``
    the first such ids. ``spans``: lowest and highest score of each column, (2, k). ``unsummed``: rows of
    probabilities that do not sum to 1. What is shown of rows and ids are those that come first.
    """

    dropped: dict[str, int] = field(default_factory=dict)
    samples: dict[str, Sample] = field(default_factory=dict)
    rows: int = 0
    rounded: int = 0
    disagreements: int = 0
    extra: int = 0
    strangers: tuple[str, ...] = ()
    spans: Array | None = None
    unsummed: int = 0

    def __add__(self, other: Tally) -> Tally:
        dropped, samples = dict(self.dropped), dict(other.samples)
        for reason, count in other.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
        for reason, sample in self.samples.items():
            more = samples[reason].rows if reason in samples else ()
            samples[reason] = Sample((*sample.rows, *more)[:EXAMPLES], sample.seen)
        return Tally(
            dropped,
            samples,
            self.rows + other.rows,
            self.rounded + other.rounded,
            self.disagreements + other.disagreements,
            self.extra + other.extra,
            (self.strangers + other.strangers)[:EXAMPLES],
            _wider(self.spans, other.spans),
            self.unsummed + other.unsummed,
        )

    @property
    def scored(self) -> int:
        """Rows that were not set aside."""
        return self.rows - sum(self.dropped.values())


def _wider(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None:
        return other if one is None else one
    return np.stack([np.minimum(one[0], other[0]), np.maximum(one[1], other[1])])
