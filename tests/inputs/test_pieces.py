from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.inputs.pieces import Piece, pieces, scores_of
from evalcli.loaders.arrow_columns import lengths


def place(column: str | None, row: int | None) -> Place:
    return Place("x", column, None if row is None else row + 1)


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 7))
def test_pieces_keep_every_row_in_order(sizes: list[int], rows: int) -> None:
    values = np.arange(sum(sizes), dtype=np.float64)
    cuts = np.cumsum([0, *sizes])
    batches = [
        pa.record_batch({"x": values[start : start + size]}) for start, size in zip(cuts, sizes, strict=False)
    ]
    cut = list(pieces(batches, rows))
    assert [piece.rows for piece in cut[:-1]] == [rows] * (len(cut) - 1)
    assert [piece.start for piece in cut] == list(range(0, len(values), rows))
    found = [scores_of(piece, ["x"], 1, place)[0] for piece in cut]
    assert np.concatenate([[], *found]).tolist() == values.tolist()


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 2)]
)
def test_lists_of_scores(kind: Any, tmp_path: Path) -> None:
    column = pa.array([[0.25, 0.75], [0.5, 0.5], None, [1.0, 0.0]], kind)
    assert lengths(column).tolist() == [2, 2, -1, 2]
    assert lengths(column[1:]).tolist() == [2, -1, 2]
    batch = pa.record_batch({"scores": column})
    found = scores_of(Piece(0, 4, (batch,)), ["scores"], 2, place)
    np.testing.assert_array_equal(found.T, [[0.25, 0.75], [0.5, 0.5], [np.nan, np.nan], [1, 0]])


def test_lists_of_different_lengths_are_refused() -> None:
    batch = pa.record_batch({"scores": pa.array([[0.5, 0.5], [1.0]])})
    with pytest.raises(InputError, match="different lengths") as caught:
        scores_of(Piece(10, 2, (batch,)), ["scores"], 2, place)
    assert str(caught.value.where) == "x, column scores, row 12"


def test_lists_among_several_columns_of_scores() -> None:
    batch = pa.record_batch({"p": pa.array([0.5]), "q": pa.array([[0.5, 0.5]])})
    with pytest.raises(InputError, match="contains lists") as caught:
        scores_of(Piece(0, 1, (batch,)), ["p", "q"], 2, lambda column, row: Place("f", column, row))
    assert caught.value.where == Place("f", "q", 0)
