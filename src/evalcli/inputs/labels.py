"""Labels by the names in the file, and how names are matched to classes."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import Struct

from evalcli.errors import EXAMPLES, InputError
from evalcli.findings import Blank, Place, use
from evalcli.inputs.class_names import (
    EXPONENT,
    canonical,
    class_indices,
    in_order,
    numeric_values,
    unknown_labels_error,
)
from evalcli.loaders.arrow_columns import buffer_values, lengths, valid
from evalcli.tasks import MULTICLASS, MULTILABEL, REGRESSION, Task
from evalcli.text import join_names

MISSING = -1
WHOLE = re.compile(r"-?\d+\.0+")
MOST_NUMBERS = 1 << 16
"""Size of a range of integers below which they are counted, not hashed."""
FEW_NUMBERS = 16
"""Size of a range of integers below which each is looked for."""
LOOKUP_ROWS = 1 << 16
USUAL_ROWS = 1 << 12
"""Rows that usually have all values of a dictionary."""


class Labels(Struct, frozen=True, eq=False):
    """``codes``: index into ``names`` of each row, -1 if missing; shape (n,).

    ``ordered``: whether the order of the names is that of label columns. ``ignored``: rows whose label the
    user wants to ignore, (n,), bool, or None.
    """

    codes: npt.NDArray[Any]
    names: tuple[str, ...]
    where: Place
    ordered: bool = False
    ignored: npt.NDArray[np.bool_] | None = None
    usual_task: ClassVar[Task] = MULTICLASS
    exclusive: ClassVar[bool] = True

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def real(self) -> bool:
        """Whether all labels are numbers and some are not integers."""
        values = numeric_values(self.names)
        return values is not None and not all(value.is_integer() for value in values)

    @property
    def row_values(self) -> npt.NDArray[Any]:
        """The codes."""
        return self.codes

    def odd_rows(self) -> npt.NDArray[Any]:
        """None."""
        return np.empty(0, np.intp)

    def first_row(self, name: str) -> int:
        """The first row, counted from 1, that has this label."""
        return int(np.argmax(self.codes == self.names.index(name))) + 1

    def to_indices(
        self, classes: Sequence[str], by_index: bool, folded: bool = False, start: int = 0
    ) -> npt.NDArray[Any]:
        """Class index of each row, -1 if missing; an unknown label is an error.

        ``start``: number of rows of the file before the first of these.
        """
        table = class_indices(self.names, classes, by_index, folded)
        unknown = [name for name, code in zip(self.names, table, strict=True) if code is None]
        if unknown:
            unknown_indices = [self.names.index(name) for name in unknown]
            rows = np.flatnonzero(np.isin(self.codes, unknown_indices)) + start + 1
            where = self.where.at(row=start + self.first_row(unknown[0]))
            raise unknown_labels_error(unknown, self.names, classes, where, rows.tolist())
        if table == [*range(len(table))]:
            return self.codes
        return looked_up([*(code for code in table if code is not None), MISSING], self.codes)


class LabelSets(Struct, frozen=True, eq=False):
    """``matrix``: 1 if a row has a label, 0 if not, -1 if missing; (k, n), int8.

    ``ignored``: see ``Labels``. ``marked``: whether the missing labels are those that the user wants to
    ignore.
    """

    matrix: npt.NDArray[np.int8]
    names: tuple[str, ...]
    where: Place
    ignored: npt.NDArray[np.bool_] | None = None
    marked: bool = False
    usual_task: ClassVar[Task] = MULTILABEL
    row_values: ClassVar[None] = None

    def __len__(self) -> int:
        return self.matrix.shape[1]

    @property
    def exclusive(self) -> bool:
        """Whether every row has exactly one label, and none is missing."""
        return not len(self.odd_rows()) and not (self.matrix == MISSING).any()

    @property
    def partial(self) -> bool:
        """Whether some rows have both known and missing labels."""
        missing = (self.matrix == MISSING).sum(axis=0)
        return bool(((missing > 0) & (missing < len(self.matrix))).any())

    def odd_rows(self) -> npt.NDArray[Any]:
        """Rows with no or several labels."""
        return np.flatnonzero((self.matrix > 0).sum(axis=0) != 1)

    def as_labels(self) -> Labels:
        """The label of each row; a row with no or several labels is an error."""
        odd = self.odd_rows()
        if len(odd):
            raise InputError(
                f"{len(odd)} one-hot rows do not have exactly one 1",
                where=self.where.at(row=int(odd[0]) + 1),
                found=f"{np.count_nonzero(self.matrix[:, odd[0]] > 0)} ones",
                hint=use("if a row can have several labels, or none", task="multilabel"),
                code="not-one-hot",
                count=len(odd),
                rows=(odd[:EXAMPLES] + 1).tolist(),
            )
        return Labels(self.matrix.argmax(axis=0).astype(np.int32), self.names, self.where, ordered=True)

    def ordered(self, names: Sequence[str]) -> npt.NDArray[np.int8]:
        """The matrix with the labels in another order; a new label is in no row."""
        indices = class_indices(self.names, names)
        unknown = [name for name, index in zip(self.names, indices, strict=True) if index is None]
        if unknown:
            raise unknown_labels_error(unknown, self.names, names, self.where, ())
        out = np.zeros((len(names), len(self)), np.int8)
        for row, index in zip(self.matrix, indices, strict=True):
            out[index] = row
        return out


class Reals(Struct, frozen=True, eq=False):
    """``values``: the true value of each row, NaN if missing; (n,), float64.

    ``ignored``: see ``Labels``.
    """

    values: npt.NDArray[np.float64]
    where: Place
    ignored: npt.NDArray[np.bool_] | None = None
    names: ClassVar[tuple[str, ...]] = ()
    usual_task: ClassVar[Task] = REGRESSION
    exclusive: ClassVar[bool] = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def row_values(self) -> npt.NDArray[Any]:
        """The values."""
        return self.values

    def odd_rows(self) -> npt.NDArray[Any]:
        """None."""
        return np.empty(0, np.intp)


class LabelReader:
    """Encodes a column of labels chunk by chunk.

    Names are the file's text in Unicode's composed form (NFC), except that "0.0" and "1.0" become 0 and 1 if
    all names have this form. ``nulls``: texts that mean no label.
    """

    def __init__(self, where: Place, nulls: Iterable[str] = ()) -> None:
        self._where, self._nulls = where, {"", *nulls}
        self._names: dict[str, int] = {}
        self._parts: list[npt.NDArray[Any]] = []

    def add(self, chunk: pa.Array) -> None:
        """Add labels of the following rows."""
        try:
            self._parts.append(_codes(chunk, self._names, self._nulls))
        except UnicodeDecodeError as error:
            raise not_utf8(self._where, repr(error.object[:20])) from None
        except (pa.ArrowException, ValueError, OverflowError, TypeError, KeyError) as error:
            raise _no_names(self._where, error) from None

    def done(self) -> Labels:
        """All labels."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, np.int8)
        shortest: dict[str, str] = {}  # 1 and 1.0, true and True are spellings of one name
        for name in self._names:
            plain = canonical(name)
            shortest[plain] = min(shortest.get(plain, name), name, key=len)
        names = list(shortest.values())
        if len(names) < len(self._names):
            index = {plain: at for at, plain in enumerate(shortest)}
            codes = looked_up([*(index[canonical(name)] for name in self._names), MISSING], codes)
        if all(WHOLE.fullmatch(name) for name in names):
            names = [name.partition(".")[0] for name in names]
        elif all(EXPONENT.fullmatch(name) for name in names):
            names = list(shortest)
        return Labels(codes, tuple(names), self._where)


def _no_names(where: Place, error: Exception) -> InputError:
    found = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(
        "a column of classes contains neither text nor numbers",
        where=where,
        found=found,
        hint="write the classes as text or whole numbers",
    )


def not_utf8(where: Place, found: str) -> InputError:
    """The error for text that is not UTF-8."""
    return InputError(
        "the text is not UTF-8",
        where=where,
        found=found,
        code="encoding",
        hint="write the file again as UTF-8",
    )


def read_labels(chunks: Iterable[pa.Array], where: Place, nulls: Iterable[str] = ()) -> Labels:
    """Encode one column, in chunks."""
    reader = LabelReader(where, nulls)
    for chunk in chunks:
        reader.add(chunk)
    return reader.done()


def read_indicators(matrix: npt.NDArray[Any], names: Sequence[str], where: Place) -> LabelSets:
    """Label sets from numbers 0 and 1, (k, n), NaN if missing."""
    missing = np.isnan(matrix)
    bad = ~missing & (matrix != 0) & (matrix != 1)
    if bad.any():
        row = int(np.argmax(bad.any(axis=0)))
        raise InputError(
            "the label columns contain values other than 0 and 1",
            where=where.at(row=row + 1),
            found=join_names(f"{v:.6g}" for v in matrix[:, row]),
            hint=use("with the one label column", label_col=Blank("NAME"))
            | use("with the indicator columns", label_cols=Blank("NAMES")),
            code="not-indicators",
            count=int(np.count_nonzero(bad.any(axis=0))),
            rows=(np.flatnonzero(bad.any(axis=0))[:EXAMPLES] + 1).tolist(),
        )
    ones = np.where(missing, MISSING, matrix == 1)
    return LabelSets(ones.astype(np.int8), tuple(names), where)


def read_label_lists(chunks: Iterable[pa.Array], where: Place) -> LabelSets:
    """Label sets from a column of lists of labels; a null list is a missing row."""
    parts, rows, start = [], [], 0
    names: dict[str, int] = {}
    for chunk in chunks:
        sizes = lengths(chunk)
        flat = chunk.flatten()
        try:
            codes = _codes(flat, names)
        except UnicodeDecodeError as error:
            raise not_utf8(where, repr(error.object[:20])) from None
        except (pa.ArrowException, ValueError, OverflowError, TypeError, KeyError) as error:
            raise _no_names(where, error) from None
        if (codes == MISSING).any():
            at = np.repeat(np.arange(len(sizes)), np.maximum(sizes, 0))[int(np.argmax(codes == MISSING))]
            raise InputError(
                "a label in a list is missing",
                where=where.at(row=int(start + at) + 1),
                hint="remove the missing label from the list",
            )
        parts.append((np.repeat(np.arange(start, start + len(sizes)), np.maximum(sizes, 0)), codes))
        rows.append(sizes)
        start += len(sizes)
    ordered = in_order(names)
    positions = np.array([ordered.index(name) for name in names], np.intp)
    matrix = np.zeros((len(ordered), start), np.int8)
    for at, codes in parts:
        matrix[positions[codes], at] = 1
    matrix[:, np.concatenate(rows) < 0] = MISSING
    return LabelSets(matrix, ordered, where)


def _codes(array: pa.Array, names: dict[str, int], nulls: Iterable[str] = ("",)) -> npt.NDArray[Any]:
    """Codes of one chunk; new names are added to ``names``."""
    indices, values = _encoded(array)
    texts = [_text(value) for value in values]
    if pa.types.is_dictionary(array.type) and len(texts) > 1:  # a dictionary may have unused values
        used = _used(indices, array, len(texts))
        texts = [text if here else None for text, here in zip(texts, used.tolist(), strict=True)]
    table = [
        MISSING if text is None or text in nulls else names.setdefault(text, len(names)) for text in texts
    ]
    codes = looked_up([*table, MISSING], indices)
    if array.null_count:
        codes[~valid(array)] = MISSING
    return codes


def looked_up(table: Sequence[int], indices: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``table[indices]`` in the narrowest integer type; indices out of range, also -1, give the last entry.

    Computed in parts, so that the wide indices that NumPy makes of ``indices`` stay in the cache; indices of
    one byte are translated as bytes, which takes a tenth of the time.
    """
    small = np.int8 if max(table) < 127 else np.int16 if max(table) < 32767 else np.int32
    last = len(table) - 1
    same = len(indices) > 0 and list(table[:-1]) == [*range(last)]
    if same and indices.view(f"u{indices.itemsize}").max() < last:  # a negative index is a large one
        return indices.astype(small)
    if indices.dtype == small == np.int8 and last < 128:
        every = np.full(256, table[-1], np.int8)
        every[:last] = table[:-1]
        return np.frombuffer(bytearray(indices.tobytes().translate(every.tobytes())), np.int8)
    narrow, out = np.array(table, small), np.empty(len(indices), small)
    for start in range(0, len(indices), LOOKUP_ROWS):
        part = indices[start : start + LOOKUP_ROWS].astype(np.intp)
        part[(part < 0) | (part > last)] = last
        narrow.take(part, out=out[start : start + LOOKUP_ROWS], mode="clip")
    return out


def _used(indices: npt.NDArray[Any], array: pa.Array, count: int) -> npt.NDArray[np.bool_]:
    """Which values of a dictionary occur in a row, (count,)."""
    used = np.zeros(count + 1, np.bool_)
    if not array.null_count and len(indices) > USUAL_ROWS:
        first = indices[:USUAL_ROWS]
        used[first[(first >= 0) & (first < count)]] = True
        if used[:count].all():
            return used[:count]
    inside = (indices >= 0) & (indices < count)
    if array.null_count:
        inside &= valid(array)
    used[np.where(inside, indices, count)] = True
    return used[:count]


def _encoded(array: pa.Array) -> tuple[npt.NDArray[Any], list[Any]]:
    """Index of each row among the distinct values, arbitrary if null, and these values."""
    if pa.types.is_integer(array.type) and len(array) and not array.null_count:
        values = buffer_values(array)
        low, high = int(values.min()), int(values.max())
        few = [*range(low, high + 1)] if high - low < FEW_NUMBERS else []
        if few and all((values == number).any() for number in few):
            return values - values.min(), few
        if high - low < MOST_NUMBERS:
            offsets = values.astype(np.int64) - values.min().astype(np.int64)
            present = np.flatnonzero(np.bincount(offsets))
            table = np.zeros(high - low + 1, np.int32)
            table[present] = np.arange(len(present))
            return table.take(offsets), [low + offset for offset in present.tolist()]
    if pa.types.is_float16(array.type):
        array = array.cast(pa.float32())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return buffer_values(array.indices), array.dictionary.to_pylist()


def _text(value: Any) -> Any:
    """The name of a label: text unchanged, 1.0 as "1", booleans in lower case; NaN is missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        value = value.decode()
    return unicodedata.normalize("NFC", str(value))
