"""How the files are read and why, and what is suspicious about them.

It runs the code of ``score``, skips incomplete rows instead of stopping, and continues after a question if
the answer does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec.structs import replace
from pyarrow.types import is_floating

from evalcli import __version__
from evalcli.engine.notes.collect import look
from evalcli.engine.refuse import raise_for_unusable_rows
from evalcli.engine.run import OnProgress, Run, prepare, wanted
from evalcli.engine.stream import run_pass
from evalcli.errors import EXAMPLES, EvalcliError
from evalcli.findings import Finding, Level, as_hint, use
from evalcli.inputs.groups import GroupColumn, Grouping
from evalcli.inputs.matching.match import index_of, require_unique
from evalcli.inputs.open import open_inputs, open_sources
from evalcli.inputs.options import Options, check_options
from evalcli.inputs.pieces import block_rows, pieces, scores_of
from evalcli.inputs.roles import Roles, assign
from evalcli.inputs.score_scale import OUTSIDE_IN_ROW, sum_to_one
from evalcli.inputs.tally import RowTally
from evalcli.loaders.locate import shown
from evalcli.loaders.profile import Profile, empty, profile
from evalcli.loaders.source import Source
from evalcli.report.inspection import ColumnRow, Diagnosis, FileRow
from evalcli.report.notes import COPIES, about
from evalcli.text import escape, join_names

SCALE = ("rows-do-not-sum-to-1", "which-scale", "percentages", "scores-contradict")
"""Questions about the scale of scores, after which the other checks still run."""
PLAIN = about("reading")
"""Notes on how something was read, without a next step."""
QUALITY = about("model")
"""Notes about the model, not about the files."""
COUNTED = about("rows left out")
"""Notes about dropped rows, which are errors here."""
FEW_ROWS = 20
"""Rows per class below which a class may be absent by chance."""
MOST_COLUMNS = 12


def inspect(
    options: Options, command: Sequence[str] = (), on_progress: OnProgress | None = None
) -> Diagnosis:
    """Inspect the files of a run without scoring them. Raises an ``EvalcliError`` for wrong usage only."""
    check_options(options)
    given = tuple(map(shown, command))
    try:
        predictions, labels = open_sources(options)
    except EvalcliError as error:
        return Diagnosis(
            version=__version__,
            command=given,
            files=(),
            columns=(),
            reading={},
            findings=(error.finding,),
        )
    run, reading, findings = _understood(options, predictions, labels, on_progress)
    roles = run.inputs.roles if run else _roles(options, predictions, labels)
    sides = [("predictions", predictions), *([("labels", labels)] if labels is not None else [])]
    profiles: list[tuple[str, Source, list[Profile]]] = []
    for side, source in sides:
        used = [c.name for c in _columns([(side, source, empty(source))], roles, run, len(sides)) if c.role]
        column_profiles, stopped = profile(
            source, _names(source, side == "predictions", run), used, on_progress
        )
        profiles.append((side, source, column_profiles))
        if stopped is not None:
            findings.append(stopped.finding)
    findings += _of_ids(profiles, roles, findings)
    columns = tuple(_columns(profiles, roles, run, len(sides)))
    return Diagnosis(
        version=__version__,
        command=given,
        files=tuple(_files(profiles)),
        columns=columns,
        reading=reading,
        findings=tuple(_in_order(findings)),
    )


def _roles(options: Options, predictions: Source, labels: Source | None) -> Roles | None:
    try:
        return assign(predictions, labels, options)[0]
    except EvalcliError:
        return None


def _names(source: Source, predictions: bool, run: Run | None) -> set[str]:
    """Columns of class names or ids, though they may look like numbers."""
    ids = set() if run is None else {run.inputs.roles.id if predictions else run.inputs.roles.label_id}
    if run is None or not run.target.task.exclusive or run.inputs.roles.layout != "column":
        return {name for name in ids if name in source.columns}
    has_labels = run.inputs.labels is None or not predictions
    columns = {*(run.inputs.roles.truth if has_labels else ()), run.target.predicted if predictions else None}
    kept = {name for name in columns if name in source.columns and not is_floating(source.types[name])}
    return kept | {name for name in ids if name in source.columns}


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first; each code and message once."""
    rank = {"error": 0, "warning": 1, "note": 2}
    known: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        known.setdefault((finding.code, finding.message), finding)
    return sorted(known.values(), key=lambda finding: rank[finding.level])


def _understood(
    options: Options, predictions: Source, labels: Source | None, on_progress: OnProgress | None
) -> tuple[Run | None, dict[str, str], list[Finding]]:
    """How the files are read, as far as that is known, and the findings."""
    lenient = replace(options, missing="drop", on_missing="drop", on_extra="drop", intervals=False)
    findings: list[Finding] = []
    run: Run | None = None
    undecided = False
    while True:
        try:
            inputs = open_inputs(lenient, (predictions, labels))
            run = prepare(inputs, lenient, wanted(lenient))
            if undecided:
                findings[0] = _counted(findings[0], run)
            return run, *_checked(run, options, findings, undecided, on_progress)
        except EvalcliError as error:
            findings.append(error.finding)
            if error.code not in SCALE or undecided:
                return run, _words(run, undecided), findings
            lenient, undecided = replace(lenient, scores="raw"), True


def _checked(
    run: Run, options: Options, findings: list[Finding], undecided: bool, on_progress: OnProgress | None
) -> tuple[dict[str, str], list[Finding]]:
    with run_pass(run, on_progress) as result:
        tally = result.tally
        try:
            raise_for_unusable_rows(replace(run, options=options), result)
        except EvalcliError as error:
            findings.append(_with_rows(error.finding, tally))
        new_notes: tuple[Finding, ...] = ()
        if tally.scored and result.size.weight:
            new_notes = look(run, result).notes
        known = {finding.code for finding in findings}
        ids_differ = "ids-differ" in known
        for note in new_notes:
            if note.code in QUALITY or (
                ids_differ and note.code in ("extra-id", "labels-without-prediction")
            ):
                continue
            if note.code not in known:
                findings.append(_finding(note, options, tally, run.context.k))
        return _words(run, undecided), findings


def _with_rows(finding: Finding, tally: RowTally) -> Finding:
    """A finding of ids that differ, with the rows without a label."""
    sample = tally.examples.get("extra_id")
    if finding.code != "ids-differ" or sample is None:
        return finding
    return replace(finding, count=tally.extra, rows=tuple(row + 1 for row in sample.rows))


def _finding(note: Finding, options: Options, tally: RowTally, classes: int) -> Finding:
    """A note with its level: dropped rows are errors, unless dropping was requested."""
    if note.code in COUNTED and (options.on_extra if note.code == "extra-id" else options.missing) == "error":
        hint = use(on_extra="drop") if note.code == "extra-id" else use(missing="drop")
        message = note.message.replace(" dropped: ", " cannot be scored: ")
        return replace(note, level="error", message=message, hint=hint)
    few = note.code == "absent-classes" and tally.scored < FEW_ROWS * classes
    level: Level = "note" if note.code in PLAIN or few else "warning"
    return replace(note, level=level)


def _words(run: Run | None, undecided: bool) -> dict[str, str]:
    if run is None:
        return {}
    inputs, target = run.inputs, run.target
    task, words = target.task, {"task": target.task.name}
    if target.names:
        words["task"] += f", {len(target.names)} {task.classes_word}: {join_names(target.names)}"
    if target.positive is not None:
        words["positive class"] = escape(target.names[target.positive])
    if not task.has_classes or not target.columns:
        words["predictions"] = join_names(target.columns or [target.predicted or ""])
    else:
        words["scores"] = "undecided" if undecided else f"{run.score_scale.kind}: {run.score_scale.why}"
    if inputs.labels is None:
        words["rows"] = "labels are in the same file"
    elif inputs.index is not None:
        suffix = "" if inputs.roles.id == inputs.roles.label_id else f" = {inputs.roles.label_id}"
        words["rows"] = f"matched by id: {inputs.roles.id}{suffix}"
    else:
        words["rows"] = "matched by order"
    if inputs.roles.weight is not None:
        words["weights"] = inputs.roles.weight
    return {key: escape(value) for key, value in words.items()}


def _counted(finding: Finding, run: Run) -> Finding:
    """A question about the scale, with all rows that are not probabilities."""
    inputs = run.inputs
    columns, width = inputs.roles.scores, inputs.width
    if finding.code == "percentages" or not run.context.task.has_classes:
        return finding
    summed = width > 1 and not run.context.task.several_labels
    count, rows = 0, list[int]()
    for piece in pieces(inputs.predictions.batches(columns), block_rows(width)):
        scores = scores_of(piece, columns, width, inputs.predictions.place)
        with np.errstate(over="ignore", invalid="ignore"):
            odd = ((scores < -OUTSIDE_IN_ROW) | (scores > 1 + OUTSIDE_IN_ROW)).any(axis=0)
            if summed:
                odd |= ~sum_to_one(scores)
        odd &= np.isfinite(scores).all(axis=0)
        count += int(np.count_nonzero(odd))
        if len(rows) < EXAMPLES:
            rows += (np.flatnonzero(odd)[: EXAMPLES - len(rows)] + piece.start + 1).tolist()
    return replace(finding, count=count, rows=tuple(rows))


def _of_ids(
    profiles: Sequence[tuple[str, Source, list[Profile]]], roles: Roles | None, known: Sequence[Finding]
) -> Iterator[Finding]:
    """Duplicate ids, even if rows are not matched by id."""
    if (
        roles is None
        or roles.id is None
        or any(f.code in ("duplicate-ids", "no-id", "id-type") for f in known)
    ):
        return
    for side, source, _ in profiles:
        name = roles.id if side == "predictions" else roles.label_id
        if name is None or name not in source.columns:
            continue
        try:
            index = index_of(source, name)
            require_unique(index, source.place(name), side)
        except EvalcliError as error:
            finding = error.finding
            joined = roles.label_id is not None
            count, rows = index.repeated() if error.code == "duplicate-ids" else (None, [])
            yield replace(
                finding,
                level="error" if joined else "warning",
                count=count,
                rows=tuple(row + 1 for row in rows),
                hint=finding.hint if joined else as_hint(COPIES),
            )


def _files(profiles: Sequence[tuple[str, Source, list[Profile]]]) -> Iterator[FileRow]:
    for side, source, columns in profiles:
        files = source.files
        for file in files:
            rows = max(column.rows for column in columns) if columns and len(files) == 1 else file.rows
            yield FileRow(side, file.path, file.form, rows)


def _columns(
    profiles: Sequence[tuple[str, Source, list[Profile]]], roles: Roles | None, run: Run | None, sides: int
) -> Iterator[ColumnRow]:
    for side, _, columns in profiles:
        named = [(column, _role(column.name, side, sides == 1, roles, run)) for column in columns]
        group = [column for column, role in named if role == "scores"]
        as_one = len(group) > MOST_COLUMNS
        for column, role in named:
            if not as_one or role != "scores":
                yield ColumnRow(
                    side=side,
                    name=column.name,
                    type=column.type,
                    values=column.range,
                    missing=column.missing,
                    infinite=column.infinite,
                    role=role,
                )
            elif column is group[0]:
                low, high = min(p.low for p in group), max(p.high for p in group)
                yield ColumnRow(
                    side=side,
                    name=f"{column.name} … {group[-1].name} ({len(group):,} columns)",
                    type=", ".join(dict.fromkeys(p.type for p in group)),
                    values=f"{low:.6g} to {high:.6g}",
                    missing=sum(p.missing for p in group),
                    infinite=sum(p.infinite for p in group),
                    role=role,
                )


def _role(name: str, side: str, alone: bool, roles: Roles | None, run: Run | None) -> str:
    if roles is None:
        return ""
    in_predictions = side == "predictions"
    column_roles = []
    if name in roles.truth and in_predictions == alone:
        column_roles.append("truth")
    if in_predictions and run is not None and not run.target.task.has_classes:
        column_roles += ["predicted"] if name in run.target.columns else []
    elif in_predictions and name in roles.scores:
        column_roles.append("scores")
    if in_predictions and name == roles.predicted and "predicted" not in column_roles:
        column_roles.append("predicted")
    if name == (roles.id if in_predictions else roles.label_id):
        column_roles.append("id")
    if name == roles.weight and in_predictions != roles.weight_with_labels:
        column_roles.append("weight")
    for column, role in _grouping_columns(run):
        if name == column.name and in_predictions != column.with_labels:
            column_roles.append(role)
    return ", ".join(column_roles)


def _grouping_columns(run: Run | None) -> list[tuple[GroupColumn, str]]:
    """Columns of groups and slices."""
    grouping = run.inputs.grouping if run else Grouping()
    columns = [(grouping.group, "group")] if grouping.group else []
    sliced = {column.name: column for slice_columns in grouping.slices for column in slice_columns.columns}
    return columns + [(column, "slice") for column in sliced.values()]


__all__ = ["inspect"]
