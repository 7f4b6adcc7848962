from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import ScoreKind
from support.measuring import binary_block, class_block, label_block, measure, value_of

BLOCK = binary_block([0, 1, 0, 1, 1], [0.1, 0.25, 0.25, 0.5, 0.75])
ROWS = [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.125, 0.375, 0.5]]
RNG = np.random.default_rng(6)
TRUTH = RNG.integers(0, 3, 60)
P = np.round(RNG.dirichlet([1, 1, 1], 60), 1)
P[:, 0] = 1 - P[:, 1] - P[:, 2]


def test_areas_by_hand() -> None:
    """Of six pairs one is tied; precisions 1, 1 and 3/4 at the three positives."""
    assert value_of("roc_auc", BLOCK) == pytest.approx(5.5 / 6)
    assert value_of("average_precision", BLOCK) == pytest.approx((1 + 1 + 0.75) / 3)


def test_a_part_of_the_area_as_scikit_learn_has_it() -> None:
    truth = TRUTH > 0
    expected = sk.roc_auc_score(truth, P[:, 1], max_fpr=0.3)
    assert value_of("roc_auc@0.3", binary_block(truth, P[:, 1])) == pytest.approx(expected)


@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
def test_averages_as_scikit_learn_has_them(average: str) -> None:
    block = class_block(TRUTH, P, kind=ScoreKind.RAW)
    outcomes = np.eye(3)[TRUTH]
    area = sk.roc_auc_score(outcomes, P, average=average)
    precision = sk.average_precision_score(outcomes, P, average=average)
    assert value_of(f"roc_auc_ovr_{average}", block) == pytest.approx(area)
    assert value_of(f"average_precision_{average}", block) == pytest.approx(precision)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_pairs_of_classes_as_scikit_learn_has_them(average: str) -> None:
    expected = sk.roc_auc_score(TRUTH, P, multi_class="ovo", average=average)
    assert value_of(f"roc_auc_ovo_{average}", class_block(TRUTH, P)) == pytest.approx(expected)


def test_places_of_the_truth_by_hand() -> None:
    """The truth comes first, third (a tie goes to the lower class), and second."""
    block = class_block([0, 1, 1], ROWS)
    assert value_of("top_k_accuracy@2", block) == pytest.approx(2 / 3)
    assert value_of("top_k_accuracy@3", block) == 1.0
    assert value_of("mrr", block) == pytest.approx((1 + 1 / 3 + 1 / 2) / 3)


def test_areas_of_label_sets_row_by_row() -> None:
    block = label_block([[1, 0, 0], [0, 1, 1], [1, 1, 1]], [[0.5, 0.75, 0.25], [0.5, 0.5, 0.75], [0.1] * 3])
    assert value_of("roc_auc_samples", block) == pytest.approx((0.5 + 0.75) / 2)
    assert value_of("average_precision_samples", block) == pytest.approx((0.5 + (1 + 2 / 3) / 2 + 1) / 3)


def test_a_class_that_is_absent_is_left_out() -> None:
    """a is ranked above both others; b once tied with it and once above."""
    found = measure("roc_auc_ovr_macro", class_block([0, 1, 1], ROWS))
    assert found.excluded_classes == ("c",)
    assert found.value == pytest.approx((1.0 + 0.75) / 2)


def test_undefined() -> None:
    one = measure("roc_auc", binary_block([1, 1], [0.25, 0.5]))
    assert one.value is None
    assert "'b'" in str(one.reason)
    assert measure("average_precision", binary_block([0, 0], [0.25, 0.5])).value is None
    assert value_of("average_precision", binary_block([1, 1], [0.25, 0.5])) == 1.0
    alone = measure("roc_auc_ovo_macro", class_block([1, 1, 1], ROWS))
    assert (alone.value, alone.excluded_classes) == (None, ("a", "c"))
    assert "scores" in str(measure("mrr", class_block([0, 1, 1], ROWS), available=frozenset()).reason)
