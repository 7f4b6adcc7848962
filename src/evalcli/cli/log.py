"""Results that are also logged to trackers of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from evalcli.cli.options.log import LogOptions
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, omit, use

if TYPE_CHECKING:
    from evalcli.plots.kinds import Source
    from evalcli.sinks.open import Target


class Log(Struct, frozen=True):
    """The trackers that were named, none by default, and the step of what has none of its own."""

    targets: tuple[Target, ...] = ()
    step: int = 0

    def __call__(self, result: Source) -> None:
        """Log a result, and end the runs."""
        if self.targets:
            from evalcli.plots.entries import log_result

            log_result(self.targets, result, self.step)


def log_of(asked: LogOptions) -> Log:
    """The trackers. Raises a ``UsageError`` for an unknown one, or if what it needs is not installed."""
    if asked.log_step is not None and not asked.log:
        raise UsageError(
            "--log-step is for --log", hint=use(log=Blank("TRACKER")) | omit("log_step"), code="no-effect"
        )
    if asked.log_step is not None and asked.log_step < 0:
        raise UsageError(f"--log-step {asked.log_step} is negative", hint=use(log_step=0))
    return Log(targets_of(asked.log or ()), asked.log_step or 0)


def targets_of(texts: Sequence[str]) -> tuple[Target, ...]:
    """The trackers that were named, each once; all errors at once."""
    if not texts:
        return ()
    from evalcli.sinks.open import target_of

    problems, found = ErrorCollector(), list["Target"]()
    for text in dict.fromkeys(texts):
        with problems.collect():
            found.append(target_of(text))
    problems.raise_if_any()
    return tuple(found)


__all__ = ["Log", "log_of", "targets_of"]
