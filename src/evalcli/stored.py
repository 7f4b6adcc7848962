"""Stored reports: read again, whatever wrote them; refused where they are not what they claim."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from evalcli.errors import InputError, Place, printable
from evalcli.report import NewerSchema, Report

ERRORS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
"""What a file with the wrong keys or types raises."""


def read_report(path: str) -> Report:
    """The report of a JSON file, or of ``-``, standard input. Raises an ``InputError`` alone."""
    text = _text(path)
    place = Place("standard input" if path == "-" else path)
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise InputError("the report is nested too deeply", where=place, code="not-a-report") from None
    except ValueError as error:
        raise InputError(
            "the report is not JSON",
            where=place,
            seen=str(error) if text.strip() else "nothing",
            mend="evalcli score ... -o report.json writes one",
            code="not-a-report",
        ) from None
    if isinstance(data, dict) and "error" in data and "metrics" not in data:
        what = data["error"].get("what") if isinstance(data["error"], dict) else None
        raise InputError(
            "the report holds an error in place of metrics",
            where=place,
            seen=what and str(what),
            code="not-a-report",
        )
    try:
        return Report.from_json(data)
    except NewerSchema as error:
        raise InputError(
            "the report was written by a later release",
            where=place,
            seen=str(error),
            mend="upgrade evalcli here, or write it again with this release",
            code="newer-report",
        ) from None
    except ERRORS as error:
        raise InputError(
            "this is not a report of evalcli",
            where=place,
            seen=f"no {error.args[0]!r}" if isinstance(error, KeyError) else str(error),
            mend="evalcli score ... -o report.json writes one",
            code="not-a-report",
        ) from None


def _text(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such report", where=Place(path), code="no-file") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            "the report cannot be read", where=Place(path), seen=printable(str(reason)), code="not-a-report"
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no JSON")
