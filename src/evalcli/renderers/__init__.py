"""Renderers: a report in, text out. One module per format; none computes, none opens a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalcli.report import Report

FORMATS = ("table", "json")
SUFFIXES = {".json": "json", ".txt": "table"}


def render(report: Report, form: str) -> str:
    """The report in a format, plain."""
    text: str = import_module(f"evalcli.renderers.{form}").render(report)
    return text
