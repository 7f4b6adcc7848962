"""Hashes of row numbers, by which rows are sampled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

RowHashes = npt.NDArray[np.uint64]


def hash_rows(numbers: npt.NDArray[Any], seed: int) -> RowHashes:
    """Hash each integer to 64 bits: splitmix64 (Steele, Lea & Flood, OOPSLA 2014)."""
    offset = np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) & 0xFFFFFFFFFFFFFFFF)
    x = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offset
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(x ^ (x >> np.uint64(31)))


def place_by_names(names: Sequence[str]) -> int:
    """What the rows of files are numbered from that do not know their place among others."""
    from hashlib import sha256  # few runs need it

    return int.from_bytes(sha256(repr(tuple(names)).encode()).digest()[:7], "big")


def leading_bits(hashes: RowHashes) -> npt.NDArray[np.uint32]:
    """The half of each hash that orders most of them, to be kept of every row."""
    return (hashes >> np.uint64(32)).astype(np.uint32)
