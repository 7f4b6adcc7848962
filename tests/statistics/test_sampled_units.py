from __future__ import annotations

import numpy as np

from evalcli.statistics.sampled_units import SampledUnits, sample_rows
from evalcli.statistics.weights import Weights

GROUP = np.array([7, 3, 7, 9, 3], np.uint64)
INFLUENCES = np.array([[1.0, 2.0, 4.0, 8.0, 16.0]])


def test_rows_are_units_without_groups() -> None:
    units = SampledUnits.of(np.array([0, 2, 4]), Weights(np.array([1.0, 9.0, 2.0, 9.0, 3.0])), None)
    assert units.count == 3
    assert units.added_by(INFLUENCES[:, [0, 2, 4]]).tolist() == [[1.0, 8.0, 48.0]]
    assert units.variance_factor(5, None) == 5 / 3


def test_rows_of_a_group_add_up() -> None:
    units = SampledUnits.of(np.arange(5), Weights(), GROUP)
    assert units.count == 3
    assert units.added_by(INFLUENCES).tolist() == [[18.0, 5.0, 8.0]]
    assert units.variance_factor(5, GROUP) == 3 / 2  # all are sampled: the correction for small samples


def test_few_rows_are_all_sampled() -> None:
    assert sample_rows(5, None, 5, 1).tolist() == [0, 1, 2, 3, 4]
    drawn = sample_rows(1000, None, 50, 1)
    assert len(set(drawn.tolist())) == 50
    assert (np.diff(drawn) > 0).all()
    assert (
        drawn.tolist() == sample_rows(1000, None, 50, 1).tolist() != sample_rows(1000, None, 50, 2).tolist()
    )


def test_groups_are_sampled_whole() -> None:
    group = np.repeat(np.arange(1000, dtype=np.uint64), 3)
    drawn = sample_rows(3000, group, 900, 0)
    assert drawn.tolist() == list(range(900))
