"""The formats that results are rendered in: one table, which help, completion, errors and docs read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from evalcli.errors import EvalcliError
    from evalcli.renderers.tables import View


class Result(Protocol):
    """The result of a command. ``kind``: its key in the table of formats."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        ...


class Format(Struct, frozen=True):
    """``suffix``: suffix of its files. ``looks``: options of the view that change it.

    ``makers``: for each kind of result that it has, the ``module:function`` of this package that renders a
    result and a view. ``error``: the same for an error, if the format can hold one. ``error_file``: whether
    files are written when a run ends in an error.
    """

    name: str
    suffix: str | None
    meaning: str
    makers: Mapping[str, str]
    error: str | None = None
    error_file: bool = False
    looks: tuple[str, ...] = ()


TABLES = ("digits", "brief", "normalize", "sort")
"""Fields of the view that tables use."""
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
                "comparison": "comparison:render",
                "power": "power:render",
                "history": "history:render",
                "state": "state_facts:render",
            },
            looks=TABLES,
        ),
        Format(
            "json",
            ".json",
            "everything, in full precision; what `show` and `--baseline` read",
            dict.fromkeys(
                ("report", "inspection", "thresholds", "comparison", "power", "history", "state"),
                "json:render",
            ),
            error="json:of_error",
        ),
        Format(
            "markdown",
            ".md",
            "GitHub tables, the verdict first, under 60 KB",
            {
                "report": "markdown:render",
                "comparison": "markdown:of_comparison",
                "history": "markdown:of_history",
            },
            error="markdown:of_error",
            looks=TABLES,
        ),
        Format(
            "html",
            ".html",
            "one page with every table in full, charts and a threshold to move; nothing from outside",
            {
                "report": "page:render",
                "comparison": "page:of_comparison",
                "history": "page_history:render",
            },
            looks=TABLES,
        ),
        Format(
            "csv",
            ".csv",
            "one row per metric and class, in full precision",
            {
                "report": "tidy:render_csv",
                "comparison": "tidy:comparison_csv",
                "history": "history:render_csv",
            },
        ),
        Format(
            "tsv",
            ".tsv",
            "the same with tabs",
            {
                "report": "tidy:render_tsv",
                "comparison": "tidy:comparison_tsv",
                "history": "history:render_tsv",
            },
        ),
        Format(
            "junit",
            ".xml",
            "JUnit XML: each rule is a test case",
            {"report": "junit:render", "comparison": "junit:of_comparison"},
            error="junit:of_error",
            error_file=True,
        ),
        Format(
            "github",
            None,
            "annotations for the log of GitHub Actions",
            {"report": "github:render", "comparison": "github:of_comparison"},
            error="github:of_error",
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


def form_of_file(path: str, kind: str) -> str | None:
    """The format of a file of some kind of result, by its suffix; None if no format has it."""
    return suffixes_of(kind).get(Path(path).suffix.lower())


def render(result: Result, form: str, view: View | None = None) -> bytes:
    """Render a result in a format. Without a ``view``: lines of any length, without colour."""
    from evalcli.renderers.tables import View

    return _made(FORMATS[form].makers[result.kind], result, view or View())


def render_error(error: EvalcliError, form: str, name: str | None = None) -> bytes:
    """An error in a format that can hold one. ``name``: of the run."""
    return _made(str(FORMATS[form].error), error, name)


def _made(maker: str, *given: object) -> bytes:
    module, _, function = maker.partition(":")
    made: bytes = getattr(import_module(f"evalcli.renderers.{module}"), function)(*given)
    return made
