"""A progress bar on standard error, on a terminal only, for work that takes more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 1.0
"""Seconds before the bar appears."""
BETWEEN = 0.1


@contextmanager
def progress(quiet: bool, what: str = "rows") -> Iterator[Callable[..., None] | None]:
    """A callback for rows done, their total, if known, and where; None if standard error is not a terminal.

    ``what``: what is counted.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """A progress bar, made when it is first shown, since rich is slow to import."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._start = self._shown = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, rows: int | None, where: str = "") -> None:
        now = time.monotonic()
        if now - self._start < PATIENCE or now - self._shown < BETWEEN:
            return
        self._shown = now
        if self._bar is None:
            self._open(rows)
        rate = done / (now - self._start)
        told = f"{rate:,.0f} {self._what}/s"
        self._bar.update(self._task, completed=done, total=rows, rate=told, where=where)

    def _open(self, rows: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            BarColumn(),
            TextColumn(f"{{task.completed:,}} {self._what}"),
            TextColumn("{task.fields[rate]}"),
            TextColumn("{task.fields[where]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=rows, rate="", where="")
        self._bar.start()

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()
