"""Which format a file has: by what it holds; its suffix is believed where the content leaves a choice."""

from __future__ import annotations

from evalcli.errors import InputError, listed
from evalcli.loaders.resource import HEAD_BYTES, Resource, unmarked
from evalcli.loaders.source import Remark

FORMATS = {
    "csv": "delimited",
    "tsv": "delimited",
    "jsonl": "jsonlines",
    "parquet": "parquet",
    "arrow": "feather",
    "feather": "feather",
    "npy": "npy",
    "npz": "npz",
    "safetensors": "safetensors",
}
"""Names for ``--input-format`` and the module that reads each."""
SUFFIXES = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".psv": "csv", ".ssv": "csv", ".txt": "csv", ".dat": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".parquet": "parquet", ".pq": "parquet",
    ".feather": "arrow", ".arrow": "arrow", ".arrows": "arrow", ".ipc": "arrow",
    ".npy": "npy", ".npz": "npz", ".safetensors": "safetensors",
}  # fmt: skip
MAGIC = {
    b"PAR1": "parquet",
    b"ARROW1": "arrow",
    b"\xff\xff\xff\xff": "arrow",
    b"\x93NUMPY": "npy",
}
FOREIGN = {
    b"FEA1": ("a Feather file of the first version", "write it again with pyarrow.feather.write_feather"),
    b"\x89HDF": ("an HDF5 file", "save the predictions as Parquet, NPZ or CSV"),
    b"SQLite format 3": ("an SQLite database", "export the table as CSV"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV"),
    b"<!DOCTYPE": ("an HTML page", "was a login page saved in place of the data?"),
    b"<html": ("an HTML page", "was a login page saved in place of the data?"),
    b"%PDF": ("a PDF document", "save the predictions as Parquet, NPZ or CSV"),
    b"version https://git-lfs": ("a pointer of Git LFS, not the data", "git lfs pull"),
}
PICKLES = tuple(b"\x80" + bytes([version]) for version in range(2, 6))
ZIP = b"PK"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
TEXTS = ("csv", "tsv", "jsonl")
KINDS = {"csv": "delimited text", "tsv": "delimited text", "jsonl": "JSON Lines", "arrow": "Arrow IPC"}


def format_of(resource: Resource, asked: str | None) -> tuple[str, tuple[Remark, ...]]:
    """Name of the format; a remark where the content contradicts the suffix."""
    if asked is not None:
        return asked, ()
    by_suffix = SUFFIXES.get(resource.suffix)
    found = _by_content(resource)
    if found is None and by_suffix is not None:
        return by_suffix, ()
    if found is None or (found == "text" and by_suffix in TEXTS):
        found = by_suffix
    if found == "text":
        found = "csv"
        if by_suffix is not None and not any(sign in _line(resource) for sign in b",;\t|"):
            found = by_suffix  # whose reader says that it is not
    if found is None:
        seen = f"suffix {resource.suffix!r}" if resource.suffix else "no suffix"
        raise InputError(
            "cannot tell the format of the file",
            where=resource.place,
            seen=f"{seen}, and bytes of no format that is known",
            mend=f"--input-format {listed(FORMATS)}",
            code="unknown-format",
        )
    if by_suffix is None or {by_suffix, found} <= {"csv", "tsv"} or by_suffix == found:
        return found, ()
    held = KINDS.get(found, found.upper() if found.startswith("np") else found)
    message = f"{resource.name} holds {held}, whatever its suffix says, and is read as that"
    return found, (Remark("format-by-content", message),)


def _line(resource: Resource) -> bytes:
    return resource.head.split(b"\n", 1)[0]


def _by_content(resource: Resource) -> str | None:
    """A format, "text", or None where the bytes say nothing; an error for what cannot be read at all."""
    head = resource.head
    for magic, form in MAGIC.items():
        if head.startswith(magic):
            return form
    if head.startswith(ZIP):
        return _zip(resource)
    for magic, (what, mend) in FOREIGN.items():
        if head[: len(magic)].lower() == magic.lower():
            raise InputError(f"not a table, but {what}", where=resource.place, mend=mend, code="foreign")
    if head.startswith(PICKLES):
        raise _pickle(resource)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100 << 20:
        return "safetensors"
    if head.startswith(UTF16):
        return "text"
    if b"\x00" in head and unmarked(head) == "utf-8":
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "jsonl" if start == b"{" or (start == b"[" and resource.suffix == ".json") else "text"


def _zip(resource: Resource) -> str:
    name = resource.head[30 : 30 + int.from_bytes(resource.head[26:28], "little")]
    if name.endswith(b".npy") or resource.suffix == ".npz":
        return "npz"
    if (
        name.endswith((b"data.pkl", b".format_version", b".data/serialization_id"))
        or b"data.pkl" in (resource.head[:HEAD_BYTES])
    ):
        raise _pickle(resource)
    office = name.startswith((b"[Content_Types]", b"xl/", b"_rels/", b"docProps/"))
    what = "an Excel workbook" if office else "a ZIP archive"
    mend = "save the sheet as CSV" if office else "unpack it, and name the file in it"
    raise InputError(f"not a table, but {what}", where=resource.place, mend=mend, code="foreign")


def _pickle(resource: Resource) -> InputError:
    return InputError(
        "a pickle (as torch.save and joblib write them), which could run code when read",
        where=resource.place,
        mend="save plain arrays: np.savez(path, probs=probs, labels=labels), or a Parquet file",
        code="pickle",
    )


__all__ = ["FORMATS", "SUFFIXES", "format_of"]
