"""A training that is still running: each epoch is scored when its files are complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from evalcli.engine.best_epoch import metric_of, shown_of, split_of
from evalcli.engine.epochs import Job, Tracked, jobs_of
from evalcli.engine.track import OnEpoch, Tracker
from evalcli.errors import InputError
from evalcli.report.history import TRAINING, History

AT_REST, ATTEMPTS = 2.0, 5
"""Seconds without a change after which a file is complete; looks at a file that cannot be read."""
WAITING = ("no-match", "no-labels")
"""Codes of errors that time may mend."""


class Stop(Struct, frozen=True):
    """When to stop: at an epoch, or after so many epochs without a better one."""

    until: int | None = None
    patience: int | None = None


class Watched(Struct, frozen=True, eq=False):
    """The history, and why the watch ended."""

    history: History
    reason: str


class Watch:
    """Looks at a run again and again. ``wait``: between two looks."""

    def __init__(
        self,
        tracked: Tracked,
        known: History | None,
        stop: Stop,
        wait: Callable[[], None],
        on_epoch: OnEpoch,
    ) -> None:
        self._tracked, self._stop, self._wait, self._on_epoch = tracked, stop, wait, on_epoch
        self._tracker = Tracker(tracked, known)
        self._seen: dict[Job, tuple[tuple[int, int], ...]] = {}
        self._failed: dict[Job, int] = {}
        self._done: dict[Job, tuple[tuple[int, int], ...]] = {}

    def run(self, command: Sequence[str] = ()) -> Watched:
        """Score until it is time to stop."""
        while (reason := self._look()) is None:
            self._wait()
        return Watched(self.history(command), reason)

    def history(self, command: Sequence[str] = ()) -> History:
        """What was scored so far, and what it shows."""
        return self._tracker.history(sorted(self._done, key=lambda job: (job.epoch, job.split)), command)

    def so_far(self) -> History:
        """The epochs so far, with the metrics that a table shows."""
        history = self._tracker.so_far()
        first = self._tracker.first
        return history if first is None else replace(history, shown=shown_of(first, self._tracked.best))

    def _look(self) -> str | None:
        """Score what is complete and new; why to stop, or None."""
        try:
            jobs = jobs_of(self._tracked)
        except InputError as error:
            if error.code not in WAITING:
                raise
            jobs = []
        for job in jobs:
            stamps = _stamps(job)
            if stamps is None or self._done.get(job) == stamps or not self._at_rest(job, stamps):
                continue
            try:
                epoch, is_new = self._tracker.add(job)
            except InputError:
                self._failed[job] = self._failed.get(job, 0) + 1
                if self._failed[job] >= ATTEMPTS:
                    raise
                continue
            self._done[job] = stamps
            self._on_epoch(epoch, is_new)
        return self._reason()

    def _at_rest(self, job: Job, stamps: tuple[tuple[int, int], ...]) -> bool:
        """Whether the files have not changed since the last look, or for some time."""
        before, self._seen[job] = self._seen.get(job), stamps
        age = time.time() - max(changed for _, changed in stamps) / 1e9
        return before == stamps or age > AT_REST

    def _reason(self) -> str | None:
        history = self._tracker.so_far()
        if not history.epochs or self._tracked.split not in (None, *history.splits):
            return None
        if "split" in self._tracked.pattern.fields and all(
            name.lower() in TRAINING for name in history.splits
        ):
            return None  # validation comes after training
        split = split_of(history, self._tracked.split)
        found = [epoch for epoch in history.epochs if epoch.split == split]
        last = {name: max(e.epoch for e in history.epochs if e.split == name) for name in history.splits}
        unread = any(job not in self._done for job in self._failed)
        if self._stop.until is not None and min(last.values()) >= self._stop.until and not unread:
            return f"epoch {self._stop.until} is there"
        known = [epoch for epoch in found if epoch.problem is None]
        if self._stop.patience is None or not known:
            return None
        metric = metric_of(known[0], self._tracked.best)
        values = dict(history.values(metric, split))
        sign = 1.0 if known[0].metrics[metric].better == "higher" else -1.0
        best = max(values, key=lambda number: (sign * float(values[number].value or 0.0), -number), default=0)
        after = sum(epoch.epoch > best for epoch in found)
        if after < self._stop.patience:
            return None
        return f"training could stop: in {after} epochs after {best}, {metric} was never better"


def _stamps(job: Job) -> tuple[tuple[int, int], ...] | None:
    """Bytes and last change of each file; None if one has gone."""
    try:
        states = [Path(path).stat() for path in job.files]
    except OSError:
        return None
    return tuple((state.st_size, state.st_mtime_ns) for state in states)


__all__ = ["Stop", "Watch", "Watched"]
