"""Where reports go: one to standard output, others to files, notes and the verdict to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from evalcli.errors import OutputError, UsageError, listed, nearest, printable
from evalcli.renderers import FORMATS, SUFFIXES, render
from evalcli.report import Report

NOT_WRITTEN = "the report could not be written"


def forms(stdout: str, paths: Sequence[str]) -> dict[str, str]:
    """Format by target: ``-`` is standard output."""
    if stdout not in FORMATS:
        like = nearest(stdout, FORMATS)
        raise UsageError(
            f"unknown format {stdout!r}",
            mend=f"did you mean {like}?" if like else f"one of {listed(FORMATS)}",
        )
    targets = {"-": stdout}
    for path in paths:
        suffix = Path(path).suffix.lower()
        if suffix not in SUFFIXES:
            raise UsageError(
                f"--output {path!r}: no report has this suffix", mend=f"one of {listed(SUFFIXES)}"
            )
        targets[path] = SUFFIXES[suffix]
    return targets


def publish(report: Report, targets: Mapping[str, str], only: tuple[str, ...], quiet: bool) -> None:
    """Write every report, files first; then the notes and the verdict."""
    for path, form in targets.items():
        if path != "-":
            write(path, render(report, form))
    with standard_output():
        if only:
            _bare(report, len(only))
        elif targets["-"] == "table":
            _table(report)
        else:
            sys.stdout.write(render(report, targets["-"]))
    _say(report, quiet)


@contextmanager
def standard_output() -> Iterator[None]:
    """A reader that has seen enough is no error, and a verdict still stands; a full disk is one."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        raise OutputError(NOT_WRITTEN, where="standard output", seen=error.strerror) from None


def _table(report: Report) -> None:
    """In colour on a terminal (or where the environment asks for it), plain elsewhere."""
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        sys.stdout.write(render(report, "table"))
        return
    from rich.console import Console

    from evalcli.renderers import terminal

    terminal.show(report, Console())


def _bare(report: Report, count: int) -> None:
    for name, score in list(report.metrics.items())[:count]:
        print("null" if score.value is None else repr(score.value))
        if score.value is None:
            print(f"note: {printable(name)} is undefined: {score.reason}", file=sys.stderr)


def _say(report: Report, quiet: bool) -> None:
    if not quiet:
        for note in report.notes:
            print(f"note: {note.message} [{note.code}]", file=sys.stderr)
    for rule in report.gate.rules if report.gate else ():
        if rule.verdict != "pass" or not quiet:
            print(printable(rule.message), file=sys.stderr)


def write(path: str, text: str) -> None:
    """Write beside the target, then rename: never a partial report."""
    import tempfile

    target = Path(path)
    try:
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            mask = os.umask(0)
            os.umask(mask)
            Path(beside).chmod(0o666 & ~mask)
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(NOT_WRITTEN, where=printable(path), seen=error.strerror) from None
