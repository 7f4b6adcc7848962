"""Columns of many rows as they arrived, in parts: without the memory that one array of them would need."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.cached import cached_property
from evalcli.statistics.base import Floats

SEVERAL = 64
"""With so many rows per looked-up row, parts are looked through; with fewer they are joined."""
TRIED = 64


def compact(values: Floats) -> Array:
    """The values as float32 where that is exact.

    >>> compact(np.array([0.5, 3.0])).dtype.name, compact(np.array([0.1, 3.0])).dtype.name
    ('float32', 'float64')
    """
    for some in (values[:TRIED], values):
        single = some.astype(np.float32)
        if not (single == some).all():
            return values
    return single


class Column(Struct, frozen=True, eq=False, dict=True):
    """Values of all rows, (n,), in parts; rows of it are float64."""

    parts: tuple[Array, ...]

    def __len__(self) -> int:
        return int(self._ends[-1])

    @cached_property
    def _ends(self) -> npt.NDArray[np.int64]:
        return np.cumsum([len(part) for part in self.parts])

    def __getitem__(self, rows: Array | slice) -> Floats:
        """New or shared values of some rows."""
        if not isinstance(rows, slice):
            return self._at(rows)
        start, stop, step = rows.indices(len(self))
        if step != 1:
            return self._at(np.arange(start, stop, step))
        index = int(np.searchsorted(self._ends, start, side="right"))
        found: list[Array] = []
        while start < stop:
            skipped = start - int(self._ends[index] - len(self.parts[index]))
            found.append(self.parts[index][skipped : skipped + stop - start])
            start += len(found[-1])
            index += 1
        values = found[0] if len(found) == 1 else np.concatenate([np.empty(0), *found])
        return values.astype(np.float64, copy=False)

    def _at(self, rows: Array) -> Floats:
        if len(rows) * SEVERAL > len(self):
            return np.concatenate(self.parts)[rows].astype(np.float64, copy=False)
        index = np.searchsorted(self._ends, rows, side="right")
        values = np.empty(len(rows))
        for which in sorted(set(index.tolist())):
            here = index == which
            part = self.parts[which]
            values[here] = part[rows[here] - (self._ends[which] - len(part))]
        return values

    def min(self) -> float:
        """The lowest value."""
        return float(min(part.min() for part in self.parts if len(part)))

    def max(self) -> float:
        """The highest value."""
        return float(max(part.max() for part in self.parts if len(part)))
