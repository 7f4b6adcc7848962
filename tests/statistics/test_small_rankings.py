from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import ScoreKind
from evalcli.statistics.area_variance import area_sums, influences
from evalcli.statistics.curves import curve_of_keys
from evalcli.statistics.ranked_rows import FEW as MOST
from evalcli.statistics.ranked_rows import RankedRows
from evalcli.statistics.small_rankings import SmallRankings, all_classes, is_small
from evalcli.statistics.sorted_keys import keys_of


@pytest.mark.parametrize(("n", "k", "steps"), [(300, 5, 0), (60, 4, 8), (7, 3, 2), (40, 3, 1), (1, 2, 0)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_all_classes_at_once_are_as_one_by_one(n: int, k: int, steps: int) -> None:
    rng = np.random.default_rng(n)
    scores = rng.random((k, n)).astype(np.float32)
    scores = np.round(scores * steps) / np.float32(steps) if steps else scores
    truth = rng.integers(0, k - (n == 40), n)  # of 40 rows, none belongs to the last class
    positive = truth == np.arange(k)[:, None]
    sums, added = SmallRankings.of_scores(scores, positive).ranked()
    for cls, found in enumerate(sums):
        curve = curve_of_keys(np.sort(keys_of(scores[cls].copy(), positive[cls])))
        alone = area_sums(curve, True)
        counts = ("positives", "negatives", "doubled_concordant", "tied_pairs")
        assert [getattr(found, name) for name in counts] == [getattr(alone, name) for name in counts]
        assert found.average_precision == pytest.approx(alone.average_precision, rel=1e-13, nan_ok=True)
        assert found.variances == pytest.approx(alone.variances, rel=1e-11, nan_ok=True)
        expected = influences(curve, alone, scores[cls], positive[cls])
        exact, estimated = np.array(alone.variances), np.square(expected).sum(axis=1)
        expected *= np.sqrt(np.where(estimated > 0, exact / estimated, 1.0))[:, None]
        np.testing.assert_allclose(added[cls], expected, rtol=1e-9, atol=1e-13)


def test_which_rows_are_few() -> None:
    def rows(n: int, k: int = 2, dtype: type = np.float32) -> RankedRows:
        scores, truth = np.zeros((k, n), dtype), np.zeros(n, np.uint8)
        return RankedRows(tuple(range(k)), ScoreKind.PROBABILITIES, (scores,), (truth,))

    assert is_small(rows(10)) and is_small(rows(MOST // 2))
    assert not is_small(rows(MOST // 2 + 1))
    assert not is_small(rows(10, k=1))
    assert not is_small(rows(10, dtype=np.float64))
    scores, positive = all_classes(rows(4) + rows(3))
    assert scores.shape == positive.shape == (2, 7)
    assert positive.sum(axis=1).tolist() == [7, 0]
