from __future__ import annotations

import numpy as np
import pytest

from evalcli.metrics import METRICS, Metric
from evalcli.metrics.stacks import context_of, evaluated, faults_on_tables, one_by_one, tables_of
from evalcli.tasks import BINARY, MULTICLASS, REGRESSION

OF_COUNTS = [one for one in METRICS if one.from_counts]


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("one", OF_COUNTS, ids=lambda one: one.name)
def test_many_tables_at_once_are_what_they_are_one_by_one(one: Metric, k: int) -> None:
    if k > 2 and one.tasks == (BINARY,):
        return
    together, apart = evaluated(one, tables_of(k), k), one_by_one(one, k)
    assert together.shape == apart.shape == ((3,) if one.form == "whole" else (3, k))
    np.testing.assert_allclose(together, apart, rtol=1e-12)
    assert len(np.unique(together)) > 1


@pytest.mark.parametrize("one", METRICS, ids=lambda one: one.name)
def test_the_own_metrics_have_no_fault(one: Metric) -> None:
    assert list(faults_on_tables(one)) == []


def test_tables_are_whole_counts_that_differ() -> None:
    for k in (2, 3):
        tables = tables_of(k)
        assert tables.hits.shape == (3, k)
        assert (tables.classes.tp + tables.classes.fn == tables.support).all()
        assert len(np.unique(tables.total)) > 1 or len(np.unique(tables.hits)) > k
        assert (tables.hits % 1 == 0).all()


def test_data_of_every_kind() -> None:
    assert context_of(BINARY, 2).positive == 1
    assert context_of(MULTICLASS, 3).k == 3
    assert context_of(REGRESSION, 3).classes == ()
