"""An earlier report to compare with: whether it is comparable, and its values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from evalcli.errors import ErrorCollector, InputError, UsageError, unknown_choice
from evalcli.findings import Blank, instead, use
from evalcli.report.provenance import OF_PARTS
from evalcli.report.report import Report
from evalcli.report.verdict import DIFFERENCES, IF_MISSING, Baseline, Difference
from evalcli.text import escape, join_names, suggest

EARLIER = use("for an earlier report", baseline=Blank("REPORT.json"))
CONVENTIONS = ("average", "exclude_class", "zero_division", "bins")


class RequestedBaseline(Struct, frozen=True):
    """A baseline as requested. ``report``: None if there is no such file.

    ``has_rows``: whether it is a table of rows, which is compared row by row.
    """

    path: str
    report: Report | None
    allow: frozenset[str]
    missing: str
    has_rows: bool = False


def open_baseline(
    path: str | None, allow: Sequence[str], missing: str, drops: bool, tables: Collection[str] = ()
) -> RequestedBaseline | None:
    """Read the baseline, if one is given. ``drops``: whether rules compare with it. All errors at once.

    ``tables``: suffixes of tables of rows.
    """
    problems = ErrorCollector()
    with problems.collect():
        _require_words(allow, missing)
    if path is None:
        with problems.collect():
            if drops:
                raise UsageError("--max-drop needs a baseline to compare with", hint=EARLIER)
        with problems.collect():
            if allow or missing != IF_MISSING[0]:
                option = "--allow" if allow else "--baseline-missing"
                raise UsageError(
                    f"{option} needs a baseline",
                    hint=EARLIER,
                )
        problems.raise_if_any()
        return None
    report = None
    has_rows = Path(path).suffix.lower() in tables and Path(path).exists()
    if not has_rows:
        with problems.collect():
            report = _read(path)
    problems.raise_if_any()
    return RequestedBaseline(path, report, frozenset(allow), missing, has_rows)


def _read(path: str) -> Report | None:
    """The report; None if there is no such file. Any other problem is an error."""
    if "://" in path:
        raise UsageError(
            f"--baseline {path}: a baseline is a local file, not a URL", hint="download it first"
        )
    from evalcli.report.reader import read_report

    try:
        return read_report(path)
    except InputError as error:
        if error.code != "no-file" or Path(path).is_symlink():
            raise
        return None


def _require_words(allow: Sequence[str], missing: str) -> None:
    problems = ErrorCollector()
    for code in allow:
        if code not in DIFFERENCES:
            like = suggest(code, DIFFERENCES)
            with problems.collect():
                raise UsageError(
                    f"--allow {code}: no such difference",
                    hint=instead(code, like) if like else f"one of {join_names(DIFFERENCES)}",
                )
    if missing not in IF_MISSING:
        with problems.collect():
            raise unknown_choice("baseline_missing", missing, IF_MISSING)
    problems.raise_if_any()


def compared(report: Report, asked: RequestedBaseline) -> Baseline:
    """The comparison of a report with the baseline."""
    path = escape(asked.path)
    if asked.report is None:
        return Baseline(path, "missing", if_missing=asked.missing)
    changes = tuple(differences(report, asked.report))
    wrong = tuple(change for change in changes if change.code not in asked.allow)
    allowed = tuple(change for change in changes if change.code in asked.allow)
    if wrong:
        return Baseline(path, "not-comparable", wrong, allowed, if_missing=asked.missing)
    values = {name: score.value for name, score in asked.report.by_name()}
    return Baseline(
        path=path, status="compared", differences=(), allowed=allowed, values=values, if_missing=asked.missing
    )


def differences(report: Report, earlier: Report) -> Iterator[Difference]:
    """Why the numbers of two reports are not comparable."""

    def differ(code: str, what: str, now: object, then: object) -> Iterator[Difference]:
        if now != then:
            yield Difference(code, f"{what} {_shown(then)} then, {_shown(now)} now")

    current, previous = report.input, earlier.input
    yield from differ("task-changed", "task", report.task, earlier.task)
    yield from differ("classes-changed", "classes", report.classes, earlier.classes)
    yield from differ("positive-changed", "positive class", current.positive, previous.positive)
    yield from differ("threshold-changed", "threshold", current.threshold, previous.threshold)
    for name in CONVENTIONS:
        now, then = (source.options.get(name) or None for source in (current, previous))
        yield from differ("convention-changed", name, now, then)
    then_defined = {definition.name: definition for definition in earlier.definitions}
    for definition in report.definitions:
        before = then_defined.get(definition.name)
        if before is not None:
            now, then = (f"{d.formula} {d.source or ''}".strip() for d in (definition, before))
            yield from differ("definition-changed", definition.name, now, then)
    yield from differ("weights-changed", "effective rows", current.effective, previous.effective)
    yield from differ("rows-changed", "rows", current.scored, previous.scored)
    if current.fingerprint != previous.fingerprint or current.fingerprint is None:
        yield Difference("labels-changed", _labels_of(current.fingerprint, previous.fingerprint))


def _labels_of(current: str | None, previous: str | None) -> str:
    """What is known of labels whose fingerprints differ."""
    if current is None or previous is None:
        return "the fingerprint of the labels is unknown"
    if current.startswith(OF_PARTS) != previous.startswith(OF_PARTS):
        return "only one of them is of merged parts, whose labels have a fingerprint of their own"
    return "the labels differ"


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return join_names(value, 6) or "none"
    if isinstance(value, float | int):
        return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"
    return "none" if value is None else escape(str(value))
