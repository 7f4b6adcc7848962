"""Rows of a target before they become a block."""

from __future__ import annotations

from dataclasses import dataclass

from evalcli.blocks import Array, ScoreKind
from evalcli.errors import UsageError
from evalcli.findings import as_name, omit
from evalcli.inputs.options import Options
from evalcli.tasks import Task

Chosen = slice | Array
"""Rows of the truth: a slice, or an array of indices."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays with rows last, and the scale of their scores.

    ``eps``: resolution of the file's float type. ``has_rounding``: whether probabilities have rounding
    errors. ``row_hashes``: hashes for sampling, or None.
    """

    truth: Array
    scores: Array | None
    given_predictions: Array | None
    weight: Array | None
    kind: ScoreKind
    eps: float
    has_rounding: bool
    row_hashes: Array | None = None

    @property
    def values(self) -> Array:
        """The scores, which must exist."""
        if self.scores is None:
            raise ValueError("these rows have no scores")
        return self.scores


def refuse_options_of_others(options: Options, task: Task) -> None:
    """Refuse options of other tasks."""
    if options.positive is not None:
        raise UsageError("--positive needs binary data", found=f"the task is {task}", hint=omit("positive"))
    if not task.has_classes:
        given = {
            "--threshold": options.threshold is not None,
            "--classes": bool(options.classes),
            "--scores": options.scores != "auto",
            "--exclude-class": bool(options.exclude_class),
        }
        for option, is_given in given.items():
            if is_given:
                raise UsageError(f"{option} has no meaning for regression", hint=omit(as_name(option)))
