"""A metric of one's own as it is declared: a name, and a formula over other metrics or a cost of each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Better = Literal["higher", "lower", "none"]
COST = "cost"
"""The metric of a cost matrix."""


class Definition(Struct, frozen=True):
    """A name and a formula.

    ``better`` and ``range``: found from the formula if they are not given; None in a range: no limit.
    ``kind``: the metric is a formula of others, or one of all rows or of single classes that was declared in
    Python or by a cost matrix, with ``formula`` for readers. ``source``: where it was declared.
    """

    name: str
    formula: str
    better: Better | None = None
    range: tuple[float | None, float | None] | None = None
    kind: Literal["formula", "rows", "classes"] = "formula"
    source: str | None = None

    @property
    def limits(self) -> tuple[float, float] | None:
        """The range, with infinity where there is no limit."""
        if self.range is None:
            return None
        low, high = self.range
        return (-math.inf if low is None else low, math.inf if high is None else high)


class CostMatrix(Struct, frozen=True):
    """Costs: ``rows[i][j]`` of a row of class ``truth[i]`` that is predicted as ``predicted[j]``.

    ``source``: for messages. Without names, the classes are those of the data in their order.
    """

    source: str
    rows: tuple[tuple[float, ...], ...]
    truth: tuple[str, ...] = ()
    predicted: tuple[str, ...] = ()


def names_of(texts: Sequence[str] | None, cost_matrix: str | None = None) -> tuple[str, ...]:
    """Names that options define; of a text that is no definition, what may have been meant."""
    names = tuple(text.partition("=")[0].strip() for text in texts or ())
    return names if cost_matrix is None else (COST, *names)
