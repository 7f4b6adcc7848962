"""The curves of all classes of few rows at once, e.g. of a slice: their areas, and the influence of each row.

With few rows, what is done for each class costs more than what is done for each row. The classes' sorted keys
stay one after another in one array, so that every step is one operation for all of them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import Floats
from evalcli.statistics.curves import AreaSquares, AreaSums
from evalcli.statistics.ranked_rows import RankedRows

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def is_small(rows: RankedRows) -> bool:
    """Whether all classes are ranked at once: few rows of several classes, with float32 probabilities."""
    if len(rows.columns) == 1 or rows.has_gaps or not rows.by_keys or not rows.are_few:
        return False
    return all(isinstance(run, np.ndarray) and run.dtype == np.float32 for run in rows.runs)


def all_classes(rows: RankedRows) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Scores of all classes, and which rows belong to each; (classes, n) each."""
    truth = np.concatenate(rows.truths, axis=-1)
    scores = np.concatenate([run for run in rows.runs if isinstance(run, np.ndarray)], axis=1)
    return scores, truth if truth.ndim == 2 else truth == np.array(rows.columns)[:, None]


class SmallRankings(Struct, frozen=True, eq=False):
    """Curves of all classes from their points: one entry per distinct score of the positives of a class.

    ``n``: rows; ``order``: the rows of each class from the lowest score on, counted through all classes,
    (classes * n,). ``positives``: of each class, (classes,). ``of``: class of each point, (points,);
    ``first``: place of its first positive in the order; ``hits``, ``tied``, ``tp``, ``fp``: as in a
    ``CurveSegment``.
    """

    n: int
    order: Array
    positives: Array
    of: Array
    first: Array
    hits: Floats
    tied: Floats
    tp: Floats
    fp: Floats

    @classmethod
    def of_scores(cls, scores: Array, positive: npt.NDArray[np.bool_]) -> SmallRankings:
        """From scores in [0, 1], float32, and the positive rows of each class; (classes, n) each."""
        k, n = scores.shape
        bits = max(k * n - 1, 1).bit_length()
        keys = scores.view(np.uint32).astype(np.uint64)
        keys <<= 1
        keys |= positive
        keys <<= bits
        keys |= np.arange(k * n, dtype=np.uint64).reshape(k, n)
        keys.sort(axis=1)
        order = (keys & np.uint64((1 << bits) - 1)).view(np.int64).reshape(-1)
        keys >>= bits
        keys |= np.arange(k, dtype=np.uint64)[:, None] << np.uint64(32)  # now sorted over all classes
        flat = keys.reshape(-1)
        at = np.flatnonzero((flat.astype(np.uint8) & 1).view(np.bool_))
        values = flat[at] - np.uint64(1)
        is_new = np.ones(len(at), np.bool_)
        np.not_equal(values[1:], values[:-1], out=is_new[1:])
        start = np.flatnonzero(is_new)
        first, values = at[start], values[start]
        tied = np.zeros(len(first), np.intp)
        mixed = np.flatnonzero((first > 0) & (flat[first - 1] == values))
        tied[mixed] = first[mixed] - np.searchsorted(flat, values[mixed])
        positives = np.count_nonzero(positive, axis=1)
        of = first // n
        before = start - (np.cumsum(positives) - positives)[of]
        return cls(
            n=n,
            order=order,
            positives=positives,
            of=of,
            first=first,
            hits=np.diff(start, append=len(at)).astype(np.float64),
            tied=tied.astype(np.float64),
            tp=(positives[of] - before).astype(np.float64),
            fp=(n - positives[of] - (first - of * n - before) + tied).astype(np.float64),
        )

    def _sums_of_classes(self, *values: Floats) -> list[list[float]]:
        """Sums over the points of each class."""
        stacked = np.zeros((len(values), len(self.of) + 1))  # with a place for the first of no points
        for row, part in zip(stacked, values, strict=True):
            row[:-1] = part
        first, last = (np.searchsorted(self.of, np.arange(len(self.positives)), side) for side in SIDES)
        return np.where(first < last, np.add.reduceat(stacked, first, axis=1), 0.0).tolist()

    def _up_to(self, values: Floats) -> Floats:
        """Sum over the points of the same class up to each."""
        upto = np.concatenate([[0.0], np.cumsum(values)])
        begin = np.searchsorted(self.of, np.arange(len(self.positives)))
        return np.asarray(upto[1:] - upto[begin][self.of])

    def ranked(self) -> tuple[list[AreaSums], Floats]:
        """Sums of each class, with those for variances, and the influences of each row, (classes, 2, n).

        The sums of squared influences are the variances of the classes.
        """
        hits, tied, tp, fp, of = self.hits, self.tied, self.tp, self.fp, self.of
        share = 1.0 / (tp + fp)
        precision = tp * share
        share *= hits
        losses = share * precision
        gains = self._up_to(share - losses)
        lost = self._up_to(losses)
        sums = self._sums(precision, gains, lost)
        k, n, p = len(sums), self.n, self.positives.astype(np.float64)
        auc, area = np.array([(part.roc_auc, part.average_precision) for part in sums]).T
        q = n - p
        ends = self._stretches(np.arange(k) * n, self.first - tied, self.first, self.first + hits)
        lengths = np.diff(ends, append=k * n).astype(np.intp)
        of_p, of_q, of_auc = p[of], q[of], auc[of]
        above = (tp - hits / 2) / of_p, (of_q - (fp - tied / 2)) / of_q, (tp - hits) / of_p
        values = (
            self._stretches(
                np.where(p > 0, (1.0 - auc) / q, np.nan),
                (above[0] - of_auc) / of_q,
                (above[1] - of_auc) / of_p,
                (above[2] - of_auc) / of_q,
            ),
            self._stretches(
                np.where(p > 0, 0.0, np.nan),
                -lost / of_p,
                (precision - area[of] + gains) / of_p,
                -lost / of_p,
            ),
        )
        begin = self._begin
        exact = np.array([part.variances for part in sums])
        stretch = np.empty(k * n, np.intp)  # of each row
        stretch[self.order] = np.repeat(np.arange(len(lengths)), lengths)
        out = np.empty((2, k * n))
        for row, part in enumerate(values):
            estimated = np.add.reduceat(part * part * lengths, begin)
            scale = np.divide(exact[:, row], estimated, out=np.ones(k), where=estimated > 0)
            scaled = part * np.repeat(np.sqrt(scale), np.diff(begin, append=len(part)))
            scaled.take(stretch, out=out[row], mode="clip")
        return sums, np.moveaxis(out.reshape(2, k, n), 0, 1)

    @property
    def _begin(self) -> npt.NDArray[np.intp]:
        """Place of the lowest stretch of each class."""
        classes = np.arange(len(self.positives))
        return 3 * np.searchsorted(self.of, classes) + classes

    def _stretches(self, lowest: Array, tied: Floats, hits: Floats, following: Floats) -> Floats:
        """Values of all stretches of rows with equal influences, class by class.

        From the lowest row of a class to its first point, then three for each point: negatives with its
        score, its positives, and the negatives up to the next one.
        """
        out = np.empty(len(lowest) + 3 * len(tied))
        out[self._begin] = lowest
        place = 3 * np.arange(len(tied)) + self.of + 1
        for step, values in enumerate((tied, hits, following)):
            out[place + step] = values
        return out

    def _sums(self, precision: Floats, gains: Floats, lost: Floats) -> list[AreaSums]:
        hits, tied, tp, fp, total = self.hits, self.tied, self.tp, self.fp, self.positives
        above, below = fp - tied / 2, total[self.of] - tp + hits / 2
        up = gains + precision
        following = np.append(fp[1:], 0.0)
        following[np.flatnonzero(np.diff(self.of, append=-1))] = 0.0
        raised, lowered = hits * up, (fp - following) * lost
        last = np.searchsorted(self.of, np.arange(len(total)), side="right") - 1
        negatives = self.n - total
        summed = self._sums_of_classes(
            hits * (2 * (negatives[self.of] - fp) + tied),
            hits * tied,
            hits * precision,
            hits * above * above,
            2.0 * hits * below * above - hits * hits * tied / 4,
            raised,
            raised * up,
            lowered,
            lowered * lost,
        )
        parts = zip(
            total.tolist(),
            negatives.tolist(),
            *summed,
            np.where(total > 0, gains[last], 0.0).tolist() if len(gains) else [0.0] * len(total),
            np.where(total > 0, lost[last], 0.0).tolist() if len(lost) else [0.0] * len(total),
            strict=True,
        )
        return [
            AreaSums(p, q, round(doubled), round(pairs), steps, AreaSquares(a, b, (p, c, d), (q, e, f), g, h))
            for p, q, doubled, pairs, steps, a, b, c, d, e, f, g, h in parts
        ]
