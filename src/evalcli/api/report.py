"""The report as a program and a notebook use it."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike, fspath

from msgspec import Struct

from evalcli.api.errors import finding_in_python
from evalcli.api.plots import Pictures
from evalcli.errors import UsageError
from evalcli.metrics.spelling import closest
from evalcli.plots.kinds import Source
from evalcli.renderers.formats import Result, form_of_file, render, suffixes_of
from evalcli.renderers.tables import View
from evalcli.report import report as typed
from evalcli.report.inspection import Diagnosis
from evalcli.report.score import Score
from evalcli.report.thresholds import ThresholdReport
from evalcli.text import escape, join_names
from evalcli.writers.files import write


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

    def get(self, name: str, default: Score | None = None) -> Score | None:
        """The score of a name, or the default."""
        return self.find(name) or default

    def keys(self) -> tuple[str, ...]:
        """Names of all scores, also of classes and slices."""
        return tuple(name for name, _ in self.by_name())

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

    @property
    def plot(self) -> Pictures:
        """Pictures by name: ``.plot.NAME(ax=axes)`` draws, ``.plot.NAME.frame()`` is the data."""
        return Pictures(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file by its suffix: JSON, which ``evalcli show`` and ``--baseline`` read, text, Markdown...

        Raises a ``UsageError`` for another suffix, and an ``OutputError`` if it cannot be written.
        """
        save(self, path)

    def log(self, tracker: str, step: int = 0) -> None:
        """Log values and pictures to a tracker, as ``--log`` does: "tensorboard:DIR", "mlflow", "wandb"..."""
        log(self, tracker, step)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich__(self) -> object:
        from evalcli.renderers.terminal import Shown

        return Shown(self)


class Inspection(Diagnosis, Struct, frozen=True):
    """How files are read, and the problems in them: ``verdict``, ``findings``, ``columns``, ``reading``."""

    @classmethod
    def of(cls, found: Diagnosis) -> Inspection:
        """The same, in the words of Python."""
        fields = {name: getattr(found, name) for name in found.__struct_fields__}
        return cls(**fields | {"findings": tuple(map(finding_in_python, found.findings))})

    def __str__(self) -> str:
        return render(self, "table", View()).decode()

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file by its suffix, as for a report."""
        save(self, path)


class Thresholds(ThresholdReport, Struct, frozen=True):
    """The chosen ``thresholds`` by label, their ``goal``, and the points around them."""

    @classmethod
    def of(cls, found: ThresholdReport) -> Thresholds:
        """The same."""
        return cls(**{name: getattr(found, name) for name in found.__struct_fields__})

    def __str__(self) -> str:
        return render(self, "table", View()).decode()

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file by its suffix; ``threshold="@FILE"`` reads the JSON."""
        save(self, path)


def save(result: Result, path: str | PathLike[str]) -> None:
    """Write a result to a file by its suffix."""
    target = fspath(path)
    form = form_of_file(target, result.kind)
    if form is None:
        known = join_names(suffixes_of(result.kind))
        raise UsageError(f"{target!r} has no known suffix", hint=f"one of {known}")
    write(target, render(result, form, View()))


def log(result: Source, tracker: str, step: int = 0) -> None:
    """Log a result to a tracker."""
    from evalcli.plots.entries import log_result
    from evalcli.sinks.open import target_of

    log_result([target_of(tracker)], result, step)


__all__ = ["Inspection", "Report", "Thresholds"]
