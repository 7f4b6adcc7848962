"""The formats that results are rendered in: one table, which help, completion, errors and docs read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from evalcli.renderers.tables import View


class Result(Protocol):
    """What a command found out. ``kind``: the word by which formats know it."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        ...


@dataclass(frozen=True)
class Format:
    """``suffix``: of files that are written in it unless told otherwise. ``looks``: options that it shows.

    ``makers``: for each kind of result that it can show the ``module:function`` of this package that makes
    bytes of a result and a view.
    """

    name: str
    suffix: str | None
    meaning: str
    makers: Mapping[str, str]
    looks: tuple[str, ...] = ()


TABLES = ("digits", "brief", "normalize", "sort")
"""Fields of the view that tables are made by."""
FORMATS = {
    form.name: form
    for form in (
        Format(
            "table",
            ".txt",
            "aligned tables; in colour on a terminal",
            {
                "report": "text:render",
                "inspection": "inspection:render",
                "thresholds": "thresholds:render",
            },
            TABLES,
        ),
        Format(
            "json",
            ".json",
            "everything, in full precision; what `show` and `--baseline` read",
            dict.fromkeys(("report", "inspection", "thresholds"), "json:render"),
        ),
        Format(
            "markdown",
            ".md",
            "GitHub tables, the verdict first, under 60 KB",
            {"report": "markdown:render"},
            TABLES,
        ),
        Format(
            "csv", ".csv", "one row per metric and class, in full precision", {"report": "tidy:render_csv"}
        ),
        Format("tsv", ".tsv", "the same with tabs", {"report": "tidy:render_tsv"}),
        Format("junit", ".xml", "JUnit XML: each rule is a test case", {"report": "junit:render"}),
        Format(
            "github", None, "annotations as GitHub Actions reads them from a log", {"report": "github:render"}
        ),
    )
}


def names_of(kind: str) -> tuple[str, ...]:
    """The formats that show a kind of result.

    >>> names_of("inspection")
    ('table', 'json')
    """
    return tuple(name for name, form in FORMATS.items() if kind in form.makers)


def suffixes_of(kind: str) -> dict[str, str]:
    """The formats that files of a kind of result are written in, by suffix."""
    return {form.suffix: form.name for form in FORMATS.values() if form.suffix and kind in form.makers}


def render(result: Result, form: str, view: View | None = None) -> bytes:
    """A result in a format. Without a ``view``: in lines of any length, and without colour."""
    from evalcli.renderers.tables import View

    module, _, function = FORMATS[form].makers[result.kind].partition(":")
    made: bytes = getattr(import_module(f"evalcli.renderers.{module}"), function)(result, view or View())
    return made
