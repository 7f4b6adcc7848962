"""Arrays in a temporary file, for what memory does not hold."""

from __future__ import annotations

import errno
import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.blocks.base import DType
from evalcli.statistics.base import Mapper, States
from evalcli.statistics.sorted_keys import cut_at_scores, merged

Index = int | tuple[int, Array]


class FolderFullError(OSError):
    """The folder for temporary files has no room; ``filename`` is its path."""


@runtime_checkable
class Spills(Protocol):
    """A state that may keep its rows in a file."""

    def spilled(self, spill: Spill) -> Self:
        """The same rows, in a file as far as memory does not hold them."""
        ...


def spilled(states: States, spill: Spill | None) -> States:
    """The same states, with rows in a file as far as memory does not hold them."""
    if spill is None:
        return states
    return {
        statistic: state.spilled(spill) if isinstance(state, Spills) else state
        for statistic, state in states.items()
    }


class Spill:
    """A temporary file without a name: it is gone when the process is, however that ends.

    ``room``: bytes of memory for the rows that are being sorted. ``kept``: bytes that may stay in memory.
    """

    def __init__(self, room: int, kept: int = 0) -> None:
        self.room = room
        self._left = kept
        self._end = 0
        self._lock = threading.Lock()
        self._opened = ExitStack()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def keeps(self, size: int) -> bool:
        """Whether that many bytes more may stay in memory; if so, they count."""
        with self._lock:
            self._left -= size
            return self._left >= 0

    def write(self, array: Array) -> OnDisk:
        """Put an array into the file."""
        place = self.reserve(array.shape, array.dtype)
        self.put(place, 0, np.ascontiguousarray(array).reshape(-1))
        return place

    def reserve(self, shape: tuple[int, ...], dtype: DType) -> OnDisk:
        """Room for an array that is written in parts."""
        with self._lock:
            start = self._end
            self._end += math.prod(shape) * dtype.itemsize
        return OnDisk(self, start, shape, dtype)

    def put(self, array: OnDisk, first: int, part: Array) -> None:
        """Write consecutive values of a reserved array."""
        start = array.start + first * part.itemsize
        try:
            self._each_byte(part.view(np.uint8).data, start, self._write)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise FolderFullError(error.errno, error.strerror, _folder()) from None
            raise

    def read(self, start: int, count: int, dtype: DType) -> Array:
        """Consecutive values."""
        out = np.empty(count, dtype)
        self._each_byte(out.view(np.uint8).data, start, self._read)
        return out

    def _each_byte(
        self, data: memoryview, start: int, work: Callable[[BinaryIO, memoryview, int], int]
    ) -> None:
        """Transfer all bytes, of which a call may do a part."""
        with self._lock:
            if self._file is None:
                self._file = self._opened.enter_context(_temporary_file())
        while len(data):
            done = work(self._file, data, start)
            if not done:
                raise OSError(errno.EIO, "the temporary file is shorter than it was")
            data, start = data[done:], start + done

    def _write(self, file: BinaryIO, data: memoryview, start: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(file.fileno(), data, start)
        with self._lock:
            file.seek(start)
            return file.write(data)

    def _read(self, file: BinaryIO, data: memoryview, start: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(file.fileno(), [data], start)
        with self._lock:
            file.seek(start)
            return int(file.readinto(data))  # type: ignore[attr-defined]

    def sorted_by_runs(self, runs: Iterator[Array], mapper: Mapper) -> OnDisk:
        """Sort keys that come in runs which fit into memory: each run is sorted, then all are merged."""
        parts = []
        for run in runs:
            run.sort()
            parts.append(self.write(run))
            del run
        return parts[0] if len(parts) == 1 else self._merged(parts, mapper)

    def _merged(self, parts: Sequence[OnDisk], mapper: Mapper) -> OnDisk:
        cuts = cut_at_scores(parts)
        starts = np.sum(cuts, axis=0)
        whole = self.reserve((int(starts[-1]),), parts[0].dtype)
        list(
            mapper(
                lambda at: self.put(whole, int(starts[at]), merged(parts, cuts, at)), range(len(starts) - 1)
            )
        )
        return whole


def _folder() -> str:
    import tempfile

    return tempfile.gettempdir()


def _temporary_file() -> BinaryIO:
    import tempfile  # few runs need it

    return tempfile.TemporaryFile(prefix="evalcli-", buffering=0)


class OnDisk(Struct, frozen=True, eq=False):
    """An array in the file of a spill, with rows last; read in parts, as the array itself would be."""

    spill: Spill
    start: int
    shape: tuple[int, ...]
    dtype: DType

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    def __getitem__(self, index: Index | slice) -> Array:
        """A row of a matrix, some places of a row, or a slice of a vector."""
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            if step == 1:
                return self._values(first, max(end - first, 0))
            return np.array([self._values(at, 1)[0] for at in range(first, end, step)], self.dtype)
        row, places = index if isinstance(index, tuple) else (index, None)
        n = self.shape[1]
        if places is not None and not len(places):
            return np.empty(0, self.dtype)
        values = self._values(row * n, n)
        return values if places is None else values[places]

    def _values(self, first: int, count: int) -> Array:
        return self.spill.read(self.start + first * self.dtype.itemsize, count, self.dtype)

    def searchsorted(self, values: Array, side: str = "left") -> npt.NDArray[np.intp]:
        """Where values belong in a sorted vector."""
        return np.array([self._place(value, side == "right") for value in values], np.intp)

    def _place(self, value: np.generic, after: bool) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found = self._values(middle, 1)[0]
            if found < value or (after and found == value):
                low = middle + 1
            else:
                high = middle
        return low
