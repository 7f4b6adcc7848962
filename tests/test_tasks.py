from __future__ import annotations

from evalcli.metrics import METRICS
from evalcli.tasks import BINARY, CLASSES, LABELS, MULTICLASS, MULTILABEL, REGRESSION, TASKS


def test_every_task_is_of_one_kind() -> None:
    kinds = (BINARY, MULTICLASS, MULTILABEL, REGRESSION)
    assert sum(map(len, kinds)) == len(set(TASKS)) == len(TASKS)
    assert frozenset().union(*kinds) == frozenset(TASKS)


def test_classes_and_labels_are_what_they_are_made_of() -> None:
    assert BINARY < CLASSES < LABELS < frozenset(TASKS)
    assert CLASSES - BINARY == MULTICLASS
    assert LABELS - CLASSES == MULTILABEL
    assert frozenset(TASKS) - LABELS == REGRESSION


def test_every_metric_is_of_some_task() -> None:
    for name, metric in METRICS.items():
        assert metric.tasks, name
        assert metric.tasks <= frozenset(TASKS), name


def test_every_task_has_metrics() -> None:
    assert set(TASKS) == {task for metric in METRICS.values() for task in metric.tasks}
