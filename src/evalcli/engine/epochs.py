"""The epochs of a run: files of a pattern, or parts of long tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from evalcli.definitions import COST
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, as_hint, run, use
from evalcli.inputs.column_names import plain_name
from evalcli.inputs.options import Options
from evalcli.inputs.patterns import Match, Pattern, matches, pattern_of
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.long_table import LongTable, Part
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Source
from evalcli.metrics.lookup import canonical
from evalcli.report.history import TRAINING, VALIDATION
from evalcli.tasks import TASKS
from evalcli.text import escape, join_names, suggest

WORDS = ("epoch", "split")
"""What parts a run."""
SPLIT_NAMES = ("split", "subset", "set", "dataset", "phase", "partition", "stage", "mode")
"""Usual names of columns of splits."""


class Tracked(Struct, frozen=True):
    """What to track. ``best``: the metric that epochs are compared by; ``split``: where.

    ``columns``: of tables that have several epochs below each other, that of the epoch and that of the split.
    """

    pattern: Pattern
    labels: Pattern | None
    options: Options
    best: str | None = None
    split: str | None = None
    columns: Mapping[str, str] = {}

    @classmethod
    def of(
        cls,
        pattern: str,
        labels: str | None,
        options: Options,
        best: str | None,
        split: str | None,
        columns: Mapping[str, str | None],
    ) -> Tracked:
        """From patterns as they are typed, and columns that may not be named."""
        named = {word: name for word, name in columns.items() if name is not None}
        of_labels = None if labels is None else pattern_of(labels)
        return cls(pattern_of(pattern), of_labels, options, best, split, named)

    @property
    def scored(self) -> Options:
        """The options of what is scored: with the metric that epochs are compared by."""
        more = () if self.best is None else (self.best,)
        return replace(self.options, metrics=(*self.options.metrics, *more))


class Job(Struct, frozen=True):
    """An epoch of a split, its file, and that of its labels. ``fields``: of the pattern, with their texts.

    ``part``: its rows, where the file has more; ``part_of_labels``: the same of the labels.
    """

    epoch: int
    split: str
    fields: tuple[tuple[str, str], ...]
    path: str
    labels: str | None
    part: Part | None = None
    part_of_labels: Part | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Both files."""
        return (self.path,) if self.labels is None else (self.path, self.labels)

    def __str__(self) -> str:
        return f"epoch {self.epoch}" + (f" of {escape(self.split)}" if self.split else "")

    def options(self, of_run: Options) -> Options:
        """The options of this epoch."""
        labels = None if self.labels is None else (self.labels,)
        own = replace(of_run, predictions=(self.path,), labels=labels)
        if self.part is None:
            return own
        apart = open_source(labels, of_run.settings()) if labels and self.part_of_labels is None else None
        return replace(own, opened=(self.part, self.part_of_labels or apart))


def jobs_of(tracked: Tracked) -> list[Job]:
    """The epochs and splits that there are, in order. Raises an ``EvalcliError`` for what does not fit."""
    _require_epoch(tracked)
    _require_metric(tracked)
    found: dict[tuple[int, str], Job] = {}
    for match in matches(tracked.pattern):
        for job in _jobs(tracked, match):
            known = found.setdefault((job.epoch, job.split), job)
            if known is not job:
                raise _twice(tracked, known, job)
    if not found:
        raise InputError(
            "the table has no rows",
            where=escape(tracked.pattern.text),
            hint="was it written completely?",
            code="no-rows",
        )
    return [found[key] for key in sorted(found)]


def _twice(tracked: Tracked, known: Job, job: Job) -> InputError:
    """An epoch of a split that two files are of; which field makes them apart, if one does."""
    one, other = dict(known.fields), dict(job.fields)
    field = next((name for name in one if name not in WORDS and one[name] != other.get(name)), None)
    where = f"{escape(known.path)} and {escape(job.path)}"
    if field is None:
        hint = as_hint("remove one of them, or write a pattern that matches one alone")
        return InputError(f"{job} is there twice", where=where, hint=hint)
    single = tracked.pattern.text.replace(f"{{{field}}}", one[field])
    return InputError(
        f"{job} is there for several values of {{{field}}}: only {{epoch}} and {{split}} make files apart",
        where=where,
        found=f"{one[field]} and {other[field]}",
        hint=run("evalcli", "track", single, words="tracks one of them"),
    )


def _require_metric(tracked: Tracked) -> None:
    """Refuse to compare by a metric that there is not."""
    if tracked.best is None:
        return
    own = [definition.name for definition in tracked.options.define]
    try:
        canonical(tracked.best, own=[*own, COST])
    except UsageError as error:
        like = suggest(tracked.best, [name for task in TASKS.values() for name in task.defaults])
        hint = use(best=like) if like else error.hint
        raise UsageError(f"--best {escape(tracked.best)}: {error.what}", hint=hint) from None


def _require_epoch(tracked: Tracked) -> None:
    """Refuse a pattern without epochs, and a field that is also a column."""
    pattern, columns = tracked.pattern, tracked.columns
    twice = [word for word in WORDS if word in pattern.fields and word in columns]
    if twice:
        raise UsageError(
            f"{escape(pattern.text)} has {{{twice[0]}}} already",
            hint="leave one of them out",
            code="no-effect",
        )
    if "epoch" not in (*pattern.fields, *columns):
        raise UsageError(
            f"{escape(pattern.text)}: no field {{epoch}}",
            hint="write {epoch} where the paths have the number of the epoch, and {split} for train and val",
        )


def _jobs(tracked: Tracked, match: Match) -> Iterator[Job]:
    """The epochs of a file: one, or one for each part."""
    if not tracked.columns:
        yield _job(tracked, match.path, match.values)
        return
    table, labels = _table(tracked, match.path), cache(partial(_labels_by_split, tracked))
    for number, key in enumerate(table.keys):
        values = dict(zip(tracked.columns, key, strict=True))
        part = table.part(number)
        if "split" in values:
            _require_split(values["split"], part, tracked.columns["split"])
        epoch = _whole_number(values["epoch"], part, tracked.columns["epoch"]) if "epoch" in values else None
        more = values if epoch is None else {**values, "epoch": str(epoch)}
        job = _job(tracked, match.path, {**match.values, **more}, part)
        yield job if job.labels is None else replace(job, part_of_labels=labels(job.labels).get(job.split))


def _labels_by_split(tracked: Tracked, path: str) -> Mapping[str, Part]:
    """The labels of each split, where one file has those of all in a column of the same name."""
    source, name = open_source(path, tracked.options.settings()), tracked.columns.get("split")
    if name is None or name not in source.columns:
        return {}
    table = LongTable(source, [name])
    return {key: table.part(number) for number, (key,) in enumerate(table.keys)}


def _table(tracked: Tracked, path: str) -> LongTable:
    """A file with several parts, by the columns that were named."""
    options = tracked.options
    source = open_source(path, options.settings(options.input_format))
    for word, name in tracked.columns.items():
        if name not in source.columns:
            like = suggest(name, source.columns)
            raise UsageError(
                f"--{word}-col: no column {escape(name)!r}",
                where=escape(path),
                found=f"columns {join_names(source.columns, 12)}",
                hint=use(**{f"{word}_col": like or Blank("NAME")}),
            )
    if "split" not in (*tracked.columns, *tracked.pattern.fields):
        _refuse_mixed(source)
    return LongTable(source, list(tracked.columns.values()))


def _refuse_mixed(source: Source) -> None:
    """Refuse to score training and validation as one set."""
    for name in source.columns:
        if plain_name(name) not in SPLIT_NAMES:
            continue
        batch = next(iter(source.batches([name], text=[name])), None)
        values = {str(value).lower() for value in column_of(batch, name).to_pylist()} if batch else set()
        if len(values) > 1 and values & {*TRAINING, *VALIDATION}:
            raise AmbiguousInput(
                "training and validation are in one table",
                where=source.place(name),
                found=join_names(sorted(values)),
                hint=use(split_col=name),
            )


def _whole_number(text: str, part: Part, column: str) -> int:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value < 0 or not value.is_integer():
        raise InputError(
            "not the number of an epoch",
            where=part.place(column, 0),
            found=repr(text) if text else "a missing value",
            hint=use("for another column", epoch_col=Blank("NAME")) | "remove such rows from the table",
            code="not-an-epoch",
        )
    return int(value)


def _require_split(text: str, part: Part, column: str) -> None:
    if not text:
        raise InputError(
            "not the name of a split",
            where=part.place(column, 0),
            found="a missing value",
            hint=use("for another column", split_col=Blank("NAME")) | "remove such rows from the table",
            code="not-an-epoch",
        )


def _job(tracked: Tracked, path: str, values: Mapping[str, str], part: Part | None = None) -> Job:
    unknown = [] if tracked.labels is None else [f for f in tracked.labels.fields if f not in values]
    if unknown:
        raise UsageError(
            f"--labels: the predictions have no field {{{unknown[0]}}}",
            found=join_names(values),
            hint=use(labels=Blank("PATTERN")),
        )
    labels = None if tracked.labels is None else tracked.labels.filled(values)
    if labels is not None and not Path(labels).is_file():
        raise InputError(
            f"no labels of {escape(path)}",
            where=escape(labels),
            hint=use("whose fields are those of the predictions", labels=Blank("PATTERN")),
            code="no-labels",
        )
    return Job(int(values["epoch"]), values.get("split", ""), tuple(values.items()), path, labels, part)


__all__ = ["Job", "Tracked", "jobs_of"]
