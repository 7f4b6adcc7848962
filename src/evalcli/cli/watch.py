"""``evalcli track --watch``: a line for each epoch, or on a terminal the table of all, as they come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evalcli.cli.say import say

if TYPE_CHECKING:
    from evalcli.cli.options.track import TrackOptions
    from evalcli.engine.epochs import Tracked
    from evalcli.report.history import Epoch, History
    from evalcli.sinks.open import Target
    from evalcli.writers.history import HistoryFile

REST = 4
"""Lines of a terminal besides the table: of its head, and of what comes below."""


def watched(
    tracked: Tracked,
    run_of: TrackOptions,
    known: History | None,
    file: HistoryFile,
    command: Sequence[str],
    targets: Sequence[Target],
) -> History:
    """Follow a running training until it is time to stop; what was scored is kept when it is interrupted."""
    from evalcli.engine.watch import Stop, Watch
    from evalcli.plots.entries import finish, of_epoch, of_run
    from evalcli.renderers.history import line
    from evalcli.sinks.open import Trackers

    with Trackers(targets, tracked.pattern.text, whole=True) as trackers, _table() as live:

        def told(epoch: Epoch, is_new: bool) -> None:
            file.keep(epoch, is_new)
            trackers.log([of_epoch(epoch)])
            if live is not None:
                live(watch.so_far())
            elif is_new:
                say(line(epoch, run_of.best))

        stop = Stop(run_of.until_epoch, run_of.patience)
        watch = Watch(tracked, known, stop, lambda: time.sleep(run_of.every), told)
        try:
            found = watch.run(command)
        except KeyboardInterrupt:
            history = watch.history(command)
            before = {epoch.key for epoch in known.epochs} if known is not None else set()
            if before <= {epoch.key for epoch in history.epochs}:  # else its lines stay as they are
                file.close(history, known)
            raise
        trackers.log([of_run(found.history)])
        finish(trackers, found.history)
    say(found.reason)
    return found.history


@contextmanager
def _table() -> Iterator[Any]:
    """Shows a history in place of the one before; None if standard error is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from evalcli.renderers.history import grid
    from evalcli.renderers.tables import View
    from evalcli.renderers.text import lines

    console = Console(stderr=True)

    def show(history: History) -> None:
        head, *rows = lines(grid(history, View()))
        most = max(console.size.height - REST, 1)
        text = "\n".join([head, *rows[-most:]])
        live.update(Text(text, no_wrap=True, overflow="crop"), refresh=True)

    with Live(console=console, transient=True, auto_refresh=False) as live:
        yield show


__all__ = ["watched"]
