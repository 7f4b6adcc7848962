"""An exact index of the labels' ids, to find the row of each prediction in any order.

Integers that fill their range are indices of a table. All other ids are hashed: the hashes are sorted with
the row numbers in their low bits, and ids that are found by hash are compared by value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.blocks import distinct
from evalcli.findings import Place
from evalcli.inputs.matching.keys import (
    PART,
    Hashes,
    Keys,
    Texts,
    as_texts,
    is_plain,
    keys_of,
    mixed,
    whole_floats,
)

NONE = -1
SPREAD = 4
"""Maximum size of a table, in entries per id."""
SMALL_TABLE = 1 << 16
MIX = np.uint64(0xA0761D6478BD642F)
LEAST, MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max
CHUNK = 1 << 23
"""Integers per part: parts of 32 MiB are allocated and released by the system one by one."""


class RowIndex(Protocol):
    """Finds the rows of ids."""

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The row of each id, -1 if there is none."""
        ...

    def repeated(self) -> tuple[int, list[int]]:
        """Number of rows with the id of an earlier row, and the first five of them."""
        ...

    def name(self, row: int) -> str:
        """The id of a row."""
        ...

    def canonical_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64] | Hashes]:
        """The rows in an order that depends only on their ids, and a number for the id of each.

        Ids must be unique.
        """
        ...

    def numbers(self) -> Hashes:
        """A number for the id of each row, which depends on the id alone; (n,)."""
        ...

    @property
    def is_permutation(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order."""
        ...

    @property
    def is_row_order(self) -> bool:
        """Whether the ids are 0 to n - 1 in this order."""
        ...

    def __len__(self) -> int: ...


class Table:
    """Index of integers that fill their range: each is an index into a table of rows."""

    def __init__(self, parts: Sequence[npt.NDArray[np.int64]], low: int, high: int) -> None:
        self._low, self._n = low, sum(map(len, parts))
        self._table = np.full(high - low + 1, NONE, np.int32)
        # written from the last row up, so that the first of duplicates is kept
        end = self._n
        for part in reversed(parts):
            for stop in range(len(part), 0, -PART):
                some = part[max(stop - PART, 0) : stop][::-1]
                self._table[some - np.int64(low)] = np.arange(end - 1, end - len(some) - 1, -1)
                end -= len(some)
        self._copies: dict[int, int] = {}
        self._repeats = 0
        if np.count_nonzero(self._table != NONE) < self._n:
            values = np.concatenate(parts).astype(np.int64)
            copies = np.flatnonzero(self._table[values - low] != np.arange(self._n))
            self._repeats = len(copies)
            self._copies = {int(row): int(values[row]) for row in copies[:5]}

    def __len__(self) -> int:
        return self._n

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The row of each id, -1 if there is none."""
        if isinstance(keys, Texts):  # not all of them are numbers
            return _each_number(keys, self)
        low, last = self._low, self._low + len(self._table) - 1
        inside = (keys >= low) & (keys <= last)
        offsets = np.clip(keys, low, last) - low
        rows = self._table.take(offsets).astype(np.int64)
        if not inside.all():
            rows[~inside] = NONE
        return rows

    def repeated(self) -> tuple[int, list[int]]:
        """Number of rows with the id of an earlier row, and the first five of them."""
        return self._repeats, list(self._copies)

    def name(self, row: int) -> str:
        """The id of a row."""
        if row in self._copies:
            return str(self._copies[row])
        offsets = np.flatnonzero(self._table == row)
        return str(self._low + int(offsets[0]))

    def canonical_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64] | Hashes]:
        """The rows in increasing order of ids, and the ids."""
        offsets = np.flatnonzero(self._table != NONE)
        return self._table[offsets].astype(np.int64), offsets + self._low

    def numbers(self) -> Hashes:
        """The hash of the id of each row, as if it were in no table; ids must be unique."""
        rows, ids = self.canonical_order()
        numbers = np.zeros(self._n, np.uint64)
        numbers[rows] = hashes_of(ids.view(np.int64))
        return numbers

    @property
    def is_permutation(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order."""
        return self._low == 0 and len(self._table) == self._n and not self._repeats

    @property
    def is_row_order(self) -> bool:
        """Whether the ids are 0 to n - 1 in this order."""
        return self.is_permutation and bool((np.diff(self._table) == 1).all())


class Hashed:
    """Index of any ids, by their hashes."""

    def __init__(self, keys: Keys, hashes: Callable[[Keys], Hashes]) -> None:
        self._keys, n = keys, len(keys)
        self._hashes = hashes
        self._bits = max(n - 1, 1).bit_length()
        self._shift = np.uint64(64 - self._bits)
        self._low = np.uint64((1 << self._bits) - 1)
        self._packed = hashes(keys)
        self._packed &= ~self._low
        self._packed |= np.arange(n, dtype=np.uint64)
        self._packed.sort()
        buckets = (self._packed >> self._shift).view(np.int64)
        counts = np.bincount(buckets, minlength=1 << self._bits)
        self._starts = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=self._starts[1:])

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The row of each id, -1 if there is none."""
        if isinstance(keys, Texts) != isinstance(self._keys, Texts):
            if isinstance(keys, Texts):
                return _each_number(keys, self)
            keys = as_texts(keys)
        out = np.full(len(keys), NONE, np.int64)
        hashes = self._hashes(keys)
        buckets = (hashes >> self._shift).view(np.int64)
        at, end = self._starts.take(buckets), self._starts.take(buckets + 1)
        left = np.flatnonzero(at < end)
        at, end, hashes = at[left], end[left], hashes[left]
        while len(left):
            there = self._packed.take(at)
            same = (there ^ hashes) <= self._low
            rows = (there[same] & self._low).view(np.int64)
            asked = left[same]
            right = _equal(self._keys.take(rows), keys.take(asked))
            out[asked[right]] = rows[right]
            at += 1
            going = (at < end) & (out[left] == NONE)
            left, at, end, hashes = left[going], at[going], end[going], hashes[going]
        return out

    def repeated(self) -> tuple[int, list[int]]:
        """Number of rows with the id of an earlier row, and the first five of them."""
        same_hash = np.flatnonzero((self._packed[1:] ^ self._packed[:-1]) <= self._low)
        if not len(same_hash):
            return 0, []
        # runs of one hash: a few by chance, others are duplicates; within a run, rows increase
        members = distinct(np.concatenate([same_hash, same_hash + 1]))
        rows = np.sort((self._packed[members] & self._low).view(np.int64))
        first: dict[Any, int] = {}
        copies = [row for row in rows.tolist() if first.setdefault(self._key(row), row) != row]
        return len(copies), copies[:5]

    def _key(self, row: int) -> Any:
        return self._keys[row] if isinstance(self._keys, Texts) else int(self._keys[row])

    def name(self, row: int) -> str:
        """The id of a row."""
        return str(self._key(row))

    def canonical_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64] | Hashes]:
        """The rows in increasing order of hashes, ties by value, and the hashes without the bits of rows."""
        rows = (self._packed & self._low).view(np.int64)
        hashes = self._packed & ~self._low
        tied = np.flatnonzero(hashes[1:] == hashes[:-1])
        if len(tied):
            members = distinct(np.concatenate([tied, tied + 1]))
            for run in np.split(members, np.flatnonzero(np.diff(hashes[members])) + 1):
                rows[run] = sorted(rows[run].tolist(), key=self._key)
        return rows, hashes

    def numbers(self) -> Hashes:
        """The hash of the id of each row."""
        return self._hashes(self._keys)

    @property
    def is_permutation(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order: never, since they would be in a table."""
        return False

    @property
    def is_row_order(self) -> bool:
        """Whether the ids are 0 to n - 1 in this order: never."""
        return False


def hashes_of(keys: Keys) -> Hashes:
    """Hash of each id, 64 bits: the same for equal ids, and rarely for others."""
    return keys.hashes() if isinstance(keys, Texts) else mixed(keys.view(np.uint64) ^ MIX)


def _equal(left: Keys, right: Keys) -> npt.NDArray[np.bool_]:
    if isinstance(left, Texts) and isinstance(right, Texts):
        return left.equal(right)
    return np.asarray(left == right)


def _each_number(texts: Texts, index: RowIndex) -> npt.NDArray[np.int64]:
    """Rows of texts in an index of numbers, if not all of the texts are plain integers."""
    floats = whole_floats(texts)
    if floats is not None:
        return index.find(floats)
    out = np.full(len(texts), NONE, np.int64)
    numbers = {row: texts[row].removesuffix(".0") for row in range(len(texts))}
    plain = [row for row, text in numbers.items() if is_plain(text)]
    if plain:
        out[plain] = index.find(np.array([int(numbers[row]) for row in plain], np.int64))
    return out


class _Numbers:
    """Integers in large parts of memory, which are released to the system; in 32 bits if they fit."""

    def __init__(self) -> None:
        self.parts: list[npt.NDArray[Any]] = []
        self._last = 0

    def add(self, values: npt.NDArray[np.int64]) -> None:
        """Add some integers."""
        at = 0
        while at < len(values):
            if not self.parts or self._last == len(self.parts[-1]):
                self.parts.append(np.empty(CHUNK, np.int32))
                self._last = 0
            some = values[at : at + CHUNK - self._last]
            if self.parts[-1].dtype == np.int32 and (some.min() < LEAST or some.max() > MOST):
                self.parts[-1] = self.parts[-1].astype(np.int64)
            self.parts[-1][self._last : self._last + len(some)] = some
            self._last += len(some)
            at += len(some)

    def take(self) -> list[npt.NDArray[Any]]:
        """Return all integers, and keep none."""
        parts, self.parts = self.parts, []
        if parts:
            parts[-1] = parts[-1][: self._last]
        return parts


class IndexBuilder:
    """Builds an index from parts of ids as they are read, and keeps only what the index needs.

    ``hashes``: hash function of ids.
    """

    def __init__(self, place: Place, hashes: Callable[[Keys], Hashes] = hashes_of) -> None:
        self._place, self._hashes = place, hashes
        self._texts: list[Texts] | None = None
        self._numbers = _Numbers()
        self._rows = 0

    def add(self, array: pa.Array) -> None:
        """Add ids of the following rows."""
        self.add_keys(keys_of(array, self._place, self._rows))

    def add_keys(self, keys: Keys) -> None:
        """Add ids of the following rows, as keys."""
        self._rows += len(keys)
        if self._texts is None and isinstance(keys, Texts) and len(keys):
            self._texts = [as_texts(part) for part in self._numbers.take()]
        if self._texts is not None:
            self._texts.append(as_texts(keys))
        elif not isinstance(keys, Texts):
            self._numbers.add(keys)

    def done(self) -> RowIndex:
        """The index of all ids."""
        if self._texts is not None:
            texts, self._texts = Texts.joined(self._texts), None
            floats = whole_floats(texts)
            if floats is None:
                return Hashed(texts, self._hashes)
            self._numbers.add(floats)
        parts = self._numbers.take()
        if not parts:
            return Hashed(np.empty(0, np.int64), self._hashes)
        low, high = min(int(part.min()) for part in parts), max(int(part.max()) for part in parts)
        if high - low < max(SPREAD * self._rows, SMALL_TABLE):
            return Table(parts, low, high)
        values = np.concatenate(parts).astype(np.int64, copy=False)
        del parts
        return Hashed(values, self._hashes)


__all__ = ["NONE", "IndexBuilder", "RowIndex"]
