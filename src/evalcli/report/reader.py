"""Reads stored reports, and refuses those with wrong types or contradictions."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Literal, Never, Union, get_args, get_origin, get_type_hints

from msgspec import MsgspecError, Struct

from evalcli.errors import InputError
from evalcli.findings import Blank, Place, run
from evalcli.report.consistency import require_consistency
from evalcli.report.json_values import (
    Json,
    JsonObject,
    NewerSchema,
    as_object,
    is_plain,
    unique_keys,
    wrong_type,
)
from evalcli.report.report import Report
from evalcli.report.thresholds import FILE_PREFIX, KIND
from evalcli.text import escape
from evalcli.whole import read_whole

if TYPE_CHECKING:
    from evalcli.report.comparison import Comparison

ERRORS = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
    MsgspecError,
)
"""Errors that wrong keys or types in a file raise."""
WRITE = run("evalcli", "score", Blank("FILE"), "-o", "report.json", words="writes one")


def read_report(path: str) -> Report:
    """The report of a JSON file, or of ``-``, standard input. Raises only ``InputError``."""
    stored = read_stored(path)
    if isinstance(stored, Report):
        return stored
    raise InputError(
        "the file contains a comparison, not a report", where=_place(path), hint=WRITE, code="not-a-report"
    )


def read_stored(path: str) -> Report | Comparison:
    """The report or the comparison of a JSON file, or of ``-``. Raises only ``InputError``."""
    text, place = _text(path), _place(path)
    data = _parsed(text, place, path)
    try:
        return _stored(as_object(data, "report"))
    except NewerSchema as error:
        raise InputError(
            "the report was written by a later release",
            where=place,
            found=str(error),
            hint="upgrade evalcli here, or write it again with this release",
            code="newer-report",
        ) from None
    except ERRORS as error:
        raise InputError(
            "not an evalcli report",
            where=place,
            found=f"missing key {error.args[0]!r}" if isinstance(error, KeyError) else str(error),
            hint=WRITE,
            code="not-a-report",
        ) from None


def is_report(path: str) -> bool:
    """Whether a file is a stored report: a JSON object that says so near its beginning."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            start = file.read(4096).lstrip()
    except (OSError, ValueError):
        return False
    return start.startswith(b"{") and b'"schema_version"' in start


def _place(path: str) -> Place:
    return Place("standard input" if path == "-" else path)


def _stored(data: JsonObject) -> Report | Comparison:
    if data.get("kind") == "comparison":
        from evalcli.report.comparison import Comparison

        comparison = Comparison.from_json(data)
        require_types(comparison, Comparison, "comparison")
        return comparison
    report = Report.from_json(data)
    require_types(report, Report, "report")
    require_consistency(report)
    return report


def _parsed(text: str, place: Place, path: str) -> Json:
    """The content of the file; refuses the errors and thresholds that evalcli writes."""
    try:
        data: Json = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=unique_keys)
    except RecursionError:
        raise InputError(
            "the report is nested too deeply",
            where=place,
            code="not-a-report",
            hint=WRITE,
        ) from None
    except ValueError as error:
        raise InputError(
            "the report is not JSON",
            where=place,
            found=str(error) if text.strip() else "nothing",
            hint=WRITE,
            code="not-a-report",
        ) from None
    if isinstance(data, dict) and "error" in data and "metrics" not in data:
        what = data["error"].get("what") if isinstance(data["error"], dict) else None
        raise InputError(
            "the report contains an error and no metrics",
            where=place,
            found=str(what) if what else None,
            code="not-a-report",
            hint=WRITE,
        )
    if isinstance(data, dict) and data.get("kind") == KIND:
        raise InputError(
            "the file contains thresholds, not a report",
            where=place,
            hint=run(
                "evalcli", "score", Blank("FILE"), "--threshold", f"{FILE_PREFIX}{path}", words="reads it"
            ),
            code="not-a-report",
        )
    return data


def require_types(value: object, hint: object, what: str) -> None:
    """Raise a ``TypeError`` unless a value is of the type that it is declared with, all the way down.

    Numbers have to be finite.

    >>> require_types((1, "a"), tuple[int, ...], "x")
    Traceback (most recent call last):
    ...
    TypeError: x is not int but 'a'
    """
    origin, inner = get_origin(hint), get_args(hint)
    if hint is object:
        return
    if origin in (Union, UnionType):
        if not any(_fits(value, member, what) for member in inner):
            raise _wrong_type(value, hint, what)
    elif origin is Literal:
        if value not in inner:
            raise _wrong_type(value, hint, what)
    elif origin is tuple and isinstance(value, tuple):
        several = len(inner) > 1 and inner[1] is not Ellipsis
        if several and len(inner) != len(value):
            raise _wrong_type(value, hint, what)
        for item, kind in zip(value, inner if several else inner[:1] * len(value), strict=True):
            require_types(item, kind, what)
    elif origin is Mapping and isinstance(value, dict):
        for key, item in value.items():
            require_types(key, inner[0], what)
            require_types(item, inner[1], f"{what}.{key}")
    elif isinstance(hint, type) and issubclass(hint, Struct) and type(value) is hint:
        hints = _types(hint)
        for name in hint.__struct_fields__:
            require_types(getattr(value, name), hints[name], f"{what}.{name}")
    elif not is_plain(value, hint):
        raise _wrong_type(value, hint, what)


@cache
def _types(kind: type) -> dict[str, object]:
    """Types of the fields of a part; what was parsed as JSON needs no check as JSON."""
    return get_type_hints(kind, localns={"Json": object})


def _fits(value: object, hint: object, what: str) -> bool:
    try:
        require_types(value, hint, what)
    except TypeError:
        return False
    return True


def _wrong_type(value: object, hint: object, what: str) -> TypeError:
    return wrong_type(value, getattr(hint, "__name__", str(hint)), what)


def _text(path: str) -> str:
    try:
        if path == "-":
            if sys.stdin is None:  # closed by the caller
                raise OSError(errno.EBADF, "it is closed")
            return read_whole(sys.stdin.buffer).decode("utf-8-sig")
        return read_whole(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            "no such report",
            where=Place(path),
            code="no-file",
            hint=run("evalcli", "score", Blank("FILE"), "-o", path, words="writes one"),
        ) from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            "the report cannot be read",
            where=Place(path),
            found=escape(str(reason)),
            code="not-a-report",
            hint=WRITE,
        ) from None


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"it contains {name}, which is not JSON")
