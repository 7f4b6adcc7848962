"""Ids of the labels as an index, in which the predictions find their rows whatever their order. Exact.

Whole numbers in a range that they fill are places of a table. All other ids are hashed: the hashes are sorted
with the rows' numbers in their low bits, and what is found by hash is compared by value. "007", "7" and 7.5
are three different ids; 7 as a number is "7" as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.columns import Array, stored, valid
from evalcli.errors import InputError, Place

NONE = -1
SPREAD = 4
"""A table may have so many places for each id."""
SMALL_TABLE = 1 << 16
MOST_DIGITS = 19
EXACT = 2.0**53
"""Whole numbers up to here are exact as floats."""
Hashes = npt.NDArray[np.uint64]
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_AGAIN = np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)
TEN = np.uint64(10)
LARGEST = np.uint64(2**63 - 1)
LEAST, MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max
WORD = 8
CHUNK = 1 << 23
"""Numbers of a piece: with 32 MiB, memory is taken from the system and given back to it one by one."""
PART = 1 << 13
"""Texts that are looked at together, so that their bytes stay in the cache."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Strings: bytes of all of them, where each begins, and how long it is."""

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: Array) -> Texts:
        """Some of them."""
        return Texts(self.data, self.starts[rows], self.lengths[rows])

    def __getitem__(self, row: int) -> str:
        start = self.starts[row]
        return self.data[start : start + self.lengths[row]].tobytes().decode("utf-8", "replace")

    def groups(self) -> Iterator[tuple[Array, Array]]:
        """Rows of one length, a few thousand at a time, and their bytes, (m, length)."""
        for begin in range(0, len(self), PART):
            part = slice(begin, begin + PART)
            lengths, starts = self.lengths[part], self.starts[part]
            longest = int(lengths.max())
            if (lengths == longest).all() and (np.diff(starts) == longest).all():
                letters = self.data[starts[0] : starts[-1] + longest].reshape(-1, longest)
                yield np.arange(begin, begin + len(starts)), letters
                continue
            for length in np.unique(lengths).tolist():
                rows = np.flatnonzero(lengths == length)
                yield begin + rows, self.data[starts[rows][:, None] + np.arange(length)]

    def hashes(self) -> Hashes:
        """A number for each, alike for alike texts."""
        out = np.empty(len(self), np.uint64)
        for rows, letters in self.groups():
            length = letters.shape[1]
            words = np.zeros((len(rows), -(-length // WORD) * WORD), np.uint8)
            words[:, :length] = letters
            found = np.full(len(rows), length, np.uint64)
            for word in words.view(np.uint64).T:
                found = _mixed(found ^ word)
            out[rows] = _mixed(found)
        return out

    def equal(self, other: Texts) -> npt.NDArray[np.bool_]:
        """Where two lists of texts are alike."""
        same = self.lengths == other.lengths
        alike = np.flatnonzero(same)
        for rows, letters in self.take(alike).groups():
            chosen = alike[rows]
            theirs = other.data[other.starts[chosen][:, None] + np.arange(letters.shape[1])]
            same[chosen] = (letters == theirs).all(axis=1)
        return same

    @staticmethod
    def joined(parts: Sequence[Texts]) -> Texts:
        """Several lists as one, without the bytes between their texts."""
        if not parts:
            return Texts(np.empty(0, np.uint8), np.empty(0, np.int64), np.empty(0, np.int64))
        shift, starts = 0, []
        for part in parts:
            starts.append(part.starts + shift)
            shift += len(part.data)
        return Texts(
            np.concatenate([part.data for part in parts]),
            np.concatenate(starts),
            np.concatenate([part.lengths for part in parts]),
        )


Keys = npt.NDArray[np.int64] | Texts


def keys_of(array: pa.Array, place: Place, start: int) -> Keys:
    """Ids of a column: whole numbers where all of them are, without leading zeros; else texts.

    ``start``: rows before them, for a message.
    """
    missing = ~valid(array) if array.null_count else None
    kind = array.type
    if missing is not None and missing.any():
        raise _no_id(place, start + int(np.argmax(missing)))
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_integer(kind):
        values = stored(array)
        if values.dtype == np.uint64 and len(values) and values.max() > np.iinfo(np.int64).max:
            return _texts_of(list(map(str, values.tolist())))
        return values.astype(np.int64, copy=False)
    if pa.types.is_floating(kind):
        return _of_floats(stored(array).astype(np.float64, copy=False), place, start)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(
            "ids are neither whole numbers nor text", where=place, seen=str(kind), code="id-type"
        )
    texts = _texts(array)
    if len(texts) and not texts.lengths.all():
        raise _no_id(place, start + int(np.argmin(texts.lengths)))
    numbers = _whole_numbers(texts)
    return texts if numbers is None else numbers


def _no_id(place: Place, row: int) -> InputError:
    return InputError(
        "a row has no id",
        where=place.at(row=row + 1),
        mend="give every row an id; --by-order matches rows by order",
        code="no-id",
    )


def _of_floats(values: npt.NDArray[np.float64], place: Place, start: int) -> Keys:
    odd = ~(np.abs(values) <= EXACT) | (values != np.rint(values))
    if odd.any():
        row = int(np.argmax(odd))
        if np.isnan(values[row]):
            raise _no_id(place, start + row)
        raise InputError(
            "ids that are not whole numbers, or too large to be exact as floats",
            where=place.at(row=start + row + 1),
            seen=f"{values[row]:.17g}",
            mend="write ids as text or as 64-bit integers",
            code="id-type",
        )
    return values.astype(np.int64)


def _texts(array: pa.Array) -> Texts:
    wide = np.int64 if pa.types.is_large_string(array.type) else np.int32
    _, offsets, data = array.buffers()
    if not len(array):
        return Texts.joined(())
    bounds = np.frombuffer(offsets, wide)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    letters = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]] if data else np.empty(0, np.uint8)
    return Texts(letters, bounds[:-1] - bounds[0], np.diff(bounds))


def _texts_of(values: Sequence[str]) -> Texts:
    parts = [value.encode() for value in values]
    lengths = np.array(list(map(len, parts)), np.int64)
    return Texts(np.frombuffer(b"".join(parts), np.uint8), np.cumsum(lengths) - lengths, lengths)


def _whole_numbers(texts: Texts) -> npt.NDArray[np.int64] | None:
    """The numbers that the texts spell, if each spells one as a program would print it."""
    if not len(texts):
        return None
    if int(texts.lengths.max()) > MOST_DIGITS + 1:
        return None
    first = texts.data[texts.starts]
    negative = first == ord("-")
    digits = texts.lengths - negative
    leading = texts.data[np.minimum(texts.starts + negative, len(texts.data) - 1)]
    if (
        (digits < 1).any()
        or (digits > MOST_DIGITS).any()
        or ((leading == ord("0")) & (texts.lengths > 1)).any()
    ):
        return None
    out = np.zeros(len(texts), np.uint64)  # which holds any nineteen digits
    at = texts.starts + negative
    for place in range(int(digits.max())):
        inside = place < digits
        whole = bool(inside.all())
        letters = texts.data[at + place] if whole else texts.data[np.minimum(at + place, len(texts.data) - 1)]
        found = letters - np.uint8(ord("0"))
        if ((found > 9) & inside).any():
            return None
        more = out * TEN + found
        out = more if whole else np.where(inside, more, out)
    if out.max() > LARGEST:
        return None
    signed = out.view(np.int64)
    return np.where(negative, -signed, signed)


def as_texts(keys: Keys) -> Texts:
    """Ids as texts."""
    return keys if isinstance(keys, Texts) else _texts_of(list(map(str, keys.tolist())))


def _mixed(values: Hashes) -> Hashes:
    """Bits spread over all places."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> HALF)) * MIX_AGAIN
        values = (values ^ (values >> HALF)) * MIX
        return values ^ (values >> HALF)


class RowIndex(Protocol):
    """Finds the rows of ids."""

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The row of each id, -1 where there is none."""
        ...

    def repeated(self) -> tuple[int, list[int]]:
        """How many rows repeat an id of an earlier row, and the first five of them."""
        ...

    def name(self, row: int) -> str:
        """The id of a row."""
        ...

    @property
    def counts(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order."""
        ...

    def __len__(self) -> int: ...


class Table:
    """Whole numbers that fill their range: each is a place in a table of rows."""

    def __init__(self, parts: Sequence[npt.NDArray[np.int64]], low: int, high: int) -> None:
        self._low, self._n = low, sum(map(len, parts))
        self._table = np.full(high - low + 1, NONE, np.int32)
        # written from the last row up, so that the first of several stays
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
        """The row of each id, -1 where there is none."""
        if isinstance(keys, Texts):  # not all of them numbers
            return _each_number(keys, self)
        low, last = self._low, self._low + len(self._table) - 1
        inside = (keys >= low) & (keys <= last)
        places = np.clip(keys, low, last) - low
        found = self._table.take(places).astype(np.int64)
        if not inside.all():
            found[~inside] = NONE
        return found

    def repeated(self) -> tuple[int, list[int]]:
        """How many rows repeat an id of an earlier row, and the first five of them."""
        return self._repeats, list(self._copies)

    def name(self, row: int) -> str:
        """The id of a row."""
        if row in self._copies:
            return str(self._copies[row])
        places = np.flatnonzero(self._table == row)
        return str(self._low + int(places[0]))

    @property
    def counts(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order."""
        return self._low == 0 and len(self._table) == self._n and not self._repeats


class Hashed:
    """Any ids, by their hashes."""

    def __init__(self, keys: Keys) -> None:
        self._keys, n = keys, len(keys)
        self._bits = max(n - 1, 1).bit_length()
        self._shift = np.uint64(64 - self._bits)
        self._low = np.uint64((1 << self._bits) - 1)
        self._packed = _hashes(keys)
        self._packed &= ~self._low
        self._packed |= np.arange(n, dtype=np.uint64)
        self._packed.sort()
        buckets = (self._packed >> self._shift).view(np.int64)
        counts = np.bincount(buckets, minlength=1 << self._bits)
        self._deepest = int(counts.max(initial=0))
        self._starts = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=self._starts[1:])

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The row of each id, -1 where there is none."""
        if isinstance(keys, Texts) != isinstance(self._keys, Texts):
            if isinstance(keys, Texts):
                return _each_number(keys, self)
            keys = as_texts(keys)
        out = np.full(len(keys), NONE, np.int64)
        hashes = _hashes(keys)
        buckets = (hashes >> self._shift).view(np.int64)
        at, end = self._starts.take(buckets), self._starts.take(buckets + 1)
        left = np.flatnonzero(at < end)
        at, end, hashes = at[left], end[left], hashes[left]
        while len(left):
            there = self._packed.take(at)
            same = (there ^ hashes) <= self._low
            rows = (there[same] & self._low).view(np.int64)
            asked = left[same]
            right = _equal(_taken(self._keys, rows), _taken(keys, asked))
            out[asked[right]] = rows[right]
            at += 1
            going = (at < end) & (out[left] == NONE)
            left, at, end, hashes = left[going], at[going], end[going], hashes[going]
        return out

    def repeated(self) -> tuple[int, list[int]]:
        """How many rows repeat an id of an earlier row, and the first five of them."""
        alike = np.flatnonzero((self._packed[1:] ^ self._packed[:-1]) <= self._low)
        if not len(alike):
            return 0, []
        # runs of one hash: a few by chance, more by repetition; within a run rows rise
        members = np.unique(np.concatenate([alike, alike + 1]))
        rows = np.sort((self._packed[members] & self._low).view(np.int64))
        first: dict[Any, int] = {}
        copies = [row for row in rows.tolist() if first.setdefault(self._key(row), row) != row]
        return len(copies), copies[:5]

    def _key(self, row: int) -> Any:
        return self._keys[row] if isinstance(self._keys, Texts) else int(self._keys[row])

    def name(self, row: int) -> str:
        """The id of a row."""
        return str(self._key(row))

    @property
    def counts(self) -> bool:
        """Whether the ids are 0 to n - 1, in any order: they would be in a table."""
        return False


def _hashes(keys: Keys) -> Hashes:
    return keys.hashes() if isinstance(keys, Texts) else _mixed(keys.view(np.uint64) ^ MIX)


def _taken(keys: Keys, rows: Array) -> Keys:
    return keys.take(rows)


def _equal(one: Keys, other: Keys) -> npt.NDArray[np.bool_]:
    if isinstance(one, Texts) and isinstance(other, Texts):
        return one.equal(other)
    return np.asarray(one == other)


def _each_number(texts: Texts, index: RowIndex) -> npt.NDArray[np.int64]:
    """Rows of texts among ids that are numbers, where only some of the texts spell one."""
    out = np.full(len(texts), NONE, np.int64)
    plain = [row for row in range(len(texts)) if _is_plain(texts[row])]
    if plain:
        out[plain] = index.find(np.array([int(texts[row]) for row in plain], np.int64))
    return out


def _is_plain(text: str) -> bool:
    digits = text.removeprefix("-")
    if not (0 < len(digits) <= MOST_DIGITS and digits.isascii() and digits.isdigit()):
        return False
    return str(int(text)) == text and -(2**63) <= int(text) < 2**63


class _Numbers:
    """Whole numbers in large pieces of memory, which go back to the system; in 32 bits where they fit."""

    def __init__(self) -> None:
        self.parts: list[npt.NDArray[Any]] = []
        self._last = 0

    def add(self, values: npt.NDArray[np.int64]) -> None:
        """Some more."""
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
        """All of them; nothing is kept."""
        parts, self.parts = self.parts, []
        if parts:
            parts[-1] = parts[-1][: self._last]
        return parts


class IndexBuilder:
    """Takes ids piece by piece as they are read, and keeps only what the index needs."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._texts: list[Texts] | None = None
        self._numbers = _Numbers()
        self._rows = 0

    def add(self, array: pa.Array) -> None:
        """Ids of the following rows."""
        keys = keys_of(array, self._place, self._rows)
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
            texts, self._texts = self._texts, None
            return Hashed(Texts.joined(texts))
        parts = self._numbers.take()
        if not parts:
            return Hashed(np.empty(0, np.int64))
        low, high = min(int(part.min()) for part in parts), max(int(part.max()) for part in parts)
        if high - low < max(SPREAD * self._rows, SMALL_TABLE):
            return Table(parts, low, high)
        values = np.concatenate(parts).astype(np.int64, copy=False)
        del parts
        return Hashed(values)


__all__ = ["NONE", "IndexBuilder", "Keys", "RowIndex", "Texts", "as_texts", "keys_of"]
