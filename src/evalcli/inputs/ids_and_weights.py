"""Columns of ids and of sample weights."""

from __future__ import annotations

from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, omit, use
from evalcli.inputs.column_names import (
    IDS,
    MAY_BE_WEIGHTS,
    PLACES,
    WEIGHTS,
    columns_named,
    is_id,
    names_rows,
    require_column,
)
from evalcli.inputs.options import Options, parse_by
from evalcli.loaders.arrow_columns import is_numeric
from evalcli.loaders.source import Source
from evalcli.text import join_names


def grouping_columns(options: Options) -> tuple[str, ...]:
    """Columns of groups and slices, which are neither ids nor scores."""
    names = [name for names in parse_by(options.by) for name in names]
    return tuple(dict.fromkeys([*([options.group] if options.group else []), *names]))


def find_ids(predictions: Source, labels: Source | None, options: Options) -> tuple[str | None, str | None]:
    """The column of ids in the predictions, and in the labels if rows are matched by ids."""
    if options.by_order and options.id_col is not None:
        raise UsageError("--by-order and --id-col contradict each other", hint=omit("by_order"))
    if options.id_col is not None:
        prediction_column = label_column = options.id_col
        if prediction_column not in predictions.columns and "=" in prediction_column:
            prediction_column, label_column = prediction_column.split("=", 1)
        named = require_column(predictions, prediction_column, "--id-col")
        return named, None if labels is None else require_column(labels, label_column, "--id-col")
    chosen = (
        *(options.label_col, options.weight_col, options.pred_col, *options.score_cols),
        *grouping_columns(options),
    )
    prediction_ids = [name for name in _id_names(predictions) if name not in chosen]
    if labels is None or options.by_order:
        seen = [name for name in prediction_ids if name not in predictions.hidden and names_rows(name)]
        return (seen[0] if seen else None), None
    label_ids = [name for name in _id_names(labels) if name not in chosen]
    if len(labels.columns) == 1:  # the only column is the label
        label_ids = [name for name in label_ids if name in labels.hidden]
    pairs = [(a, b) for a in prediction_ids for b in label_ids if _id_kind(a) == _id_kind(b)]
    pairs = [(a, b) for a, b in pairs if not (a in predictions.hidden and b in labels.hidden)]
    of_rows = [pair for pair in pairs if _id_kind(pair[0]) not in PLACES]
    sure = [pair for pair in of_rows if names_rows(pair[0])] or of_rows or pairs
    if len({pair[0] for pair in sure}) > 1:
        raise AmbiguousInput(
            "several columns may be the ids",
            where=predictions.place(),
            found=join_names(dict.fromkeys(pair[0] for pair in sure)),
            hint=use("or another of them", id_col=sure[0][0]),
            code="which-id",
        )
    if sure:
        return sure[0]
    left, right = (
        [n for n in names if names_rows(n) and _id_kind(n) not in PLACES]
        for names in (prediction_ids, label_ids)
    )
    if left and right:
        raise AmbiguousInput(
            "both files have ids, in columns of different names",
            where=f"{predictions.place()} and {labels.place()}",
            found=f"{join_names(left)}; {join_names(right)}",
            hint=use("to match rows by them", id_col=f"{left[0]}={right[0]}")
            | use("if row 1 belongs to row 1", by_order=True),
            code="which-id",
        )
    shown = [name for name in prediction_ids if name not in predictions.hidden and names_rows(name)]
    return (shown[0] if shown else None), None


def _id_names(source: Source) -> list[str]:
    """Columns that may be ids of rows, hidden ones last."""
    known = columns_named(source, IDS)
    places = (name for name in source.hidden if is_place(name))
    return [*known, *(c for c in source.columns if c not in known and is_id(c)), *places]


def is_place(name: str) -> bool:
    """Whether a column is the index of a table."""
    return _id_kind(name) in PLACES


def _id_kind(name: str) -> str:
    """Name of an id column for comparison between files; the index of pandas has a name per format."""
    plain = name.strip().casefold()
    return PLACES[0] if plain in PLACES else plain


def find_weight(predictions: Source, labels: Source | None, options: Options) -> tuple[str | None, bool]:
    """The column of weights, and whether it is in the labels' file."""
    if options.unweighted:
        if options.weight_col is not None:
            raise UsageError("--unweighted and --weight-col contradict each other", hint=omit("unweighted"))
        return None, False
    if options.weight_col is None:
        return _default_weight(predictions, labels, options)
    with_labels = options.weight_col not in predictions.columns and labels is not None
    source = labels if labels is not None and with_labels else predictions
    name = require_column(source, options.weight_col, "--weight-col")
    if not is_numeric(source.types[name]):
        raise InputError(
            "the column of weights does not contain numbers",
            where=source.place(name),
            found=str(source.types[name]),
            hint=use("with another column", weight_col=Blank("NAME")) | use(unweighted=True),
        )
    return name, with_labels


def _default_weight(predictions: Source, labels: Source | None, options: Options) -> tuple[str | None, bool]:
    """The column named sample_weight, if there is exactly one."""
    chosen = {options.label_col, options.pred_col, options.id_col, *options.label_cols, *options.score_cols}
    found: list[tuple[str, Source]] = []
    for source in (predictions, labels):
        if source is None or len(source.columns) < 2:
            continue
        columns = columns_named(source, WEIGHTS)
        others = {c for c in source.columns if c not in columns and not is_id(c)}
        # a single column in the labels' file is the truth
        found += [
            (name, source) for name in columns if name not in chosen and (others or source is predictions)
        ]
    if not found:
        return None, False
    name, source = found[0]
    if len(found) > 1:
        where = [str(holder.place(column)) for column, holder in found]
        raise AmbiguousInput(
            "several columns may be the sample weights",
            where=predictions.place() if labels is None else f"{predictions.place()} and {labels.place()}",
            found=join_names(where),
            hint=use("or another of them", weight_col=name) | use(unweighted=True),
            code="which-weight",
        )
    if not is_numeric(source.types[name]):
        raise InputError(
            "a column named like a sample weight does not contain numbers",
            where=source.place(name),
            found=str(source.types[name]),
            hint=use("if it is something else", unweighted=True),
            code="not-a-number",
        )
    return name, source is labels


def unused_weights(predictions: Source, labels: Source | None, used: str | None) -> list[str]:
    """Columns that may be sample weights and are not used."""
    names = [
        name for source in (predictions, labels) if source for name in columns_named(source, MAY_BE_WEIGHTS)
    ]
    return [name for name in dict.fromkeys(names) if name != used]
