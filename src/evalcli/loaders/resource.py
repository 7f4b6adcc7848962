"""The bytes of one file on disk, in a pipe or remote; decompressed up to a limit."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import IO, Any

import pyarrow as pa

from evalcli.cached import cached_property
from evalcli.errors import InputError
from evalcli.findings import Place, use

HEAD_BYTES = 1 << 16
CHUNK_BYTES = 4 << 20
LEAST_BOUND = 1 << 30
EXPANSION = 100
"""Default maximum of the decompressed size, relative to the compressed size; at least 1 GiB."""
COMPRESSIONS = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
COMPRESSED_SUFFIXES = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}
TRUNCATED = "is it truncated, or in another format?"
WRITE_AGAIN = "it may be truncated or in another format; write it again, or pass --input-format"
ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+)://", re.IGNORECASE)


class Resource:
    """One file's bytes, decompressed if they are compressed.

    ``name``: for messages, without passwords.
    """

    def __init__(
        self,
        name: str,
        *,
        data: bytes | None = None,
        remote: tuple[Any, str] | None = None,
        bound: int | None = None,
    ) -> None:
        self._path = os.fsencode(name) if data is None and remote is None else None
        self.name, self._data, self._remote, self._bound = printable(name), data, remote, bound
        self.place = Place(self.name)
        with self.guarded("the file cannot be opened"), self._raw() as raw:
            self._raw_head: bytes = raw.read(HEAD_BYTES)
        compressions = [form for magic, form in COMPRESSIONS.items() if self._raw_head.startswith(magic)]
        self.compression = compressions[0] if compressions else None

    @property
    def suffix(self) -> str:
        """Suffix of the name in lower case, without the suffix of a compression."""
        return suffix_of(Path(self.name.partition("?")[0] if self._remote else self.name))

    @property
    def local(self) -> Path | None:
        """Path of the file if it is on disk and not compressed."""
        if self._path is None or self.compression is not None:
            return None
        path = Path(os.fsdecode(self._path))
        return path if str(path).isprintable() else None  # pyarrow only supports UTF-8 paths

    @property
    def identity(self) -> tuple[object, ...]:
        """Identity of the file, the same for all its names."""
        if self._path is None:
            return (self.name,)
        with self.guarded("the file cannot be opened"):
            status = Path(os.fsdecode(self._path)).stat()
        return (status.st_dev, status.st_ino)

    @cached_property
    def head(self) -> bytes:
        """The first bytes, decompressed."""
        if self.compression is None:
            return self._raw_head
        with self.guarded(), self.stream() as stream:
            return read_fully(stream, HEAD_BYTES)

    def _raw(self) -> Any:
        if self._data is not None:
            return pa.BufferReader(self._data)
        if self._remote is not None:
            filesystem, path = self._remote
            return filesystem.open_input_file(path)
        return pa.OSFile(self._path)

    def stream(self) -> Any:
        """A stream from the start; ``read`` may return fewer bytes than requested."""
        if self.compression is None:
            return self._raw()
        if self.compression == "xz":
            decompressed: Any = _Xz(self._raw())
        else:
            decompressed = pa.CompressedInputStream(self._raw(), self.compression)
        return Bounded(decompressed, self)

    @property
    def size(self) -> int:
        """Stored size in bytes."""
        if self._data is not None:
            return len(self._data)
        with self._raw() as raw:
            return int(raw.size())

    @cached_property
    def bound(self) -> int:
        """Maximum decompressed size."""
        return self._bound if self._bound is not None else max(LEAST_BOUND, EXPANSION * self.size)

    def require_bound(self, size: int, what: str = "file") -> None:
        """Refuse data whose decompressed size exceeds the maximum, whatever size the file declares."""
        if size > self.bound:
            raise InputError(
                f"the {what} decompresses to more than {readable_size(self.bound)}",
                where=self.place,
                hint=use("if you trust it", max_bytes="100G"),
                code="too-large",
            )

    @cached_property
    def buffer(self) -> pa.Buffer:
        """All bytes, decompressed; memory-mapped if possible."""
        with self.guarded():
            if self._path is not None and self.compression is None:
                with pa.memory_map(self._path) as mapped:
                    return mapped.read_buffer()
            with self.stream() as stream:
                if self.compression is None:
                    return stream.read_buffer()
                parts = []
                while part := stream.read(CHUNK_BYTES):
                    parts.append(part)
                return pa.py_buffer(b"".join(parts))

    def seekable(self) -> pa.NativeFile:
        """A seekable file; of a remote file, only the parts that are read are fetched."""
        if self._remote is not None and self.compression is None:
            return self._raw()
        return pa.BufferReader(self.buffer)

    @contextmanager
    def guarded(self, what: str = "the file cannot be read") -> Iterator[None]:
        """Report failures of the system and of decompression."""
        try:
            yield
        except (OSError, pa.ArrowException, EOFError, ValueError) as error:
            compression = getattr(self, "compression", None)
            raise InputError(
                f"the {compression} data cannot be decompressed" if compression else what,
                where=self.place,
                found=brief(error),
                hint="is it truncated? Write or download it again"
                if compression
                else "check the path and the permissions",
                code="unreadable",
            ) from None

    def sha256(self) -> str:
        """Hexadecimal digest of the stored bytes."""
        import hashlib

        digest = hashlib.sha256()
        with self.guarded(), self._raw() as raw:
            while part := raw.read(CHUNK_BYTES):
                digest.update(part)
        return digest.hexdigest()


class _Xz:
    """Consecutive streams of xz data; raises the same errors as other compressions."""

    def __init__(self, raw: Any) -> None:
        import lzma

        self._new, self._error = partial(lzma.LZMADecompressor, lzma.FORMAT_XZ), lzma.LZMAError
        self._raw, self._held, self._decompressor = raw, b"", self._new()

    def read(self, size: int) -> bytes:
        try:
            while True:
                if self._decompressor.eof and not self._next():
                    return b""
                if self._decompressor.needs_input and not self._held:
                    self._held = self._raw.read(CHUNK_BYTES)
                    if not self._held:
                        raise OSError("the compressed data is truncated")
                part, self._held = self._decompressor.decompress(self._held, size), b""
                if part:
                    return part
        except self._error as error:
            raise OSError(str(error)) from None

    def _next(self) -> bool:
        """Begin the next stream, if there is one; zeros may precede it."""
        held = self._decompressor.unused_data
        while not (held := held.lstrip(b"\x00")):
            if not (held := self._raw.read(CHUNK_BYTES)):
                return False
        self._decompressor, self._held = self._new(), held
        return True

    def close(self) -> None:
        self._raw.close()


class Bounded:
    """A stream of decompressed bytes, limited to the maximum size of the file."""

    def __init__(self, stream: IO[bytes], resource: Resource) -> None:
        self._stream, self._resource, self._read = stream, resource, 0

    def read(self, size: int) -> bytes:
        """Read at most ``size`` bytes; none at the end."""
        part = self._stream.read(size)
        self._read += len(part)
        self._resource.require_bound(self._read)
        return part

    def __enter__(self) -> Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def read_fully(stream: Any, size: int) -> bytes:
    """Read ``size`` bytes, fewer only at the end."""
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def printable(name: str) -> str:
    r"""A file's name as text, with escapes for bytes that are not UTF-8.

    >>> printable("caf\udce9.csv"), printable("p.csv")
    ('caf\\udce9.csv', 'p.csv')
    """
    return name.encode("utf-8", "backslashreplace").decode()


def suffix_of(path: PurePath) -> str:
    """Suffix in lower case, without the suffix of a compression."""
    last = path.suffix.lower()
    return PurePath(path.stem).suffix.lower() if last in COMPRESSED_SUFFIXES else last


def encoding_without_mark(head: bytes) -> str:
    """Encoding without a byte order mark: UTF-16 if every other byte is null, otherwise UTF-8."""
    part = head[: min(len(head), 512) & ~1]
    if len(part) > 1 and not any(part[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(part) > 1 and not any(part[::2]) else "utf-8"


def unreadable(form: str, place: Place, found: str, hint: str = TRUNCATED) -> InputError:
    """The error for a file that the reader of its format cannot read."""
    return InputError(f"the {form} cannot be read", where=place, found=found, hint=hint, code="unreadable")


def brief(error: BaseException) -> str:
    """The first line of a library's message."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def readable_size(count: int) -> str:
    """A number of bytes with a unit.

    >>> readable_size(1 << 30), readable_size(1536)
    ('1 GiB', '1.5 KiB')
    """
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            return f"{size:.4g} {unit}"
        size /= 1024
    raise AssertionError


__all__ = [
    "ADDRESS", "COMPRESSED_SUFFIXES", "HEAD_BYTES", "WRITE_AGAIN", "Resource", "brief",
    "encoding_without_mark", "printable", "read_fully", "suffix_of", "unreadable",
]  # fmt: skip
