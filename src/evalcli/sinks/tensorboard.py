"""TensorBoard: an event file for each split, so that the curves of a metric lie over each other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from evalcli.sinks.sink import Draw, tags

SUFFIX = ".evalcli"
"""Of the event files of this tool; those of a whole run are replaced when it is logged again."""


class TensorBoard:
    """Runs are folders below the directory, one for each split. A whole run replaces what it wrote before."""

    def __init__(self, folder: str, name: str, whole: bool) -> None:
        self._folder = Path(folder)
        self._writers: dict[str, Any] = {}
        run = sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
        self._suffix = f".{run}{SUFFIX}" if whole else SUFFIX
        self._before = list(self._folder.glob(f"**/events.out.tfevents.*{self._suffix}")) if whole else []

    def log(self, step: int, split: str, values: Mapping[str, float], figures: Mapping[str, Draw]) -> None:
        """Write scalars and images, and pass them on at once."""
        if not values and not figures:
            return
        writer = self._writer(split)
        for tag, value in values.items():
            writer.add_scalar(tag, value, step)
        for tag, drawn in figures.items():
            writer.add_figure(tag, drawn(), step, close=False)
        writer.flush()
        while self._before:
            self._before.pop().unlink(missing_ok=True)

    def _writer(self, split: str) -> Any:
        if split not in self._writers:
            from tensorboardX import SummaryWriter

            folder = self._folder / next(tags([(split,)])) if split else self._folder
            folder.mkdir(parents=True, exist_ok=True)  # an error of its own, where the library has none
            own = f".{os.getpid()}-{time.time_ns()}{self._suffix}"
            self._writers[split] = SummaryWriter(str(folder), filename_suffix=own)
        return self._writers[split]

    def close(self, name: str, document: Callable[[], bytes]) -> None:
        """Write what is left."""
        self._end()

    def abandon(self) -> None:
        """The same."""
        self._end()

    def _end(self) -> None:
        for writer in self._writers.values():
            writer.close()


def open_sink(kind: str, place: str, name: str, whole: bool) -> TensorBoard:
    """Event files in a folder."""
    return TensorBoard(place, name, whole)
