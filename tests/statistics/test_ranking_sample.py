from __future__ import annotations

import numpy as np

from evalcli.blocks import ScoreKind
from evalcli.blocks.row_hashes import hash_rows, leading_bits
from evalcli.statistics.ranked_rows import JointRows, RankedRows, most_sampled
from evalcli.statistics.ranking_sample import RankingSample

RNG = np.random.default_rng(0)
N, K = 40_000, 4
SCORES, TRUTH = RNG.random((K, N)).astype(np.float32), RNG.integers(0, K, N)
HASHES = leading_bits(hash_rows(np.arange(N), 3))


def rows(order: np.ndarray) -> RankedRows:
    return RankedRows(
        tuple(range(K)),
        ScoreKind.PROBABILITIES,
        (SCORES[:, order],),
        (TRUTH[order],),
        hashes=(HASHES[order],),
    )


def test_the_sample_does_not_depend_on_the_order_or_on_parts() -> None:
    most = most_sampled(K)
    one = RankingSample(rows(np.arange(N)), 3)
    other = RankingSample(rows(RNG.permutation(N)), 3)
    assert one.units.count == most
    np.testing.assert_array_equal(np.sort(one.joint.hashes), np.sort(other.joint.hashes))
    np.testing.assert_array_equal(np.sort(one.joint.scores), np.sort(other.joint.scores))
    parts = [RankingSample(rows(np.arange(*ends)), 3).joint for ends in ((0, 15_000), (15_000, N))]
    joined = JointRows.joined(parts, most)
    np.testing.assert_array_equal(joined.hashes, one.joint.hashes)
    np.testing.assert_array_equal(joined.positive, one.joint.positive)
