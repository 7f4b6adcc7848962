"""Numbers in text that were written from 32-bit floats, told by how they are written.

A 32-bit float is printed with the fewest digits that identify it ("0.13419026"), with nine digits, or exactly
("0.13419026136398315"). Numbers of one of these forms are read as the float that they identify: it has the
order and the ties of the text, so that ranks are those of the text, and bins those of the float. Decimals on
a grid as wide as the distance of the floats, such as 0.75 or 43210.55, are no evidence, since each of them
identifies a float: they are read as the 64-bit floats that users type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.loaders.arrow_columns import Array, from_numbers, numbers

GUARANTEED, MOST = 6, 9
"""Digits that every 32-bit float keeps, and digits that identify each of them."""
TELLING = 16
"""Smallest number of values that other numbers would hardly all resemble."""
SLACK = 2.0**-50
Flags = npt.NDArray[np.bool_]


def narrow_columns(columns: Sequence[Array], names: Sequence[str]) -> list[bool]:
    """Which columns of float64, of the same length, were written from 32-bit floats; NaN is missing.

    Each is told by its own values, or by those of columns whose names differ in digits only: how one column
    is read does not depend on another that happens to be beside it. With telling values in such a group, a
    column also counts if its values have seven digits, or are only 0, 1 and exact fractions.
    """
    if not columns:
        return []
    values = np.stack(columns)
    written, digits, exact = _forms(values)
    fraction = values != np.rint(values)
    telling = np.count_nonzero(_tells(values, digits) & fraction, axis=1) * written
    of_group = Counter[str]()
    for name, count in zip(names, telling.tolist(), strict=True):
        of_group[_stem(name)] += count
    enough = np.array([of_group[_stem(name)] >= TELLING for name in names])
    long = (fraction & (digits > GUARANTEED)).any(axis=1)
    plain = (exact | np.isnan(values)).all(axis=1) & ~(values < 0).any(axis=1) & ~(values > 1).any(axis=1)
    return (enough & written & (long | plain)).tolist()


def _stem(name: str) -> str:
    return "".join(letter for letter in name if not letter.isdigit())


def _tells(values: Array, digits: npt.NDArray[np.int8]) -> Flags:
    """Where few decimals with as many digits would identify a float: floats are farther apart than they."""
    with np.errstate(all="ignore"):
        last = 10.0 ** (np.floor(np.log10(np.abs(values))) + 1 - digits)
        step = np.spacing(np.abs(values).astype(np.float32)).astype(np.float64)
    return np.asarray((digits > GUARANTEED + 1) & (step >= 2 * last))


def are_narrow(columns: Sequence[Array]) -> list[bool]:
    """Which columns of float64, of the same length, look as if written from 32-bit floats."""
    return _forms(np.stack(columns))[0].tolist() if columns else []


def _forms(values: Array) -> tuple[Flags, npt.NDArray[np.int8], Flags]:
    """Which columns have one form, (k,); digits of each value, 10 if more, and which are floats, (k, n)."""
    with np.errstate(all="ignore"):
        narrow = values.astype(np.float32)
        floats = narrow.astype(np.float64)
        exact = values == floats
        other = ~np.isfinite(values) | (values == 0)
        digits = np.full(values.shape, MOST + 1, np.int8)
        shortest = other.copy()
        for count in range(MOST, GUARANTEED - 1, -1):
            decimals = _decimals(floats, count)
            identified = decimals.astype(np.float32) == narrow
            same = np.abs(decimals - values) <= SLACK * np.abs(values)
            shortest = np.where(identified, same, shortest)
            digits[same] = count
            if count == MOST:
                nine = same
    digits[other] = 0
    forms = (shortest, nine | other, exact | other)
    written = np.any([form.all(axis=1) for form in forms], axis=0)
    return written, digits, exact


def _decimals(values: Array, digits: int) -> Array:
    """The nearest decimals with a number of digits."""
    places = digits - 1 - np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** np.abs(places)
    return np.where(places < 0, np.rint(values / scale) * scale, np.rint(values * scale) / scale)


def spread_values(table: pa.Table, names: Sequence[str], count: int) -> list[Array]:
    """Values of some rows, spread over the table."""
    step = max(table.num_rows // count, 1)
    return [numbers(table.column(name).combine_chunks())[::step] for name in names]


def narrowed(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """A table with columns of 32-bit floats for columns of float64."""
    for name in names:
        at = table.schema.get_field_index(name)
        values = numbers(table.column(at).combine_chunks())
        with np.errstate(over="ignore"):
            table = table.set_column(at, name, from_numbers(values.astype(np.float32)))
    return table


__all__ = ["are_narrow", "narrow_columns", "narrowed", "spread_values"]
