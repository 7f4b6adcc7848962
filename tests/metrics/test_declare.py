from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.metrics import METRICS, Context, Metric, Request, Summary, compute, confusion
from evalcli.metrics.declare import between, defaults
from evalcli.metrics.sources import ROC_AUC
from evalcli.statistics import Confusion, ConfusionCounts
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, LABELS, MULTICLASS, MULTILABEL
from support.paths import ROOT

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


SNIPPET = """
from evalcli.metrics.context import Summary
from evalcli.metrics.declare import class_metric, metric
from evalcli.metrics.results import NO_ROWS, Mean, Proportion
from evalcli.statistics import ConfusionCounts, LogLoss, LossMoments, Moments, OneVsRest
from evalcli.tasks import BINARY

@metric(LogLoss(), Mean, "lower", tasks=(BINARY,))
def right(state: LossMoments, summary: Summary) -> Mean:
    return Mean(state.loss)

@metric(LogLoss(), Mean, "lower", tasks=(BINARY,))
def wrong_state(state: ConfusionCounts, summary: Summary) -> Mean:
    return Mean(Moments())

@metric(LogLoss(), Proportion, "lower", tasks=(BINARY,))
def wrong_result(state: LossMoments, summary: Summary) -> Mean:
    return Mean(state.loss)

@class_metric(Proportion, "higher", undefined=NO_ROWS)
def wrong_counts(state: LossMoments) -> Proportion:
    return Proportion(1, 2)
"""


@pytest.mark.long
def test_types_compare_a_formula_with_what_it_needs_and_gives(tmp_path: Path) -> None:
    from mypy import api

    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET)
    cache = ["--cache-dir", str(tmp_path / "cache")]
    out, _, _ = api.run(["--strict", "--config-file", str(ROOT / "pyproject.toml"), *cache, str(path)])
    lines = [line.split(":")[1] for line in out.splitlines() if " error: " in line and "snippet.py" in line]
    wrong = [number for number, line in enumerate(SNIPPET.splitlines(), 1) if line.startswith("@")][1:]
    assert lines == [str(number) for number in wrong]


def test_the_recipe_of_a_metric_works() -> None:
    """The example of CONTRIBUTING.md, as it stands there."""
    import textwrap

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = textwrap.dedent("   " + text.partition("   ```python\n")[2].partition("   ```\n")[0].lstrip())
    names = {**vars(confusion), "MULTICLASS": MULTICLASS}
    with METRICS.restored():
        exec(example, names)
        context = Context(MULTICLASS, ("a", "b", "c"))
        counts = ConfusionCounts(np.array([[3, 1, 0], [0, 2, 2], [1, 0, 1]]))
        summary = Summary(context, {Confusion(): counts})
        found = compute(Request(METRICS["recall_product", MULTICLASS]), summary)
        assert found.value == pytest.approx(3 / 4 * 2 / 4 * 1 / 2)
