"""A confusion matrix as it is drawn: in some order of the classes, and in blocks if there are very many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.errors import unknown_choice
from evalcli.renderers.tables import NORMALIZE
from evalcli.report.report import Report

Counts = npt.NDArray[np.float64]
MOST_CELLS = 120
"""Classes that are drawn one by one; of more, neighbours share a cell."""
SORTS = ("given", "support", "error", "cluster")


class Matrix(Struct, frozen=True, eq=False):
    """``counts``: rows by true and predicted class, (k, k); ``names``: of classes, or first of blocks."""

    names: tuple[str, ...]
    counts: Counts
    blocks: bool = False


def require_choices(normalize: str | None, sort: str) -> None:
    """Refuse shares and orders that no matrix has."""
    if normalize is not None and normalize not in NORMALIZE:
        raise unknown_choice("normalize", str(normalize), tuple(NORMALIZE))
    if sort not in SORTS:
        raise unknown_choice("sort", sort, SORTS)


def matrix_of(report: Report, sort: str) -> Matrix:
    """The matrix of a report."""
    return ordered(report.classes, report.confusion or (), sort)


def ordered(classes: Sequence[str], given: Sequence[Sequence[float]], sort: str) -> Matrix:
    """The matrix of classes and counts."""
    counts = np.array(given, np.float64)
    order = _order(counts, sort)
    names, counts = tuple(classes[i] for i in order), counts[np.ix_(order, order)]
    if len(names) <= MOST_CELLS:
        return Matrix(names, counts)
    size = -(-len(names) // MOST_CELLS)
    starts = np.arange(0, len(names), size)
    counts = np.add.reduceat(np.add.reduceat(counts, starts, axis=0), starts, axis=1)
    return Matrix(tuple(names[start] for start in starts), counts, True)


def _order(counts: Counts, sort: str) -> npt.NDArray[np.intp]:
    support = counts.sum(axis=1)
    if sort == "support":
        return np.argsort(-support, kind="stable")
    if sort == "error":
        share = np.divide(np.diag(counts), support, out=np.ones(len(support)), where=support > 0)
        return np.argsort(share, kind="stable")
    if sort == "cluster":
        return _clustered(counts)
    return np.arange(len(counts))


def _clustered(counts: Counts) -> npt.NDArray[np.intp]:
    """Classes that are confused with each other side by side: by the Fiedler vector of the confusions."""
    ties = counts + counts.T
    np.fill_diagonal(ties, 0.0)
    ties += 1e-9 * max(ties.max(), 1.0)
    scale = 1.0 / np.sqrt(ties.sum(axis=1))
    _, vectors = np.linalg.eigh(np.eye(len(ties)) - scale[:, None] * ties * scale)
    return np.argsort(vectors[:, 1] * scale, kind="stable") if len(ties) > 2 else np.arange(len(ties))


def shares(counts: Counts, normalize: str) -> Counts:
    """Shares of the true class, of the predicted class, or of all rows."""
    total = {
        "true": counts.sum(axis=1, keepdims=True),
        "pred": counts.sum(axis=0, keepdims=True),
        "all": counts.sum(keepdims=True),
    }[normalize]
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
