from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st

from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.metrics.evaluate import values_of
from evalcli.statistics import Confusion, ConfusionCounts
from evalcli.tasks import BINARY, MULTICLASS
from support.measuring import label_block, measure, predicted_block, value_of

# 10 true negatives, 2 false positives, 3 false negatives, 5 true positives
BLOCK = predicted_block([0] * 12 + [1] * 8, [0] * 10 + [1] * 2 + [0] * 3 + [1] * 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("precision", 5 / 7),
        ("recall", 5 / 8),
        ("specificity", 10 / 12),
        ("f1", 10 / 15),
        ("fbeta@2", 25 / 39),
        ("fbeta@0.5", 6.25 / 9),
        ("jaccard", 5 / 10),
        ("npv", 10 / 13),
        ("informedness", 5 / 8 + 10 / 12 - 1),
        ("markedness", 5 / 7 + 10 / 13 - 1),
        ("g_mean", math.sqrt(5 / 8 * 10 / 12)),
        ("fpr", 2 / 12),
        ("fnr", 3 / 8),
        ("fdr", 2 / 7),
        ("false_omission_rate", 3 / 13),
        ("lr_plus", (5 / 8) / (2 / 12)),
        ("lr_minus", (3 / 8) / (10 / 12)),
        ("diagnostic_odds_ratio", 5 * 10 / (2 * 3)),
        ("prevalence", 8 / 20),
        ("predicted_positive_rate", 7 / 20),
    ],
)
def test_twenty_rows_by_hand(name: str, value: float) -> None:
    assert value_of(name, BLOCK) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("names", "truth", "predicted"),
    [
        (("precision", "fdr", "markedness"), [0, 1], [0, 0]),
        (("recall", "fnr", "informedness", "g_mean", "lr_plus", "lr_minus"), [0, 0], [0, 1]),
        (("specificity", "fpr", "informedness", "g_mean", "lr_plus", "lr_minus"), [1, 1], [0, 1]),
        (("npv", "false_omission_rate", "markedness"), [0, 1], [1, 1]),
        (("f1", "fbeta@2", "jaccard"), [0, 0], [0, 0]),
        (("lr_plus", "diagnostic_odds_ratio"), [0, 1, 1], [0, 0, 1]),
        (("lr_minus",), [0, 1], [1, 1]),
    ],
)
def test_undefined(names: tuple[str, ...], truth: list[int], predicted: list[int]) -> None:
    for name in names:
        found = measure(name, predicted_block(truth, predicted))
        assert found.value is None, name
        assert found.reason


def test_a_reason_names_the_class() -> None:
    assert "'b'" in str(measure("precision", predicted_block([0, 1], [0, 0])).reason)


def test_no_hit_is_zero_and_not_undefined() -> None:
    block = predicted_block([0, 1], [1, 0])
    for name in ("f1", "jaccard", "precision", "recall", "diagnostic_odds_ratio"):
        assert value_of(name, block) == 0.0


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
def test_averages_as_scikit_learn_has_them(average: str) -> None:
    rng = np.random.default_rng(5)
    truth, predicted, weight = rng.integers(0, 4, 50), rng.integers(0, 4, 50), rng.random(50)
    block = predicted_block(truth, predicted, 4, weight=weight)
    more = {"average": average, "sample_weight": weight}
    expected = {
        "precision": sk.precision_score(truth, predicted, **more),
        "recall": sk.recall_score(truth, predicted, **more),
        "f1": sk.f1_score(truth, predicted, **more),
        "fbeta": sk.fbeta_score(truth, predicted, beta=2, **more),
        "jaccard": sk.jaccard_score(truth, predicted, **more),
    }
    for name, value in expected.items():
        parameter = "@2" if name == "fbeta" else ""
        assert value_of(f"{name}_{average}{parameter}", block) == pytest.approx(value), name


def test_the_mean_over_rows_of_label_sets() -> None:
    """Rows of one hit and one false label, of one missed label, and of nothing at all."""
    block = label_block([[1, 0], [0, 1], [0, 0]], [[0.9, 0.9], [0.1, 0.1], [0.1, 0.1]])
    assert value_of("precision_samples", block, zero_division="skip") == pytest.approx(1 / 2)
    assert value_of("recall_samples", block, zero_division="skip") == pytest.approx(1 / 2)
    assert value_of("f1_samples", block, zero_division="1") == pytest.approx((2 / 3 + 0 + 1) / 3)


NAMES = ("precision", "recall", "f1", "jaccard", "fbeta")
AVERAGES = ("macro", "micro", "weighted")


@st.composite
def tables_and_excluded(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, ...]]:
    """A confusion table of two to five classes, some of which do not occur, and some that are excluded."""
    k = draw(st.integers(2, 5))
    cells = draw(st.lists(st.integers(0, 6), min_size=k * k, max_size=k * k).filter(any))
    excluded = draw(st.sets(st.integers(0, k - 1), max_size=k - 1))
    return np.array(cells).reshape(k, k), tuple(sorted(excluded))


def as_scikit_learn(table: np.ndarray, average: str, excluded: tuple[int, ...]) -> dict[str, float]:
    """The averages over the classes that occur and are not excluded, which is its ``labels``."""
    truth, predicted = (np.repeat(index.ravel(), table.ravel()) for index in np.indices(table.shape))
    labels = [
        c for c in range(len(table)) if c not in excluded and (truth == c).any() | (predicted == c).any()
    ]
    more = {"labels": labels, "average": average, "zero_division": 0}
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, predicted, **more)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "jaccard": sk.jaccard_score(truth, predicted, **more),
        "fbeta": sk.fbeta_score(truth, predicted, beta=2, **more),
    }


@given(tables_and_excluded(), st.sampled_from(AVERAGES))
def test_averages_of_any_table_as_scikit_learn_has_them(
    drawn: tuple[np.ndarray, tuple[int, ...]], average: str
) -> None:
    """Two classes or more, all of them or some; of many tables at once the same."""
    table, excluded = drawn
    classes = tuple("abcde"[: len(table)])
    counts = ConfusionCounts(table)
    context = Context(
        BINARY if len(table) == 2 else MULTICLASS,
        classes,
        1 if len(table) == 2 else None,
        excluded=tuple(classes[c] for c in excluded),
    )
    summary = Summary(context, {Confusion(): counts})
    present = [c for c in np.flatnonzero(counts.present) if c not in excluded]
    if not present:
        request = Request(METRICS.named("f1")[0], average)
        assert compute(request, summary).value is None
        return
    expected = as_scikit_learn(table, average, excluded)
    for name in NAMES:
        request = Request(METRICS.named(name)[0], average, 2.0 if name == "fbeta" else None)
        found = compute(request, summary)
        of_tables = float(np.nan_to_num(values_of(request, counts, context), nan=-1.0))
        assert of_tables == pytest.approx(-1.0 if found.value is None else found.value)
        if found.value is None:  # scikit-learn returns 0
            assert expected[name] == 0
        else:
            assert found.value == pytest.approx(expected[name], rel=1e-12), name
        assert set(context.excluded) <= set(found.excluded_classes)


@pytest.mark.parametrize("average", AVERAGES)
def test_averages_of_two_classes(average: str) -> None:
    rng = np.random.default_rng(8)
    truth, predicted, weight = rng.integers(0, 2, 50), rng.integers(0, 2, 50), rng.random(50)
    block = predicted_block(truth, predicted, weight=weight)
    expected = sk.f1_score(truth, predicted, average=average, sample_weight=weight)
    assert value_of(f"f1_{average}", block) == pytest.approx(expected)
    assert value_of("f1", block, average=average) == pytest.approx(expected)
    assert value_of("f1", block) == pytest.approx(sk.f1_score(truth, predicted, sample_weight=weight))
    swapped = predicted_block(1 - truth, 1 - predicted, weight=weight)
    for name in ("f1", "recall", "specificity"):  # no class is the positive one
        assert value_of(f"{name}_{average}", swapped) == pytest.approx(value_of(f"{name}_{average}", block))
