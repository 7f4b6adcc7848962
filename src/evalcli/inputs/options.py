"""Options of a run: plain values, validated where they are used."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from msgspec import Struct, field

from evalcli.blocks.row_hashes import place_by_names
from evalcli.definitions import CostMatrix, Definition
from evalcli.errors import ErrorCollector, UsageError, unknown_choice
from evalcli.findings import Blank, as_name, flag, omit, use
from evalcli.inputs.choices import AVERAGES, COMPATS, POLICIES, RANKINGS, ZERO_DIVISIONS
from evalcli.loaders.source import Settings, Source
from evalcli.report.thresholds import StoredThresholds
from evalcli.tasks import TASKS, Task
from evalcli.text import Expression

EXAMPLE = "cost = 5*fn + fp"
MOST_BINS = 10_000
SIZE = Expression(r"(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT]?)i?B?", re.IGNORECASE | re.ASCII)


FAR = 1 << 60
"""Above the number of any row."""


class Options(Struct, frozen=True):
    """The options of ``score``; the defaults are the command line's.

    ``threshold``: a number, or numbers per label, e.g. ``a=0.3,b=0.5``; ``tuned``: thresholds from a file.
    ``batches``: rows per batch, to explain averages over batches. ``exclude_class``: classes that averages
    exclude. ``define``, ``cost_matrix``: metrics of one's own. ``compat``: library whose values are given
    where they differ. ``hashes``: whether the report contains the files' SHA-256. ``opened``: predictions,
    and labels if they are apart, that are no files of their own. ``shared_labels``: whether the labels are
    those of other parts, too. ``ranking``: exact, certified by counts in bins, or auto: exact where the
    rows fit the workers of a cluster, which they do not if ``large``. ``stored``: whether the
    states are kept, for a file. ``first_row``: number of the first row among those of all shards, counted
    from 0, by which rows are drawn. ``curves``: what the report has for pictures: none, default or all.
    ``by_order``: match rows by order and ignore ids. ``fold_ids``: match ids that differ only in form.
    ``on_missing``: policy for labels without a prediction; ``on_extra``: policy for predictions without a
    label. ``ignore_label``: labels whose rows do not count. ``label_sep``: separator of the labels in a
    field. ``fold_names``: class names that differ only in case or whitespace are one class. ``group``:
    column that groups dependent rows. ``by``: columns of slices, comma-separated for every combination;
    ``min_n``: smallest number of rows of a slice that is not small. ``memory``: bytes that the process
    should not exceed; half of what is free by default.
    """

    predictions: str | tuple[str, ...]
    labels: str | tuple[str, ...] | None = None
    label_col: str | None = None
    label_cols: tuple[str, ...] = ()
    score_cols: tuple[str, ...] = ()
    pred_col: str | None = None
    id_col: str | None = None
    by_order: bool = False
    fold_ids: bool = False
    on_missing: str = "error"
    on_extra: str = "error"
    weight_col: str | None = None
    unweighted: bool = False
    classes: tuple[str, ...] = ()
    scores: str = "auto"
    missing: str = "error"
    input_format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None
    null_values: tuple[str, ...] = ()
    ignore_label: tuple[str, ...] = ()
    label_sep: str | None = None
    max_bytes: int | None = None
    fold_names: bool = False
    task: str = "auto"
    positive: str | None = None
    threshold: str | None = None
    tuned: StoredThresholds | None = None
    average: str | None = None
    exclude_class: tuple[str, ...] = ()
    zero_division: str = "0"
    bins: int = 15
    metrics: tuple[str, ...] = ("default",)
    define: tuple[Definition, ...] = ()
    cost_matrix: CostMatrix | None = None
    compat: str | None = None
    batches: int | None = None
    confidence: float = 0.95
    intervals: bool = True
    seed: int = 0
    group: str | None = None
    by: tuple[str, ...] = ()
    min_n: int = 30
    jobs: int = field(
        default_factory=lambda: (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
    )
    memory: int | None = None
    hashes: bool = False
    curves: str = "none"
    first_row: int | None = None
    stored: bool = False
    shared_labels: bool = False
    ranking: str = "auto"
    large: bool = False
    opened: tuple[Source, Source | None] | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the predictions, as given."""
        return (self.predictions,) if isinstance(self.predictions, str) else self.predictions

    @property
    def label_files(self) -> tuple[str, ...]:
        """The files of the labels, as given; none if they are in the predictions."""
        return (self.labels,) if isinstance(self.labels, str) else self.labels or ()

    @property
    def place(self) -> int:
        """What row numbers are counted from; a part that does not know it has a number of its own."""
        if self.first_row is not None or not self.stored:
            return self.first_row or 0
        return place_by_names(self.files)

    @property
    def asked_task(self) -> Task | None:
        """The kind of task that the user asked for; None if it shows in the data."""
        return TASKS.get(self.task)

    @property
    def may_have_classes(self) -> bool:
        """Whether no task without classes was asked for."""
        return self.asked_task is None or self.asked_task.has_classes

    def settings(self, format: str | None = None) -> Settings:
        """How files are read; ``format``: for the predictions only."""
        return Settings(
            format=format,
            delimiter=self.delimiter,
            decimal=self.decimal,
            encoding=self.encoding,
            header=self.header,
            null_values=self.null_values,
            max_bytes=self.max_bytes,
            jobs=self.jobs,
        )


def size(name: str, value: str | None) -> int | None:
    """Bytes from a number with K, M, G or T, each 1,024 times the one before."""
    if value is None:
        return None
    found = SIZE.fullmatch(value.strip())
    if not found or float(found[1]) <= 0:
        raise UsageError(f"{flag(name)} {value!r} is not a size", hint=use(**{name: "20G"}))
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))


def require_level(confidence: float) -> None:
    """Refuse a level of intervals that is no share."""
    if not 0 < confidence < 1:
        raise UsageError(
            f"--confidence {confidence:g} is not between 0 and 1",
            hint=use(confidence=confidence / 100 if 1 < confidence < 100 else 0.95),
        )


def definition_of(text: str) -> Definition:
    """The definition in ``NAME = FORMULA``.

    >>> definition_of("cost = 5*fn + fp").formula
    '5*fn + fp'
    """
    name, equals, formula = (part.strip() for part in text.partition("="))
    if not equals or not name or not formula or formula.startswith("="):
        raise UsageError(f"--define {text!r} is not NAME = FORMULA", hint=use(define=EXAMPLE))
    return Definition(name, formula)


def parse_by(by: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Columns of each ``--by``: one, or several, comma-separated."""
    combinations = []
    for text in by:
        names = tuple(name.strip() for name in text.split(","))
        if not all(names) or len(set(names)) < len(names):
            raise UsageError(
                f"--by {text!r} is not a column, or several different ones, comma-separated",
                hint=use("or several, comma-separated", by=Blank("COLUMN")),
            )
        combinations.append(names)
    once: dict[frozenset[str], tuple[str, ...]] = {}
    for names in combinations:
        once.setdefault(frozenset(names), names)  # another order gives the same slices
    return tuple(once.values())


def _require_place(options: Options) -> None:
    """Refuse a place among the rows of parts, and batches, where they have no meaning."""
    if options.first_row is not None and not options.stored:
        raise UsageError("--first-row is for --state", hint=use(state="part.state"))
    if options.first_row is not None and not 0 <= options.first_row < FAR:
        raise UsageError(f"--first-row {options.first_row} is not the number of a row", hint=use(first_row=0))
    if options.stored and options.batches is not None:
        raise UsageError(
            "--explain-batches needs all rows in order, which --state does not hold",
            hint=omit("explain_batches") | omit("state"),
        )


def check_options(options: Options) -> None:
    """Refuse invalid values, all together."""
    choices = {
        "average": (options.average, AVERAGES),
        "zero_division": (options.zero_division, ZERO_DIVISIONS),
        "missing": (options.missing, POLICIES),
        "on_missing": (options.on_missing, POLICIES),
        "on_extra": (options.on_extra, POLICIES),
        "compat": (options.compat, COMPATS),
    }
    problems = ErrorCollector()
    for option, (value, allowed) in choices.items():
        with problems.collect():
            if value is not None and value not in allowed:
                raise unknown_choice(option, value, allowed)
    with problems.collect():
        if options.decimal is not None and (len(options.decimal) != 1 or options.decimal.isalnum()):
            raise UsageError(
                f"--decimal {options.decimal!r} is not a single character", hint=use(decimal=",")
            )
    with problems.collect():
        require_level(options.confidence)
    with problems.collect():
        _require_place(options)
        if options.ranking not in RANKINGS:
            raise unknown_choice("ranking", options.ranking, RANKINGS)
    with problems.collect():
        if not 0 <= options.seed < 1 << 63:
            raise UsageError(f"--seed {options.seed} is not a whole number from 0 up", hint=use(seed=0))
    with problems.collect():
        if options.min_n < 0:
            raise UsageError(f"--min-n {options.min_n} is negative", hint=use(min_n=30))
    counts = {"--bins": options.bins, "--jobs": options.jobs, "--explain-batches": options.batches}
    for option, count in counts.items():
        with problems.collect():
            if count is not None and count < 1:
                raise UsageError(
                    f"{option} {count} is not a positive number", hint=use(**{as_name(option): 1})
                )
    with problems.collect():
        parse_by(options.by)
    with problems.collect():
        if options.bins > MOST_BINS:
            raise UsageError(f"--bins {options.bins} is more than {MOST_BINS:,}", hint=use(bins=MOST_BINS))
    problems.raise_if_any()
