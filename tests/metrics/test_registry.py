from __future__ import annotations

import numpy as np
import pytest

from evalcli.errors import UsageError
from evalcli.metrics import METRICS, Context, Summary, compute, parse
from evalcli.metrics.declare import class_metric, metric
from evalcli.metrics.lookup import canonical, find_metrics
from evalcli.metrics.results import Proportion, Undefined, ratio
from evalcli.statistics import Confusion, ConfusionCounts, OneVsRest, ResampledCounts
from evalcli.statistics.base import Floats
from evalcli.tasks import BINARY, CLASSES, MULTICLASS, MULTILABEL, TASKS

NONE_TRUE = Undefined("no row belongs to {name}")


def test_a_name_and_a_task_are_one_metric() -> None:
    for task in TASKS.values():
        names = [metric.name for metric in METRICS.of(task)]
        assert len(set(names)) == len(names)
        for name in names:
            assert METRICS[name, task] in METRICS.named(name)
            assert METRICS.find(name, task) == (METRICS[name, task], "")
            assert name in METRICS.names_of(task)


def test_an_average_is_found_but_is_no_metric() -> None:
    assert METRICS.find("f1_macro", MULTICLASS) == (METRICS["f1", MULTICLASS], "macro")
    with pytest.raises(KeyError):
        METRICS["f1_macro", MULTICLASS]
    assert METRICS.find("f1_samples", MULTICLASS) is None
    assert "f1" in METRICS
    assert "f1_macro" not in METRICS


def test_one_name_may_be_another_metric_for_another_task() -> None:
    """The geometric mean of recalls is there for two classes; for several it is another formula."""
    summary = Summary(
        Context(MULTICLASS, ("a", "b", "c")),
        {Confusion(): ConfusionCounts(np.array([[3, 1, 0], [0, 2, 2], [1, 0, 1]]))},
    )
    with METRICS.restored():

        @metric(Confusion(), np.ndarray, "higher", tasks=(MULTICLASS,), range=(0, 1))
        def g_mean(c: ConfusionCounts | ResampledCounts, summary: Summary) -> Floats:
            """Geometric mean of the recalls.

            Formula: (Π recall)^(1/k)
            """
            return np.asarray(ratio(c.hits, c.support).prod(axis=-1) ** (1 / c.support.shape[-1]))

        assert METRICS["g_mean", MULTICLASS] != METRICS["g_mean", BINARY]
        assert [metric.tasks for metric in find_metrics("g_mean")] == [(BINARY,), (MULTICLASS,)]
        found = compute(parse("g_mean", summary.context), summary).value
        assert found == pytest.approx((3 / 4 * 2 / 4 * 1 / 2) ** (1 / 3))
    assert METRICS.find("g_mean", MULTICLASS) is None


@pytest.mark.parametrize("tasks", [CLASSES, (MULTICLASS,), (BINARY, MULTILABEL)])
def test_a_second_metric_of_a_name_is_refused(tasks: tuple[object, ...]) -> None:
    before = list(METRICS)
    with METRICS.restored(), pytest.raises(UsageError, match="'recall' cannot be added") as error:

        @class_metric(Proportion, "higher", undefined=NONE_TRUE, tasks=tasks)  # type: ignore[arg-type]
        def recall(c: OneVsRest) -> Proportion:
            """Another recall.

            Formula: TP / n
            """
            return Proportion(c.tp, c.tp + c.fn)

    assert error.value.found == "'recall' of evalcli.metrics.one_vs_rest"
    assert list(METRICS) == before


def test_an_average_of_another_metric_is_taken_too() -> None:
    with METRICS.restored(), pytest.raises(UsageError, match="'f1_macro'"):

        @metric(Confusion(), Proportion, "higher", tasks=(MULTICLASS,))
        def f1_macro(c: ConfusionCounts | ResampledCounts, summary: Summary) -> Proportion:
            """Not the macro average.

            Formula: hits / n
            """
            return Proportion(c.correct, c.n)


def test_names_follow_what_is_added() -> None:
    """Look-ups of names are kept, and made again after a metric was added."""
    with pytest.raises(UsageError):
        canonical("share_right")
    with METRICS.restored():

        @metric(Confusion(), Proportion, "higher", tasks=CLASSES)
        def share_right(c: ConfusionCounts | ResampledCounts, summary: Summary) -> Proportion:
            """Share of the rows that are right.

            Formula: hits / n
            """
            return Proportion(c.correct, c.n)

        assert canonical("Share Right") == "share_right"
    with pytest.raises(UsageError):
        canonical("share_right")
