"""Weights & Biases, and trackio, whose functions are the same: ``init``, ``log``, ``finish``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from evalcli.sinks.sink import Draw

STEP = "evalcli_step"
"""The step of values in a run that has steps of its own."""


class Wandb:
    """A run of a project. Values of one step are put together, as ``split/name``."""

    def __init__(self, library: Any, project: str, name: str) -> None:
        self._library = library
        self._is_own = _running(library) is None
        if self._is_own:
            library.init(name=name, **({"project": project} if project else {}))

    def log(self, step: int, split: str, values: Mapping[str, float], figures: Mapping[str, Draw]) -> None:
        """Log values and images."""
        head = f"{split}/" if split else ""
        images = {name: self._library.Image(_pixels(drawn)) for name, drawn in figures.items()}
        named = {f"{head}{name}": value for name, value in {**values, **images}.items()}
        if self._is_own:
            self._library.log(named, step=step)
        else:  # the steps of the program go on
            self._library.log({**named, STEP: step})

    def close(self, name: str, document: Callable[[], bytes]) -> None:
        """End the run, if it is not that of the program."""
        if self._is_own:
            self._library.finish()

    def abandon(self) -> None:
        """The same."""
        if self._is_own:
            self._library.finish()


def _running(library: Any) -> Any:
    """The run that the program has begun, or None."""
    if library.__name__ == "wandb":
        return library.run
    return import_module("trackio.context_vars").current_run.get()


def _pixels(drawn: Draw) -> Any:
    """A figure as (height, width, 3), bytes."""
    canvas: Any = import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(drawn())
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def open_sink(kind: str, place: str, name: str, whole: bool) -> Wandb:
    """A run of a project; without a name, of the one that the environment names."""
    return Wandb(import_module(kind), place, name)
