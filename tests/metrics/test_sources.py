from __future__ import annotations

import numpy as np
import pytest

from evalcli.metrics.sources import AVERAGE_PRECISION, ROC_AUC, Area
from evalcli.statistics import LabelRanks, ScoreRanking
from support.measuring import binary_block, label_block

RNG = np.random.default_rng(2)
TRUTH, SCORES = RNG.random(80) < 0.4, RNG.random(80).round(2)


@pytest.mark.parametrize(("area", "name"), [(ROC_AUC, "roc_auc"), (AVERAGE_PRECISION, "average_precision")])
def test_an_area_is_the_same_of_a_class_and_of_all_pairs_of_one_class(area: Area, name: str) -> None:
    ranking = ScoreRanking(keep_keys=True).of(binary_block(TRUTH, SCORES)).finalize(map)
    assert area.of_classes(ranking)[0] == pytest.approx(getattr(ranking.sums[0], name), rel=1e-12)
    assert area.pooled(ranking.pooled) == pytest.approx(area.of_classes(ranking)[0], rel=1e-12)


def test_the_influences_of_an_area_are_its_own() -> None:
    """They add up to its variance."""
    ranking = ScoreRanking(with_variance=True).of(binary_block(TRUTH, SCORES)).finalize(map)
    for area in (ROC_AUC, AVERAGE_PRECISION):
        variance = ranking.sums[0].variances[area.row]
        assert np.square(ranking.influences[0, area.row]).sum() == pytest.approx(variance, rel=1e-6)
    assert ranking.sums[0].variances[0] != pytest.approx(ranking.sums[0].variances[1])


def test_areas_of_the_labels_of_a_row() -> None:
    moments = LabelRanks().of(label_block([[1, 0, 1]], [[0.9, 0.5, 0.2]]))
    assert ROC_AUC.by_row(moments).mean == 0.5
    assert AVERAGE_PRECISION.by_row(moments).mean == pytest.approx((1 + 2 / 3) / 2)
