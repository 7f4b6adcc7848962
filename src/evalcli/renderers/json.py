"""The report as JSON: full precision, stable order, no NaN and no Infinity."""

from __future__ import annotations

import json

from evalcli.errors import EvalcliError
from evalcli.renderers.formats import Result
from evalcli.report.json_values import JsonObject


def render(result: Result, view: object = None) -> bytes:
    """Indented JSON with a final newline; lists of plain values, e.g. rows of the matrix, are on one line."""
    return (text(result.to_json()) + "\n").encode()


def of_error(error: EvalcliError, name: str | None = None) -> bytes:
    """An error as JSON; several errors also as a list."""
    data: JsonObject = {"schema_version": 1, "error": error.errors[0].to_json()}
    more = {"errors": [item.to_json() for item in error.errors]} if len(error.errors) > 1 else {}
    return (text(data | more) + "\n").encode()


def text(value: object) -> str:
    """Plain data as indented JSON."""
    return _text(value, "\n")


def _text(value: object, newline: str) -> str:
    inner = newline + "  "
    if isinstance(value, dict) and value:
        items = [f"{_plain(str(key))}: {_text(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{newline}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return f"[{inner}{f',{inner}'.join(_text(item, inner) for item in value)}{newline}]"
    return _plain(value)


def _plain(value: object) -> str:
    """One line; commands to a terminal or a CI service are escaped, as JSON allows for any character."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "##" in line:
        line = line.replace("##[", "\\u0023#[").replace("##vso[", "\\u0023#vso[")
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
