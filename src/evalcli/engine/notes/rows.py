"""Notes on rows: dropped rows, small weights, missing labels, duplicate ids."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import RunView, View, file_note, note
from evalcli.findings import omit, use
from evalcli.inputs.ids_and_weights import is_place
from evalcli.intervals.method import FEWEST_GROUPS
from evalcli.report.notes import NOTES
from evalcli.text import escape

FEW, FEW_SHARE = 30, 0.1
"""Effective sample size below which weights raise a note, and its share of the rows."""


def _dropped(reason: str, view: View) -> Iterator[Remark]:
    """Rows that the pass dropped for a reason."""
    if reason in view.tally.dropped:
        count, sample = view.tally.dropped[reason], view.tally.examples[reason]
        yield Remark(
            f"{count:,} of {view.tally.rows:,} rows dropped: {reason.replace('_', ' ')}",
            count,
            tuple(row + 1 for row in sample.rows),
        )


def _unread(reason: str, view: View) -> str | None:
    skipped = reason == "missing_scores" and view.facts.unread
    return "no metric needs the scores, so they were not read" if skipped else None


for _code, _facts in NOTES.items():
    if _facts.made_by == "rows":
        _reason = _code.replace("-", "_")
        note(_code, partial(_unread, _reason))(partial(_dropped, _reason))


@note("label-gaps")
def label_gaps(view: View) -> Iterator[Remark]:
    """Rows with only some of their labels."""
    cells, count = view.tally.gaps
    if not view.context.gaps or not count:
        return
    context, scored = view.context, view.tally.scored
    rows = sorted(scored - view.summary.rows_without(name) for name in context.classes)
    yield Remark(
        f"{cells:,} labels of {count:,} rows are missing: each label is scored over the rows that have it, "
        f"{rows[0]:,} to {rows[-1]:,} of {scored:,}",
        count,
        tuple(row + 1 for row in view.tally.examples["gaps"].rows),
    )


@note("labels-without-prediction")
def labels_without_prediction(view: View) -> Iterator[Remark]:
    """Labels without a prediction of the same id."""
    left, every = view.facts.labels or (0, 0)
    if left:
        yield Remark(f"{left:,} of {every:,} labels dropped: they have no prediction", left)


@note("few-effective-rows")
def few_effective_rows(view: View) -> Iterator[Remark]:
    """Weights with a small effective sample size."""
    scored = view.tally.scored
    if view.context.weighted and view.rows < max(FEW, scored * FEW_SHARE):
        unweighted = omit("weight_col") if view.facts.weight_given else use(unweighted=True)
        yield Remark(
            f"effective sample size is {view.rows:,.1f} for {scored:,} weighted rows: intervals are wide",
            hint=unweighted | "check the weights",
        )


@note("row-sums")
def row_sums(view: View) -> Iterator[Remark]:
    """Probabilities of a row that do not sum to 1."""
    count = view.tally.unsummed
    if count:
        yield Remark(
            f"{count:,} of {view.tally.scored:,} rows of probabilities do not sum to 1: log_loss and "
            "calibration use them as they are",
            count,
        )


def _no_ids(view: RunView) -> str | None:
    """Why duplicate ids were not looked for."""
    inputs = view.inputs
    if view.matched_by_order:
        return "rows are matched by order, so ids were not read"
    if inputs.labels is None and inputs.roles.id is None:
        return "there is no id column"
    hidden = inputs.roles.id in inputs.predictions.hidden or is_place(inputs.roles.id or "")
    if inputs.labels is None and view.options.id_col is None and hidden:
        return "the only ids are the index of a table"
    return None


@file_note("duplicate-ids", _no_ids)
def duplicate_ids(view: RunView) -> Iterator[Remark]:
    """Duplicate ids, in one file with the labels."""
    count, rows = view.inputs.copies
    if count:
        yield Remark(
            f"{count:,} rows repeat the id of an earlier row ({escape(view.inputs.roles.id or '')}): "
            "they count again in every metric",
            count,
            rows,
        )


@note("few-groups", lambda view: None if view.context.groups is not None else _NO_GROUPS)
def few_groups(view: View) -> Iterator[Remark]:
    """Too few groups for intervals."""
    groups = view.context.groups
    if groups is not None and groups < FEWEST_GROUPS:
        yield Remark(
            f"{groups} groups by {escape(view.facts.group or '')} are too few for intervals: at least "
            f"{FEWEST_GROUPS}",
            groups,
        )


_NO_GROUPS = "there are no groups: score with --group"
