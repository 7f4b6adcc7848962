"""A training run: every epoch and split scored once, and kept in a history beside the run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from evalcli import __version__
from evalcli.engine.best_epoch import findings, has_metric
from evalcli.engine.epoch_state import report_of_state, require_alike
from evalcli.engine.epochs import Job, Tracked
from evalcli.engine.score import score
from evalcli.engine.stored_results import state_in
from evalcli.errors import EvalcliError, InputError, UsageError
from evalcli.findings import Blank, use
from evalcli.inputs.choices import SCALES
from evalcli.inputs.options import Options
from evalcli.loaders.locate import shown
from evalcli.metrics import METRICS
from evalcli.report.history import Epoch, History, Stamp
from evalcli.report.json_values import JsonObject, as_object
from evalcli.report.report import Report
from evalcli.text import escape, join_names

DIVERGED = ("missing-scores", "missing-prediction", "no-rows")
"""Codes of errors of files whose scores are not finite."""
MOST_CLASSES = 100
"""Beyond, lines of a history have no metrics of classes."""
OF_FILES = ("predictions", "labels", "jobs", "memory", "hashes", "curves", "opened")
OnEpoch = Callable[[Epoch, bool], None]


class Tracker:
    """Scores epochs one by one, each read as the first one was, and keeps what is known and unchanged."""

    def __init__(self, tracked: Tracked, known: History | None = None) -> None:
        self.tracked, self._known = tracked, known
        self._before = {epoch.key: epoch for epoch in known.epochs} if known else {}
        self._given = _given(tracked)
        for epoch in self._before.values():
            if epoch.options != self._given or epoch.version != __version__:
                raise _other_options(epoch, self._given)
        if known is not None and known.title not in ("", tracked.pattern.text):
            raise _other(f"of {escape(known.title)}", "is")
        self._first: dict[str, Epoch] = {}
        self._first_state: Report | None = None
        self._found: dict[tuple[int, str], Epoch] = {}

    def add(self, job: Job) -> tuple[Epoch, bool]:
        """One epoch, and whether it is new. Raises an ``EvalcliError`` that names it."""
        kept = _kept(self._before.get((job.epoch, job.split)), job)
        if kept is not None and not (self._read_alike(kept) and self._has_metric(kept)):
            kept = None
        epoch = kept or self._scored(job)
        _require_alike(self._first.get(job.split, epoch), epoch, job)
        if epoch.problem is None:
            self._first.setdefault(job.split, epoch)
        self._found[epoch.key] = epoch
        return epoch, epoch != self._before.get(epoch.key)

    def _scored(self, job: Job) -> Epoch:
        if state_in(job.path) is None:
            return _scored(job, score, self.tracked, self._given, self.first)

        def report(_: Options) -> Report:
            found = report_of_state(job, self.tracked)
            require_alike(self._first_state, found, job)
            self._first_state = self._first_state or found
            return found

        return _scored(job, report, self.tracked, self._given, self.first, False)

    @property
    def first(self) -> Epoch | None:
        """The first epoch, which says how the others are read."""
        return next(iter(self._first.values()), None)

    def _has_metric(self, epoch: Epoch) -> bool:
        return epoch.problem is not None or has_metric(epoch, self.tracked.best)

    def _read_alike(self, epoch: Epoch) -> bool:
        first = self.first
        if first is None or epoch.problem is not None:
            return first is None
        one, other = ((part.task, part.scores_as, part.positive) for part in (first, epoch))
        return one == other

    def so_far(self, command: Sequence[str] = ()) -> History:
        """The epochs that were added, without what they show together."""
        options = self.tracked.options
        return History(
            version=__version__,
            command=tuple(map(shown, command)),
            title=self.tracked.pattern.text,
            epochs=tuple(self._found[key] for key in sorted(self._found)),
            shown=(),
            confidence=options.confidence,
            asked=(self.tracked.best, self.tracked.split),
        )

    def history(self, jobs: Sequence[Job], command: Sequence[str] = ()) -> History:
        """The history of the epochs that were added; of the same epochs as before it is as it was."""
        history, known = self.so_far(command), self._known
        if (
            known is not None
            and known.title
            and known.asked == history.asked
            and known.epochs == history.epochs
        ):
            return replace(known, command=history.command)
        options = {(job.epoch, job.split): options_of(job, self.tracked.scored, self.first) for job in jobs}
        return findings(history, options, self.tracked.best, self.tracked.split)


def track(
    tracked: Tracked,
    jobs: Sequence[Job],
    known: History | None = None,
    command: Sequence[str] = (),
    on_epoch: OnEpoch | None = None,
) -> History:
    """The history of a run. ``known``: what was scored before; epochs whose files changed are scored again.

    ``on_epoch``: called with each epoch, and whether it is new, in order.
    Raises an ``EvalcliError`` for every error that the user can fix; what was scored before it is passed on.
    """
    tracker = Tracker(tracked, known)
    for job in jobs:
        epoch, is_new = tracker.add(job)
        if on_epoch is not None:
            on_epoch(epoch, is_new)
    return tracker.history(jobs, command)


def _given(tracked: Tracked) -> JsonObject:
    """The options that are not at their default, but for files and how to run."""
    options, plain = tracked.options, Options("")
    named = {
        name: getattr(options, name)
        for name in Options.__struct_fields__
        if name not in OF_FILES and getattr(options, name) != getattr(plain, name)
    } | {f"{word}_col": name for word, name in tracked.columns.items()}
    if METRICS.origins:
        named["plugins"] = METRICS.origins
    return as_object(msgspec.json.decode(msgspec.json.encode(named)), "options")  # lists, as a file has them


def _other_options(epoch: Epoch, given: JsonObject) -> UsageError:
    different = {name for name in {*epoch.options, *given} if epoch.options.get(name) != given.get(name)}
    what = f"options: {join_names(sorted(different))}" if different else f"version: evalcli {epoch.version}"
    return _other(f"with other {what}", "was written")


def _other(what: str, verb: str) -> UsageError:
    return UsageError(
        f"the history {verb} {what}",
        hint=use("to score all epochs again", fresh=True) | use("to keep both", history=Blank("FILE")),
        code="other-history",
    )


def options_of(job: Job, options: Options, first: Epoch | None = None) -> Options:
    """The options of one epoch, read as the ``first`` one was."""
    own = job.options(options)
    return own if first is None else _held(own, first)


def _kept(epoch: Epoch | None, job: Job) -> Epoch | None:
    """What is known of an epoch, if its files are as they were."""
    if epoch is None or tuple(stamp.path for stamp in epoch.files) != job.files:
        return None
    for stamp in epoch.files:
        state = Path(stamp.path).stat()
        if (state.st_size, state.st_mtime_ns) == (stamp.size, stamp.changed):
            continue
        if state.st_size != stamp.size or stamp.sha256 is None:
            return None
        if _digest(stamp.path, state.st_mtime_ns) != stamp.sha256:
            return None
    return epoch


@cache
def _digest(path: str, changed: int) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _scored(
    job: Job,
    report_of: Callable[[Options], Report],
    tracked: Tracked,
    given: JsonObject,
    first: Epoch | None,
    hashed: bool = True,
) -> Epoch:
    """Score one epoch, read as the first one was. ``hashed``: whether the report has digests of the files."""
    states = [Path(path).stat() for path in job.files]
    options = replace(options_of(job, tracked.scored, first), hashes=True)
    facts = {"epoch": job.epoch, "split": job.split, "fields": dict(job.fields), "options": given}
    try:
        report = report_of(options)
    except InputError as error:
        if error.code not in DIVERGED:
            raise _named(error, job) from None
        files = tuple(map(_stamp, job.files, states, [None] * len(states)))
        return Epoch(**facts, files=files, version=__version__, problem=error.what)  # type: ignore[arg-type]
    except EvalcliError as error:
        raise _named(error, job) from None
    _refuse_copies(report, job)
    read = (*report.input.predictions, *(report.input.labels or ()))
    digests = [file.sha256 for file in read] if hashed else [None] * len(job.files)
    return Epoch.of_report(
        report, MOST_CLASSES, files=tuple(map(_stamp, job.files, states, digests)), **facts
    )


def _refuse_copies(report: Report, job: Job) -> None:
    """Refuse an epoch whose rows are there twice: each would count twice, and the epoch has the most."""
    copies = next((note for note in report.notes if note.code == "duplicate-ids"), None)
    if copies is not None:
        raise InputError(
            f"{job} has rows twice: {copies.message}",
            where=escape(job.path),
            hint=use("if these are different rows", by_order=True) | "write each epoch once",
            code="duplicate-ids",
        )


def _stamp(path: str, state: os.stat_result, sha256: str | None) -> Stamp:
    return Stamp(path, state.st_size, state.st_mtime_ns, sha256)


def _named(error: EvalcliError, job: Job) -> EvalcliError:
    error.what = f"{job}: {error.what}"
    return error


def _held(options: Options, first: Epoch) -> Options:
    """Options that read an epoch as the first one was read."""
    held = replace(options, task=first.task)
    if options.scores == "auto" and first.scores_as in SCALES:
        held = replace(held, scores=str(first.scores_as))
    return replace(held, positive=first.positive) if first.positive is not None else held


def _require_alike(first: Epoch, epoch: Epoch, job: Job) -> None:
    """Refuse epochs of other classes than the first of their split."""
    one, other = ((part.classes, part.class_digest) for part in (first, epoch))
    if epoch.problem is None and one != other:
        added, lost = set(epoch.classes) - set(first.classes), set(first.classes) - set(epoch.classes)
        found = [f"new: {join_names(sorted(added))}"] if added else []
        found += [f"missing: {join_names(sorted(lost))}"] if lost else []
        raise InputError(
            f"{job} has other classes than epoch {first.epoch}",
            where=escape(job.path),
            found="; ".join(found) or ("another order" if epoch.classes else "other names"),
            hint=use("that all epochs have", classes=Blank("NAMES")),
            code="other-classes",
        )


__all__ = ["Tracker", "options_of", "track"]
