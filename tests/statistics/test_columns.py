from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from evalcli.statistics.columns import SEVERAL, Column, compact

WHOLE = np.random.default_rng(1).normal(size=40 * SEVERAL)
CUTS = (0, 7, 7, 40, 1000, len(WHOLE))
COLUMN = Column(tuple(WHOLE[start:end] for start, end in pairwise(CUTS)))


@pytest.mark.parametrize(
    "rows",
    [slice(0, 3), slice(5, 9), slice(7, 40), slice(3, 1200), slice(None), slice(0, 0), slice(4, 2000, 33)],
)
def test_slices_of_a_column(rows: slice) -> None:
    assert COLUMN[rows].tolist() == WHOLE[rows].tolist()


@pytest.mark.parametrize("count", [0, 5, 39, len(WHOLE)])
def test_rows_of_a_column(count: int) -> None:
    rows = np.random.default_rng(count).integers(0, len(WHOLE), count)
    assert COLUMN[rows].tolist() == WHOLE[rows].tolist()


def test_ends_of_a_column() -> None:
    assert (len(COLUMN), COLUMN.min(), COLUMN.max()) == (len(WHOLE), WHOLE.min(), WHOLE.max())


def test_parts_of_two_types() -> None:
    column = Column((compact(np.arange(4.0)), compact(np.array([0.1, 0.2]))))
    assert [part.dtype for part in column.parts] == [np.float32, np.float64]
    for rows in (slice(0, 2), slice(3, 5), np.array([5, 0])):
        assert column[rows].dtype == np.float64
        assert column[rows].tolist() == np.array([0, 1, 2, 3, 0.1, 0.2])[rows].tolist()


@pytest.mark.parametrize("odd", [0.1, 1e300, 2.0**-160, np.inf])
def test_values_stay_as_they_are(odd: float) -> None:
    for values in (np.array([1.0, odd]), np.array([*range(100), odd])):
        with np.errstate(over="ignore"):
            assert compact(values).tolist() == values.tolist()
