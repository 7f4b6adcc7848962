"""What a good colleague would point at, from the same states; nothing when there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalcli.assembly import Tally
from evalcli.block import ScoreKind
from evalcli.errors import listed, printable
from evalcli.inputs import Inputs
from evalcli.metrics import Study
from evalcli.reading import Reading
from evalcli.report import Note
from evalcli.statistics import Confusion, LogLoss


def notes(study: Study, inputs: Inputs, reading: Reading, tally: Tally) -> tuple[Note, ...]:
    """All notes of a run."""
    return (*_of_files(inputs, reading, tally), *_of_counts(study))


def _of_files(inputs: Inputs, reading: Reading, tally: Tally) -> Iterator[Note]:
    if inputs.shared_ids:
        yield Note(
            "matched-by-order",
            f"both files have a column {listed(inputs.shared_ids)}, not looked at: rows are matched by order",
        )
    for reason, count in tally.dropped.items():
        yield Note(
            reason.replace("_", "-"), f"{count:,} of {tally.rows:,} rows dropped: {reason.replace('_', ' ')}"
        )
    if tally.rounded:
        yield Note("rounded-scores", f"{tally.rounded:,} scores a rounding error outside [0, 1] were clipped")
    if tally.disagreements:
        yield Note(
            "prediction-differs-from-scores",
            f"{tally.disagreements:,} of {tally.rows:,} stored predicted classes are not the argmax",
        )
    prefix = inputs.roles.prefix
    if prefix.startswith("prob") and reading.kind is ScoreKind.LOGITS:
        yield Note("logits-under-prob-name", f"columns {prefix}* hold logits ({reading.why})")


def _of_counts(study: Study) -> Iterator[Note]:
    loss = study.states.get(LogLoss())
    if loss is not None and loss.clipped:
        yield Note(
            "clipped-probabilities",
            f"{loss.clipped:,} rows give the true class a probability of 0 or 1; clipped for log_loss",
        )
    counts = study.states[Confusion()]
    absent = [name for name, found in zip(study.classes, counts.support > 0, strict=True) if not found]
    if absent:
        yield Note(
            "absent-classes",
            f"{len(absent)} of {study.k} classes do not occur in the labels: {listed(absent)}",
        )
    never = [c for c, s, p in zip(study.classes, counts.support, counts.claimed, strict=True) if s and not p]
    if never:
        yield Note(
            "never-predicted", f"{len(never)} of {study.k} classes are never predicted: {listed(never)}"
        )
    share = float(np.max(counts.support)) / counts.n
    accuracy = counts.correct / counts.n
    if share > 0.5 and accuracy <= share:
        yield Note(
            "class-imbalance",
            f"accuracy {accuracy:.4f} is no better than always saying "
            f"{printable(study.classes[int(np.argmax(counts.support))])!r} ({share:.4f})",
        )
