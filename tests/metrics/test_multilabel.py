from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk

from support.measuring import label_block, measure, value_of

TRUTH = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 1, 1]])
P = np.array([[0.75, 0.625, 0.875], [0.25, 0.375, 0.125], [0.625, 0.25, 0.5], [0.75, 0.875, 0.625]])
BLOCK = label_block(TRUTH, P)
"""Predicted: all three, none, the first, all three."""


def test_predictions_by_hand() -> None:
    assert value_of("subset_accuracy", BLOCK) == 1 / 4
    assert value_of("hamming_loss", BLOCK) == pytest.approx(3 / 12)


def test_orders_by_hand() -> None:
    """Only the first row has a pair, and both its labels come before the other one."""
    assert value_of("label_ranking_average_precision", BLOCK) == 1.0
    assert value_of("label_ranking_loss", BLOCK) == 0.0
    assert value_of("coverage_error", BLOCK) == (2 + 1 + 0 + 3) / 4
    tied = label_block([[1, 0, 0]], [[0.5, 0.5, 0.75]])
    assert value_of("label_ranking_average_precision", tied) == pytest.approx(1 / 3)
    assert value_of("label_ranking_loss", tied) == 1.0
    assert value_of("coverage_error", tied) == 3.0


def test_weights_as_scikit_learn_has_them() -> None:
    rng = np.random.default_rng(4)
    truth, p, weight = rng.random((50, 4)) < 0.4, np.round(rng.random((50, 4)), 1), rng.random(50)
    block = label_block(truth, p, weight=weight)
    more = {"sample_weight": weight}
    expected = {
        "subset_accuracy": sk.accuracy_score(truth, p > 0.5, **more),
        "hamming_loss": sk.hamming_loss(truth, p > 0.5, **more),
        "label_ranking_average_precision": sk.label_ranking_average_precision_score(truth, p, **more),
        "coverage_error": sk.coverage_error(truth, p, **more),
        "label_ranking_loss": sk.label_ranking_loss(truth, p, **more),
    }
    for name, value in expected.items():
        assert value_of(name, block) == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize("name", ["label_ranking_average_precision", "coverage_error", "label_ranking_loss"])
def test_predictions_have_no_order(name: str) -> None:
    found = measure(name, BLOCK, available=frozenset())
    assert found.value is None
    assert "scores" in str(found.reason)


@pytest.mark.parametrize("name", ["hamming_loss", "coverage_error", "subset_accuracy"])
def test_no_rows(name: str) -> None:
    found = measure(name, label_block(np.empty((0, 3)), np.empty((0, 3))))
    assert found.value is None
    assert found.reason
