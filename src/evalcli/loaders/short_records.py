"""Columns of short labels, read from the bytes of their lines, which takes a tenth of the time of a parser.

Two forms are read: records of one width, of which one byte determines the others (digits, "0.0" and "1.0",
"cat" and "dog"), and whole numbers of a few digits. All else is left to the parser.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.loaders.arrow_columns import from_numbers, from_texts

Letters = npt.NDArray[np.uint8]
Encoded = tuple[npt.NDArray[np.integer], list[bytes]]
"""The index of each row among the distinct texts, and these, in the order of their first rows."""
END = ord("\n")
PLAIN = re.compile(rb"[!#-~]+")
"""Text that a parser leaves as it is, but for the delimiter: without quotes, spaces and line ends."""
PLAIN_NUMBERS = re.compile(rb"[0-9\n]*")
UNKNOWN = 0xFF
LOOK_AHEAD = 1 << 10
"""Number of records from which the distinct ones are learned together."""
MOST_TEXTS = 127
WIDEST = 16
MOST_DIGITS = 4
PART_ROWS = 1 << 14


def short_texts(data: pa.Buffer, delimiter: str) -> pa.DictionaryArray | None:
    """The lines of a text as a dictionary column, as a parser reads them; None if it has to."""
    letters = np.frombuffer(data, np.uint8)
    if not len(letters):
        return None
    if letters[-1] != END:
        letters = np.append(letters, np.uint8(END))
    found = _of_one_width(letters) or _whole_numbers(letters)
    if found is None:
        return None
    codes, texts = found
    sign = delimiter.encode()
    if not all(PLAIN.fullmatch(text) and sign not in text for text in texts):
        return None
    names = from_texts([text.decode() for text in texts])
    return pa.DictionaryArray.from_arrays(from_numbers(codes.astype(np.int32)), names, safe=False)


def _of_one_width(letters: Letters) -> Encoded | None:
    """Records as long as the first one, of which one byte determines the others."""
    width = letters[: WIDEST + 1].tobytes().find(b"\n") + 1
    if width < 2 or len(letters) % width:
        return None
    records = letters.reshape(-1, width)
    known = _distinct(records[:LOOK_AHEAD])
    while (at := _most_telling(known)) is not None:
        key = _column(records, at).tobytes()
        codes = key.translate(_table({record[at]: code for code, record in enumerate(known)}, UNKNOWN))
        new = codes.find(UNKNOWN)
        if any(record.find(b"\n") != width - 1 for record in known):
            return None
        if new < 0:
            others = (j for j in range(width) if j != at)
            if not all(_follows(_column(records, j), key, {r[at]: r[j] for r in known}) for j in others):
                return None
            ends = b"\r\n" if all(record.endswith(b"\r\n") for record in known) else b"\n"
            return np.frombuffer(codes, np.int8), [record.removesuffix(ends) for record in known]
        known = list(dict.fromkeys([*known, *_distinct(records[new : new + LOOK_AHEAD])]))
    return None


def _column(records: Letters, at: int) -> Letters:
    """One byte of each record, cut out of words where records are as long as words, which is faster."""
    width = records.shape[1]
    if width not in (2, 4, 8):
        return np.ascontiguousarray(records[:, at])
    words: npt.NDArray[np.unsignedinteger] = records.view(f"<u{width}")[:, 0]
    return (words >> words.dtype.type(8 * at)).astype(np.uint8)


def _follows(letters: Letters, key: bytes, expected: dict[int, int]) -> bool:
    """Whether each byte is the one expected of the key's byte."""
    if len({*expected.values()}) == 1:
        return bool((letters == next(iter(expected.values()))).all())
    return letters.tobytes() == key.translate(_table(expected))


def _distinct(records: npt.NDArray[np.uint8]) -> list[bytes]:
    data, width = records.tobytes(), records.shape[1]
    return list(dict.fromkeys(data[start : start + width] for start in range(0, len(data), width)))


def _most_telling(records: list[bytes]) -> int | None:
    """The first place whose byte differs between all records; None if there is none, or too many records."""
    if len(records) > MOST_TEXTS:
        return None
    return next(
        (at for at, bytes_ in enumerate(zip(*records, strict=True)) if len({*bytes_}) == len(records)), None
    )


def _table(places: dict[int, int], other: int = 0) -> bytes:
    """A table for ``bytes.translate``."""
    return bytes(places.get(letter, other) for letter in range(256))


def _whole_numbers(letters: Letters) -> Encoded | None:
    """Whole numbers without sign and leading zeros."""
    if PLAIN_NUMBERS.fullmatch(letters[:LOOK_AHEAD].tobytes()) is None:
        return None
    ends = np.flatnonzero(letters == END)
    codes = np.empty(len(ends), np.int16)
    code_of = np.full(10**MOST_DIGITS, -1, np.int16)
    values: dict[int, None] = {}
    for start in range(0, len(ends), PART_ROWS):  # in parts that stay in the cache
        begin = int(ends[start - 1]) + 1 if start else 0
        within = ends[start : start + PART_ROWS] - begin
        numbers = _numbers(letters[begin : begin + int(within[-1]) + 1], within)
        if numbers is None:
            return None
        part = code_of.take(numbers, out=codes[start : start + PART_ROWS], mode="clip")
        if part.min() < 0:
            values |= dict.fromkeys(numbers[part < 0].tolist())
            code_of[list(values)] = np.arange(len(values))
            code_of.take(numbers, out=part, mode="clip")
    return codes, [str(value).encode() for value in values]


def _numbers(letters: Letters, ends: npt.NDArray[np.intp]) -> npt.NDArray[np.int16] | None:
    """The number of each line, which ends before ``ends``; None if one is not a plain short number."""
    lengths = np.diff(ends, prepend=-1) - 1
    digits = letters - np.uint8(ord("0"))
    if not 1 <= lengths.min() <= lengths.max() <= MOST_DIGITS:
        return None
    if np.count_nonzero(digits <= 9) + len(ends) < len(letters):
        return None
    numbers = digits.take(ends - 1).astype(np.int16)
    for place in range(1, int(lengths.max())):
        digit = digits.take(np.maximum(ends - 1 - place, 0)).astype(np.int16)
        if ((digit == 0) & (lengths == place + 1)).any():  # a leading zero
            return None
        digit[lengths <= place] = 0
        numbers += digit * np.int16(10**place)
    return numbers


__all__ = ["short_texts"]
