from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import distinct, starts_of_runs

ARRAYS = ([], [3], [2, 2, 2], [5, -1, 5, 0, -1, 7], [0.5, -np.inf, np.inf, 0.5, -0.0, 0.0])


@pytest.mark.parametrize("values", ARRAYS)
def test_as_unique(values: list[float]) -> None:
    array = np.array(values)
    expected, first = np.unique(array, return_index=True)
    assert distinct(array).tolist() == expected.tolist()
    ordered = np.sort(array)
    assert starts_of_runs(ordered).tolist() == np.searchsorted(ordered, expected).tolist()
    assert len(starts_of_runs(ordered)) == len(first)


def test_the_type_is_kept() -> None:
    assert distinct(np.array([2, 1, 2], np.uint32)).dtype == np.uint32
