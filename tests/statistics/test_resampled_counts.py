from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef

from evalcli.blocks import ClassBlock
from evalcli.metrics import METRICS, Context, Request, values_of
from evalcli.statistics import Confusion, resample_table
from evalcli.statistics.confusion import distances
from evalcli.statistics.resampled_counts import of_cells, of_tables, with_pseudo_counts
from evalcli.tasks import MULTICLASS

RNG = np.random.default_rng(11)


@pytest.mark.long
def test_a_table_that_is_drawn_anew_varies_as_its_rows_do() -> None:
    n, k = 600, 3
    truth = RNG.integers(0, k, n)
    predicted = np.where(RNG.random(n) < 0.7, truth, RNG.integers(0, k, n))
    table = Confusion().of(ClassBlock(truth, None, predicted, k)).table
    tables = resample_table(table, np.random.default_rng(0), 4000, 1 << 22)
    context = Context(MULTICLASS, ("a", "b", "c"))
    rows = [RNG.integers(0, n, n) for _ in range(1500)]
    for request, score in (
        (Request(METRICS.named("f1")[0], "macro"), lambda y, h: f1_score(y, h, average="macro")),
        (Request(METRICS.named("mcc")[0]), matthews_corrcoef),
    ):
        drawn = values_of(request, tables, context)
        expected = np.std([score(truth[some], predicted[some]) for some in rows])
        assert drawn.std() == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize("fullest", [3, 12], ids=["by rows", "by cells"])
def test_many_cells_are_drawn_faster_and_alike(fullest: int) -> None:
    k = 120
    table = RNG.integers(0, fullest, (k, k)) + 40 * np.eye(k, dtype=int)
    tables = resample_table(table, np.random.default_rng(0), 2000, 1 << 22)
    assert len(tables.n) < 2000
    assert (tables.n == table.sum()).all() == (fullest == 3)
    assert tables.n.mean() == pytest.approx(table.sum(), rel=0.01)
    assert tables.hits.mean(axis=0) == pytest.approx(np.diagonal(table), rel=0.1)
    assert tables.hits.var(axis=0).mean() == pytest.approx(tables.hits.mean(), rel=0.05)
    assert tables.predicted_counts.sum(axis=1) == pytest.approx(tables.n)
    assert tables.support.mean(axis=0) == pytest.approx(table.sum(axis=1), rel=0.1)
    places = np.arange(k)
    apart = (np.abs(places[:, None] - places) ** 2 * table).sum()
    assert tables.disagreement(1).mean() == pytest.approx((table * distances(k, 1)).sum(), rel=0.02)
    assert tables.disagreement(2).mean() == pytest.approx(apart, rel=0.02)
    assert tables.disagreement(0) == pytest.approx(tables.n - tables.correct)


def test_tables_of_draws_have_the_sums_of_their_cells() -> None:
    k, draws = 4, 7
    drawn = RNG.poisson(3.0, (draws, k * k)).astype(np.float64)
    rows, columns = np.divmod(np.arange(k * k), k)
    of_each = of_cells(rows, columns, drawn, k)
    together = of_tables(drawn.T.reshape(k, k, draws))
    for name in ("hits", "predicted_counts", "support", "total", "distance_sums"):
        assert np.array_equal(getattr(together, name), getattr(of_each, name))


def test_pseudo_counts_of_a_small_table_are_those_of_a_large_one() -> None:
    small = np.array([[3, 0, 0], [1, 2, 0], [0, 0, 0]])
    cells, counts = with_pseudo_counts(small)
    assert cells.tolist() == [0, 1, 3, 4]
    assert counts.tolist() == [3.5, 0.5, 1.5, 2.5]
    large = np.zeros((80, 80), np.int64)
    large[:3, :3] = small
    of_large = with_pseudo_counts(large)
    assert np.array_equal(of_large[0], cells // 3 * 80 + cells % 3)
    assert np.array_equal(of_large[1], counts)
