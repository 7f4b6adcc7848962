"""What a user may ask of a run: plain values, checked where they are used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from evalcli.loaders import Settings
from evalcli.report.stored_thresholds import Tuned


@dataclass(frozen=True)
class Options:
    """The options of ``score``; the defaults are the command line's.

    ``threshold``: a number, or numbers for the labels, as ``a=0.3,b=0.5``; ``tuned``: what a file says in its
    place. ``batches``: rows of a batch to
    explain averages over batches with. ``hashes``: whether the report holds the files' SHA-256.
    ``by_order``: rows are matched by order whatever ids there are. ``on_missing``: labels without a
    prediction; ``on_extra``: predictions without a label. ``fold_names``: class names that differ by case or
    blanks only are one. ``group``: column of rows that are not independent. ``by``: columns that slices are
    made of, several with commas between for every combination; ``min_n``: rows under which a slice is small.
    """

    predictions: str | tuple[str, ...]
    labels: str | tuple[str, ...] | None = None
    label_col: str | None = None
    label_cols: tuple[str, ...] = ()
    score_cols: tuple[str, ...] = ()
    pred_col: str | None = None
    id_col: str | None = None
    by_order: bool = False
    on_missing: str = "error"
    on_extra: str = "error"
    weight_col: str | None = None
    unweighted: bool = False
    classes: tuple[str, ...] = ()
    scores: str = "auto"
    missing: str = "error"
    input_format: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    encoding: str | None = None
    header: bool | None = None
    null_values: tuple[str, ...] = ()
    max_bytes: int | None = None
    fold_names: bool = False
    task: str = "auto"
    positive: str | None = None
    threshold: str | None = None
    tuned: Tuned | None = None
    average: str = "macro"
    zero_division: str = "0"
    bins: int = 15
    metrics: tuple[str, ...] = ("default",)
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
    hashes: bool = False

    def settings(self, format: str | None = None) -> Settings:
        """How files are read; ``format``: of the predictions alone."""
        return Settings(
            format,
            self.delimiter,
            self.decimal,
            self.encoding,
            self.header,
            self.null_values,
            self.max_bytes,
            self.jobs,
        )
