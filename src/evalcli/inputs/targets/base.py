"""Rows of a target, before they become a block."""

from __future__ import annotations

from dataclasses import dataclass

from evalcli.blocks import Array, ScoreKind
from evalcli.errors import UsageError
from evalcli.findings import as_name, omit
from evalcli.inputs.options import Options

Chosen = slice | Array
"""Rows of the truth: those that follow each other, or the places of some."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays with rows last, and how their scores are read.

    ``eps``: resolution of the file's float type. ``has_rounding``: whether probabilities were clipped.
    ``row_hashes``: what rows are drawn by, where some are.
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
        """The scores, where there have to be some."""
        if self.scores is None:
            raise ValueError("these rows hold no scores")
        return self.scores


def refuse_options_of_others(options: Options, task: str) -> None:
    """Options that other tasks have."""
    if options.positive is not None:
        raise UsageError("--positive needs binary data", found=f"the task is {task}", hint=omit("positive"))
    if task == "regression":
        given = {
            "--threshold": options.threshold is not None,
            "--classes": bool(options.classes),
            "--scores": options.scores != "auto",
            "--exclude-class": bool(options.exclude_class),
        }
        for option, is_given in given.items():
            if is_given:
                raise UsageError(f"{option} has no meaning for regression", hint=omit(as_name(option)))
