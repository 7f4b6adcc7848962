"""Columns of the truth, and their layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from evalcli.errors import AmbiguousInput, EvalcliError, UsageError
from evalcli.findings import Blank, Hint, omit, use
from evalcli.inputs.column_names import (
    LABEL_NAMES,
    NOT_SCORES,
    PIPELINE_NAMES,
    TRUTH_SUFFIXES,
    columns_named,
    expand_columns,
    is_id,
    plain_name,
    require_column,
)
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import is_list, is_numeric
from evalcli.loaders.source import Source
from evalcli.text import Expression, join_names

Layout = Literal["column", "indicators", "lists"]


class TruthColumns(Struct, frozen=True):
    """``columns``: the label column, or a column for each label.

    ``layout``: one label per row in a column; columns of 0 and 1; or one list per row. ``paired``: whether
    each score column has a truth column. ``set_by_user``: whether the user named them.
    """

    columns: tuple[str, ...]
    layout: Layout
    paired: bool = False
    set_by_user: bool = False


def find_truth(
    source: Source, same_file: bool, reserved: set[str], grouping: set[str], options: Options
) -> TruthColumns:
    """The columns of the truth; ``grouping``: grouping columns, one of which may be the label."""
    try:
        return _truth(source, same_file, reserved, options)
    except EvalcliError:
        if not options.by or not columns_named(source, LABEL_NAMES):
            raise
        return _truth(source, same_file, reserved - grouping, options)  # slices by the label


def _truth(source: Source, same_file: bool, reserved: set[str], options: Options) -> TruthColumns:
    if options.label_cols and options.label_col is not None:
        raise UsageError(
            "--label-col is for one label per row, --label-cols for several", hint=omit("label_cols")
        )
    if options.label_cols:
        columns = expand_columns(source, reserved, options.label_cols, "--label-cols")
        return TruthColumns(columns, "indicators", paired=True, set_by_user=True)
    if options.label_col is not None:
        return _one_column(source, require_column(source, options.label_col, "--label-col"), set_by_user=True)
    candidates = [name for name in columns_named(source, LABEL_NAMES) if name not in reserved]
    if len(candidates) > 1:
        raise AmbiguousInput(
            "several columns may be the label",
            where=source.place(),
            found=join_names(candidates),
            hint=_either(candidates),
            code="which-label",
        )
    if candidates:
        return _one_column(source, candidates[0])
    if same_file:
        return _pairs(source, options)
    free = tuple(c for c in source.columns if c not in reserved)
    columns = tuple(c for c in free if c.casefold() not in NOT_SCORES and not is_id(c))
    asked = {options.weight_col, options.group, *options.by}  # for another role, unlike a mere name
    only = tuple(name for name in source.columns if len(source.columns) == 1 and name not in asked)
    columns = columns or free or only
    if not columns:
        left_out = omit("weight_col") if options.weight_col in source.columns else Hint(())
        raise AmbiguousInput(
            "no column is left for the label",
            where=source.place(),
            found=f"columns {join_names(source.columns)}",
            hint=left_out | use("with the column of the label", label_col=Blank("NAME")),
            code="which-label",
        )
    if len(columns) == 1:
        return _one_column(source, columns[0])
    if all(is_numeric(source.types[c]) for c in columns):
        return TruthColumns(columns, "indicators")
    raise AmbiguousInput(
        "cannot tell which column is the label",
        where=source.place(),
        found=f"columns {join_names(source.columns)}",
        hint=use("with that column", label_col=Blank("NAME")),
        code="which-label",
    )


def _one_column(source: Source, column: str, set_by_user: bool = False) -> TruthColumns:
    return TruthColumns(
        (column,), "lists" if is_list(source.types[column]) else "column", set_by_user=set_by_user
    )


def _pairs(source: Source, options: Options) -> TruthColumns:
    """Truth columns named after score columns, e.g. quarter_outcome after quarter."""
    present = set(source.columns)
    wanted = source.columns
    if options.score_cols:
        wanted = expand_columns(source, set(), options.score_cols, "--score-cols")
    truth = {name: name + suffix for suffix in TRUTH_SUFFIXES for name in wanted if name + suffix in present}
    if options.score_cols and len(truth) == len(wanted):
        columns = tuple(truth[name] for name in wanted)
        return TruthColumns(columns, "column" if len(columns) == 1 else "indicators", paired=len(columns) > 1)
    if len(truth) > 1 and not options.score_cols and options.pred_col is None:
        return TruthColumns(tuple(truth.values()), "indicators", paired=True)
    pair = next(iter(truth.items()), None)
    raise AmbiguousInput(
        "no labels: no labels file was given, and no column has a usual name for labels",
        where=source.place(),
        found=f"columns {join_names(source.columns)}",
        hint=_labels_hint(source, pair),
        code="no-label-column",
    )


ENDING = Expression(
    r"(?:^|[_.\-])(?:labels?|targets?|truth|y|gt|expected|answer|class|category)(?:_id)?$", re.IGNORECASE
)
"""Endings of unusual names of label columns."""


HEADS = ("y_true_", "true_", "label_", "target_", "y_")
"""How names of several label columns begin."""


def _labels_hint(source: Source, pair: tuple[str, str] | None) -> Hint:
    """The hint for missing labels: a column that is likely the label by its name, or the general steps."""
    hint = use("with the file of the labels", labels=Blank("FILE"))
    likely = [name for name in source.columns if ENDING.search(name)]
    heads = [head for head in HEADS if sum(name.startswith(head) for name in source.columns) > 1]
    if heads:
        hint = use("for several labels per row", label_cols=f"{heads[0]}*") | hint
    if pair is not None:
        return use("for this pair of columns", label_col=pair[1], score_cols=pair[0]) | hint
    if len(likely) == 1:
        return use("if it is the label", label_col=likely[0]) | hint
    return hint | use("with the column of the labels", label_col=Blank("NAME"))


def _either(candidates: Sequence[str]) -> Hint:
    """Which of several columns may be the label: a column called label may be a pipeline's prediction."""
    first, *others = sorted(candidates, key=lambda name: plain_name(name) in PIPELINE_NAMES)
    if len(others) == 1 and plain_name(others[0]) in PIPELINE_NAMES:
        return use("if that is the prediction", label_col=first, pred_col=others[0]) | use(
            label_col=others[0]
        )
    return use("or another of them", label_col=first)
