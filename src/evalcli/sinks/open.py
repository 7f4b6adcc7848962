"""The trackers, by the names that they are typed with: ``tensorboard:DIR``, ``mlflow``, ``wandb:PROJECT``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from importlib import import_module
from importlib.util import find_spec
from types import TracebackType

from msgspec import Struct

from evalcli.errors import OutputError, UsageError, unknown_choice
from evalcli.findings import Blank, as_hint, use
from evalcli.sinks.sink import UNUSUAL, Entry, Sink
from evalcli.text import escape, join_names

LONGEST = 80
"""Characters of the name of a run."""


class Kind(Struct, frozen=True):
    """``module``: of this package, with ``open_sink(kind, place, name, whole)``. ``library``: what it needs.

    ``place``: what stands behind the colon, in words. ``required``: whether it must.
    """

    module: str
    library: str
    place: str
    required: bool = False


KINDS = {
    "tensorboard": Kind("tensorboard", "tensorboardX", "DIR", True),
    "mlflow": Kind("mlflow", "mlflow", "EXPERIMENT"),
    "wandb": Kind("wandb", "wandb", "PROJECT"),
    "trackio": Kind("wandb", "trackio", "PROJECT", True),
}


class Target(Struct, frozen=True):
    """A tracker as it was named."""

    name: str
    place: str

    def __str__(self) -> str:
        return escape(f"{self.name}:{self.place}" if self.place else self.name)


def target_of(text: str) -> Target:
    """A tracker from text. Raises a ``UsageError`` for an unknown one, or if its library is missing."""
    name, _, place = text.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        raise unknown_choice("log", name, tuple(KINDS))
    if kind.required and not place:
        raise UsageError(
            f"--log {name}: where?", hint=use(log=Blank(f"{name}:{kind.place}")), code="no-place"
        )
    missing = [library for library in (kind.library, "matplotlib") if find_spec(library) is None]
    if missing:
        raise UsageError(
            f"--log {name} needs {join_names(missing)}, which is not installed",
            hint=as_hint(f"pip install 'evalcli[{name}]'"),
            code="no-tracker",
        )
    return Target(name, place)


class Trackers:
    """Several trackers as one. What they print goes to standard error; what they raise is an error of output.

    ``name``: of the runs. ``whole``: whether every step of a run is logged, which replaces what was logged
    before, where it can be. As a context: an exception inside ends their runs as failed.
    """

    def __init__(self, targets: Sequence[Target], name: str, whole: bool = False) -> None:
        self._open: list[tuple[Target, Sink]] = []
        run = UNUSUAL.sub("-", name.strip("/"))[-LONGEST:].strip("-. ")
        try:
            for target in targets:
                with _guarded(target):
                    module = import_module(f"evalcli.sinks.{KINDS[target.name].module}")
                    self._open.append((target, module.open_sink(target.name, target.place, run, whole)))
        except BaseException:
            self._abandon()
            raise

    def log(self, entries: Iterable[Entry]) -> None:
        """Log entries, in order."""
        for entry in entries:
            for target, sink in self._open:
                with _guarded(target):
                    sink.log(entry.step, entry.split, entry.values, entry.figures)

    def finish(self, name: str, document: Callable[[], bytes]) -> None:
        """End the runs; see ``Sink.close``."""
        while self._open:
            target, sink = self._open[-1]
            with _guarded(target):
                sink.close(name, document)
            self._open.pop()

    def __enter__(self) -> Trackers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._abandon()

    def _abandon(self) -> None:
        """End the runs that are open; what is wrong with them was said already."""
        while self._open:
            target, sink = self._open.pop()
            with suppress(OutputError), _guarded(target):
                sink.abandon()


@contextmanager
def _guarded(target: Target) -> Iterator[None]:
    """Turn what a library raises into one message, and what it prints away from standard output."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (UsageError, OutputError):
        raise
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise OutputError(
            "the values could not be logged",
            where=str(target),
            found=escape(lines[0][:300] if lines else type(error).__name__),
            hint=as_hint(HINTS.get(target.name, "check that the place can be written")),
            code="not-logged",
        ) from None


HINTS = {
    "mlflow": "check MLFLOW_TRACKING_URI, and that its server answers",
    "wandb": "wandb login, or WANDB_MODE=offline",
}


__all__ = ["KINDS", "Target", "Trackers", "target_of"]
