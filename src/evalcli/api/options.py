"""The options of the command line by the same names, as Python values."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from os import PathLike, fspath
from typing import TypedDict, cast

import msgspec
from msgspec.structs import replace

from evalcli.definitions import CostMatrix, Definition
from evalcli.errors import UsageError
from evalcli.inputs.options import Options, check_options, definition_of, size
from evalcli.loaders.formats import SUFFIXES
from evalcli.loaders.locate import located_names
from evalcli.report.thresholds import FILE_PREFIX, read_thresholds
from evalcli.states import SUFFIX
from evalcli.text import split_names, suggest
from evalcli.writers.files import write_state

Names = str | Sequence[str]
"""Names, also comma-separated."""
Path_ = str | PathLike[str]
Paths = Path_ | Sequence[Path_]
"""One file or several, by name."""
Metrics = str | Sequence[str | Definition]
"""Names of metrics, and metrics of one's own."""
Costs = str | Mapping[str, Mapping[str, float]] | Sequence[Sequence[float]]
"""A CSV file, costs by true and predicted class, or rows and columns in the order of the classes."""


class SharedOptions(TypedDict, total=False):
    """Options of scores and comparisons alike; see the page of the command line for each.

    ``define``: metrics of one's own, {"cost": "5*fn + fp"}. ``cost_matrix``: costs by true and predicted
    class: a CSV file, nested mappings, or rows. ``threshold``: a number, or a number for each label.
    ``zero_division``: 0, 1 or "skip". ``memory``: bytes, or text such as "512M".
    """

    task: str
    positive: str | int
    threshold: float | str | Mapping[str, float]
    average: str
    exclude_class: Names
    zero_division: str | float
    bins: int
    define: Mapping[str, str] | Sequence[str]
    cost_matrix: Costs
    confidence: float
    seed: int
    min_n: int
    scores: str
    missing: str
    ignore_label: str | int | Sequence[str | int]
    fold_names: bool
    jobs: int
    memory: int | str


class ArrayOptions(SharedOptions, total=False):
    """Options that do not depend on where the rows come from."""

    compat: str
    curves: str
    explain_batches: int
    no_intervals: bool


class ColumnOptions(TypedDict, total=False):
    """Options of files and their columns."""

    label_col: str
    label_cols: Names
    score_cols: Names
    pred_col: str
    id_col: str
    by_order: bool
    on_missing: str
    on_extra: str
    weight_col: str
    unweighted: bool
    classes: Names
    fold_ids: bool
    group: str
    null_values: Names
    label_sep: str
    header: bool
    delimiter: str
    decimal: str
    encoding: str
    input_format: str
    max_bytes: int | str


class FileOptions(ArrayOptions, ColumnOptions, total=False):
    """Options of files that are scored. ``first_row``: with ``state``, where a part begins among all rows."""

    first_row: int
    ranking: str


class PairOptions(SharedOptions, ColumnOptions, total=False):
    """Options of files that are compared. ``first_row``: with ``state``, as in ``score``."""

    first_row: int


def paths_of(given: Paths) -> str | tuple[str, ...]:
    """Files by name."""
    if isinstance(given, (str, PathLike)):
        return fspath(given)
    if not isinstance(given, Sequence) or not given:
        raise TypeError("files are given by name, one or several; evaluate() scores arrays and tables")
    return tuple(fspath(path) for path in given)


def writer_of(state: str | PathLike[str] | None, *inputs: Paths | None) -> Callable[[bytes], None] | None:
    """What writes the state of a run, if it is wanted. Refuses to overwrite what is read."""
    if state is None:
        return None
    target = fspath(state)
    named = [paths_of(some) for some in inputs if some is not None]
    given = [name for names in named for name in ((names,) if isinstance(names, str) else names)]
    read = [name for name in given if "://" not in name and name != "-"]
    if os.path.realpath(target) in map(os.path.realpath, located_names(read, (*SUFFIXES, SUFFIX))):
        raise UsageError(f"refusing to overwrite the input {target}", hint="write to another file")
    return partial(write_state, target)


def require_known(given: Mapping[str, object], function: str, allowed: type, own: Sequence[str] = ()) -> None:
    """Raise a ``TypeError`` for an unknown name, as Python does. ``own``: further names of the function."""
    known = {*allowed.__annotations__, *own}
    for name in given:
        if name not in known:
            like = suggest(name, sorted(known))
            more = f"; did you mean {like}?" if like else ""
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{more}")


def options_from(given: Mapping[str, object], function: str) -> Options:
    """The options of a run, from values by name; None is as if it was not given.

    ``function``: for messages. Raises a ``UsageError`` for a wrong value.
    """
    plain = {name: as_plain(value) for name, value in given.items() if value is not None}
    values = {name: _READ.get(name, _unchanged)(value) for name, value in plain.items() if value is not None}
    values |= _separated(values.get("metrics", ()), values.get("define", ()))
    if "explain_batches" in values:
        values["batches"] = values.pop("explain_batches")
    values["intervals"] = values.pop("no_intervals", False)
    try:
        options = msgspec.convert(values, Options)
    except msgspec.ValidationError as error:
        what = _in_words(str(error).replace("$.intervals", "$.no_intervals"))
        raise UsageError(f"{function}(): {what}", hint=f"see help(evalcli.{function})") from None
    file = options.threshold or ""
    tuned = read_thresholds(file.removeprefix(FILE_PREFIX)) if file.startswith(FILE_PREFIX) else None
    options = replace(options, intervals=not options.intervals, tuned=tuned)
    check_options(options)
    return options


def as_plain(value: object) -> object:
    """A value of Python, text or a list, also of NumPy, pandas and others: as JSON has it."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, Definition):
        return msgspec.to_builtins(value)
    if isinstance(value, Mapping):
        return {str(name): as_plain(part) for name, part in value.items()}
    if hasattr(value, "to_dict") and hasattr(value, "columns"):  # a data frame
        return as_plain(value.to_dict("index"))
    if hasattr(value, "tolist"):
        return as_plain(value.tolist())
    if isinstance(value, Iterable):
        return [as_plain(part) for part in (sorted(value) if isinstance(value, Set) else value)]
    return value


def _in_words(text: str) -> str:
    """A message of msgspec's with the name of the option first.

    >>> _in_words("Expected `int`, got `str` - at `$.bins`")
    'bins: expected int, got str'
    """
    what, _, where = text.partition(" - at ")
    name = where.strip("`").removeprefix("$.").partition("[")[0]
    return f"{name}: {what[:1].lower()}{what[1:]}".replace("`", "")


def _unchanged(value: object) -> object:
    return value


def _names(value: object) -> object:
    if isinstance(value, str):
        return tuple(split_names([value]))
    return tuple(str(part) for part in value) if isinstance(value, Sequence) else value


def _metrics(value: object) -> object:
    """Names, and definitions as they are."""
    if isinstance(value, Mapping):
        return (_definition(value),)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return _names(value)
    return tuple(_definition(part) if isinstance(part, Mapping) else str(part) for part in value)


def _definition(value: Mapping[str, object]) -> Definition:
    return msgspec.convert(value, Definition)


def _separated(metrics: object, define: object) -> dict[str, object]:
    """Definitions that were given among the names of metrics, which keep their places, beside the others."""
    if not isinstance(metrics, tuple) or not isinstance(define, (tuple, list)):
        return {}
    own = [part for part in metrics if isinstance(part, Definition)]
    if not own:
        return {}
    names = tuple(part.name if isinstance(part, Definition) else part for part in metrics)
    return {"metrics": names, "define": (*define, *own)}


def _values(value: object) -> object:
    """Labels, each as text; a single one is no list of names."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(str, value))
    return (str(value),)


def _define(value: object) -> object:
    """Definitions, from a formula by name, or texts as on the command line."""
    if isinstance(value, Mapping) and {"name", "formula"} <= set(value):
        return (_definition(value),)
    if isinstance(value, Mapping):
        return tuple(Definition(str(name), str(formula)) for name, formula in value.items())
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, Sequence):
        return value
    return tuple(_definition(t) if isinstance(t, Mapping) else definition_of(str(t)) for t in texts)


def _costs(value: object) -> object:
    """A cost matrix, from a file, by true and predicted class, or in the order of the classes."""
    if isinstance(value, (str, PathLike)):
        from evalcli.metrics.costs import read_costs

        return read_costs(fspath(value))
    try:
        return _matrix(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            "cost_matrix is not a number for each true and predicted class",
            found=f"{type(error).__name__}: {error}",
            hint='cost_matrix={"cat": {"cat": 0, "dog": 1}, "dog": {"cat": 5, "dog": 0}}',
        ) from None


def _matrix(value: object) -> CostMatrix:
    if not isinstance(value, Mapping):
        rows = cast(Sequence[Sequence[float]], value)
        return CostMatrix("cost_matrix", tuple(tuple(map(float, row)) for row in rows))
    columns = tuple(next(iter(value.values()), {}))
    if any(set(row) != set(columns) for row in value.values()):
        raise ValueError("rows with different columns")
    costs = tuple(tuple(float(row[name]) for name in columns) for row in value.values())
    return CostMatrix("cost_matrix", costs, tuple(value), columns)


def _text(value: object) -> object:
    return str(value)


def _threshold(value: object) -> object:
    if isinstance(value, Mapping):
        return ",".join(f"{label}={number}" for label, number in value.items())
    return str(value)


def _zero_division(value: object) -> object:
    """The value of an undefined class in averages; NaN, as in scikit-learn, leaves it out."""
    if isinstance(value, (int, float)):
        return "skip" if math.isnan(value) else f"{value:g}"
    return value


_READ: dict[str, Callable[[object], object]] = {
    "metrics": _metrics,
    "define": _define,
    "cost_matrix": _costs,
    "classes": _names,
    "label_cols": _names,
    "score_cols": _names,
    "null_values": _names,
    "exclude_class": _values,
    "ignore_label": _values,
    "by": _values,
    "positive": _text,
    "threshold": _threshold,
    "zero_division": _zero_division,
    "memory": lambda value: size("memory", value) if isinstance(value, str) else value,
    "max_bytes": lambda value: size("max_bytes", value) if isinstance(value, str) else value,
}
"""Readers of values that are not used as given."""


__all__ = ["ArrayOptions", "FileOptions", "Metrics", "Names", "as_plain", "options_from", "require_known"]
