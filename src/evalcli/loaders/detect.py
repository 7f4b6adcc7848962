"""Detection of a file's format from its content; the suffix decides where the content leaves a choice."""

from __future__ import annotations

from evalcli.errors import InputError
from evalcli.findings import Finding
from evalcli.loaders.formats import FORMATS, NAMES, SUFFIXES, Format
from evalcli.loaders.resource import HEAD_BYTES, Resource, encoding_without_mark
from evalcli.text import join_names

TEXT = Format("text", "text", "", (), "")
"""Text whose format the first bytes do not show."""
FOREIGN = {
    b"FEA1": ("a Feather file of the first version", "write it again with pyarrow.feather.write_feather"),
    b"\x89HDF": ("an HDF5 file", "save the predictions as Parquet, NPZ or CSV"),
    b"SQLite format 3": ("an SQLite database", "export the table as CSV"),
    b"<!DOCTYPE": ("an HTML page", "was a login page saved in place of the data?"),
    b"<html": ("an HTML page", "was a login page saved in place of the data?"),
    b"%PDF": ("a PDF document", "save the predictions as Parquet, NPZ or CSV"),
    b"version https://git-lfs": ("a pointer of Git LFS, not the data", "fetch the data: git lfs pull"),
}
PICKLES = tuple(b"\x80" + bytes([version]) for version in range(2, 6))
ZIP = b"PK"
OFFICE = (b"[Content_Types]", b"xl/", b"_rels/", b"docProps/")
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def format_of(resource: Resource, asked: str | None) -> tuple[Format, tuple[Finding, ...]]:
    """The format, and a remark if the content contradicts the suffix."""
    if asked is not None:
        return NAMES[asked], ()
    by_suffix = SUFFIXES.get(resource.suffix)
    found = _by_content(resource)
    if found is None and by_suffix is not None:
        return by_suffix, ()
    if found is TEXT:
        delimited = by_suffix is None or any(sign in _line(resource) for sign in b",;\t|")
        # otherwise the format of the suffix, whose reader reports the error
        found = FORMATS["csv"] if by_suffix is None or (delimited and not by_suffix.text) else by_suffix
    if found is None:
        seen = f"suffix {resource.suffix!r}" if resource.suffix else "no suffix"
        raise InputError(
            "unrecognised file contents",
            where=resource.place,
            found=seen,
            hint=f"save it as one of {join_names(NAMES)}",
            code="unknown-format",
        )
    if by_suffix is None or by_suffix.contents == found.contents:
        return found, ()
    message = f"{resource.name} contains {found.contents}, unlike its suffix, and is read as {found.contents}"
    return found, (Finding("note", "format-by-content", message),)


def _line(resource: Resource) -> bytes:
    return resource.head.split(b"\n", 1)[0]


def _by_content(resource: Resource) -> Format | None:
    """A format, ``TEXT``, or None if the bytes show none; an error for files that cannot be read."""
    head = resource.head
    for form in FORMATS.values():
        if form.magic and head.startswith(form.magic):
            return form
    if head.startswith(ZIP):
        return _zip(resource)
    for magic, (what, hint) in FOREIGN.items():
        if head[: len(magic)].lower() == magic.lower():
            raise InputError(f"not a table, but {what}", where=resource.place, hint=hint, code="foreign")
    if head.startswith(PICKLES):
        raise _pickle(resource)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100 << 20:
        return FORMATS["safetensors"]
    if head.startswith(UTF16):
        return TEXT
    if b"\x00" in head and encoding_without_mark(head) == "utf-8":
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    array = start[:1] == b"[" and (resource.suffix == ".json" or start[1:].lstrip()[:1] == b"{")
    return FORMATS["jsonl"] if array or start[:1] == b"{" else TEXT


def _zip(resource: Resource) -> Format:
    name = resource.head[30 : 30 + int.from_bytes(resource.head[26:28], "little")]
    if name.endswith(b".npy") or resource.suffix == ".npz":
        return FORMATS["npz"]
    if (
        name.endswith((b"data.pkl", b".format_version", b".data/serialization_id"))
        or b"data.pkl" in (resource.head[:HEAD_BYTES])
    ):
        raise _torch(resource)
    if name.startswith(OFFICE) or (name == b"mimetype" and OPEN_DOCUMENT in resource.head[:200]):
        return FORMATS["excel"]
    raise InputError(
        "not a table, but a ZIP archive",
        where=resource.place,
        hint="extract it, and pass the file in it",
        code="foreign",
    )


def _torch(resource: Resource) -> InputError:
    """The error for a PyTorch file, with the command that converts it."""
    line = (
        "import torch, numpy as np; np.savez('p.npz', **{k: v.numpy() for k, v in "
        f"torch.load({resource.name!r}, weights_only=True).items()}})"
    )
    return InputError(
        "a PyTorch file, which is a pickle and can run code when it is read",
        where=resource.place,
        hint=f'python -c "{line}" writes its tensors as p.npz',
        code="pickle",
    )


def _pickle(resource: Resource) -> InputError:
    return InputError(
        "a pickle (e.g. of torch.save or joblib), which can run code when it is read",
        where=resource.place,
        hint="save plain arrays: np.savez(path, probs=probs, labels=labels), or a Parquet file",
        code="pickle",
    )
