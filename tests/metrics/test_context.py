from __future__ import annotations

import numpy as np
import pytest

from evalcli.errors import UsageError
from evalcli.metrics import Context, Summary
from evalcli.statistics import Confusion, LabelConfusion, LabelTotals, RowCount, Size
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL
from support.measuring import label_block, predicted_block

THREE = Context(MULTICLASS, ("a", "b", "c"), excluded=("b",))


def test_classes_that_count_in_averages() -> None:
    assert THREE.averaged.tolist() == [True, False, True]
    assert THREE.excluded_indices == (1,)
    assert THREE.index_of_class == {"a": 0, "b": 1, "c": 2}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("groups", [None, 3])
@pytest.mark.parametrize("gaps", [False, True])
def test_ranks_give_variances_unless_labels_are_missing_in_dependent_rows(
    weighted: bool, groups: int | None, gaps: bool
) -> None:
    context = Context(MULTILABEL, ("a",), weighted=weighted, groups=groups, gaps=gaps)
    assert context.independent == (not weighted and groups is None)
    assert context.ranks_vary == (not gaps or context.independent)


def test_counts_follow_the_kind_of_task() -> None:
    assert Context(BINARY, ("a", "b"), 1).counts == Confusion()
    assert Context(MULTILABEL, ("a",)).counts == LabelConfusion()
    assert Context(MULTILABEL, ("a",), weighted=True).squared_counts == LabelConfusion(squared=True)
    assert THREE.squared_counts == THREE.counts


def test_a_summary_gives_the_states_of_its_pass() -> None:
    block = predicted_block([0, 1, 2, 2], [0, 1, 1, 2], k=3)
    summary = Summary(THREE, finished_states(reduce(block, [Size(), Confusion()])))
    assert summary.size == summary[Size()] == RowCount(4, 4, 4)
    assert summary.support.tolist() == [1.0, 1.0, 2.0]
    assert Confusion() in summary
    assert Confusion(squared=True) not in summary
    assert summary.get(Confusion(squared=True)) is None
    assert summary.counts is summary.get(Confusion())
    assert summary.rows_without("a") == 0
    with pytest.raises(UsageError, match="was not computed"):
        summary[Confusion(squared=True)]


def test_rows_without_a_label() -> None:
    truth = np.array([[1, 0], [0, 1], [1, 1]])
    known = np.array([[True, True, False], [True, True, True]])
    block = label_block(truth, truth.astype(float), known=known)
    totals = LabelConfusion().of(block)
    assert isinstance(totals, LabelTotals)
    summary = Summary(Context(MULTILABEL, ("a", "b"), gaps=True), {LabelConfusion(): totals})
    assert [summary.rows_without(name) for name in ("a", "b", None)] == [1, 0, 0]
