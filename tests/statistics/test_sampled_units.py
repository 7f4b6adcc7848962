from __future__ import annotations

import numpy as np

from evalcli.blocks.row_hashes import hash_rows, leading_bits
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
    hashes = leading_bits(hash_rows(np.arange(1000), 1))
    assert sample_rows(hashes[:5], None, 5).tolist() == [0, 1, 2, 3, 4]
    drawn = sample_rows(hashes, None, 50)
    assert len(set(drawn.tolist())) == 50
    assert (np.diff(drawn) > 0).all()
    assert max(hashes[drawn]) < min(np.delete(hashes, drawn))
    order = np.random.default_rng(0).permutation(1000)
    assert sorted(order[sample_rows(hashes[order], None, 50)].tolist()) == drawn.tolist()


def test_groups_are_sampled_whole() -> None:
    group = np.repeat(np.arange(1000, dtype=np.uint64), 3)
    drawn = sample_rows(np.zeros(3000, np.uint32), group, 900)
    assert drawn.tolist() == list(range(900))
