"""Rules on one epoch of a run."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from evalcli.engine.best_epoch import split_of
from evalcli.engine.compare import compare
from evalcli.engine.epoch_state import NO_PAIRS, report_of_state
from evalcli.engine.epochs import Job, Tracked
from evalcli.engine.score import score
from evalcli.engine.stored_results import state_in
from evalcli.engine.track import options_of
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, use
from evalcli.gate.changes import CompareRules
from evalcli.gate.judge import judge
from evalcli.gate.rules import RuleText
from evalcli.inputs.options import Options
from evalcli.loaders.open import open_source
from evalcli.report.comparison import Comparison
from evalcli.report.history import History
from evalcli.report.verdict import Gate, On
from evalcli.text import join_names

NAMED = ("best", "take", "last")
"""Epochs by what they are; others by their number."""


def epoch_at(history: History, at: str, split: str) -> int:
    """The number of an epoch. Raises an ``EvalcliError`` if the run has none of that name or number."""
    numbers = [epoch.epoch for epoch in history.epochs if epoch.split == split]
    if at == "last":
        return numbers[-1]
    if at in NAMED:
        if history.best is None:
            raise InputError(
                "no epoch has a value to be judged",
                where=history.title,
                hint="every epoch diverged, or its metrics are undefined: see the notes above",
                code="no-metrics",
            )
        return history.best.epoch if at == "best" else history.best.take
    if not at.isdecimal() or int(at) not in numbers:
        raise UsageError(
            f"--at {at!r} is not an epoch of this run",
            found=f"{', '.join(NAMED)} or {join_names(map(str, numbers), 8)}",
            hint=use(at="best") | use(at="last"),
        )
    return int(at)


def judged(
    tracked: Tracked, jobs: Sequence[Job], history: History, at: str, rules: Sequence[RuleText], on: On
) -> tuple[int, Gate]:
    """The epoch that is judged, and its verdict: from the rows, as ``evalcli score`` would say."""
    number, job, options = _options_at(tracked, jobs, history, at)
    of_state = state_in(job.path) is not None
    report = report_of_state(job, tracked, rules) if of_state else score(options, asked=rules)
    report = judge(report, rules, None, on)
    assert report.gate is not None
    return number, report.gate


def compared(
    tracked: Tracked,
    jobs: Sequence[Job],
    history: History,
    at: str,
    rules: CompareRules,
    against: str | None,
) -> Comparison | None:
    """The epoch that is judged beside the best one, or another model on the same rows, row by row.

    None if it is the best one itself, which is not worse than itself.
    """
    number, job, options = _options_at(tracked, jobs, history, at)
    _require_rows(job.path, *(() if against is None else (against,)))
    if against is not None:
        labels = None if options.opened is None else options.opened[1]
        model = open_source(against, options.settings()) if labels is not None else None
        opened = None if model is None else (model, labels)
        other = (against, replace(options, predictions=(against,), opened=opened))
    else:
        best, _, its_options = _options_at(tracked, jobs, history, "best")
        if best == number:
            return None
        other = (f"epoch {best}", its_options)
    return compare([other, (f"epoch {number}", options)], rules=rules).comparison


def _require_rows(*paths: str) -> None:
    """Refuse to pair the rows of states."""
    states = [path for path in paths if state_in(path) is not None]
    if states:
        raise UsageError(
            f"--not-worse pairs rows, and {NO_PAIRS}",
            found=join_names(states),
            hint="give the predictions of the epochs" | use("for a limit", fail_under=Blank("NAME=VALUE")),
        )


def _options_at(tracked: Tracked, jobs: Sequence[Job], history: History, at: str) -> tuple[int, Job, Options]:
    split = split_of(history, tracked.split)
    number = epoch_at(history, at, split)
    job = next(job for job in jobs if (job.epoch, job.split) == (number, split))
    first = next((epoch for epoch in history.epochs if epoch.problem is None), None)
    return number, job, options_of(job, tracked.scored, first)


__all__ = ["NAMED", "compared", "epoch_at", "judged"]
