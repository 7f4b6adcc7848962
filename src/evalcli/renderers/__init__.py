"""Renderers: a report in, text out. One module per format; none computes, none opens a file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalcli.report.report import Report


@dataclass(frozen=True)
class Format:
    """``suffix``: of files that are written in it unless told otherwise."""

    suffix: str | None
    meaning: str
    module: str = ""


FORMATS = {
    "table": Format(".txt", "aligned tables; in colour on a terminal", "text"),
    "json": Format(".json", "everything, in full precision; what `show` and `--baseline` read"),
    "markdown": Format(".md", "GitHub tables, the verdict first, under 60 KB"),
    "csv": Format(".csv", "a row for each metric and class, in full precision", "tidy"),
    "tsv": Format(".tsv", "the same with tabs", "tidy"),
    "junit": Format(".xml", "JUnit XML: each rule is a test case"),
    "github": Format(None, "annotations as GitHub Actions reads them from a log"),
}
SUFFIXES = {form.suffix: name for name, form in FORMATS.items() if form.suffix is not None}


def render(report: Report, form: str) -> str:
    """The report in a format, plain."""
    text: str = import_module(f"evalcli.renderers.{FORMATS[form].module or form}").render(report, form)
    return text
