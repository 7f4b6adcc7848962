from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from evalcli.blocks import take_rows
from evalcli.statistics import LabelRankMoments, LabelRanks
from support.measuring import label_block

shapes = st.tuples(st.integers(1, 8), st.integers(2, 5))


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """Labels and scores with many ties."""
    shape = draw(shapes)
    return draw(arrays(np.bool_, shape)), draw(arrays(np.float64, shape, elements=st.integers(0, 3))) / 4


@given(tables())
def test_as_scikit_learn_has_them(table: Any) -> None:
    truth, scores = table
    found = LabelRanks().of(label_block(truth, scores))
    y = truth.astype(int)
    assert found.average_precision.mean == pytest.approx(sk.label_ranking_average_precision_score(y, scores))
    assert found.coverage.mean == pytest.approx(sk.coverage_error(y, scores))
    assert found.loss.mean == pytest.approx(sk.label_ranking_loss(y, scores))


@given(tables())
def test_areas_of_rows_with_and_without_labels(table: Any) -> None:
    truth, scores = table
    found = LabelRanks().of(label_block(truth, scores))
    mixed = truth.any(axis=1) & ~truth.all(axis=1)
    assert found.roc_auc.n == mixed.sum()
    if mixed.any():
        expected = sk.roc_auc_score(truth[mixed], scores[mixed], average="samples")
        assert found.roc_auc.mean == pytest.approx(expected)


@given(tables())
def test_weights_are_repeated_rows(table: Any) -> None:
    block = label_block(*table)
    times = np.arange(block.n) % 3 + 1
    weighted = LabelRanks().of(replace(block, weight=times.astype(float)))
    repeated = LabelRanks().of(take_rows(block, np.repeat(np.arange(block.n), times)))
    for name in ("precision", "roc_auc", "average_precision", "coverage", "loss"):
        one, other = getattr(weighted, name), getattr(repeated, name)
        assert (one.n, one.mean) == (other.n, pytest.approx(other.mean))


def test_rows_without_labels_count_in_some_of_them() -> None:
    found = LabelRanks().of(label_block([[0, 0], [1, 0]], [[0.5, 0.25], [0.5, 0.75]]))
    assert (found.precision.n, found.roc_auc.n, found.average_precision.n) == (1, 1, 2)
    assert found.precision.mean == 0.5
    assert found.average_precision.mean == 0.75
    assert found.roc_auc.mean == 0.0


def test_no_rows() -> None:
    empty = label_block(np.empty((0, 3)), np.empty((0, 3)))
    assert LabelRanks().of(empty) == LabelRankMoments()
