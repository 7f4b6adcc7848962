"""One array for the scores of all rows; the scores of the blocks are parts of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from evalcli.blocks.base import Array


class ScoreStore(Struct, frozen=True, eq=False):
    """``scores``: a class per row, in the order of the file, (m, rows); it owns its memory.

    Blocks write their scores where they will stay, so that ranking finds those of a class side by side, and
    may sort them in place. With many rows, copies and fresh memory would take longer than the sort.
    """

    scores: Array

    @classmethod
    def of(cls, width: int, rows: int, dtype: np.dtype[np.floating]) -> ScoreStore:
        """Room for ``rows`` rows."""
        return cls(np.empty((width, rows), dtype))

    def part(self, start: int, rows: int) -> Array:
        """Scores of consecutive rows, (m, rows)."""
        return self.scores[:, start : start + rows]

    def holds(self, part: Array) -> bool:
        """Whether an array is a part of it."""
        return part.base is self.scores

    def joined(self, parts: Sequence[Array]) -> Array:
        """Parts of the same classes, in the order of rows, as one; rows that were left out are closed up."""
        present = [part for part in parts if part.shape[1]]
        if not present:
            return parts[0]
        class_index, end = self._place(present[0])
        chosen = slice(class_index, class_index + len(present[0]))
        first = end
        for part in present:
            rows = part.shape[1]
            if self._place(part)[1] != end:
                self.scores[chosen, end : end + rows] = part  # NumPy allows for the overlap
            end += rows
        return self.scores[chosen, first:end]

    def _place(self, part: Array) -> tuple[int, int]:
        """Class and row of the first value of a part."""
        return divmod(_distance(part, self.scores), self.scores.shape[1])


def _distance(part: Array, whole: Array) -> int:
    """Number of values before a part."""
    start, own = (array.__array_interface__["data"][0] for array in (part, whole))
    return int(start - own) // whole.itemsize


def side_by_side(parts: Sequence[Array]) -> Array:
    """Arrays with rows last as one; not a copy if they are parts of one array that follow each other."""
    parts = [part for part in parts if part.shape[-1]] or parts[:1]
    whole = parts[0].base
    dense = all(part.ndim == 1 and part.flags.c_contiguous for part in parts)
    if dense and isinstance(whole, np.ndarray) and whole.ndim == 1 and whole.flags.c_contiguous:
        first = end = _distance(parts[0], whole)
        for part in parts:
            if part.base is not whole or part.dtype != whole.dtype or _distance(part, whole) != end:
                break
            end += len(part)
        else:
            return whole[first:end]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
