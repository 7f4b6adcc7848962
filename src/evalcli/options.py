"""What a user may ask of a run: plain values, checked where they are used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """The options of ``score``; the defaults are the command line's.

    ``threshold``: a number, or numbers for the labels, as ``a=0.3,b=0.5``. ``batches``: rows of a batch to
    explain averages over batches with. ``hashes``: whether the report holds the files' SHA-256.
    """

    predictions: str
    labels: str | None = None
    label_col: str | None = None
    label_cols: tuple[str, ...] = ()
    score_cols: tuple[str, ...] = ()
    pred_col: str | None = None
    weight_col: str | None = None
    classes: tuple[str, ...] = ()
    scores: str = "auto"
    missing: str = "error"
    input_format: str | None = None
    delimiter: str | None = None
    task: str = "auto"
    positive: str | None = None
    threshold: str | None = None
    average: str = "macro"
    zero_division: str = "0"
    bins: int = 15
    metrics: tuple[str, ...] = ("default",)
    batches: int | None = None
    confidence: float = 0.95
    intervals: bool = True
    jobs: int = field(
        default_factory=lambda: (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
    )
    hashes: bool = False
