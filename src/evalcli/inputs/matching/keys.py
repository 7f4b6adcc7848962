"""Ids of rows as comparable keys: integers if all ids of a column are, otherwise texts.

"007", "7" and 7.5 are three different ids; the number 7 is equal to "7", and to "7.0" if all ids are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import distinct
from evalcli.errors import InputError
from evalcli.findings import Blank, Place, use
from evalcli.loaders.arrow_columns import Array, buffer_values, valid

MOST_DIGITS = 19
EXACT = 2.0**53
"""Largest integer up to which all are exact as floats."""
Hashes = npt.NDArray[np.uint64]
MIX = np.uint64(0x9E3779B97F4A7C15)
MIX_AGAIN = np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)
TEN = np.uint64(10)
LARGEST = np.uint64(2**63 - 1)
WORD = 8
POINT_ZERO = b".0"
PART = 1 << 13
"""Number of texts that are processed together, so that their bytes stay in the cache."""


class Texts(Struct, frozen=True, eq=False):
    """Strings, as the bytes of all of them, and the start and length of each."""

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: Array) -> Texts:
        """Some of the texts."""
        return Texts(self.data, self.starts[rows], self.lengths[rows])

    def __getitem__(self, row: int) -> str:
        start = self.starts[row]
        return self.data[start : start + self.lengths[row]].tobytes().decode("utf-8", "replace")

    def groups(self) -> Iterator[tuple[Array, Array]]:
        """Yield rows of equal length, a few thousand at a time, and their bytes, (m, length)."""
        for begin in range(0, len(self), PART):
            part = slice(begin, begin + PART)
            lengths, starts = self.lengths[part], self.starts[part]
            longest = int(lengths.max())
            if (lengths == longest).all() and (np.diff(starts) == longest).all():
                letters = self.data[starts[0] : starts[-1] + longest].reshape(-1, longest)
                yield np.arange(begin, begin + len(starts)), letters
                continue
            for length in distinct(lengths).tolist():
                rows = np.flatnonzero(lengths == length)
                yield begin + rows, self.data[starts[rows][:, None] + np.arange(length)]

    def hashes(self) -> Hashes:
        """Hash of each text."""
        out = np.empty(len(self), np.uint64)
        for rows, letters in self.groups():
            length = letters.shape[1]
            words = np.zeros((len(rows), -(-length // WORD) * WORD), np.uint8)
            words[:, :length] = letters
            hashes = np.full(len(rows), length, np.uint64)
            for word in words.view(np.uint64).T:
                hashes = mixed(hashes ^ word)
            out[rows] = mixed(hashes)
        return out

    def equal(self, other: Texts) -> npt.NDArray[np.bool_]:
        """Where two lists of texts are equal."""
        same = self.lengths == other.lengths
        same_length = np.flatnonzero(same)
        for rows, letters in self.take(same_length).groups():
            chosen = same_length[rows]
            other_letters = other.data[other.starts[chosen][:, None] + np.arange(letters.shape[1])]
            same[chosen] = (letters == other_letters).all(axis=1)
        return same

    @staticmethod
    def joined(parts: Sequence[Texts]) -> Texts:
        """Concatenate several lists of texts."""
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
    """Ids of a column: integers if all of them are integers without leading zeros, otherwise texts.

    ``start``: number of rows before them, for messages.
    """
    missing = ~valid(array) if array.null_count else None
    kind = array.type
    if missing is not None and missing.any():
        raise _no_id(place, start + int(np.argmax(missing)))
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_integer(kind):
        values = buffer_values(array)
        if values.dtype == np.uint64 and len(values) and values.max() > np.iinfo(np.int64).max:
            return texts_of(list(map(str, values.tolist())))
        return values.astype(np.int64, copy=False)
    if pa.types.is_floating(kind):
        return _of_floats(buffer_values(array).astype(np.float64, copy=False), place, start)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(
            "ids are neither whole numbers nor text",
            where=place,
            found=str(kind),
            code="id-type",
            hint=use("with another column", id_col=Blank("NAME")),
        )
    texts = _texts(array)
    if len(texts) and not texts.lengths.all():
        raise _no_id(place, start + int(np.argmin(texts.lengths)))
    numbers = _whole_numbers(texts)
    return texts if numbers is None else numbers


def keys_from(texts: Sequence[str]) -> Keys:
    """Ids from strings."""
    keys = texts_of(texts)
    numbers = _whole_numbers(keys)
    return keys if numbers is None else numbers


def _no_id(place: Place, row: int) -> InputError:
    return InputError(
        "a row has no id",
        where=place.at(row=row + 1),
        hint="give every row an id",
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
            found=f"{values[row]:.17g}",
            hint="write ids as text or as 64-bit integers",
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


def texts_of(values: Sequence[str]) -> Texts:
    parts = [value.encode() for value in values]
    lengths = np.array(list(map(len, parts)), np.int64)
    return Texts(np.frombuffer(b"".join(parts), np.uint8), np.cumsum(lengths) - lengths, lengths)


def _whole_numbers(texts: Texts) -> npt.NDArray[np.int64] | None:
    """The integers in the texts, if each is an integer in canonical form."""
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
    out = np.zeros(len(texts), np.uint64)  # enough for nineteen digits
    at = texts.starts + negative
    for index in range(int(digits.max())):
        inside = index < digits
        whole = bool(inside.all())
        letters = texts.data[at + index] if whole else texts.data[np.minimum(at + index, len(texts.data) - 1)]
        digit_values = letters - np.uint8(ord("0"))
        if ((digit_values > 9) & inside).any():
            return None
        more = out * TEN + digit_values
        out = more if whole else np.where(inside, more, out)
    if out.max() > LARGEST:
        return None
    signed = out.view(np.int64)
    return np.where(negative, -signed, signed)


def whole_floats(texts: Texts) -> npt.NDArray[np.int64] | None:
    """The integers in the texts, if each is an integer in the form of a float: 5034.0."""
    if not len(texts) or int(texts.lengths.min()) <= len(POINT_ZERO):
        return None
    ends = texts.starts + texts.lengths
    for place, sign in enumerate(reversed(POINT_ZERO), 1):
        if (texts.data[ends - place] != sign).any():
            return None
    return _whole_numbers(Texts(texts.data, texts.starts, texts.lengths - len(POINT_ZERO)))


def as_texts(keys: Keys) -> Texts:
    """Keys as texts."""
    return keys if isinstance(keys, Texts) else texts_of(list(map(str, keys.tolist())))


def mixed(values: Hashes) -> Hashes:
    """Mix the bits of hashes."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> HALF)) * MIX_AGAIN
        values = (values ^ (values >> HALF)) * MIX
        return values ^ (values >> HALF)


def is_plain(text: str) -> bool:
    """Whether a text is a 64-bit integer in canonical form."""
    digits = text.removeprefix("-")
    if not (0 < len(digits) <= MOST_DIGITS and digits.isascii() and digits.isdigit()):
        return False
    return str(int(text)) == text and -(2**63) <= int(text) < 2**63


__all__ = [
    "PART",
    "Hashes",
    "Keys",
    "Texts",
    "as_texts",
    "is_plain",
    "keys_from",
    "keys_of",
    "mixed",
    "whole_floats",
]
