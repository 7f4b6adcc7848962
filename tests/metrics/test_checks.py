"""Every wrong way to declare a metric is refused when it is registered, and how to correct it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evalcli.errors import UsageError
from evalcli.metrics import METRICS, Context, Metric, Request, Summary, compute
from evalcli.metrics.checks import OVO, check
from evalcli.metrics.declare import class_metric, defaults, metric, ranking_metric
from evalcli.metrics.metric import Parameter
from evalcli.metrics.results import NO_ROWS, AtThreshold, Mean, Proportion, Undefined
from evalcli.metrics.sources import AVERAGE_PRECISION, ROC_AUC
from evalcli.statistics import Confusion, ConfusionCounts, OneVsRest, RowLoss, Size
from evalcli.tasks import BINARY, CLASSES, MULTICLASS, REGRESSION

FORMULA = "A metric of this test.\n\nFormula: hits / n"
BETA = Parameter("beta", "a number above 0", lambda b, _: b > 0, defaults(1.0))


def named(function: Callable[..., Any], name: str = "odd", doc: str = FORMULA) -> Any:
    function.__name__, function.__doc__ = name, doc
    return function


def of_table(formula: Any = None, gives: Any = Proportion, **facts: Any) -> None:
    """Declare a metric of the confusion matrix."""
    name, doc = facts.pop("name", "odd"), facts.pop("doc", FORMULA)
    function = named(formula or (lambda c, summary: Proportion(c.correct, c.n)), name, doc)
    metric(Confusion(), gives, facts.pop("better", "higher"), **{"tasks": CLASSES, **facts})(function)


def of_class(formula: Any, gives: Any = Proportion, **facts: Any) -> None:
    """Declare a metric of one class against the rest."""
    class_metric(gives, "higher", **{"undefined": NO_ROWS, **facts})(named(formula))


def ratio_of_all(c: OneVsRest) -> Any:
    """The true positives of a class among those of all classes and tables."""
    return c.tp / c.tp.sum()


WRONG: dict[str, tuple[Callable[[], object], str, str]] = {
    "a name that is taken": (lambda: of_table(name="recall"), "cannot be added", "another name"),
    "an average that is taken": (lambda: of_table(name="f1_macro"), "has 'f1_macro'", "another name"),
    "another name of a metric": (lambda: of_table(name="sensitivity"), "means 'recall'", "another name"),
    "a name with capitals": (lambda: of_table(name="MyScore"), "cannot be typed", "small letters"),
    "a lambda": (lambda: of_table(name="<lambda>"), "cannot be typed", "small letters"),
    "no task": (lambda: of_table(tasks=()), "is for no known task", "BINARY"),
    "a task by its name": (lambda: of_table(tasks=("binary",)), "is for no known task", "BINARY"),
    "no docstring": (lambda: of_table(doc=""), "has no description", "docstring"),
    "an unknown result": (lambda: of_table(gives=dict, range=(0, 1)), "gives 'dict'", "Proportion"),
    "an unknown direction": (lambda: of_table(better="up"), "'up' is better", '"higher"'),
    "an empty range": (lambda: of_table(range=(1.0, 0.0)), "empty range", "range="),
    "an unknown requirement": (lambda: of_table(requires="logits"), "requires 'logits'", "scores"),
    "a reason that is a text": (lambda: of_table(undefined="no rows"), "when it is undefined", "Undefined("),
    "a blank that nobody fills": (
        lambda: of_table(undefined=Undefined("no row of {cls}")),
        "when it is undefined",
        "{name}",
    ),
    "no summary": (lambda: of_table(lambda c: Proportion(c.correct, c.n)), "other arguments", "summary"),
    "a parameter that is not declared": (
        lambda: of_table(lambda c, summary, beta: Proportion(c.correct, c.n)),
        "other arguments",
        "odd(finished state, summary)",
    ),
    "a parameter that is not taken": (
        lambda: of_class(lambda c: Proportion(c.tp, c.tp + c.fn), parameter=BETA),
        "other arguments",
        "odd(counts, beta)",
    ),
    "an area of counts": (lambda: of_table(source=ROC_AUC), "neither a curve nor bins", "source"),
    "one number for many tables": (
        lambda: of_table(lambda c, summary: float(c.hits.sum() / c.total.sum()), float, range=(0, 1)),
        "shape ()",
        "axis=-1",
    ),
    "a sum over the wrong axis": (
        lambda: of_table(lambda c, summary: c.hits.sum(axis=0), np.ndarray, range=(0, np.inf)),
        "shape (2,)",
        "axis=-1",
    ),
    "one number for many classes": (
        lambda: of_class(lambda c: np.asarray(c.tp.sum() / (c.tp + c.fn).sum()), np.ndarray, range=(0, 1)),
        "shape ()",
        "axis=-1",
    ),
    "tables that are mixed": (
        lambda: of_class(ratio_of_all, np.ndarray, range=(0, 1)),
        "one by one",
        "axis=-1",
    ),
    "no range": (lambda: of_table(lambda c, summary: c.n, np.ndarray, range=None), "its range", "range="),
    "counts that are changed": (
        lambda: of_class(lambda c: np.maximum(c.fn, 100, out=c.fn) / c.tn, np.ndarray, range=(0, np.inf)),
        "changes the counts",
        "out=",
    ),
    "counts that do not divide by class": (
        lambda: of_class(lambda c: c.tp / c.tp.sum(axis=-1, keepdims=True), np.ndarray, range=(0, 1)),
        "several classes at once",
        "of a class only",
    ),
    "a table that resamples do not have": (
        lambda: of_table(lambda c, summary: c.table.sum(), np.ndarray, range=(0, 1)),
        "has no attribute 'table'",
        "hits, support",
    ),
    "a summary that resamples do not have": (
        lambda: of_table(
            lambda c, summary: c.hits.sum(axis=-1) / summary.size.rows, np.ndarray, range=(0, 1)
        ),
        "was not computed",
        "also=",
    ),
    "a share of parts of rows": (
        lambda: of_class(lambda c: Proportion(c.tp, c.tp + 0.3 * c.fp + 0.7 * c.fn)),
        "whole rows",
        "np.ndarray",
    ),
    "a threshold for every class": (
        lambda: of_class(lambda c: AtThreshold(0.5, 0.5), AtThreshold, range=(0, 1)),
        "for every class",
        "np.ndarray",
    ),
    "masked numbers": (
        lambda: of_class(lambda c: np.ma.masked_equal(c.tp / c.tn, 0), np.ndarray, range=(0, 1)),
        "its formula gave MaskedArray",
        "return ndarray",
    ),
    "complex numbers": (
        lambda: of_class(lambda c: np.sqrt(c.tp + 0j), np.ndarray, range=(0, 1)),
        "declared to give ndarray",
        "return ndarray",
    ),
    "a class in the reason of all rows": (
        lambda: of_table(undefined=Undefined("no row of {name}")),
        "names a class",
        "without {name}",
    ),
    "a source in words": (lambda: of_table(source="wilson"), "source of its interval", "NoInterval"),
    "an equal that is no metric": (lambda: of_table(same_for_two="kapa"), "'kapa'", "same_for_two="),
    "no default in its range": (
        lambda: of_class(
            lambda c, beta: Proportion(c.tp, c.tp + c.fn),
            parameter=Parameter("beta", "a number above 5", lambda b, _: b > 5, defaults(1.0)),
        ),
        "no default beta within its own range (of 1)",
        "defaults=",
    ),
    "an average that there is not": (
        lambda: ranking_metric(ROC_AUC, averages={MULTICLASS: ("row",)}, undefined=NO_ROWS)(
            named(lambda ranking: ranking.roc_auc)
        ),
        "unknown averages of multiclass data: row",
        "ovo_macro",
    ),
    "pairs of classes of another area": (
        lambda: ranking_metric(AVERAGE_PRECISION, averages={MULTICLASS: OVO}, undefined=NO_ROWS)(
            named(lambda ranking: ranking.average_precision)
        ),
        "unknown averages of multiclass data: ovo_macro",
        "ovr_macro",
    ),
    "a function of an area that is not told": (
        lambda: metric(
            lambda context, _: context.ranking,
            float,
            "higher",
            tasks=(BINARY,),
            range=(-1, 1),
            source=ROC_AUC,
        )(named(lambda ranking, summary: 2 * float(ranking.roc_auc[0]) - 1)),
        "does not say how",
        "MonotoneArea",
    ),
    "another result than declared": (
        lambda: of_class(lambda c: c.tp / (c.tp + c.fn), Proportion),
        "declared to give Proportion",
        "return Proportion",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_declaration_is_refused_with_the_way_to_mend_it(wrong: str) -> None:
    declare, what, way = WRONG[wrong]
    before = list(METRICS)
    with METRICS.restored():
        with pytest.raises(UsageError) as error:
            declare()
        assert what in " ".join(filter(None, (error.value.what, error.value.found)))
        assert way in str(error.value.hint)
        assert list(METRICS) == before


def test_right_declarations_are_taken() -> None:
    with METRICS.restored():
        of_table(name="right_one")
        of_class(lambda c, beta: c.tp / (c.tp + beta * c.fn), np.ndarray, parameter=BETA, range=(0, 1))
        assert METRICS["odd", BINARY].parameter is BETA
        assert METRICS["right_one", BINARY].from_counts
        named_ranking = named(lambda ranking: ranking.roc_auc, "area_again")
        ranking_metric(ROC_AUC, averages={}, undefined=NO_ROWS)(named_ranking)
        assert METRICS["area_again", BINARY].requires == "scores"


@pytest.mark.parametrize("one", METRICS, ids=lambda one: one.name)
def test_the_own_metrics_are_right(one: Metric) -> None:
    """They are not examined when the program starts."""
    with METRICS.restored():
        METRICS._by_name = {key: found for key, found in METRICS._by_name.items() if found[0] is not one}
        check(one)
        METRICS.add(one)


def test_a_result_of_another_type_is_told_when_it_is_evaluated() -> None:
    """A metric that is not of counts is evaluated for the first time on data."""
    with METRICS.restored():

        @metric(RowLoss("absolute"), Mean, "lower", tasks=(REGRESSION,), range=(0, np.inf))
        def odd(state: Any, summary: Summary) -> Any:
            """Mean error.

            Formula: mean of |ŷ - y|
            """
            return state.loss.mean

        loss = RowLoss("absolute")
        from support.measuring import real_block

        block = real_block([1.0, 2.0], [2.0, 4.0])
        summary = Summary(Context(REGRESSION), {loss: loss.of(block), Size(): Size().of(block)})
        with pytest.raises(UsageError, match="declared to give Mean") as error:
            compute(Request(METRICS["odd", REGRESSION]), summary)
        assert error.value.found == "its formula gave float"


def test_a_nan_is_what_was_declared() -> None:
    """Undefined by its type: the words of a reason or of a docstring decide nothing."""
    summary = Summary(Context(BINARY, ("a", "b"), 1), {Confusion(): ConfusionCounts(np.eye(2))})
    for undefined, reason in (
        (NO_ROWS, "overflow"),
        (Undefined("nothing at all", without_rows=True), "overflow"),
        (Undefined("there are no rows"), "there are no rows"),
    ):
        with METRICS.restored():
            of_table(
                lambda c, summary: c.hits.sum(axis=-1) * np.nan, np.ndarray, undefined=undefined, range=(0, 1)
            )
            assert compute(Request(METRICS["odd", BINARY]), summary).reason == reason
