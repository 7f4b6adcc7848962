from __future__ import annotations

import pickle

import pytest

from evalcli.inputs.options import Options
from evalcli.metrics import METRICS, Context, select
from evalcli.tasks import BINARY, CLASSES, LABELS, MULTICLASS, MULTILABEL, REGRESSION, TASKS, Task


def test_the_kinds_in_the_order_of_lists() -> None:
    assert list(TASKS.values()) == [BINARY, MULTICLASS, MULTILABEL, REGRESSION]
    assert [task for task in TASKS.values() if task.has_classes] == list(LABELS)
    assert [task for task in LABELS if not task.several_labels] == list(CLASSES)
    assert [task for task in TASKS.values() if task.exclusive] == list(CLASSES)
    assert [task for task in TASKS.values() if task.has_positive] == [BINARY]


def test_options_that_some_kinds_have() -> None:
    having = {
        name: [task for task in TASKS.values() if name in task.options]
        for name in ("positive", "threshold", "fold_names", "label_sep", "bins", "pred_col")
    }
    assert having == {
        "positive": [BINARY],
        "threshold": [BINARY, MULTILABEL],
        "fold_names": list(CLASSES),
        "label_sep": [MULTILABEL],
        "bins": list(LABELS),
        "pred_col": [*CLASSES, REGRESSION],
    }


def test_options_are_named_as_on_the_command_line() -> None:
    known = set(Options.__struct_fields__) | {"explain_batches"}
    assert {name for task in TASKS.values() for name in task.options} <= known


@pytest.mark.parametrize("task", LABELS, ids=str)
def test_how_well_scores_rank_is_a_metric_of_the_task(task: Task) -> None:
    assert task.auc in METRICS.names_of(task)
    assert not REGRESSION.auc


@pytest.mark.parametrize("task", TASKS.values(), ids=str)
def test_a_kind_is_itself_after_a_copy(task: Task) -> None:
    copy = pickle.loads(pickle.dumps(task))
    assert copy == task
    assert hash(copy) == hash(task)
    assert str(copy) == task.name


@pytest.mark.parametrize("task", TASKS.values(), ids=str)
def test_the_headline_is_among_the_defaults(task: Task) -> None:
    assert task.headline in task.defaults


@pytest.mark.parametrize("task", TASKS.values(), ids=str)
def test_every_default_is_a_metric_of_the_task(task: Task) -> None:
    names = tuple("abcdef"[: 2 if task.has_positive else 6]) if task.has_classes else ()
    found = frozenset({"scores", "probabilities"} if names else {"point", "quantiles"})
    context = Context(task, names, 1 if task.has_positive else None, available=found, quantiles=(0.1, 0.9))
    assert [request.key for request in select(["default"], context)] == [
        request.key for name in task.defaults for request in select([name], context)
    ]


def test_every_metric_is_of_some_task() -> None:
    for metric in METRICS:
        assert metric.tasks, metric.name
        assert set(metric.tasks) <= set(TASKS.values()), metric.name
    assert set(TASKS.values()) == {task for metric in METRICS for task in metric.tasks}
