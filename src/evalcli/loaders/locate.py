"""From the names that a user gives to files: paths, globs, folders, addresses, ``-``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct, field

from evalcli.errors import InputError, UsageError
from evalcli.findings import Place, instead
from evalcli.loaders.pipes import STDIN, piped, standard_input
from evalcli.loaders.remote import filesystem_of, reached
from evalcli.loaders.resource import ADDRESS, Resource, brief, printable, suffix_of
from evalcli.text import GLOB, Expression, escape, suggest

CHECK_PATH = "check the path, and the folder that the command runs in"
BESIDE = ("state.json", "dataset_info.json")
PARTITION = Expression(r"([^=]+)=(.*)")


class Located(Struct, frozen=True):
    """A file, and the partition values of its folders, e.g. ``region=eu``."""

    resource: Resource
    constants: Mapping[str, str] = field(default_factory=dict)


def locate(names: Sequence[str], suffixes: Iterable[str], bound: int | None) -> list[Located]:
    """Find every file; those of a glob or a folder are in natural order.

    ``suffixes``: of data files in a folder.
    """
    known = tuple(suffixes)
    if list(names).count("-") > 1:
        raise _same_file("-", "-")
    files = [file for name in names for file in _of(name, known, bound)]
    seen: dict[tuple[object, ...], str] = {}
    for file in files if len(files) > 1 else ():
        identity, name = file.resource.identity, file.resource.name
        if identity in seen:
            raise _same_file(name, seen[identity])
        seen[identity] = name
    return files


def located_names(names: Sequence[str], suffixes: Iterable[str], bound: int | None = None) -> list[str]:
    """The names of all files, by which another process finds each: addresses as they are typed."""
    found: list[str] = []
    seen: dict[tuple[object, ...], str] = {}
    for name in names:
        for file in locate((name,), suffixes, bound):
            identity, label = file.resource.identity, file.resource.name
            if identity in seen:
                raise _same_file(label, seen[identity])
            seen[identity] = label
            found.append(_again(name, label))
    return found


def _again(typed: str, found: str) -> str:
    """The address of a file below a typed one, with its credentials and options."""
    address = ADDRESS.match(typed)
    if not address or address["scheme"].lower() == "file":
        return found
    from urllib.parse import urlsplit

    parts = urlsplit(typed)
    user, sign, _ = parts.netloc.rpartition("@")
    below = found.partition("://")[2]
    return f"{parts.scheme}://{user}{sign}{below}" + (f"?{parts.query}" if parts.query else "")


def _same_file(name: str, first: str) -> UsageError:
    return UsageError(
        "the same file is given twice, so its rows would be counted twice",
        where=Place(name),
        found=f"it is {first}" if name != first else None,
        hint="give it once",
        code="same-file-twice",
    )


def _of(name: str, suffixes: Sequence[str], bound: int | None) -> Iterator[Located]:
    if name == "-":
        yield Located(Resource(STDIN, data=piped(standard_input(), STDIN, bound), bound=bound))
        return
    address = ADDRESS.match(name)
    if address and address["scheme"].lower() == "file":
        from urllib.parse import unquote, urlsplit

        name, address = unquote(urlsplit(name).path), None
    if address:
        yield from _remote(name, suffixes, bound)
        return
    path = Path(name)
    try:
        exists = path.exists()
    except (OSError, ValueError) as error:  # a name that is too long or contains NUL
        raise InputError(
            "no such file",
            where=_place(name),
            found=brief(error),
            code="no-file",
            hint=CHECK_PATH,
        ) from None
    if not exists and not path.is_symlink() and GLOB.search(name):
        root = Path(path.anchor or ".")
        pattern = str(path.relative_to(path.anchor)) if path.anchor else name
        paths = sorted((p for p in root.glob(pattern) if _is_file(p)), key=_natural)
        if not paths:
            raise _no_match(_place(name))
        yield from (Located(_opened(str(p), bound)) for p in paths)
    elif path.is_dir():
        inside = ((p, p.relative_to(path)) for p in _below(path, suffixes))
        chosen = _data((str(p), PurePosixPath(*relative.parts)) for p, relative in inside)
        yield from (
            Located(_opened(p, bound), constants) for p, constants in _of_folder(name, chosen, suffixes)
        )
    elif not exists:
        raise _no_file(path)
    elif not path.is_file():  # a pipe, which can be read once: a process substitution, /dev/stdin
        try:
            with path.open("rb") as stream:
                yield Located(Resource(name, data=piped(stream, printable(name), bound), bound=bound))
        except OSError as error:
            raise _unreadable(name, error) from None
    else:
        yield Located(_opened(name, bound))


def _no_match(where: Place) -> InputError:
    return InputError(
        "no file matches", where=where, code="no-file", hint="check the pattern, and list its folder"
    )


def _place(name: str) -> Place:
    return Place(printable(name))


def _unreadable(name: str, error: OSError, what: str = "the file cannot be opened") -> InputError:
    return InputError(
        what,
        where=_place(name),
        found=error.strerror or brief(error),
        code="unreadable",
        hint="check the permissions and the path",
    )


def _is_file(path: Path) -> bool:
    """Whether a path is a file; a link that is broken or cannot be followed is an error."""
    try:
        found = path.is_file()
        is_broken = not found and path.is_symlink() and not path.exists()
    except OSError as error:
        raise _unreadable(str(path), error, "a link cannot be followed") from None
    if is_broken:
        raise _dangling(path)
    return found


def _dangling(path: Path) -> InputError:
    return InputError(
        "a broken link",
        where=_place(str(path)),
        found=f"it points to {escape(str(path.readlink()))}",
        hint="remove the link, or restore the file",
        code="no-file",
    )


def _below(folder: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    """The files in a folder; links to folders are not followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            entries = list(os.scandir(here))
        except OSError as error:
            raise _unreadable(str(here), error, "a folder cannot be read") from None
        for entry in entries:
            path = Path(entry.path)
            if entry.name[0] in "._":
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif (suffix_of(path) in suffixes or os.access(path, os.F_OK)) and _is_file(path):
                yield path


def _opened(name: str, bound: int | None) -> Resource:
    return _filled(Resource(name, bound=bound))


def _filled(resource: Resource) -> Resource:
    if not resource.head:
        raise InputError(
            "the file is empty",
            where=resource.place,
            found="0 bytes",
            code="empty",
            hint="was it written completely?",
        )
    return resource


def _natural(path: object) -> list[tuple[bool, int, str]]:
    """Sort key with numbers within names as numbers: part-2 before part-10."""
    parts = re.split(r"(\d+)", str(path))
    return [(part.isdigit() and part.isascii(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _data(files: Iterable[tuple[str, PurePosixPath]]) -> list[tuple[str, PurePosixPath]]:
    """Sorted data files, without files that writers add: _SUCCESS, .crc, hidden folders."""
    kept = [(p, inner) for p, inner in files if not any(part[0] in "._" for part in inner.parts)]
    kept = [(p, inner) for p, inner in kept if inner.name not in BESIDE]
    return sorted(kept, key=lambda pair: _natural(pair[1]))


def _of_folder(
    name: str, files: Sequence[tuple[str, PurePosixPath]], suffixes: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    chosen = [(p, inner) for p, inner in files if suffix_of(inner) in suffixes]
    if not chosen:
        raise InputError(
            "no prediction file in the folder",
            where=_place(name),
            found=f"{len(files)} other files",
            hint="give the files, or a folder that contains them",
            code="no-file",
        )
    from urllib.parse import unquote

    keys = None
    for p, inner in chosen:
        constants = {m[1]: unquote(m[2]) for part in inner.parts[:-1] if (m := PARTITION.fullmatch(part))}
        if keys is not None and list(constants) != keys:
            raise InputError(
                "the folders of the files have different partitions",
                where=_place(p),
                found=f"{list(constants)}, but the first file has {keys}",
                hint="give files of one dataset, with the same partition folders",
            )
        keys = list(constants)
        yield p, constants


def _no_file(file: Path) -> InputError:
    if file.is_symlink():
        return _dangling(file)
    folder = file.parent if file.parent.is_dir() else Path()
    try:
        like = suggest(file.name, (entry.name for entry in folder.iterdir()))
    except OSError:
        like = None
    return InputError(
        "no such file",
        where=_place(str(file)),
        hint=instead(str(file), str(folder / like)) if like else CHECK_PATH,
        code="no-file",
    )


def shown(name: str) -> str:
    """A name for reports: an address without passwords and other parts that may be secret.

    >>> shown("s3://key:secret@bucket/p.csv?token=1"), shown("p.csv")
    ('s3://bucket/p.csv', 'p.csv')
    """
    if not ADDRESS.match(name):
        return printable(name)
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(name)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _remote(name: str, suffixes: Sequence[str], bound: int | None) -> Iterator[Located]:
    """Files at an address."""
    from urllib.parse import urlsplit

    label, parts = shown(name), urlsplit(name)
    with reached(label):
        filesystem, path = filesystem_of(name, label)
        chosen = _far_files(filesystem, path, label, suffixes)
    for p, constants in chosen:
        address = label if p == path else f"{parts.scheme}://{p.partition('://')[2] or p}"
        with reached(address):
            resource = Resource(address, remote=(filesystem, p), bound=bound)
        yield Located(_filled(resource), constants)


def _far_files(
    filesystem: Any, path: str, label: str, suffixes: Sequence[str]
) -> list[tuple[str, dict[str, str]]]:
    import pyarrow.fs as pf

    def below(folder: str) -> Iterator[str]:
        entries = filesystem.get_file_info(pf.FileSelector(folder, recursive=True))
        return (info.path for info in entries if info.is_file)

    sign = GLOB.search(path)
    if sign and not ADDRESS.match(path):  # in a web address, ? has another meaning
        start = path[: sign.start()].rpartition("/")[0]
        paths = sorted((p for p in below(start) if fnmatchcase(p, path)), key=_natural)
        if not paths:
            raise _no_match(Place(label))
        return [(p, {}) for p in paths]
    info = filesystem.get_file_info(path)
    if info.type == pf.FileType.NotFound:
        raise InputError(
            "no such file",
            where=Place(label),
            code="no-file",
            hint="check the address, and list its folder",
        )
    if info.type == pf.FileType.Directory and not ADDRESS.match(path):
        root = path.rstrip("/")
        files = _data((p, PurePosixPath(p).relative_to(root)) for p in below(path))
        return list(_of_folder(label, files, suffixes))
    return [(path, {})]


__all__ = ["Located", "locate", "shown"]
