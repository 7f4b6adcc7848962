"""What a good colleague would point at, from the same states; nothing when there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalcli.assembly import Tally
from evalcli.block import ScoreKind
from evalcli.errors import listed, printable
from evalcli.metrics import Study
from evalcli.reading import Reading
from evalcli.report import Note
from evalcli.roles import Roles
from evalcli.statistics import Confusion, LogLoss


def notes(study: Study, roles: Roles, reading: Reading, tally: Tally) -> tuple[Note, ...]:
    """All notes of a run."""
    return tuple(_notes(study, roles, reading, tally))


def _notes(study: Study, roles: Roles, reading: Reading, tally: Tally) -> Iterator[Note]:
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
    if roles.prefix.startswith("prob") and reading.kind is ScoreKind.LOGITS:
        yield Note("logits-under-prob-name", f"columns {roles.prefix}* hold logits ({reading.why})")
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
