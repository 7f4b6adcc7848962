"""Evidence for the roles of columns: all labels, and the first rows of the other columns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, distinct
from evalcli.cached import cached_property
from evalcli.errors import EvalcliError
from evalcli.inputs.class_names import canonical, class_indices, parse_number
from evalcli.inputs.column_names import stems
from evalcli.inputs.in_memory import InMemoryColumns, list_width
from evalcli.inputs.labels import LabelReader
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import Piece, scores_of
from evalcli.inputs.truth import Truth, column_truth
from evalcli.inputs.truth_columns import TruthColumns
from evalcli.loaders.arrow_columns import column_of, is_list, is_numeric, numbers, value_type
from evalcli.loaders.source import Source
from evalcli.tasks import Task

HEAD_ROWS = 4096
"""Number of first rows that show the role of a column."""
MOST_COLUMNS = 16
"""Maximum number of columns without a role that are examined."""
AGREEING = 0.75
"""Smallest proportion of rows with the label's value at which a column may be the label or a prediction."""
ONE = 2e-2
"""Maximum distance of a row's sum from 1 for probabilities."""


class Evidence:
    """``read``: in-memory columns of the labels' file. ``truth``: which of them are the truth."""

    def __init__(
        self,
        predictions: Source,
        read: InMemoryColumns,
        truth: TruthColumns,
        task: Task | None,
        options: Options,
    ) -> None:
        self.predictions, self.read, self.truth = predictions, read, truth
        self.task, self.options = task, options
        self._heads: dict[str, pa.Array] = {}

    @cached_property
    def labels(self) -> Truth | None:
        """One label per row, or real values; None for columns or lists of labels."""
        if self.truth.layout != "column":
            return None
        return column_truth(self.read, self.truth.columns[0], self.task, self.options)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the classes or labels, as far as known from the labels."""
        if self.options.classes:
            return self.options.classes
        if self.truth.layout == "indicators":
            return stems(self.truth.columns)
        return () if self.labels is None else self.labels.names

    def head(self, names: Sequence[str]) -> dict[str, pa.Array]:
        """The first rows of some columns of the predictions."""
        new = [name for name in names if name not in self._heads]
        if new:
            text = [n for n in new if not is_numeric(value_type(self.predictions.types[n]))]
            batches = self.predictions.batches(new, text=text)
            head = next((batch for batch in batches if batch.num_rows), None)
            for name in new if head is not None else ():
                self._heads[name] = column_of(head, name)[:HEAD_ROWS]
        return {name: self._heads[name] for name in names if name in self._heads}

    def numbers(self, name: str) -> Array:
        """The first numbers of a column that are finite, (n,), float64."""
        head = self.head([name])
        if name not in head or not is_numeric(head[name].type):
            return np.empty(0)
        values = numbers(head[name]).astype(np.float64, copy=False)
        return np.asarray(values[np.isfinite(values)])

    def are_classes(self, name: str) -> bool:
        """Whether numbers are class labels: integers that all occur in the labels."""
        values = distinct(self.numbers(name))
        if not len(values) or not np.isfinite(values).all() or (values != np.rint(values)).any():
            return False
        known = set(map(canonical, self.names))
        return all(str(int(value)) in known for value in values.tolist())

    def are_probabilities(self, columns: Sequence[str]) -> bool:
        """Whether the first rows of columns, or of a list, sum to 1, as values or as logarithms."""
        head = self.head(columns)
        if len(head) < len(columns):
            return False
        try:
            scores = self._scores(head)
        except EvalcliError:
            return False
        scores = scores[:, np.isfinite(scores).all(axis=0)]
        if len(scores) < 2 or not scores.size:
            return False
        plain = bool((scores >= -ONE).all()) and _sum_to_one(scores)
        return plain or (bool((scores <= ONE).all()) and _sum_to_one(np.exp(scores)))

    def _scores(self, head: dict[str, pa.Array]) -> Array:
        names = list(head)
        batch = pa.RecordBatch.from_arrays(list(head.values()), names=names)
        piece = Piece(0, batch.num_rows, (batch,))
        width = list_width([batch], names)
        return scores_of(piece, names, width, self.predictions.place).astype(np.float64)

    def like_labels(self, names: Sequence[str]) -> list[str]:
        """Columns without a role that contain only values of the labels in their first rows."""
        labels = self.labels
        if labels is None or not labels.usual_task.exclusive or len(labels.names) < 2:
            return []
        if not self._are_specific(labels) and self.read.source is not self.predictions:
            return []  # any flag is 0 or 1, and only a comparison by row would show the difference
        wanted = set(map(canonical, labels.names))
        plain = [n for n in names if not is_list(self.predictions.types[n])][:MOST_COLUMNS]
        with suppress(EvalcliError):  # read together, unless one of them cannot be read
            self.head(plain)
        found = []
        for name in plain:
            try:
                seen = self._values(name)
            except EvalcliError:
                continue
            if len(seen) > 1 and seen <= wanted and (self._are_specific(labels) or self._agree(name, labels)):
                found.append(name)
        return found

    @staticmethod
    def _are_specific(labels: Truth) -> bool:
        """Whether the labels' values are specific, unlike 0 and 1."""
        return len(labels.names) > 2 or any(parse_number(name) is None for name in labels.names)

    def _agree(self, name: str, labels: Truth) -> bool:
        """Whether a column mostly equals the label of the same row, more often than the largest class."""
        reader = LabelReader(self.predictions.place(name))
        reader.add(self._heads[name])
        other = reader.done()
        codes = np.array([*class_indices(other.names, labels.names), -1], object)[other.codes]
        truth = np.asarray(labels.row_values)[: len(codes)]
        largest = np.bincount(truth[truth >= 0]).max(initial=0) / max(len(truth), 1)
        agreeing = float(np.mean(codes == truth))
        return agreeing >= AGREEING and agreeing > largest

    def _values(self, name: str) -> set[str]:
        head = self.head([name])
        if name not in head:
            return set()
        reader = LabelReader(self.predictions.place(name))
        reader.add(head[name])
        return set(map(canonical, reader.done().names))


def _sum_to_one(scores: Array) -> bool:
    with np.errstate(over="ignore"):
        return bool((np.abs(scores.sum(axis=0) - 1) <= ONE).all())
