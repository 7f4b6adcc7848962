from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.metrics import METRICS, Context, Metric
from evalcli.metrics.declare import between, defaults
from evalcli.metrics.sources import ROC_AUC
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, LABELS, MULTICLASS, MULTILABEL

CONTEXT = Context(BINARY, ("a", "b"), 1)


def test_a_metric_of_all_rows() -> None:
    found = METRICS["accuracy", BINARY]
    assert (found.form, found.from_counts, found.averages) == ("whole", True, {})
    assert not METRICS["brier", BINARY].from_counts


def test_a_metric_of_a_class_has_averages() -> None:
    assert METRICS["f1", BINARY].averages == {
        BINARY: AVERAGES_OF_CLASSES, MULTICLASS: AVERAGES_OF_CLASSES, MULTILABEL: AVERAGES
    }  # fmt: skip
    assert METRICS["specificity", BINARY].averages == dict.fromkeys([BINARY, MULTICLASS], AVERAGES_OF_CLASSES)
    assert METRICS["npv", BINARY].averages == {}


def test_a_metric_of_rankings_needs_scores() -> None:
    found = METRICS["roc_auc", MULTILABEL]
    assert (found.form, found.requires, found.source, found.tasks) == ("areas", "scores", ROC_AUC, LABELS)
    assert found.needs(CONTEXT, None) == CONTEXT.ranking  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "open_", "closed"),
    [(0.5, True, True), (0.0, False, True), (1.0, False, True), (2, False, False)],
)
def test_ranges_of_parameters(value: float, open_: bool, closed: bool) -> None:
    assert between(0, 1)(value, CONTEXT) is open_
    assert between(0, 1, ends=True)(value, CONTEXT) is closed


def test_defaults_for_all_data() -> None:
    assert defaults(1.0, 2.0)(CONTEXT) == (1.0, 2.0)


def test_decorators_are_shorter_than_what_they_declare() -> None:
    """A declaration has fewer arguments than its formula has lines; prose is in the docstring."""
    import ast
    import inspect

    import evalcli.metrics

    folder = Path(inspect.getfile(evalcli.metrics)).parent
    declared = {one.function.__name__ for one in METRICS}
    for path in folder.glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name in declared and node.decorator_list:
                (decorator,) = node.decorator_list
                assert isinstance(decorator, ast.Call)
                arguments = len(decorator.args) + len(decorator.keywords)
                lines = (node.end_lineno or 0) - node.lineno
                assert arguments <= min(lines, 9), f"{path.name}:{node.lineno} {node.name}"


def test_the_columns_of_the_table_of_classes() -> None:
    shown: list[Metric] = [metric for metric in METRICS if metric.per_class]
    assert [metric.name for metric in shown] == ["precision", "recall", "f1", "roc_auc", "average_precision"]
