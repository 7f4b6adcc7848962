"""The metric that slices and models are ranked by."""

from __future__ import annotations

from collections.abc import Mapping

from evalcli.tasks import TASKS


def headline_of(task: str, average: object, better: Mapping[str, str]) -> str | None:
    """The usual one of the task, or the first with a better direction.

    ``average``: what a bare name means. ``better``: direction of each metric, by full name.

    >>> headline_of("multiclass", "macro", {"accuracy": "higher", "f1_macro": "higher"})
    'f1_macro'
    """
    usual = TASKS[task].headline
    for name in (usual, f"{usual}_{average}"):
        if name in better:
            return name
    return next((name for name, direction in better.items() if direction != "none"), None)
