from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.plots.matrix import MOST_CELLS, matrix_of, shares
from support.drawing import report


def test_clusters_are_side_by_side() -> None:
    table = np.eye(6) * 50
    for a, b in ((0, 3), (1, 4), (2, 5)):
        table[a, b] = table[b, a] = 20
    source = replace(
        report("multiclass", 6), classes=tuple("abcdef"), confusion=tuple(map(tuple, table.tolist()))
    )
    names = "".join(matrix_of(source, "cluster").names)
    assert all(abs(names.index(a) - names.index(b)) == 1 for a, b in ("ad", "be", "cf"))


def test_blocks_keep_every_row() -> None:
    k = 3 * MOST_CELLS + 5
    table = np.arange(k * k, dtype=float).reshape(k, k)
    source = replace(
        report("multiclass", 6),
        classes=tuple(f"c{i}" for i in range(k)),
        confusion=tuple(map(tuple, table.tolist())),
    )
    found = matrix_of(source, "given")
    assert found.blocks and len(found.names) <= MOST_CELLS
    assert found.counts.sum() == table.sum()


def test_shares_of_rows_columns_and_all() -> None:
    counts = np.array([[3.0, 1.0], [0.0, 0.0]])
    assert shares(counts, "true").tolist() == [[0.75, 0.25], [0.0, 0.0]]
    assert shares(counts, "pred").tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert shares(counts, "all").sum() == pytest.approx(1.0)
