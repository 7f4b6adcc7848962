"""Files in, Arrow record batches out: one module per format, one table from suffix to reader.

Loaders know columns and types, nothing of tasks or metrics. Only this package opens prediction files.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from evalcli.errors import InputError, UsageError, listed, nearest, printable
from evalcli.loaders.source import Source

FORMATS = {"csv": "delimited", "tsv": "delimited", "npy": "npy", "parquet": "parquet"}
SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".npy": "npy", ".parquet": "parquet", ".pq": "parquet"}
MAGIC = {b"PAR1": "parquet", b"\x93NUMPY": "npy"}

__all__ = ["FORMATS", "SUFFIXES", "Source", "open_source"]


def open_source(path: str, *, format: str | None = None, delimiter: str | None = None) -> Source:
    """Open one file, or standard input for ``-``, and read its schema but not its rows."""
    if format is not None and format not in FORMATS:
        raise UsageError(f"unknown input format {format!r}", mend=f"one of {listed(FORMATS)}")
    if delimiter is not None and len(delimiter) != 1:
        raise UsageError(f"--delimiter {delimiter!r} is not one character", mend="--delimiter ';' or '\\t'")
    data, name = None, path
    if path == "-":
        data, name = sys.stdin.buffer.read(), "<stdin>"
    elif Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
        data = Path(path).read_bytes()  # a pipe, which can be read once: a process substitution, /dev/stdin
    else:
        _require_readable(path)
    if data == b"":
        raise InputError("the input is empty", where=printable(name))
    form = format or (_by_suffix(path) if data is None else _sniffed(data))
    module = import_module(f"evalcli.loaders.{FORMATS[form]}")
    if delimiter is None and form == "tsv":
        delimiter = "\t"
    source: Source = module.open(name, data, delimiter) if form in {"csv", "tsv"} else module.open(name, data)
    return source


def _sniffed(data: bytes) -> str:
    for magic, form in MAGIC.items():
        if data.startswith(magic):
            return form
    header = data.split(b"\n", 1)[0]
    return "tsv" if header.count(b"\t") > header.count(b",") else "csv"


def _by_suffix(path: str) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        seen = f"suffix {suffix!r}" if suffix else "no suffix"
        raise InputError(
            "cannot tell the format of the file",
            where=path,
            seen=seen,
            mend=f"name the file {listed('*' + s for s in SUFFIXES)}, or give --input-format",
        )
    return SUFFIXES[suffix]


def _require_readable(path: str) -> None:
    file = Path(path)
    if not file.exists():
        folder = file.parent if file.parent.is_dir() else Path()
        like = nearest(file.name, (entry.name for entry in folder.iterdir()))
        raise InputError(
            "no such file", where=printable(path), mend=f"did you mean {folder / like}?" if like else None
        )
    if file.is_dir():
        raise InputError("a folder, not a file", where=printable(path), mend="name one file in it")
    try:
        with file.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        raise InputError("the file cannot be opened", where=printable(path), seen=error.strerror) from None
    if empty:
        raise InputError("the file is empty", where=printable(path), seen="0 bytes")
