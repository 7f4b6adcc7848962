"""Sorted keys of scores: in memory or in a file, and cut into segments.

A probability's bit pattern orders as the number does and leaves the top bits free, so that
``(bits << 1) | is_positive`` is an exact integer key: one sort of values orders the scores *and* carries the
labels, several times faster than an argsort.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from evalcli.blocks import Array, distinct
from evalcli.blocks.base import DType
from evalcli.statistics.base import Mapper

SPLIT_ROWS = 1 << 20
SEGMENT_ROWS = 1 << 18
"""Keys per segment: the temporary arrays stay in the cache."""
SAMPLES = 128
"""Keys of an array that are sampled per segment, to cut several arrays at the same scores."""
KEYS: dict[np.dtype[np.floating], type[np.unsignedinteger]] = {
    np.dtype(np.float32): np.uint32,
    np.dtype(np.float64): np.uint64,
}


class SortedKeys(Protocol):
    """Keys in ascending order, in an array or in a file, of which some are read at a time."""

    @property
    def dtype(self) -> DType:
        """uint32 or uint64."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Array:
        """Consecutive keys, or every so many."""
        ...

    def searchsorted(self, values: Array, /, side: Literal["left", "right"]) -> npt.NDArray[np.intp]:
        """How many keys are below values, or not above."""
        ...


def keys_of(scores: Array, positive: npt.NDArray[np.bool_]) -> Array:
    """Scores in [0, 1], which are overwritten, as integers in the same order whose last bit is the label."""
    keys = scores.view(KEYS[scores.dtype])
    np.left_shift(keys, 1, out=keys)
    keys |= positive
    return keys


def scores_of_keys(keys: Array) -> Array:
    """The scores that keys were made of."""
    return (keys >> keys.dtype.type(1)).view(np.float32 if keys.itemsize == 4 else np.float64)


def as_wide(keys: Array) -> Array:
    """Keys of the same scores in float64."""
    if keys.dtype == np.uint64:
        return keys
    return keys_of(scores_of_keys(keys).astype(np.float64), (keys & 1).astype(np.bool_))


def sort_keys(keys: Array, mapper: Mapper, split_rows: int = SPLIT_ROWS) -> Array:
    """Sort in place; a long array on two threads, since the halves of a partition are independent."""
    if len(keys) < split_rows or mapper is map:
        keys.sort()
        return keys
    middle = len(keys) // 2
    keys.partition(middle)
    list(mapper(lambda part: part.sort(), (keys[:middle], keys[middle:])))
    return keys


def cut_at_scores(arrays: Sequence[SortedKeys], segment_rows: int = SEGMENT_ROWS) -> list[list[int]]:
    """Where each array begins in every segment of about ``segment_rows`` rows, cut between scores."""
    step = max(segment_rows // SAMPLES, 1)
    sample = np.sort(np.concatenate([keys[step::step] for keys in arrays]))
    per_segment = max(segment_rows // step, 1)
    # the highest key of a score
    ends = distinct(sample[per_segment - 1 :: per_segment] | sample.dtype.type(1))
    return [[0, *keys.searchsorted(ends, side="right").tolist(), len(keys)] for keys in arrays]


def slices_of(arrays: Sequence[SortedKeys], cuts: list[list[int]], index: int) -> list[Array]:
    """The keys of one segment in each array."""
    return [keys[cut[index] : cut[index + 1]] for keys, cut in zip(arrays, cuts, strict=True)]


def merged(arrays: Sequence[SortedKeys], cuts: list[list[int]], index: int) -> Array:
    """The sorted keys of one segment of several arrays."""
    parts = slices_of(arrays, cuts, index)
    return np.sort(np.concatenate(parts)) if len(parts) > 1 else parts[0]
