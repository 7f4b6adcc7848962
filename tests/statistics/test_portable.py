from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.blocks import ScoreKind
from evalcli.statistics import Ranking
from evalcli.statistics.portable import compacted, portable
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.ranking import RankingOptions

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 3, 500)
SCORES = np.round(RNG.random((3, 500)), 2)


def ranking(some: slice, dtype: Any = np.float32, **options: Any) -> Ranking:
    rows = RankedRows((0, 1, 2), ScoreKind.PROBABILITIES, (SCORES[:, some].astype(dtype),), (TRUTH[some],))
    return Ranking(rows, RankingOptions(with_variance=True, **options), map)


def parts(dtype: Any = np.float32) -> RankedRows:
    cuts = (slice(0, 100), slice(100, 120), slice(120, 500))
    types = (np.float32, dtype, np.float32)
    return sum((portable(ranking(c, t), map) for c, t in zip(cuts, types, strict=True)))  # type: ignore[return-value]


def test_rows_in_one_run_rank_as_in_several() -> None:
    whole, sum_of_parts = ranking(slice(None)), parts()
    one = compacted(sum_of_parts)
    assert (len(sum_of_parts.sorted), len(one.sorted)) == (3, 1)
    for rows in (sum_of_parts, one):
        found = Ranking(rows, whole.ranked, map)
        np.testing.assert_array_equal(found.roc_auc, whole.roc_auc)
        np.testing.assert_allclose(found.average_precision, whole.average_precision, rtol=1e-12)


def test_types_of_scores_may_differ() -> None:
    """A score in float64 is another one than in float32."""
    mixed = parts(np.float64)
    scores = [SCORES[:, cut].astype(kind) for cut, kind in ((slice(0, 100), "f4"), (slice(100, 120), "f8"))]
    scores.append(SCORES[:, 120:].astype("f4"))
    rows = RankedRows(
        (0, 1, 2), ScoreKind.PROBABILITIES, tuple(scores), (TRUTH[:100], TRUTH[100:120], TRUTH[120:])
    )
    whole = Ranking(rows, RankingOptions(), map)
    np.testing.assert_array_equal(Ranking(mixed, RankingOptions(), map).roc_auc, whole.roc_auc)


def test_rows_that_belong_together_stay_in_order() -> None:
    rows = portable(ranking(slice(0, 50), one_vs_one=True), map)
    np.testing.assert_array_equal(rows.runs[0], SCORES[:, :50].astype(np.float32))
    assert not rows.sorted
