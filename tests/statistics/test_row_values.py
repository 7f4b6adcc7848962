from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import RealBlock
from evalcli.statistics.row_values import RowValues

TRUTH = np.array([1.0, -1.0, 4.0, 0.0])


def block(weight: object = None) -> RealBlock:
    return RealBlock(TRUTH, TRUTH + 1, np.empty((0, 4)), weight=weight)  # type: ignore[arg-type]


def squares(of: RealBlock) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.square(of.truth)  # type: ignore[return-value]


def roots(of: RealBlock) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    with np.errstate(invalid="ignore"):
        return np.sqrt(of.truth)  # type: ignore[return-value]


def test_moments_of_a_function() -> None:
    state = RowValues(squares).of(block())
    assert (state.loss.n, state.loss.mean, state.outside) == (4, 4.5, 0)
    weighted = RowValues(squares).of(block(np.array([1.0, 1, 2, 0])))
    assert weighted.loss.mean == pytest.approx((1 + 1 + 32) / 4)


def test_rows_outside_the_domain_are_counted() -> None:
    state = RowValues(roots).of(block(np.array([1.0, 5, 1, 1])))
    assert (state.outside, state.loss.n) == (1, 3)
    assert state.loss.mean == pytest.approx(1.0)


def test_equal_for_the_same_function() -> None:
    assert RowValues(squares) == RowValues(squares)
    assert RowValues(squares) != RowValues(roots)
