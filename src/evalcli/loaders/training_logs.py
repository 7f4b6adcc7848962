"""Logs of training loops: Keras, Lightning, the Hugging Face Trainer, or a table with an epoch or a step."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from evalcli.errors import InputError
from evalcli.findings import Place, use
from evalcli.text import escape, join_names
from evalcli.whole import read_whole

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "eval": "eval",
    "dev": "dev",
    "test": "test",
}
"""Prefixes of names, and the split that they mean; a name without one is of training."""
OF_RUN = "train_runtime"
ORDERS = ("epoch", "step", "global_step", "iteration")
NOT_METRICS = re.compile(
    r"(?:^|_)(?:lr|learning_rate|grad_norm|runtime|time|seconds?|per_second|samples|steps?|flos|epoch|date"
    r"|pg\d+)(?:$|_)"
)
LOWER = re.compile(r"loss|error|perplexity|(?:^|_)(?:r?mse|mae|mape|wer|cer|brier|ece|nll)(?:$|_)")
HIGHER = re.compile(
    r"acc|f1|auc|precision|recall|bleu|rouge|(?:^|_)(?:map|ap|r2|mcc|iou|dice|em|score)(?:$|_)"
)


HINT = "a log has a column epoch or step, and metrics; of predictions, a PATTERN with {epoch}"


class Logged(Struct, frozen=True):
    """A log: by epoch and split the last value of each metric. ``order``: what epochs are counted in.

    ``left_out``: columns that are no metrics. ``not_finite``: epochs of values that are infinite or no
    numbers, by split and metric.
    """

    order: str
    values: Mapping[tuple[int, str], Mapping[str, float]]
    left_out: tuple[str, ...]
    not_finite: Mapping[tuple[str, str], Sequence[int]] = {}


def read_log(path: str) -> Logged:
    """The values of a log. Raises an ``InputError`` for a file without epochs or numbers."""
    rows = list(_rows(path))
    names = list(dict.fromkeys(name for row in rows for name in row))
    order = next((name for word in ORDERS for name in names if name.strip().lower() == word), None)
    if order is None:
        raise InputError(
            "the log has no epochs",
            where=Place(path),
            found=f"columns {join_names(names, 10)}" if names else "no rows",
            hint=HINT,
            code="no-epochs",
        )
    metrics = {name: _metric(name) for name in names if name != order and not _is_other(name)}
    values: dict[tuple[int, str], dict[str, float]] = {}
    lost: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        at = _number(row.get(order))
        if at is None:
            continue
        for name, (split, metric) in metrics.items():
            value, epoch = _number(row.get(name)), math.ceil(at - 1e-9)
            if value is not None:
                values.setdefault((epoch, split), {})[metric] = value
            elif _is_not_finite(row.get(name)):
                lost.setdefault((split, metric), []).append(epoch)
    if not values:
        raise _without_metrics(path, names)
    left_out = tuple(name for name in names if name not in metrics and name != order)
    return Logged(order, {key: values[key] for key in sorted(values)}, left_out, lost)


def _without_metrics(path: str, names: Sequence[str]) -> InputError:
    return InputError(
        "the log has no metrics", where=Place(path), found=join_names(names, 10), hint=HINT, code="no-metrics"
    )


def _rows(path: str) -> Iterator[Mapping[str, Any]]:
    """Lines of a CSV or JSONL file, or the entries of ``log_history`` of a JSON file."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            "the log cannot be read", where=Place(path), found=error.strerror, hint=HINT
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            "not a log, for it is no text",
            where=Place(path),
            hint=use("for a table with predictions of several epochs", epoch_col="epoch") | HINT,
            code="not-a-log",
        ) from None
    if not text.lstrip().startswith(("{", "[")):
        head: Sequence[str] = ()
        first = text.lstrip().partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        try:
            for line in csv.reader(io.StringIO(text), delimiter=delimiter):
                if not head or any(cell.strip().lower() in ORDERS for cell in line):
                    head = line
                else:
                    yield dict(zip(head, line, strict=False))
        except csv.Error as error:
            raise InputError(
                "the log is no table", where=Place(path), found=str(error), hint=HINT, code="not-a-log"
            ) from None
        return
    try:
        data = _json(text)
        found = data.get("log_history", [data]) if isinstance(data, dict) else data
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        begun = len(lines) > 1 and not text.endswith(("\n", "}"))  # by a running training
        found = [_line(path, number, line) for number, line in enumerate(lines[:-1] if begun else lines, 1)]
    for row in found if isinstance(found, list) else ():
        if isinstance(row, dict):  # the last entry of the Trainer is a mean over the whole run
            yield {name: value for name, value in row.items() if name != "train_loss" or OF_RUN not in row}


def _json(text: str) -> Any:
    """JSON, also with the NaN and Infinity of Python. Raises a ``ValueError``."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def _line(path: str, number: int, line: str) -> Any:
    try:
        return _json(line)
    except ValueError as error:
        raise InputError(
            "the log is neither CSV nor JSON",
            where=Place(path, row=number),
            found=escape(str(error)),
            hint=HINT,
        ) from None


def _is_other(name: str) -> bool:
    plain = _plain(name).lower()
    return not plain or (NOT_METRICS.search(plain.removesuffix("_epoch")) is not None)


def _metric(name: str) -> tuple[str, str]:
    """Split and metric of a column: ``val_loss``, ``train/f1_epoch``, ``eval_accuracy``, ``accuracy``."""
    plain = _plain(name).removesuffix("_epoch")
    prefix, separator, rest = plain.partition("_")
    if separator and rest and prefix.lower() in SPLITS:
        return SPLITS[prefix.lower()], rest
    rest, separator, suffix = plain.rpartition("_")
    if separator and rest and suffix.lower() in SPLITS:
        return SPLITS[suffix.lower()], rest
    return "train", plain


def _plain(name: str) -> str:
    """A name with underscores for blanks, slashes, points and hyphens."""
    return re.sub(r"[\s/.\-]+", "_", name.strip())


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _is_not_finite(value: Any) -> bool:
    """Whether a value is written as infinite or as no number; an empty one is not there."""
    try:
        return not math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


def better_of(metric: str) -> str:
    """Whether higher or lower values of a metric are better, by its name; ``none`` if that does not tell.

    >>> better_of("loss"), better_of("f1_macro"), better_of("temperature")
    ('lower', 'higher', 'none')
    """
    plain = metric.lower()
    return "lower" if LOWER.search(plain) else "higher" if HIGHER.search(plain) else "none"


__all__ = ["Logged", "better_of", "read_log"]
