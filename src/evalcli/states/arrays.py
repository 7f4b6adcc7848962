"""Arrays as compressed bytes, exactly: bits, differences of sorted values, narrow integers, byte planes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from evalcli.blocks import Array
from evalcli.blocks.base import DType

LEVEL = 1
"""Of zstd: higher ones take several times as long for a few per cent."""
FEW = 64
"""Values below which neither order nor width of an array is looked at."""
UNSIGNED: dict[int, DType] = {width: np.dtype(f"u{width}") for width in (1, 2, 4, 8)}


class Layout(Struct, frozen=True, omit_defaults=True):
    """How the bytes of an array are read: ``dtype`` and ``shape`` of the array.

    ``first``: the values are differences of ascending numbers, of which this is the first, as unsigned
    integers in the same order. ``stored``: a narrower type of the values.
    """

    dtype: str
    shape: tuple[int, ...]
    first: int | None = None
    stored: str | None = None

    @property
    def count(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def kind(self) -> DType:
        """The type of the array."""
        return np.dtype(self.dtype)

    @property
    def kept(self) -> DType:
        """The type of the values that are kept."""
        if self.stored is not None:
            return np.dtype(self.stored)
        return self.kind if self.first is None else UNSIGNED[self.kind.itemsize]

    @property
    def size(self) -> int:
        """Number of bytes before compression."""
        return (self.count + 7) // 8 if self.kind == np.bool_ else self.count * self.kept.itemsize


class CodedArray(Struct, frozen=True):
    """An array as compressed bytes, and how they are read."""

    data: bytes = b""
    layout: Layout = field(default_factory=lambda: Layout("u1", (0,)))


def coded(array: Array) -> CodedArray:
    """The bytes of an array, which are decoded to the same bits.

    >>> decoded(coded(np.arange(5))).tolist()
    [0, 1, 2, 3, 4]
    """
    dtype, shape = array.dtype.newbyteorder("="), array.shape
    flat = np.ascontiguousarray(array, dtype).reshape(-1)
    if dtype == np.bool_:
        return CodedArray(_compressed(np.packbits(flat)), Layout(dtype.str, shape))
    first = None
    if len(flat) >= FEW and dtype.kind in "iuf" and dtype.itemsize in UNSIGNED and _ascends(flat):
        flat = _ordered(flat)
        first = int(flat[0])
        flat = np.diff(flat, prepend=flat[:1])
    narrow = _narrow(flat)
    if narrow is not None:
        flat = flat.astype(narrow)
    layout = Layout(dtype.str, shape, first, None if narrow is None else narrow.str)
    return CodedArray(_compressed(_planes(flat)), layout)


def decoded(array: CodedArray) -> Array:
    """Inverse of ``coded``. Raises a ``ValueError`` or ``OSError`` for bytes of another layout."""
    layout, kind = array.layout, array.layout.kind
    data = _decompressed(array.data, layout.size)
    if kind == np.bool_:
        return np.unpackbits(data, count=layout.count).view(np.bool_).reshape(layout.shape)
    flat = _from_planes(data, layout.kept)
    if layout.first is not None:
        unsigned = UNSIGNED[kind.itemsize]
        flat = np.cumsum(flat, dtype=unsigned)
        flat += unsigned.type(layout.first)
        flat = _from_ordered(flat, kind)
    return flat.astype(kind, copy=False).reshape(layout.shape)


def _compressed(values: Array) -> bytes:
    return bytes(_codec().compress(values.data, asbytes=True)) if len(values) else b""


def _decompressed(data: bytes, size: int) -> npt.NDArray[np.uint8]:
    if not size:
        return np.empty(0, np.uint8)
    return np.frombuffer(_codec().decompress(data, decompressed_size=size), np.uint8)


def _codec() -> Any:
    import pyarrow as pa

    return pa.Codec("zstd", compression_level=LEVEL)


def _planes(flat: Array) -> npt.NDArray[np.uint8]:
    """The first byte of every value, then the second, ...; (bytes,)."""
    width = flat.itemsize
    return np.ascontiguousarray(flat.view(np.uint8).reshape(-1, width).T).reshape(-1)


def _from_planes(data: npt.NDArray[np.uint8], dtype: DType) -> Array:
    width = dtype.itemsize
    return np.array(data.reshape(width, -1).T, order="C").reshape(-1).view(dtype)


def _ascends(flat: Array) -> bool:
    return bool((flat[1:] >= flat[:-1]).all())


def _narrow(flat: Array) -> DType | None:
    """A narrower type for integers from 0 up."""
    if flat.dtype.kind not in "iu" or len(flat) < FEW or flat.min() < 0:
        return None
    highest = int(flat.max())
    fitting = (kind for width, kind in UNSIGNED.items() if highest < 1 << 8 * width)
    narrow = next(fitting)
    return narrow if narrow.itemsize < flat.itemsize else None


def _ordered(flat: Array) -> Array:
    """Numbers as unsigned integers in the same order."""
    kind = UNSIGNED[flat.itemsize]
    bits = flat.view(kind)
    if flat.dtype.kind == "u":
        return bits
    top = kind.type(1 << (8 * flat.itemsize - 1))
    flipped = bits ^ top
    return flipped if flat.dtype.kind == "i" else np.where(bits & top, ~bits, flipped)


def _from_ordered(values: Array, dtype: DType) -> Array:
    if dtype.kind == "u":
        return values
    top = values.dtype.type(1 << (8 * dtype.itemsize - 1))
    flipped = values ^ top
    return (flipped if dtype.kind == "i" else np.where(values & top, flipped, ~values)).view(dtype)
