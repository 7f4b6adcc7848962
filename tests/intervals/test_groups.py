from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.intervals.groups import Groups
from evalcli.metrics import METRICS, Context, Request
from evalcli.metrics.rows_behind import rows_behind
from evalcli.statistics import RowSample, hash_rows
from evalcli.tasks import BINARY, MULTILABEL, Task
from support.measuring import label_block, predicted_block

TRUTH = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
PREDICTED = np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 0])
GROUP = np.array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])


def groups_of(
    block: Any, task: Task, k: int = 2, limit: int = 1000, group: Any = GROUP
) -> tuple[Groups, Context]:
    hashes = np.stack([hash_rows(group, 0), hash_rows(np.arange(block.n), 0)])
    block = replace(block, row_hashes=hashes)
    positive = 1 if task is BINARY else None
    weighted = block.weight is not None
    context = Context(task, tuple("abcd"[:k]), positive, groups=len(set(group)), weighted=weighted)
    return Groups(context, RowSample(limit).of(block).finalize(map)), context


def behind(name: str, groups: Groups, context: Context, **more: Any) -> float:
    return rows_behind(Request(METRICS.named(name)[0], **more), context, groups)


def test_groups_that_have_some() -> None:
    """Two groups have positives; rows that are predicted positive are two in one group, one in two more."""
    groups, context = groups_of(predicted_block(TRUTH, PREDICTED), BINARY)
    assert groups.all == pytest.approx(5)
    assert behind("recall", groups, context) == pytest.approx(2)
    assert behind("precision", groups, context) == pytest.approx(4**2 / (2**2 + 1 + 1))
    assert behind("specificity", groups, context) == pytest.approx(3)
    assert behind("balanced_accuracy", groups, context) == pytest.approx(2)
    assert behind("accuracy", groups, context) == pytest.approx(5)


def test_a_group_that_has_nearly_everything_is_little_more_than_one() -> None:
    weight = np.where(GROUP == 1, 1e6, 1.0)
    groups, context = groups_of(predicted_block(TRUTH, PREDICTED, weight=weight), BINARY)
    assert behind("recall", groups, context) == pytest.approx(1, abs=1e-5)


def test_labels_and_their_means() -> None:
    truth = np.stack([TRUTH, np.ones(10, int)], axis=1)
    groups, context = groups_of(label_block(truth, truth.astype(float)), MULTILABEL)
    assert behind("f1", groups, context, average="macro") == pytest.approx(2)
    assert behind("f1", groups, context, average="weighted") == pytest.approx(5)
    assert behind("f1", groups, context, average="micro") == pytest.approx(14**2 / (2 * 16 + 3 * 4))
    assert behind("f1", groups, context, cls="b") == pytest.approx(5)


def test_groups_that_were_drawn_stand_for_all() -> None:
    n = 4000
    truth = np.arange(n) % 10 < 2
    block = predicted_block(truth, truth)
    group = np.arange(n) // 5
    groups, context = groups_of(block, BINARY, limit=1000, group=group)
    assert groups.sample.part < 0.3
    assert groups.all == pytest.approx(800, rel=0.1)
    assert behind("recall", groups, context) == pytest.approx(400, rel=0.2)
