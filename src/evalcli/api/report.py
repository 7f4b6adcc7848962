"""The report as a program and a notebook use it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from evalcli.api.errors import finding_in_python
from evalcli.metrics.spelling import closest
from evalcli.renderers.formats import render
from evalcli.renderers.tables import View
from evalcli.report import report as typed
from evalcli.report.score import Score
from evalcli.text import escape


class Report(typed.Report, Struct, frozen=True, dict=True):
    """Scores by name, and how they came about.

    ``report["f1_macro"]`` is a score: ``.value`` (None if it is undefined, with a ``.reason``), ``.interval``
    and ``.n``; ``float(report["f1_macro"])`` is NaN if it is undefined. Names are those of rules:
    ``report["recall:cat"]`` of a class, ``report["f1_macro@region=eu"]`` of a slice.
    """

    @classmethod
    def of(cls, report: typed.Report) -> Report:
        """The same report, with notes in the words of Python."""
        fields = {name: getattr(report, name) for name in report.__struct_fields__}
        return cls(**fields | {"notes": tuple(map(finding_in_python, report.notes))})

    def __getitem__(self, name: str) -> Score:
        score = self.find(name) if isinstance(name, str) else None
        if score is None:
            known = [full for full, _ in self.by_name()]
            like = closest(str(name), known)
            raise KeyError(f"{name!r} is not in the report" + (f"; did you mean {like!r}?" if like else ""))
        return score

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.metrics)

    def __repr__(self) -> str:
        head = self.headline
        value = "" if head is None else f", {head} {float(self.metrics[head]):.4g}"
        return f"<Report: {self.task}, {self.input.scored:,} rows{value}, {len(self.metrics)} metrics>"

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, digits: int | None = None) -> str:
        """Aligned tables and notes, as ``evalcli score`` prints them. ``digits``: decimals of values."""
        notes = "".join(f"\n{note.level}: {escape(note.message)} [{note.code}]" for note in self.notes)
        return render(self, "table", View(digits=digits)).decode() + notes

    def to_markdown(self, digits: int | None = None) -> str:
        """Tables for GitHub."""
        return render(self, "markdown", View(digits=digits)).decode()

    def to_html(self, digits: int | None = None) -> str:
        """Tables for a notebook."""
        from evalcli.renderers import html

        return html.render(self, View(digits=digits)).decode()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich__(self) -> object:
        from evalcli.renderers.terminal import Shown

        return Shown(self)


__all__ = ["Report"]
