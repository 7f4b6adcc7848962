from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import evalcli
from evalcli import custom
from evalcli.errors import UsageError
from evalcli.metrics import METRICS
from evalcli.metrics.declare import class_metric, metric, ranking_metric, row_metric


def test_it_is_what_the_projects_own_metrics_are_made_of() -> None:
    assert custom.row_metric is row_metric
    assert custom.class_metric is class_metric
    assert custom.metric is metric
    assert custom.ranking_metric is ranking_metric
    assert all(getattr(custom, name) is not None for name in custom.__all__)


def add_row_metric(function: Any, tasks: Any, **more: Any) -> None:
    function.__doc__ = "A metric of this test."
    row_metric("lower", tasks=tasks, range=(0, np.inf), **more)(function)


RNG = np.random.default_rng(3)
N = 200
WEIGHT = RNG.random(N) + 0.5
CLASSES = RNG.integers(0, 3, N)
P = RNG.dirichlet([1, 1, 1], N)
TWO = (CLASSES > 0).astype(int)
Q = 1 - P[:, 0]
SETS = (RNG.random((N, 2)) < 0.5).astype(int)
S = RNG.random((N, 2))
REAL = RNG.normal(size=N)
GUESS = REAL + RNG.normal(size=N)


def off_real(y_true: Any, y_pred: Any) -> Any:
    return np.abs(y_true - y_pred) ** 1.5


def off_two(y_true: Any, y_prob: Any) -> Any:
    return np.abs(y_true - y_prob)


def off_classes(y_true: Any, y_pred: Any, y_prob: Any) -> Any:
    return (y_true != y_pred) + 1 - y_prob[np.arange(len(y_true)), y_true]


def off_sets(y_true: Any, y_pred: Any, y_score: Any) -> Any:
    return (y_true != y_pred).sum(axis=1) + y_score.max(axis=1)


ROWS = {
    "regression": (off_real, custom.REGRESSION, (REAL, None, GUESS), off_real(REAL, GUESS)),
    "binary": (off_two, custom.BINARY, (TWO, Q, None), off_two(TWO, Q)),
    "multiclass": (
        off_classes,
        custom.MULTICLASS,
        (CLASSES, P, None),
        off_classes(CLASSES, P.argmax(axis=1), P),
    ),
    "multilabel": (off_sets, custom.MULTILABEL, (SETS, S, None), off_sets(SETS, (S > 0.5).astype(int), S)),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_function_of_the_rows_gets_sum_weights_and_interval(case: str) -> None:
    function, task, (truth, scores, predicted), rows = ROWS[case]
    with METRICS.restored():
        add_row_metric(function, (task,))
        given: dict[str, Any] = {"y_pred": predicted, "metrics": [function.__name__], "task": task.name}
        plain = evalcli.evaluate(truth, scores, **given)[function.__name__]
        weighted = evalcli.evaluate(truth, scores, weight=WEIGHT, **given)[function.__name__]
    assert float(plain) == pytest.approx(rows.mean(), rel=1e-12)
    assert float(weighted) == pytest.approx(np.average(rows, weights=WEIGHT), rel=1e-12)
    error = rows.std(ddof=1) / np.sqrt(N)
    assert plain.interval is not None and weighted.interval is not None
    assert plain.interval.method == "normal"
    assert plain.interval.high - plain.interval.low == pytest.approx(2 * 1.97 * error, rel=0.05)
    assert weighted.interval.method == "row-bootstrap"


def test_the_report_says_where_a_metric_was_declared() -> None:
    with METRICS.restored():
        add_row_metric(off_real, (custom.REGRESSION,))
        report = evalcli.evaluate(REAL, y_pred=GUESS, metrics=["mae", "off_real"])
        (found,) = report.definitions
        assert (found.name, found.better, found.range, found.kind) == ("off_real", "lower", (0, None), "rows")
        assert found.source == __name__
        assert f"off_real: A metric of this test (lower is better, {__name__})" in str(report)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda y: y.mean(), r"shape \(\)"),
        (lambda y: y[:5], r"shape \(5,\)"),
        (lambda y: np.stack([y, y]), r"shape \(2, 200\)"),
        (lambda y: y.astype(str), "type <U"),
    ],
)
def test_anything_but_a_number_for_each_row_is_refused(result: Any, words: str) -> None:
    def odd(y_true: Any) -> Any:
        return result(y_true)

    with METRICS.restored():
        add_row_metric(odd, (custom.REGRESSION,))
        with pytest.raises(UsageError, match=f"(?s)'odd' must give one number for each row.*{words}"):
            evalcli.evaluate(REAL, y_pred=GUESS, metrics=["odd"])


def test_rows_without_a_finite_number_make_it_undefined() -> None:
    def odd(y_true: Any) -> Any:
        return np.where(y_true < 0, np.nan, y_true)

    with METRICS.restored():
        add_row_metric(odd, (custom.REGRESSION,))
        score = evalcli.evaluate(REAL, y_pred=GUESS, metrics=["odd"])["odd"]
    assert score.value is None
    assert score.reason == "its function gives no finite number for some rows"


def test_other_arguments_are_refused() -> None:
    def odd(target: Any) -> Any:
        return target

    with METRICS.restored(), pytest.raises(UsageError, match="takes target"):
        add_row_metric(odd, (custom.REGRESSION,))


def test_a_sum_of_a_statistic_of_ones_own_has_no_interval() -> None:
    """Resamples of some rows say nothing of the sum over all."""

    class Total(custom.FieldSums, custom.Finished):
        __struct_fields__ = ("total",)

        def __init__(self, total: float = 0.0) -> None:
            self.total = total

    class Totals:
        def of(self, block: custom.RealBlock) -> Total:
            return Total(float(block.truth.sum()))

    with METRICS.restored():

        @custom.metric(Totals(), float, "none", tasks=(custom.REGRESSION,), range=(-np.inf, np.inf))
        def total_truth(state: Total, summary: custom.Summary) -> float:
            """Sum of the true values."""
            return state.total

        score = evalcli.evaluate(REAL, y_pred=GUESS, metrics=["total_truth"])["total_truth"]
    assert float(score) == pytest.approx(REAL.sum())
    assert score.interval is None
    assert "grows with the number of rows" in str(score.interval_reason)


def test_a_function_cannot_change_the_rows_of_others() -> None:
    def odd(y_true: Any, y_prob: Any) -> Any:
        y_prob *= 0
        return y_true

    with METRICS.restored():
        add_row_metric(odd, (custom.BINARY,))
        with pytest.raises(
            UsageError, match=r"(?s)metric 'odd' raises an error.*read-only.*test_custom.py line"
        ):
            evalcli.evaluate(TWO, Q, metrics=["log_loss", "odd", "brier"])


def test_an_error_of_a_formula_names_the_metric() -> None:
    def odd(counts: Any) -> Any:
        if counts.tp.sum() > 1000:
            raise RuntimeError("too many")
        return custom.Proportion(counts.tp, counts.tp + counts.fn)

    odd.__doc__ = "A metric of this test."
    with METRICS.restored():
        custom.class_metric(custom.Proportion, "higher", undefined=custom.Undefined("none"))(odd)
        many = np.tile(TWO, 20)
        with pytest.raises(UsageError, match=r"metric 'odd' raises an error"):
            evalcli.evaluate(many, y_pred=many, metrics=["odd"])
