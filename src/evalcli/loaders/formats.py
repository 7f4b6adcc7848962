"""Table of the input formats, used by detection, help, completion, errors and docs."""

from __future__ import annotations

from msgspec import Struct


class Format(Struct, frozen=True):
    """``name``: value of ``--input-format``, and ``aliases`` other values for the same format.

    ``title``: name for users. ``module``: module of this package whose ``open`` makes a source of a resource.
    ``suffixes``: usual suffixes of files. ``magic``: first bytes of files, if they are fixed. ``text``:
    whether it is text, which the first bytes alone do not distinguish. ``read``: supported features.
    ``content``: description of a file's content, if it is not the title.
    """

    name: str
    title: str
    module: str
    suffixes: tuple[str, ...]
    read: str
    magic: tuple[bytes, ...] = ()
    text: bool = False
    aliases: tuple[str, ...] = ()
    content: str | None = None

    @property
    def contents(self) -> str:
        """Description of a file's content."""
        return self.content or self.title


FORMATS = {
    form.name: form
    for form in (
        Format(
            "csv",
            "CSV",
            "delimited",
            (".csv", ".psv", ".ssv", ".txt", ".dat"),
            "comma, tab, semicolon or bar, detected in the first lines; UTF-8 or UTF-16, with or without a "
            "mark, others with `--encoding`; line ends within quotes; `--decimal ,`",
            text=True,
            content="delimited text",
        ),
        Format("tsv", "TSV", "delimited", (".tsv", ".tab"), "the same", text=True, content="delimited text"),
        Format(
            "jsonl",
            "JSON Lines",
            "jsonlines",
            (".jsonl", ".ndjson", ".json"),
            "one object per line, or one document: an array of objects, an object of columns, what pandas "
            "writes with `to_json`; lists as lists of scores, numbers in objects as `parent.name`; `NaN` as "
            "Python writes it",
            text=True,
            aliases=("json",),
        ),
        Format(
            "parquet",
            "Parquet",
            "parquet",
            (".parquet", ".pq"),
            "any compression, dictionaries, lists, half floats; only the columns that are needed; "
            "the index of pandas",
            (b"PAR1",),
            content="parquet",
        ),
        Format(
            "feather",
            "Feather",
            "feather",
            (".feather", ".arrow", ".arrows", ".ipc"),
            "Arrow IPC files and streams, any compression, views and run-end encoding",
            (b"ARROW1", b"\xff\xff\xff\xff"),
            aliases=("arrow",),
            content="Arrow IPC",
        ),
        Format(
            "npy",
            "NPY",
            "npy",
            (".npy",),
            "(n,), (n, 1) or (n, k), any byte order, Fortran order, half floats, text; mapped, not loaded",
            (b"\x93NUMPY",),
        ),
        Format("npz", "NPZ", "npz", (".npz",), "each array with as many rows as the longest is a column"),
        Format(
            "safetensors",
            "safetensors",
            "safetensors",
            (".safetensors",),
            "the same, with bfloat16; `pip install 'evalcli[safetensors]'`",
        ),
        Format(
            "excel",
            "Excel",
            "excel",
            (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
            "the first sheet with data, of workbooks of Excel and OpenDocument; "
            "`pip install 'evalcli[excel]'`",
            (b"\xd0\xcf\x11\xe0",),
            content="a workbook",
        ),
    )
}
NAMES = {name: form for form in FORMATS.values() for name in (form.name, *form.aliases)}
SUFFIXES = {suffix: form for form in FORMATS.values() for suffix in form.suffixes}
