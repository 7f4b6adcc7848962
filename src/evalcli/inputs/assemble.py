"""From pieces to blocks: typed, validated and aligned; rows that lack a value are dropped and counted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from msgspec import Struct, field

from evalcli.blocks import Array, Block, ScoreKind, ScoreStore
from evalcli.blocks.row_hashes import hash_rows
from evalcli.errors import EXAMPLES, InputError
from evalcli.findings import Place, use
from evalcli.inputs.groups import GroupColumn, Grouping
from evalcli.inputs.labels import MISSING, read_labels
from evalcli.inputs.matching.index import NONE
from evalcli.inputs.matching.match import Matching
from evalcli.inputs.pieces import Piece, scores_of
from evalcli.inputs.score_scale import ScoreScale, sum_to_one, usable_rows
from evalcli.inputs.tally import Examples, RowTally
from evalcli.inputs.targets.base import Chosen, Rows, Target
from evalcli.loaders.arrow_columns import column_of, numbers
from evalcli.loaders.source import Source
from evalcli.text import join_names

LIGHTEST, HEAVIEST = 1e-100, 1e100
"""Range of weights whose products neither underflow nor overflow."""


def _spans(scores: Array) -> Array | None:
    """Lowest and highest score of each column; None without rows."""
    return np.stack([scores.min(axis=1), scores.max(axis=1)]) if scores.shape[1] else None


def _closed_up(scores: Array, keep: Array) -> Array:
    """The scores of the kept rows, (m, n), where those of all rows were."""
    kept = scores[:, : np.count_nonzero(keep)]
    kept[...] = scores[:, keep]
    return kept


def _numbers(piece: Piece, chosen: Chosen) -> Array:
    """Row of the labels of each row of a piece; without ids the row of the file, counted from 0."""
    return np.arange(piece.start, piece.start + piece.rows) if isinstance(chosen, slice) else chosen


class _RowFilter(Struct, eq=False):
    """Which rows of a piece are kept, and why the others are dropped."""

    piece: Piece
    keep: Array
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Examples] = field(default_factory=dict)

    def number(self, index: int) -> int:
        """Row of the predictions, counted from 0, of a kept row."""
        return self.piece.start + int(np.flatnonzero(self.keep)[index])

    def drop(self, reason: str, rows: Array, found: str) -> None:
        """Drop those of the rows that are still kept."""
        unmatched = self.keep & rows
        count = int(np.count_nonzero(unmatched))
        if count:
            self.dropped[reason] = count
            first = np.flatnonzero(unmatched)[:EXAMPLES] + self.piece.start
            self.examples[reason] = Examples(tuple(first.tolist()), found)
            self.keep = self.keep & ~rows


class BuiltBlock(Struct, frozen=True, eq=False):
    """A block and its tally.

    ``keep``: which rows of the piece are in the block, (rows,), bool. ``slices``: for each ``--by``, the
    slice of each row of the block, (n,). ``labelled``: row of the labels of each row of the block, (n,), if
    they are wanted.
    """

    block: Block
    tally: RowTally
    keep: Array
    slices: tuple[Array, ...] = ()
    labelled: Array | None = None


class BlockBuilder(Struct, frozen=True, eq=False):
    """Makes blocks of pieces. Its fields are decided before the pass and do not change during it.

    ``weight``: name of a column of the predictions, or the weights themselves, which are in
    ``weight_source``. ``matching``: by ids, or None if rows are matched by order. ``grouping``: groups and
    slices of rows. ``seed``: of the row hashes, or None without sampling. ``ids``: a number for the id of
    each row of the labels, which is hashed if rows are matched by id; otherwise the row number is, counted
    from ``first_row``. ``ignored``: rows of the labels
    that do not count, (n,), bool, or None. ``store``: where scores are written, or None. ``by_label``:
    whether rows are known by the row of their label, so that several files are sampled alike. ``shared``:
    rows of the labels that every one of several files has, (n,), bool, or None: all.
    """

    source: Source
    target: Target
    weight: str | Array | None
    weight_source: Source
    score_scale: ScoreScale
    eps: float
    matching: Matching | None = None
    nulls: tuple[str, ...] = ()
    grouping: Grouping = field(default_factory=Grouping)
    seed: int | None = None
    ids: Array | None = None
    first_row: int = 0
    ignored: Array | None = None
    store: ScoreStore | None = None
    by_label: bool = False
    shared: Array | None = None

    def __call__(self, piece: Piece) -> BuiltBlock:
        """Type, check and align the rows of one piece."""
        chosen, unmatched, unmatched_ids = self._labelled(piece)
        truth, has_label = self.target.part(chosen)
        weight = self._weights(piece, chosen, unmatched)
        given_predictions = self._given_predictions(piece) if self.target.predicted is not None else None
        scores = self._scores(piece)
        spans = None if scores is None else _spans(scores)
        rows = self._kept(piece, chosen, has_label, unmatched, weight, given_predictions, scores, spans)
        gaps = self._gaps(truth, rows, has_label, unmatched)
        if not rows.keep.all():
            truth = np.ascontiguousarray(truth[..., rows.keep])
            given_predictions = None if given_predictions is None else given_predictions[rows.keep]
            weight = None if weight is None else weight[rows.keep]
            scores = None if scores is None else _closed_up(scores, rows.keep)
            spans = None if scores is None else _spans(scores)
        rounded, unsummed = self._checked(scores, spans, rows)
        block = self.target.block(
            Rows(
                truth=truth,
                scores=scores,
                given_predictions=given_predictions,
                weight=weight,
                kind=self.score_scale.kind,
                eps=self.eps,
                has_rounding=rounded > 0,
                row_hashes=self._row_hashes(piece, chosen, rows.keep),
                store=self.store,
            )
        )
        tally = RowTally(
            dropped=rows.dropped,
            examples=rows.examples,
            rows=piece.rows,
            rounded=rounded,
            disagreements=block.disagreements,
            extra=0 if unmatched is None else int(np.count_nonzero(unmatched)),
            unmatched_ids=unmatched_ids,
            spans=spans,
            unsummed=unsummed,
            gaps=gaps,
        )
        slices = tuple(
            slice_columns.codes(
                [self._codes(column, piece, chosen)[rows.keep] for column in slice_columns.columns]
            )
            for slice_columns in self.grouping.slices
        )
        labelled = _numbers(piece, chosen)[rows.keep] if self.by_label else None
        return BuiltBlock(block, tally, rows.keep, slices, labelled)

    def _scores(self, piece: Piece) -> Array | None:
        """Scores of the file, divided by their scale."""
        if not self.target.columns:
            return None
        scores = scores_of(piece, self.target.columns, self.target.width, self.source.place, self.store)
        if self.score_scale.scale != 1.0:
            scores /= self.score_scale.scale
        return scores

    def _kept(
        self,
        piece: Piece,
        chosen: Chosen,
        labelled: Array,
        unmatched: Array | None,
        weight: Array | None,
        given_predictions: Array | None,
        scores: Array | None,
        spans: Array | None,
    ) -> _RowFilter:
        """Which rows are scored. Rows of weight 0 are dropped without a reason, whatever they lack."""
        rows = _RowFilter(piece, np.ones(piece.rows, np.bool_))
        if unmatched is not None:
            rows.drop("extra_id", unmatched, "no label has its id")
        if self.ignored is not None:
            rows.drop("ignored_label", self.ignored[chosen], "a label that does not count")
        if weight is not None:
            rows.keep &= weight != 0
        rows.drop("missing_label", ~labelled, "no label")
        if given_predictions is not None:
            rows.drop("missing_prediction", given_predictions == MISSING, "no predicted class")
        bad = None if scores is None or spans is None else self._not_finite(scores, spans)
        if scores is not None and bad is not None:
            seen = " ".join(f"{v:.6g}" for v in scores[:, int(np.argmax(rows.keep & bad))][:6])
            rows.drop("missing_scores", bad, seen)
        if weight is not None:
            rows.drop("missing_weight", np.isnan(weight), "no weight")
        if self.shared is not None:
            rows.drop("not_shared", ~self.shared[chosen], "another model has no prediction of it")
        return rows

    def _gaps(
        self, truth: Array, rows: _RowFilter, has_label: Array, unmatched: Array | None
    ) -> tuple[int, int]:
        """Number of missing labels in rows with other labels, and number of these rows; adds examples."""
        target = self.target
        if not target.partial:
            return 0, 0
        missing = truth == MISSING
        odd = missing.any(axis=0) & ~missing.all(axis=0) & (rows.keep | ~has_label)
        if unmatched is not None:
            odd &= ~unmatched
        places = np.flatnonzero(odd)
        if len(places):
            names = (name for name, row in zip(target.names, missing, strict=True) if row[places[0]])
            first = tuple((places[:EXAMPLES] + rows.piece.start).tolist())
            rows.examples["gaps"] = Examples(first, f"no value of {join_names(names)}")
        return int(np.count_nonzero(missing[:, places])), len(places)

    def _checked(self, scores: Array | None, spans: Array | None, rows: _RowFilter) -> tuple[int, int]:
        """Check scores against their scale; clip rounding errors outside the range, and count them."""
        if scores is None or spans is None:
            return 0, 0
        unsummed = 0
        if self.score_scale.set_by_user and len(scores) > 1 and self.target.task.exclusive:
            unsummed = int(np.count_nonzero(~sum_to_one(scores)))
        rounded = self.score_scale.validate(
            scores, spans, lambda row: self.source.place(None, rows.number(row))
        )
        if self.score_scale.kind is ScoreKind.PROBABILITIES:
            if not (spans[0] > 0).all():
                np.maximum(scores, 0.0, out=scores)
                scores += 0.0  # -0.0 becomes 0.0, so that bits order like values
        elif self.score_scale.kind is ScoreKind.LOG_PROBABILITIES:
            np.minimum(scores, 0.0, out=scores)
        elif len(scores) > 1 and np.isposinf(spans[1]).any() and self.target.task.exclusive:
            certain = np.isposinf(scores)
            rows_of = certain.any(axis=0)  # a certain class: the others are impossible
            scores[:, rows_of] = np.where(certain[:, rows_of], 0.0, -np.inf)
        return rounded, unsummed

    def _codes(self, column: GroupColumn, piece: Piece, chosen: Chosen) -> Array:
        """Codes of a grouping column for a piece; arbitrary for rows without a label."""
        rows = slice(piece.start, piece.start + piece.rows)
        return column.codes[chosen if column.with_labels else rows]

    def _row_hashes(self, piece: Piece, chosen: Chosen, keep: Array) -> Array | None:
        if self.seed is None:
            return None
        of_rows = hash_rows(self._hashed(piece, chosen)[keep], self.seed)
        group = self.grouping.group
        if group is None or group.hashes is None:
            return np.stack([of_rows, of_rows])
        of_groups = group.hashes[self._codes(group, piece, chosen)[keep]]
        return np.stack([hash_rows(of_groups, self.seed), of_rows])

    def _hashed(self, piece: Piece, chosen: Chosen) -> Array:
        """What rows are drawn by."""
        if self.by_label:
            return _numbers(piece, chosen) + self.first_row
        if self.ids is not None:
            return np.asarray(self.ids[chosen])
        return _numbers(piece, slice(None)) + self.first_row

    def _labelled(self, piece: Piece) -> tuple[Chosen, Array | None, tuple[str, ...]]:
        """Rows of the truth, which rows of the piece have none, and the first ids of these."""
        if self.matching is None:
            return slice(piece.start, piece.start + piece.rows), None, ()
        rows, unmatched_ids = self.matching.rows(piece)
        return rows, rows == NONE, unmatched_ids

    def _weights(self, piece: Piece, chosen: Chosen, unmatched: Array | None) -> Array | None:
        if self.weight is None:
            return None
        if isinstance(self.weight, str):
            column_index = piece.batches[0].schema.get_field_index(self.weight)
            weights = np.concatenate([numbers(batch.column(column_index)) for batch in piece.batches])
            weights = weights.astype(np.float64, copy=False)
        else:
            weights = self.weight[chosen]
            if unmatched is not None:
                weights[unmatched] = 1.0
        bad = ((weights != 0) & (weights < LIGHTEST)) | (weights > HEAVIEST)
        if bad.any():
            row = int(np.argmax(bad))
            wrong = weights[row] < 0 or np.isinf(weights[row])
            raise InputError(
                f"a weight is {'negative or infinite' if wrong else 'too small or too large to be squared'}",
                where=self._weight_place(piece.start + row, chosen, row),
                found=f"{weights[row]:g}",
                hint="drop such rows" | use("if it is not a weight", unweighted=True)
                if wrong
                else "only ratios of weights matter: multiply all of them by one number",
            )
        return weights

    def _weight_place(self, row: int, chosen: Chosen, within: int) -> Place:
        column = self.weight if isinstance(self.weight, str) else None
        if column is None and not isinstance(chosen, slice):
            row = int(chosen[within])
        return self.weight_source.place(column, row)

    def _not_finite(self, scores: Array, spans: Array) -> Array | None:
        if not scores.size or np.isfinite(spans).all():
            return None
        usable = usable_rows(scores, self.score_scale.kind, self.target.task.exclusive)
        return None if usable.all() else ~usable

    def _given_predictions(self, piece: Piece) -> Array:
        parts = []
        at = piece.start
        for batch in piece.batches:
            column = column_of(batch, self.target.predicted or "")
            parts.append(self._class_codes(column, at))
            at += batch.num_rows
        return np.concatenate(parts)

    def _class_codes(self, column: pa.Array, start: int) -> Array:
        labels = read_labels([column], self.source.place(self.target.predicted), self.nulls)
        return self.target.codes_of(labels, start)
