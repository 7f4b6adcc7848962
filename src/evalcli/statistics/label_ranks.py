"""How well the scores of a row rank its true labels."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, LabelSetBlock
from evalcli.statistics.base import FieldSums, Finished
from evalcli.statistics.confusion import labels_but
from evalcli.statistics.moments import EMPTY, Moments
from evalcli.statistics.weights import Weights


class LabelRankMoments(FieldSums, Finished, Struct, frozen=True):
    """Moments over the rows.

    ``precision``: mean precision at the true labels, over rows with some; ``roc_auc``: over rows with
    some but not all. ``average_precision``, ``coverage`` and ``loss``: over all rows; 1, 0 and 0 for rows
    with none (or all).
    """

    precision: Moments = EMPTY
    roc_auc: Moments = EMPTY
    average_precision: Moments = EMPTY
    coverage: Moments = EMPTY
    loss: Moments = EMPTY


class LabelRanks(Struct, frozen=True):
    """Rank the labels of each row; ties have the worst rank, and count half for the area.

    ``excluded``: labels that are ignored.
    """

    excluded: tuple[int, ...] = ()

    def of(self, block: LabelSetBlock) -> LabelRankMoments:
        """Rank one block."""
        if not block.n:
            return LabelRankMoments()
        scores, truth = (labels_but(matrix, self.excluded).T for matrix in (block.scores, block.truth))
        k = scores.shape[1]
        order = np.argsort(-scores, axis=1)
        scores = np.take_along_axis(scores, order, axis=1)
        truth = np.take_along_axis(truth, order, axis=1)
        hits = np.cumsum(truth, axis=1)
        positions = np.arange(k)
        last = np.ones(scores.shape, np.bool_)  # of the labels with one score
        np.not_equal(scores[:, 1:], scores[:, :-1], out=last[:, :-1])
        end = np.minimum.accumulate(np.where(last, positions, k)[:, ::-1], axis=1)[:, ::-1]
        first = np.roll(last, 1, axis=1)
        first[:, 0] = True
        start = np.maximum.accumulate(np.where(first, positions, 0), axis=1)
        upto = np.take_along_axis(hits, end, axis=1)  # true labels with this score or a higher one
        false_upto = end + 1 - upto
        above = start - np.where(start > 0, np.take_along_axis(hits, np.maximum(start - 1, 0), axis=1), 0)
        positives = hits[:, -1]
        negatives = k - positives
        has_labels, mixed = positives > 0, (positives > 0) & (negatives > 0)
        weights = Weights(block.weight)

        def mean_over_positives(values: Array) -> Array:
            return (values * truth).sum(axis=1) / np.maximum(positives, 1)

        precision = mean_over_positives(upto / (end + 1))
        auc = 1.0 - mean_over_positives((above + false_upto) / 2) / np.maximum(negatives, 1)
        return LabelRankMoments(
            Moments.of(precision[has_labels], weights.at(has_labels).values),
            Moments.of(auc[mixed], weights.at(mixed).values),
            Moments.of(np.where(mixed, precision, 1.0), block.weight),
            Moments.of(((end + 1) * truth).max(axis=1).astype(np.float64), block.weight),
            Moments.of(
                np.where(mixed, mean_over_positives(false_upto) / np.maximum(negatives, 1), 0.0), block.weight
            ),
        )
