"""The models of a comparison: a file for each, or columns of one file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from evalcli.errors import UsageError
from evalcli.findings import Blank, instead, omit, use
from evalcli.findings import run as run_hint
from evalcli.inputs.open import open_sources
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import column_of
from evalcli.text import escape, join_names, names_of_files, split_names, suggest


def models_of(options: Options, columns: Sequence[str]) -> list[tuple[str, Options]]:
    """Each model with its name and its options: a file of its own, or columns of one file."""
    files = options.files
    if columns:
        return _of_columns(options, files, columns)
    if len(files) < 2:
        raise UsageError(
            "a comparison needs two files of predictions",
            found=join_names(files),
            hint=use("for models in one file", model=Blank("NAME=COLUMNS")) | "evalcli compare OLD NEW",
        )
    return [
        (name, replace(options, predictions=(file,)))
        for name, file in zip(names_of_files(files), files, strict=True)
    ]


def _of_columns(options: Options, files: Sequence[str], columns: Sequence[str]) -> list[tuple[str, Options]]:
    if len(files) != 1:
        raise UsageError("--model is for models in one file", found=join_names(files), hint=omit("model"))
    if options.score_cols or options.pred_col:
        raise UsageError("--model names the columns of each model", hint=omit("score_cols", "pred_col"))
    models = []
    for text in columns:
        name, equals, pattern = (part.strip() for part in text.partition("="))
        if not equals or not name or not pattern:
            raise UsageError(f"--model {text!r} is not NAME=COLUMNS", hint=use(model="new=new_*"))
        parts = split_names([pattern])
        single = len(parts) == 1 and "*" not in pattern
        classes = single and not _holds_scores(options, pattern)
        models.append(
            (name, replace(options, pred_col=pattern) if classes else replace(options, score_cols=parts))
        )
    if len(models) < 2 or len({name for name, _ in models}) < len(models):
        raise UsageError(
            "--model is given for each of two or more models, by different names",
            found=join_names(name for name, _ in models),
            hint=run_hint("evalcli", "compare", files[0], "--model", "old=old_*", "--model", "new=new_*"),
        )
    return models


def _holds_scores(options: Options, column: str) -> bool:
    """Whether the only column of a model holds probabilities, rather than predicted classes or values."""
    if "-" in options.files or not options.may_have_classes:
        return False
    source = open_sources(replace(options, labels=None))[0]
    if column not in source.columns:
        like = suggest(column, source.columns)
        raise UsageError(
            f"--model: no column {escape(column)!r}",
            where=source.path,
            found=f"columns {join_names(source.columns)}",
            hint=instead(column, like) if like else None,
        )
    first = column_of(next(iter(source.batches([column], text=[column]))), column)
    try:
        values = np.array(first.cast(pa.string()).drop_null().to_pylist()).astype(np.float64)
    except ValueError:  # names of classes
        return False
    values = values[np.isfinite(values)]
    inside = len(values) > 0 and bool(((values >= 0) & (values <= 1)).all())
    return inside and bool((values != np.rint(values)).any())


__all__ = ["models_of"]
