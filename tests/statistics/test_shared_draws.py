from __future__ import annotations

import numpy as np
import pytest

from evalcli.statistics import resample_table
from evalcli.statistics.shared_draws import SharedDraws

TABLE = np.array([[60, 3, 0], [5, 40, 9], [0, 2, 80]])


def test_draws_vary_as_those_of_one_table() -> None:
    shared = SharedDraws(0, 20_000).of_table(TABLE)
    alone = resample_table(TABLE, np.random.default_rng(0), 20_000, 1 << 22)
    assert shared.n.mean() == pytest.approx(TABLE.sum(), rel=0.01)
    f1 = [(2 * part.hits / (part.support + part.predicted_counts)).mean(axis=1) for part in (shared, alone)]
    assert f1[0].mean() == pytest.approx(f1[1].mean(), abs=0.002)
    assert f1[0].std() == pytest.approx(f1[1].std(), rel=0.03)


def test_a_table_has_the_same_draws_after_others() -> None:
    many = SharedDraws(3, 50)
    many.of_table(TABLE + 1)
    many.of_table(TABLE.T)
    assert np.array_equal(many.of_table(TABLE).hits, SharedDraws(3, 50).of_table(TABLE).hits)
    assert not np.array_equal(many.of_table(TABLE).hits, SharedDraws(4, 50).of_table(TABLE).hits)


def test_two_classes_and_very_many_are_drawn_alone() -> None:
    assert [SharedDraws.fits(k) for k in (2, 3, 64, 65)] == [False, True, True, False]
