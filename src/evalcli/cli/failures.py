"""Outputs of a run that ends in an error: messages, reports and a summary for the CI service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from evalcli.cli.config_file import Invocation
from evalcli.cli.options.output import SERVICES
from evalcli.cli.output import print_error, service_of, target_of, write_out, write_summary
from evalcli.errors import EvalcliError, OutputError, UsageError
from evalcli.renderers.formats import FORMATS, render_error
from evalcli.writers.files import write

HEAD = 200
"""Bytes that show whether a file is an earlier JUnit report."""


def report_error(error: EvalcliError, invocation: Invocation) -> int:
    """Write an error to every output that can hold it; return its exit code.

    These are standard error; standard output, if its format can hold an error; JUnit files; and the step
    summary of a CI service.
    """
    targets = dict(_targets(invocation))
    form = targets.pop("-", _last(invocation, "format", ("--format", "-f"), "table").casefold())
    name = _name(invocation)
    ci = _last(invocation, "ci", ("--ci",), SERVICES[0])
    service = service_of(ci if ci in SERVICES else SERVICES[0])
    print_error(error, service if form != "github" else None, name)
    if form in FORMATS and FORMATS[form].error:
        with suppress(OSError):
            write_out(render_error(error, form, name))
            sys.stdout.flush()
    for path, kind in targets.items():
        if FORMATS[kind].error_file and _may_be_replaced(path):
            with _going_on(service):
                write(path, render_error(error, kind, name))
    if service == "github":
        with _going_on(service):
            write_summary(render_error(error, "markdown", name))
    return error.exit_code


@contextmanager
def _going_on(service: str | None) -> Iterator[None]:
    """Print an error of writing and continue: the error that ended the run decides the exit code."""
    try:
        yield
    except OutputError as error:
        print_error(error, service)


def _last(invocation: Invocation, option: str, spelled: Sequence[str], default: str) -> str:
    """The value of an option: as parsed, or from the words of a command line that was not parsed."""
    if option in invocation.values:
        return str(invocation.values[option] or default)
    return next(_given(invocation.arguments, spelled), default)


def _given(arguments: Sequence[str], spelled: Sequence[str]) -> Iterator[str]:
    """Values of an option, the last one first."""
    for before, text in reversed(list(pairwise(["", *arguments]))):
        if before in spelled:
            yield text
        for name in spelled:
            if name.startswith("--") and text.startswith(f"{name}="):
                yield text.partition("=")[2]
            elif not name.startswith("--") and text.startswith(name) and len(text) > len(name):
                yield text[len(name) :]


def _name(invocation: Invocation) -> str | None:
    """The name of the run, or its first file."""
    values = invocation.values
    files = values.get("predictions") or values.get("report") or ()
    file = files if isinstance(files, str) else next(iter(files), None)
    named = not values or "ci" in values  # a command without --ci has another kind of name
    return (named and _last(invocation, "name", ("--name",), "")) or file or None


def _targets(invocation: Invocation) -> Iterator[tuple[str, str]]:
    """Paths and formats of the requested reports."""
    if invocation.values:
        asked = invocation.values.get("output") or ()
    else:
        asked = list(_given(invocation.arguments, ("--output", "-o")))
    for text in [asked] if isinstance(asked, str) else asked:
        with suppress(UsageError):
            yield target_of(text)


def _may_be_replaced(path: str) -> bool:
    """Whether a file is new, empty, or a report of the same kind: inputs are not overwritten."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return not head or b"<testsuites" in head or not os.path.isfile(path)  # noqa: PTH113
