"""Where reports go: one to standard output, others to files, notes and the verdict to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from evalcli.cli.bare import print_bare, print_charts, terminal_width
from evalcli.cli.log import Log
from evalcli.cli.looks import refuse_idle, require_looks, unseen
from evalcli.cli.options.output import SERVICES, OutputOptions
from evalcli.cli.say import say, say_below
from evalcli.errors import ErrorCollector, EvalcliError, ExitCode, OutputError, UsageError, unknown_choice
from evalcli.findings import Blank, Hint, Step, omit, use
from evalcli.renderers import sentences
from evalcli.renderers.formats import Result, form_of_file, names_of, render, suffixes_of
from evalcli.renderers.report import idle_looks
from evalcli.renderers.tables import View
from evalcli.report.comparison import Comparison
from evalcli.report.provenance import Config
from evalcli.report.report import Report
from evalcli.text import escape, join_names, split_names
from evalcli.writers.files import CHECK_FOLDER, NOT_WRITTEN, STANDARD_OUTPUT, write
from evalcli.writers.rows import RowTarget, row_form

BARE = ("table", "json")
"""Formats of bare values."""
CODES = {"pass": ExitCode.OK, "fail": ExitCode.GATE_FAILED, "undecided": ExitCode.UNDECIDED}


class Outputs(Struct, frozen=True):
    """Where a report goes and how it looks there.

    ``stdout``: a format, or None where something else is written there. ``files``: paths and formats.
    ``asked``: the options as typed. ``service``: the CI service that annotations are for. ``unprinted``:
    metrics of --metrics that ``only`` does not print. ``looks``: options of the view that were typed.
    """

    stdout: str | None
    files: tuple[tuple[str, str], ...]
    only: tuple[str, ...] = ()
    asked: OutputOptions = field(default_factory=OutputOptions)
    service: str | None = None
    unprinted: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether a whole report is written, besides the bare values of ``--only``."""
        return bool(self.files) or (self.service == "github" and "GITHUB_STEP_SUMMARY" in os.environ)

    @property
    def forms(self) -> tuple[str, ...]:
        """The formats of all reports that are written."""
        summary = ("markdown",) if self.service == "github" and "GITHUB_STEP_SUMMARY" in os.environ else ()
        printed = () if self.only or self.stdout is None else (self.stdout,)
        return *printed, *(form for _, form in self.files), *summary

    @property
    def json(self) -> bool:
        """Whether a report is written that holds everything: digests of files, curves."""
        return "json" in self.forms

    @property
    def page(self) -> bool:
        """Whether a page is written, which has charts."""
        return "html" in self.forms


def outputs(
    asked: OutputOptions,
    stdout_in_use: bool = False,
    metrics: Sequence[str] = (),
    looks: Sequence[str] = (),
) -> Outputs:
    """Targets of a command; all errors at once. ``stdout_in_use``: whether rows are written there.

    ``metrics``: names of --metrics on the command line. ``looks``: options of the view that were typed there.
    """
    problems = ErrorCollector()
    files: dict[str, str] = {}
    only = split_names(asked.only)
    with problems.collect():
        require_format(asked.format, names_of("report"))
    for text in asked.output or ():
        with problems.collect():
            path, form = target_of(text)
            if path in files:
                raise UsageError(
                    f"--output {path!r} is named twice", hint="use a different path for each report"
                )
            files[path] = form
    with problems.collect():
        _require_service(asked.ci)
    with problems.collect():
        _require_bare(asked, only)
    with problems.collect():
        if "-" in files and (stdout_in_use or only):
            raise UsageError(
                "several outputs would go to standard output", hint="write all but one of them to files"
            )
    with problems.collect():
        require_looks(asked)
    with problems.collect():
        _require_table(asked, bool(only) or stdout_in_use)
    problems.raise_if_any()
    stdout = None if stdout_in_use else files.pop("-", asked.format)
    targets = Outputs(
        stdout=stdout,
        files=tuple(files.items()),
        only=only,
        asked=asked,
        service=service_of(asked.ci),
        unprinted=tuple(name for name in metrics if only and name not in only),
        looks=tuple(looks),
    )
    refuse_idle(looks, unseen(asked, targets.forms))
    return targets


def _require_service(name: str) -> None:
    if name not in SERVICES:
        error = unknown_choice("ci", name, SERVICES)
        raise UsageError(error.what, hint=_level(name) or error.hint)


def _require_bare(asked: OutputOptions, only: Sequence[str]) -> None:
    """Refuse options that bare values do not have."""
    if asked.with_names and not only:
        raise UsageError("--with-names needs --only", hint=use(only=Blank("NAME")))
    if only and asked.format not in BARE:
        raise UsageError(
            f"--only prints bare values, and --format {asked.format} prints a whole report",
            hint=use("for an object of names and values", format="json")
            | use("for a report in a file", output=Blank("PATH")),
        )
    if only and asked.with_names and asked.format == "json":
        raise UsageError(
            "--with-names has no effect on JSON, whose values have names", hint=omit("with_names")
        )


def _require_table(asked: OutputOptions, other: bool) -> None:
    """Refuse charts without a table above them. ``other``: something else goes to standard output."""
    if asked.charts and (asked.format != "table" or other):
        raise UsageError("--charts are printed below tables", hint=omit("charts") | use(format="table"))


def service_of(ci: str) -> str | None:
    """The CI service that reads this log."""
    running = os.environ.get("GITHUB_ACTIONS") == "true"
    return "github" if ci == "github" or (ci == "auto" and running) else None


def require_format(form: str, known: Sequence[str]) -> None:
    """Refuse formats that this kind of result does not have."""
    if form not in known:
        raise unknown_choice("format", form, known)


def _level(text: str) -> Hint | None:
    """A hint on --confidence, if a number is given as the CI service."""
    try:
        level = float(text.removesuffix("%"))
    except ValueError:
        return None
    return Hint(
        (
            Step(
                "for the confidence level",
                {"confidence": f"{level / 100 if level >= 1 else level:g}"},
                without=("ci",),
            ),
        )
    )


def target_of(text: str, kind: str = "report") -> tuple[str, str]:
    """Path and format of PATH or FORMAT:PATH, for a kind of result."""
    form, colon, path = text.partition(":")
    if colon and form in names_of(kind) and path:
        return path, form
    found = None if text == "-" else form_of_file(text, kind)
    if found is not None:
        return text, found
    raise UsageError(
        f"--output {text!r}: which format?",
        hint=use(output=f"json:{path if colon and path else text}")
        | f"a file name that ends in {join_names(suffixes_of(kind))}",
    )


class Publisher:
    """Writes all outputs that it can, and collects errors of the others."""

    def __init__(self, targets: Outputs, config: Config | None, log: Log | None = None) -> None:
        self._targets, self._config, self._problems = targets, config, ErrorCollector()
        self._log = log or Log()

    def publish(
        self,
        report: Report,
        keys: Sequence[str] = (),
        write_more: Callable[[], None] | None = None,
        examples: tuple[dict[str, object], ...] = (),
    ) -> int:
        """Write every report, files first; then notes, verdict and errors; return the exit code.

        ``keys``: full names of metrics whose bare values go to standard output in place of a report. If
        the verdict is not pass, it alone decides the exit code. ``write_more``: writes further files.
        ``examples``: rows that a page shows.
        """
        targets = self._targets
        refuse_idle(targets.looks, idle_looks(report))
        view = replace(view_of(targets.asked), width=None, colour=False, examples=examples)
        for path, form in targets.files:
            with self._problems.collect():
                write(path, render(report, form, view))
        with self._problems.collect():
            if write_more is not None:
                write_more()
        with self._problems.collect():
            self._log(report)
        with self._problems.collect(), standard_output():
            if keys:
                print_bare(report, keys, targets.asked)
            elif targets.stdout is not None:
                write_out(render(report, targets.stdout, view_of(targets.asked)))
                if targets.asked.charts:
                    print_charts(report)
        if self._config is not None and self._config.options and not targets.asked.quiet:
            names = join_names(self._config.options, len(self._config.options))
            print(f"options from {escape(self._config.path)}: {names}", file=sys.stderr)
        if targets.unprinted and not targets.whole and not targets.asked.quiet:
            names = join_names(targets.unprinted)
            say(f"note: --only skips {names} of --metrics; -o writes them to a report")
        _say(report, targets.asked.quiet)
        if targets.service == "github":
            with self._problems.collect():
                _for_github(report, targets.stdout != "github", view)
        for error in self._problems.found:
            print_error(error, targets.service, report.title)
        code = CODES[report.gate.verdict] if report.gate else ExitCode.OK
        return code or (ExitCode.USAGE if self._problems.found else ExitCode.OK)

    def publish_comparison(self, comparison: Comparison, write_rows: Callable[[], None] | None = None) -> int:
        """The same for a comparison; ``write_rows``: writes further files."""
        from evalcli.renderers.comparison import remarks

        asked, service = self._targets.asked, self._targets.service
        view = replace(view_of(asked), width=None, colour=False)
        for path, form in self._targets.files:
            with self._problems.collect():
                write(path, render(comparison, form, view))
        with self._problems.collect():
            if write_rows is not None:
                write_rows()
        with self._problems.collect():
            self._log(comparison)
        with self._problems.collect():
            print_result(comparison, asked)
        say_below(remarks(comparison, asked.quiet))
        if service == "github":
            with self._problems.collect():
                _for_github(comparison, asked.format != "github", view)
        for error in self._problems.found:
            print_error(error, service, comparison.title)
        code = CODES[comparison.verdict] if comparison.verdict else ExitCode.OK
        return code or (ExitCode.USAGE if self._problems.found else ExitCode.OK)

    def failed(self, error: EvalcliError) -> None:
        """Collect an error of writing rows."""
        self._problems.found.append(error)


@contextmanager
def standard_output() -> Iterator[None]:
    """A closed pipe is not an error; a full disk is one."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        raise OutputError(
            NOT_WRITTEN.format(what="report"),
            where=STANDARD_OUTPUT,
            found=error.strerror,
            hint=CHECK_FOLDER,
        ) from None


def print_result(result: Result, asked: Any) -> None:
    """Print a result to standard output."""
    with standard_output():
        write_out(render(result, asked.format, view_of(asked)))


def write_out(data: bytes) -> None:
    """Write text in the encoding of standard output, and other data unchanged."""
    try:
        sys.stdout.write(data.decode())
    except UnicodeDecodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def view_of(asked: Any) -> View:
    """How standard output shows a result: in colour on a terminal, or where the environment asks for it.

    Options of the view have the names of its fields.
    """
    given = {name: value for name, value in asdict(asked).items() if name in View.__struct_fields__}
    width = terminal_width()
    return replace(View(width=width, colour=width is not None), **given)


def _say(report: Report, quiet: bool) -> None:
    """Print notes with hints, rules and the verdict."""
    lines = [] if quiet else [line for note in report.notes for line in sentences.of_note(note)]
    lines += map(escape, sentences.lines(report.gate, quiet) if report.gate else ())
    say_below(lines)


def _for_github(report: Result, annotate: bool, view: View) -> None:
    """Write annotations to standard error, which is part of the log, and the step summary."""
    if annotate:
        sys.stderr.write(render(report, "github").decode())
    write_summary(render(report, "markdown"))


def write_summary(page: bytes) -> None:
    """Add a page to the step summary, if the CI service names a file for it."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("ab") as summary:
            summary.write(page)
    except OSError as error:
        raise OutputError(
            "the step summary could not be written",
            where=escape(path),
            found=error.strerror,
            hint="check the file that GITHUB_STEP_SUMMARY names",
        ) from None


def print_error(error: EvalcliError, service: str | None, name: str | None = None) -> None:
    """Print an error to standard error, also as an annotation if a CI service reads it."""
    for item in error.errors:
        say(f"error: {item}")
    if service == "github":
        from evalcli.renderers import github

        sys.stderr.write(github.of_error(error, name).decode())


def row_targets(per_row: str | None, errors: str | None, only: Sequence[str] | None) -> tuple[RowTarget, ...]:
    """Targets of rows; all errors at once. ``only``: bare values, which need standard output."""
    problems = ErrorCollector()
    targets: list[RowTarget] = []
    for option, path, wrong in (("--per-row", per_row, False), ("--errors", errors, True)):
        if path is None:
            continue
        with problems.collect():
            form = "csv" if path == "-" else row_form(path, option)
            if path == "-" and only:
                raise UsageError(f"{option} - and --only both write to standard output", hint=omit("only"))
            if targets and targets[0].path == path:
                raise UsageError(f"--per-row and --errors both name {path!r}", hint="use two paths")
            targets.append(RowTarget(path, form, wrong))
    problems.raise_if_any()
    return tuple(targets)
